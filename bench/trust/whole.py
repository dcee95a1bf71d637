"""A whole night for each kind of fault: `raceway run` on a home of one source, and what its result tells."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from bench.trust.bases import Base, night_of
from bench.trust.inject import Injection
from bench.trust.kinds import KINDS
from bench.trust.night import Night
from raceway.common.home import Home
from raceway.history.records import run_checks, run_records
from raceway.ledger.ledger import Ledger

_IN_DOLLARS: Final = ("google_ads/us-store", "microsoft_ads/us-store", "linkedin_ads/us-b2b", "square/us-store")
"""Accounts in dollars: their batches wait for rates, which these homes do not have."""
_RUN: Final = "from raceway.console.cli import main; main()"


def whole_plan(planned: list[Injection]) -> list[Injection]:
    """The first injection of each kind into an account whose amounts need no rate."""
    first: dict[str, Injection] = {}
    for each in planned:
        if f"{each.source}/{each.account}" not in _IN_DOLLARS:
            first.setdefault(each.kind, each)
    return list(first.values())


def whole_night(base: Base, injection: Injection) -> dict[str, Any]:
    """Runs the night with its fault; tells the exit code, and the sentences about the spoiled batches."""
    kind = next(kind for kind in KINDS if kind.name == injection.kind)
    source, account, day = injection.source, injection.account, injection.day
    root = Path(tempfile.mkdtemp(prefix="night-", dir=base.folder))
    try:
        home = base.home_before(root / "home", day, source)
        shutil.copytree(base.folder / "raw" / day.isoformat() / source, home.inbox / source)
        known = set(Ledger(home).state().batches)
        kind.ways[injection.way](Night(base, home.inbox, day, source, account, random.Random(str(injection))))
        done = subprocess.run(
            [sys.executable, "-c", _RUN, "--home", str(home.root), "run", "--as-of", night_of(day).isoformat()],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return {"kind": kind.name, "source": source, "account": account, "day": day.isoformat(),
                "exit": done.returncode, "published": _published(home), "told": _told(home, account, known),
                "said": done.stdout[-2000:]}  # fmt: skip
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _published(home: Home) -> bool:
    return any(record.status == "published" for record in run_records(home))


def _told(home: Home, account: str, known: set[str]) -> list[str]:
    """What the run says of the account's new batches, held ones too, and of files that were refused or are late."""
    state = Ledger(home).state()
    mine = {batch.batch_id for batch in state.batches.values() if batch.account == account} - known
    told = [file.reason for file in state.files.values() if file.account == account and file.status == "refused"]
    for record in run_records(home):
        told += [check.message for check in run_checks(home, record.run_id)
                 if not check.passed and (check.batch_id in mine or account in check.message)]  # fmt: skip
    return told
