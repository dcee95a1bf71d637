"""What Airflow's database keeps of nights that are long over: counted, and removed by Airflow's own `db clean`.

Only the database that lies in the home is looked at: one on a server is kept by whoever keeps that server.
"""

from __future__ import annotations

import datetime as dt
import io
import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing, redirect_stdout, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Final

from raceway.common.home import Home
from raceway.night.airflow_home import DATABASE_VARIABLE, use

TABLES: Final[Mapping[str, str]] = MappingProxyType(
    {"dag_run": "start_date", "task_instance": "start_date", "xcom": "timestamp", "log": "dttm",
     "job": "latest_heartbeat", "asset_event": "timestamp", "import_error": "timestamp"}
)  # fmt: skip
"""What grows with each night, and what dates it. DAGs, connections, pools and the rest are never touched."""


def told_of_airflow(home: Home, log_days: int, now: dt.datetime, dry_run: bool) -> list[str]:
    """Removes rows of nights older than `log_days` from the home's own Airflow database, with `dry_run` only counts
    them; gives what went or would go in lines, none where there is nothing.

    A database that somebody holds, or that cannot be read, is left for the next time and said.
    """
    database = home.airflow / "airflow.db"
    if not database.is_file() or not os.environ.get(DATABASE_VARIABLE, str(database)).endswith(str(database)):
        return []
    before = now - dt.timedelta(days=log_days)
    size = database.stat().st_size
    name = database.relative_to(home.root)
    try:
        old = _old_rows(database, before)
        if not sum(old.values()):
            return []
        said = ", ".join(f"{count:,} of {table}" for table, count in old.items() if count)
        if dry_run:
            return [f"rows of Airflow's database that are older than {log_days} days: {said} ({name}, {size:,} bytes)"]
        _clean(home, before)
        left = sum(_old_rows(database, before).values())
    except sqlite3.Error as fault:
        return [f"{name}: rows of Airflow's database stay until the next upkeep: {fault}"]
    gone = sum(old.values()) - left
    return [
        f"rows of Airflow's database that are older than {log_days} days: {gone:,} were removed ({said}); {name} has "
        f"{database.stat().st_size:,} bytes instead of {size:,}"
    ]


def _old_rows(database: Path, before: dt.datetime) -> dict[str, int]:
    """By table the rows that are older; of these Airflow keeps the newest scheduled run of each DAG."""
    moment = before.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S")
    with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
        there = {name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")}
        return {
            table: connection.execute(f"select count(*) from {table} where {dated_by} < ?", [moment]).fetchone()[0]
            for table, dated_by in TABLES.items()
            if table in there
        }


def _clean(home: Home, before: dt.datetime) -> None:
    use(home)
    from airflow.utils.db_cleanup import run_cleanup

    with redirect_stdout(io.StringIO()):  # it tells of every table
        run_cleanup(clean_before_timestamp=before, table_names=list(TABLES), confirm=False, skip_archive=True)
    with (
        suppress(sqlite3.OperationalError),  # somebody reads: its pages are used again all the same
        closing(sqlite3.connect(home.airflow / "airflow.db", timeout=5)) as connection,
    ):
        connection.execute("vacuum")
