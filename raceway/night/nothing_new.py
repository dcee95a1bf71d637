"""A night on which nothing is new, told without Airflow: starting Airflow takes longer than looking.

Where no file waits and no scheduler serves the home, `race_mart` would do two things: start and freeze. Both are done
here, by the same steps that its tasks call. Where the frozen set is what the published mart was made of, the run ends
as skipped, with its record; otherwise Airflow runs `race_mart`, which freezes again.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import sqlite3
import time
from contextlib import closing
from typing import Final

from raceway.common.home import Home
from raceway.history.records import forget_checks
from raceway.night import steps
from raceway.night.airflow_home import DATABASE_VARIABLE
from raceway.night.airflow_runs import DagEnd, TaskEnd
from raceway.night.wiring import MART_DAG

_LOG: Final = logging.getLogger(__name__)

_SILENT: Final = dt.timedelta(minutes=10)
"""A scheduler that has told nothing for so long is dead; Airflow itself says so after half a minute."""


def is_unattended(home: Home) -> bool:
    """Whether surely no scheduler serves this home: its own database has no fresh heartbeat of one.

    False where the database is another one or cannot be read: then Airflow is asked. `airflow_home.use` must have run.
    """
    database = home.airflow / "airflow.db"
    if not os.environ[DATABASE_VARIABLE].endswith(str(database)):
        return False
    if not database.exists():
        return True
    try:
        with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True, timeout=1)) as connection:
            [(beat,)] = connection.execute(
                "select max(latest_heartbeat) from job where job_type = 'SchedulerJob' and state = 'running'"
            ).fetchall()
    except sqlite3.Error:
        return False
    if beat is None:
        return True
    return dt.datetime.now(tz=dt.UTC) - dt.datetime.fromisoformat(beat).replace(tzinfo=dt.UTC) > _SILENT


def skipped(home: Home, run_id: str, started_at: dt.datetime, as_of: dt.date) -> DagEnd | None:
    """The end of a `race_mart` that has nothing to do, its record kept; None where there is something.

    None, too, where a step fails: under Airflow it is tried again where that may help, and told as a night's result.
    """
    began = time.monotonic()
    try:
        _, run = steps.start({"run_id": run_id, "as_of": as_of.isoformat(), "wait": False}, started_at)
        frozen = steps.freeze(run)
    except Exception:
        _LOG.exception("looking for something new broke off; Airflow tries again")
        frozen = None
    if frozen is None or frozen["changed"]:
        forget_checks(home, run_id)  # the freeze that counts records them, once
        return None
    steps.tell(run, {"wait": False}, started_at)
    return DagEnd(
        MART_DAG,
        run_id,
        "success",
        (TaskEnd("freeze", -1, "success", time.monotonic() - began),),
        {("wait_for_sources", -1, "return_value"): run, ("freeze", -1, "frozen"): frozen},
    )
