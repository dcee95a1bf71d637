"""Airflow's own home: its environment and its database.

Airflow reads its configuration when it is first imported, so `use` must run before any import of it. A
value that the environment already gives (a server's PostgreSQL, another executor) is never overridden.
"""

from __future__ import annotations

import os
import sys
from typing import Final

from raceway.faults import BadSettings
from raceway.home import HOME_VARIABLE, PROJECT, Home

WAREHOUSE_POOL: Final = "warehouse"
"""One slot: a DuckDB file has one writer."""


def environment(home: Home) -> dict[str, str]:
    """The environment under which Airflow serves this home: raceway's defaults below what is set already."""
    defaults = {
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home.airflow / 'airflow.db'}",
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT.dags),
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": str(max(2, os.cpu_count() or 2)),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        # a new home works at once; an engineer may pause a DAG on its page
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
        "GX_ANALYTICS_ENABLED": "False",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "False",
    }
    ours = {HOME_VARIABLE: str(home.root), "AIRFLOW_HOME": str(home.airflow)}
    return {**defaults, **os.environ, **ours}


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
    os.environ.update(environment(home))


def has_database(home: Home) -> bool:
    """Whether Airflow's database may be there already (one on a server is taken for granted)."""
    database = home.airflow / "airflow.db"
    return database.exists() or not os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].endswith(str(database))


def prepare_database(home: Home) -> None:
    """Creates or migrates Airflow's database and the warehouse's pool; quick where that was done before.

    `use(home)` must have run. On a server the database's own migration (its init service) is left alone.
    """
    from airflow import __version__
    from airflow.models.pool import Pool
    from airflow.utils.db import initdb

    marker = home.airflow / f".database-{__version__}"
    database = os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
    if marker.exists() and marker.read_text(encoding="utf-8") == database.rsplit("@", 1)[-1]:
        return
    initdb()
    Pool.create_or_update_pool(
        WAREHOUSE_POOL, slots=1, description="The warehouse's only writer", include_deferred=False
    )
    marker.write_text(database.rsplit("@", 1)[-1], encoding="utf-8")
