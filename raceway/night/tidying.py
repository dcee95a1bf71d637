"""The last thing that a run does: old raw files and backfills go, and ledger and history are compacted."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from typing import Final

from raceway.common.home import Home
from raceway.history.records import Check, record_checks

_UPKEEP: Final = "what is kept long enough is removed, and ledger and history are compacted"
_LOG: Final = logging.getLogger(__name__)


def tidy_up(home: Home, run_id: str, started_at: dt.datetime) -> None:
    """Removes what a home has kept long enough, and compacts ledger and history.

    What fails here takes nothing back: the version is out, or nothing was new. It is a warning that names the fault,
    in the run's result and in `check_history`; the next run tries again.
    """
    from raceway.config.settings import load_settings
    from raceway.history.broken_rows import sweep_rows
    from raceway.history.compacted import compact_history
    from raceway.inbox.raw_files import sweep
    from raceway.ledger.compaction import compact
    from raceway.publish.backfill import sweep_backfills

    pieces: dict[str, Callable[[], object]] = {
        "removing raw files that were kept long enough": lambda: sweep(
            home, load_settings(home).retention.archive_days, started_at
        ),
        "removing rows of checks that were kept long enough": lambda: sweep_rows(
            home, load_settings(home).retention.archive_days, started_at
        ),
        "removing backfills that nobody has decided": lambda: sweep_backfills(
            home, load_settings(home).retention.archive_days, started_at
        ),
        "compacting the ledger": lambda: compact(home),
        "compacting the history": lambda: compact_history(home),
    }
    for what, do in pieces.items():
        try:
            do()
        except Exception as fault:
            _LOG.exception("%s failed", what)
            message = f"upkeep: {what} failed and is tried again by the next run: {str(fault) or type(fault).__name__}"
            record_checks(home, run_id, [Check("upkeep", "landing", "warning", False, "upkeep", message=message,
                                               expected=_UPKEEP)])  # fmt: skip
