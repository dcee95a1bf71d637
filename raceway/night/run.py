"""One nightly run: the DAGs of the sources with new files, then `race_mart`.

Without a scheduler the DAGs run in this process, under the home's lock; where one is alive for the home,
they are triggered there and followed. Either way the run never waits for files: what is late is reported.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

from raceway.common.faults import PassingFault
from raceway.common.home import Home
from raceway.common.lock import alone, together
from raceway.config.settings import load_settings
from raceway.contracts.files import source_names
from raceway.history.records import record_checks
from raceway.inbox.exports import find_exports
from raceway.landing.aside import sweep_unheld
from raceway.ledger.ledger import Ledger
from raceway.night import airflow_home, beside, steps
from raceway.night.airflow_runs import Following, InProcess, Runner, scheduler_is_alive
from raceway.night.days import refuse_days_ahead
from raceway.night.mending import mend, mended_database
from raceway.night.night_result import NightResult, gather
from raceway.night.nothing_new import is_unattended, skipped
from raceway.night.wiring import EXTRACT_PREFIX, LANDINGS_AT_ONCE, MART_DAG
from raceway.reading.personal import check_key

Tell = Callable[[str], None]
"""Hears in a few words what the run is doing."""


def run_night(
    home: Home,
    as_of: dt.date | None = None,
    full_refresh: bool = False,
    strict: bool = False,
    tell: Tell = lambda _: None,
) -> NightResult:
    """Runs one night and says how it went; `as_of` defaults to today's business day.

    Raises HomeIsLocked where another run is at work, BadSettings and BadContract where nothing can run; BadSettings,
    too, where `as_of` lies after tomorrow.
    """
    clock = time.monotonic()
    started_at = dt.datetime.now(tz=dt.UTC)
    run_id = steps.run_id_for(started_at)
    settings = load_settings(home)
    check_key(home)
    sweep_unheld(home.scratch)
    sources = source_names(home)
    as_of = as_of or settings.business_day(started_at)
    refuse_days_ahead(home, settings, as_of, started_at)

    airflow_home.use(home)
    told = mended_database(airflow_home.mend_database(home))
    log = home.run(run_id) / "night.log"
    unattended = is_unattended(home)
    accounts: int | None = None
    if unattended and not (full_refresh or settings.inbox.address):
        with alone(home), _quiet(log):
            steps.hear(tell)
            told += mend(home)
            known = Ledger(home).state()
            exports = [export for source in sources for export in find_exports(home, source, known)]
            accounts = len({(export.source, export.account) for export in exports})
            mart = None if exports else skipped(home, run_id, started_at, as_of)
        if mart is not None:
            record_checks(home, run_id, told)
            return gather(home, run_id, as_of, strict, [], mart, log, time.monotonic() - clock)
    tell("starting Airflow")
    with _quiet(log), beside.helpers(_helpers(accounts) if unattended else 0):
        follow = airflow_home.has_database(home) and scheduler_is_alive()
        with nullcontext() if follow else alone(home):
            airflow_home.prepare_database(home)
            runner: Runner = Following() if follow else InProcess()
            steps.hear(tell)
            with together(home):
                told += mend(home)
            known = Ledger(home).state()
            remote_resting = steps.fetch(home, settings, sources)
            waiting = [source for source in sources if find_exports(home, source, known)]
            day = {"as_of": as_of.isoformat()}
            began = time.monotonic()
            with nullcontext() if follow else steps.ahead(waiting, day):
                extracts = runner.run([f"{EXTRACT_PREFIX}{source}" for source in waiting], day, tell)
            landing = None if follow else time.monotonic() - began
            record_checks(home, run_id, told)
            conf = day | {"run_id": run_id, "full_refresh": full_refresh, "wait": False}
            [mart] = runner.run([MART_DAG], conf, tell)
            # what lies in the inbox after its source was run was still being written, or came later
            left = [f"{source}/{export.name}" for source in waiting for export in find_exports(home, source)]
            with suppress(PassingFault):  # removes there what is archived here; else the next night does
                steps.fetch(home, settings, waiting)
    total = time.monotonic() - clock

    return gather(home, run_id, as_of, strict, extracts, mart, log, total, [*remote_resting, *left], landing)


def _helpers(accounts: int | None) -> int:
    """How many helpers a night has for exports of so many accounts (None: not known yet); one for the gate alone."""
    cores = os.cpu_count() or 1
    return max(1, min(LANDINGS_AT_ONCE, cores, cores if accounts is None else accounts))


@contextmanager
def _quiet(log: Path) -> Iterator[None]:
    """Sends what Airflow, dbt and Great Expectations write to the terminal into the run's log instead.

    Works on the file descriptors, since their loggers hold on to the streams they began with.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    terminal = os.dup(1), os.dup(2)
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for descriptor, saved in enumerate(terminal, start=1):
            os.dup2(saved, descriptor)
            os.close(saved)
