"""Airflow's own home: its environment, its database and its secrets.

Airflow reads its configuration when it is first imported, so `use` must run before any import of it. A
value that the environment already gives (a server's PostgreSQL, another executor) is never overridden.

`python -m raceway.night.airflow_home` prepares a server: it makes the home where there is none, creates or
migrates Airflow's database, and writes the users' passwords from RACEWAY_ADMIN_PASSWORD and its like.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import sqlite3
import sys
from contextlib import closing, suppress
from importlib.metadata import distributions
from pathlib import Path
from typing import Final

import platformdirs

from raceway.common.faults import BadSettings, RacewayFault
from raceway.common.files import make_durable
from raceway.common.home import HOME_VARIABLE, PROJECT, Home
from raceway.config.init import init_home
from raceway.config.private import keep_private
from raceway.night.logins import KEYS, PASSWORDS, ROLES, USERS, keys, make_passwords, said_of

WAREHOUSE_POOL: Final = "warehouse"
"""One slot: a DuckDB file has one writer."""

DATABASE_VARIABLE: Final = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"
_KEPT_TEMPLATES: Final = 4


def environment(home: Home) -> dict[str, str]:
    """The environment under which Airflow serves this home: raceway's defaults below what is set already.

    Makes the home's keys for Airflow where the environment gives none: all of a home's Airflow processes must sign
    and encrypt alike.
    """
    defaults = {
        DATABASE_VARIABLE: f"sqlite:///{home.airflow / 'airflow.db'}",
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT.dags),
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": str(max(2, os.cpu_count() or 2)),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        # a new home works at once; an engineer may pause a DAG on its page
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        USERS: ",".join(":".join(pair) for pair in ROLES.items()),
        PASSWORDS: str(home.secrets / "airflow_passwords.json"),
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
        "GX_ANALYTICS_ENABLED": "False",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "False",
    }
    ours = {HOME_VARIABLE: str(home.root), "AIRFLOW_HOME": str(home.airflow)}
    return {**defaults, **os.environ, **keys(home), **ours}


def use(home: Home) -> None:
    """Makes this process's Airflow serve `home`.

    Raises BadSettings where Airflow is already imported for another home: it cannot be switched.
    """
    if "airflow" in sys.modules and os.environ.get("AIRFLOW_HOME") != str(home.airflow):
        raise BadSettings(
            f"{home.root}: this process already runs Airflow for {os.environ.get('AIRFLOW_HOME')}; "
            "use one process for each home"
        )
    home.airflow.mkdir(parents=True, exist_ok=True)
    keep_private(home)
    os.environ.update(environment(home))


def has_database(home: Home) -> bool:
    """Whether Airflow's database may be there already (one on a server is taken for granted)."""
    database = home.airflow / "airflow.db"
    return database.exists() or not os.environ[DATABASE_VARIABLE].endswith(str(database))


def mend_database(home: Home) -> str:
    """Puts a database of Airflow that cannot be read aside, so that `prepare_database` makes it anew.

    Gives the sentence that says so, else an empty text. One that somebody holds is not damaged. Only a home's own file
    is looked at. `use(home)` must have run.
    """
    database = home.airflow / "airflow.db"
    if not os.environ[DATABASE_VARIABLE].endswith(str(database)) or not os.path.lexists(database):
        return ""
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True, timeout=1)) as connection:
            connection.execute("select count(*) from slot_pool").fetchall()
    except sqlite3.Error as fault:
        if fault.sqlite_errorcode & 0xFF not in _DAMAGED and not database.is_dir():
            return ""
        aside = database.with_name(f"damaged-{secrets.token_hex(4)}.db")
        database.rename(aside)
        for log in ("-wal", "-shm", "-journal"):
            database.with_name(database.name + log).unlink(missing_ok=True)
        return (
            f"{database}: cannot be read ({fault}); it lies in {aside.name} now, and Airflow has a new one without the "
            "runs and connections that were kept in it"
        )
    return ""


_DAMAGED: Final = (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CANTOPEN)
"""What SQLite says of a file that is no database, or of one without Airflow's tables."""


def prepare_database(home: Home, anew: bool = False) -> None:
    """Creates or migrates Airflow's database and the warehouse's pool.

    Quick where it was done before with this version of Airflow, unless `anew`. `use(home)` must have run.
    """
    from airflow import __version__

    marker = home.airflow / f".database-{__version__}"
    place = os.environ[DATABASE_VARIABLE].rsplit("@", 1)[-1]  # without its password
    if not anew and has_database(home) and marker.exists() and marker.read_text(encoding="utf-8") == place:
        return
    if not anew and not has_database(home) and _copy_template(home):
        marker.write_text(place, encoding="utf-8")
        return
    from airflow.models.pool import Pool
    from airflow.utils.db import initdb

    is_new = not has_database(home)
    initdb()
    Pool.create_or_update_pool(
        WAREHOUSE_POOL, slots=1, description="The warehouse's only writer", include_deferred=False
    )
    marker.write_text(place, encoding="utf-8")
    if is_new:
        _keep_template(home)


def _template() -> Path:
    """Where a new database of this Airflow lies in the user's cache, under these settings.

    Airflow takes five seconds to make one, as long as it takes to start: once for each version will do.
    """
    own = (DATABASE_VARIABLE, *KEYS, USERS, PASSWORDS)  # of the home, and in no new database
    said = [f"{key}={value}" for key, value in os.environ.items() if key.startswith("AIRFLOW__") and key not in own]
    said += [
        f"{package.name} {package.version}"
        for package in distributions()
        if package.name.lower().startswith(("apache-airflow", "sqlalchemy"))
    ]
    name = hashlib.sha256("\n".join(sorted(set(said))).encode()).hexdigest()
    return platformdirs.user_cache_path("raceway") / "airflow" / f"{name}.db"


def _copy_template(home: Home) -> bool:
    """Gives a home without a database a copy of the one that is kept; False where there is none that can be read."""
    aside = home.airflow / f".airflow-{os.getpid()}.db"
    try:
        shutil.copyfile(_template(), aside)
        with closing(sqlite3.connect(aside)) as connection:
            connection.execute("select slots from slot_pool where pool = ?", [WAREHOUSE_POOL]).fetchall()[0]
        make_durable(aside)
        aside.rename(home.airflow / "airflow.db")
    except (OSError, sqlite3.Error, IndexError):
        return False
    finally:
        aside.unlink(missing_ok=True)
    return True


def _keep_template(home: Home) -> None:
    with suppress(OSError, sqlite3.Error):  # a user without a folder of his own makes one each time
        template = _template()
        template.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = template.with_suffix(f".{os.getpid()}")
        with closing(sqlite3.connect(home.airflow / "airflow.db")) as made, closing(sqlite3.connect(aside)) as kept:
            made.backup(kept)  # with what still lies in its log
        aside.rename(template)
        for old in sorted(template.parent.glob("*.db"), key=lambda file: file.stat().st_mtime)[:-_KEPT_TEMPLATES]:
            old.unlink(missing_ok=True)


def main() -> None:
    """Prepares a server from its environment; safe to run at every start."""
    root = os.environ.get(HOME_VARIABLE)
    if not root:
        sys.exit(f"raceway: set {HOME_VARIABLE} to the folder of the home")
    try:
        home = Home(Path(root).absolute())
        if not home.exists():
            init_home(home.root)
        use(home)
        prepare_database(home, anew=True)
        passwords = Path(os.environ[PASSWORDS])
        for line in said_of(passwords, make_passwords(passwords)):
            print(line)
    except RacewayFault as fault:
        sys.exit(f"raceway: {fault}")


if __name__ == "__main__":
    main()
