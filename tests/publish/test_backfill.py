"""A backfill reads archived files again with today's contracts; nothing of it counts before somebody approves it."""

from __future__ import annotations

import datetime as dt
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from raceway.common.faults import PermanentFault
from raceway.common.home import Home
from raceway.inbox.exports import find_exports
from raceway.landing.land import land
from raceway.ledger.ledger import BatchState, Ledger
from raceway.publish.backfill import (
    Backfill,
    approve_backfill,
    backfills,
    drop_backfill,
    start_backfill,
    sweep_backfills,
    undecided,
)
from tests.support.small_company import AS_OF, REPORT, put, small_company

FIRST, LAST = dt.date(2026, 2, 1), dt.date(2026, 2, 28)
EXPORTED = dt.datetime(2026, 3, 3, 1, tzinfo=dt.UTC)
OVERLAY = 'schedule: "0 0 29 2 *"\ntables:\n  campaign_daily:\n    aliases:\n      conversions: [Conv mua]\n'


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A company whose report was read when its contract did not know one of the columns."""
    home = small_company(tmp_path_factory.mktemp("landed") / "home")
    lines = REPORT.replace("Impr.,Clicks,Cost", "Impr.,Clicks,Cost,Conv mua").splitlines()
    text = "\n".join([*lines[:3], *(f"{line},2" for line in lines[3:-1]), f"{lines[-1]},8"]) + "\n"
    put(home, "report.csv", text, EXPORTED)
    [export] = find_exports(home, "google_ads")
    assert land(home, export, as_of=AS_OF).status == "landed"
    return home


@pytest.fixture
def home(landed: Home, tmp_path: Path) -> Home:
    shutil.copytree(landed.root, tmp_path / "home", symlinks=True)
    copied = Home(tmp_path / "home")
    (copied.sources / "google_ads.yml").write_text(OVERLAY, encoding="utf-8")
    return copied


def begin(home: Home) -> Backfill:
    return start_backfill(home, FIRST, LAST, None, "conversions are named", lambda _: None, "lan")


def counting(home: Home) -> BatchState:
    [batch] = Ledger(home).state().accepted()
    return batch


def conversions(batch: BatchState) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(f"select sum(conversions)::int, min(_batch_id) from '{batch.path}'").fetchall()


def test_a_range_is_read_again_aside_and_counts_when_it_is_approved(home: Home) -> None:
    before = counting(home)
    assert conversions(before) == [(None, before.batch_id)]

    begun = begin(home)

    assert (begun.name, begun.status, begun.unchanged, begun.left) == ("b1", "waiting", 0, ())
    [one] = begun.batches
    assert (one.batch_id, one.replaces) == (f"{before.batch_id}-b1", before.batch_id)
    assert counting(home) == before

    approve_backfill(home, "b1", "minh")

    after = counting(home)
    assert conversions(after) == [(8, after.batch_id)]
    assert (after.batch_id, after.rank, after.who) == (one.batch_id, before.rank, "minh")
    old = Ledger(home).state().batches[before.batch_id]
    assert old.status == "rejected"
    assert old.reason == f"read again as {one.batch_id}: backfill b1: conversions are named"
    assert [path.name for path in (home.backfills / "b1").iterdir()] == ["backfill.json"]
    assert [(done.status, done.who, done.decided_by) for done in backfills(home)] == [("approved", "lan", "minh")]


def test_the_same_file_is_known_again_after_a_backfill(home: Home) -> None:
    begin(home)
    approve_backfill(home, "b1")
    [raw] = home.archive.rglob("report.csv")
    later = EXPORTED + dt.timedelta(days=1)
    put(home, "again.csv", raw.read_text(encoding="utf-8"), later)
    [export] = find_exports(home, "google_ads")

    assert land(home, export, as_of=AS_OF).status == "duplicate"
    assert counting(home).exported_at == later


def test_what_is_read_as_it_was_needs_no_decision(home: Home) -> None:
    begin(home)
    approve_backfill(home, "b1")

    again = begin(home)

    assert (again.name, again.status, again.batches, again.unchanged) == ("b2", "dropped", (), 1)


def test_a_dropped_backfill_changes_nothing(home: Home) -> None:
    before = counting(home)
    begin(home)

    assert drop_backfill(home, "b1").status == "dropped"
    assert counting(home) == before
    with pytest.raises(PermanentFault, match="b1: is dropped, so there is nothing to approve"):
        approve_backfill(home, "b1")


def test_a_backfill_that_nobody_decides_goes_when_raw_files_go(home: Home) -> None:
    since = begin(home).since
    [said] = undecided(home)
    assert said.endswith("waits for a decision: raceway backfill --approve b1, or raceway backfill --drop b1")

    assert sweep_backfills(home, 90, since + dt.timedelta(days=90)) == 0
    assert sweep_backfills(home, 90, since + dt.timedelta(days=91)) == 1

    assert undecided(home) == []
    assert [path.name for path in (home.backfills / "b1").iterdir()] == ["backfill.json"]


def test_a_kill_while_switching_in_loses_nothing_and_is_made_up_for(home: Home) -> None:
    """The process is killed for good (SIGKILL) after the new batch counts and before the old one is taken out."""
    before = counting(home)
    begin(home)
    killed = subprocess.run(
        [sys.executable, "-c", f"""
import os, pathlib, signal
from raceway.common.home import Home
from raceway.ledger.ledger import Ledger
from raceway.publish import backfill
append = Ledger.append
def until_rejected(self, kind, **fields):
    if kind == "rejected":
        os.kill(os.getpid(), signal.SIGKILL)
    return append(self, kind, **fields)
Ledger.append = until_rejected
backfill.approve_backfill(Home(pathlib.Path({str(home.root)!r})), "b1", "minh")
"""],
        check=False,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL
    assert {batch.batch_id for batch in Ledger(home).state().accepted()} == {before.batch_id, f"{before.batch_id}-b1"}

    [said] = undecided(home)
    assert said.endswith("broke off while it was switched in: go on with raceway backfill --approve b1")
    approve_backfill(home, "b1", "minh")

    assert counting(home).batch_id == f"{before.batch_id}-b1"
    assert [event.kind for event in Ledger(home).events()].count("accepted") == 2


def test_a_batch_that_was_taken_out_meanwhile_stays_out(home: Home) -> None:
    before = counting(home)
    begin(home)
    Ledger(home).append("rejected", batch_id=before.batch_id, who="lan", why="test data")

    _, stays_out = approve_backfill(home, "b1")

    assert stays_out == [
        f"{before.batch_id}-b1 stays out: {before.batch_id}, which it would replace, is rejected by now"
    ]
    assert Ledger(home).state().accepted() == []


def test_raw_files_that_are_gone_are_named(home: Home) -> None:
    shutil.rmtree(home.archive)
    with pytest.raises(
        PermanentFault, match=r"could be read again: 1 exports, as google_ads/main/report\.csv: its raw"
    ):
        begin(home)
    assert [one.status for one in backfills(home)] == ["dropped"]


def test_a_range_without_a_batch_is_refused(home: Home) -> None:
    with pytest.raises(PermanentFault, match="no accepted batch covers a day of it"):
        start_backfill(home, dt.date(2024, 1, 1), dt.date(2024, 1, 2), None, "try", lambda _: None)
    with pytest.raises(PermanentFault, match="lies before --from"):
        start_backfill(home, LAST, FIRST, None, "try", lambda _: None)
    with pytest.raises(PermanentFault, match="needs its reason"):
        start_backfill(home, FIRST, LAST, None, "", lambda _: None)
