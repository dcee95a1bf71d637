"""An export whose process somebody else ends is no culprit the first time, and the ledger adds up whenever it ends."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from raceway.common.faults import PassingFault
from raceway.common.watched import Nursery, Seat
from raceway.inbox.exports import find_exports
from raceway.landing.give_up import refuse
from raceway.landing.land import land
from raceway.landing.watched import land_watched
from raceway.ledger.ledger import Ledger
from tests.support.desk import AS_OF, Ads, Desk
from tests.support.server import wait_until

PLACE = "google_ads/vn/report.csv"


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    made = Nursery(["raceway.landing.land", "raceway.gate.gx_duckdb"])
    yield made
    made.close()


def kill_when_at_work(desk: Desk, seat: Seat, times: int, how: signal.Signals) -> threading.Thread:
    """Ends the worker of a seat whenever a new folder of an unfinished landing appears, so many times."""

    seen: set[Path] = set()

    def run() -> None:
        for _ in range(times):
            wait_until(lambda: bool(at_work() - seen), "the file is read", between=0.005)
            seen.update(at_work())
            assert seat.pid is not None
            os.kill(seat.pid, how)

    def at_work() -> set[Path]:
        return {path.parent for path in desk.home.scratch.glob("*/in0")}

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.parametrize(
    ("times", "status", "words"),
    [(1, "landed", ""), (2, "refused", "was killed (SIGKILL), and again when nothing else was landing")],
)
def test_who_is_killed_once_lands_alone_and_who_is_killed_twice_is_refused(
    desk: Desk, ads: Ads, nursery: Nursery, times: int, status: str, words: str
) -> None:
    rows = [(f"2026-03-0{1 + n % 8}", f"C{n}", 1, 1, "1") for n in range(200_000)]
    desk.deliver(PLACE, ads(*rows))
    [export] = find_exports(desk.home, "google_ads")
    seat = Seat(nursery)
    killer = kill_when_at_work(desk, seat, times, signal.SIGKILL)
    outcome = land_watched(seat, desk.home, export, as_of=AS_OF)
    killer.join()
    assert outcome.status == status, outcome.reason
    assert words in outcome.reason
    assert list((desk.home.landing / "_tmp").iterdir()) == []
    assert find_exports(desk.home, "google_ads") == []


def test_who_is_stopped_by_a_person_waits_in_the_inbox(desk: Desk, ads: Ads, nursery: Nursery) -> None:
    rows = [(f"2026-03-0{1 + n % 8}", f"C{n}", 1, 1, "1") for n in range(200_000)]
    desk.deliver(PLACE, ads(*rows))
    [export] = find_exports(desk.home, "google_ads")
    seat = Seat(nursery)
    killer = kill_when_at_work(desk, seat, 1, signal.SIGTERM)
    with pytest.raises(PassingFault, match="was stopped; run it again"):
        land_watched(seat, desk.home, export, as_of=AS_OF)
    killer.join()
    assert find_exports(desk.home, "google_ads") == [export]


def test_a_batch_that_was_shown_and_not_decided_is_refused_with_its_file(desk: Desk, ads: Ads) -> None:
    desk.deliver(PLACE, ads(("2026-03-01", "A", 1, 1, "1")))
    [export] = find_exports(desk.home, "google_ads")

    def breaks_off(*_: object) -> list[object]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        land(desk.home, export, gate=breaks_off, as_of=AS_OF)  # type: ignore[arg-type]
    [batch] = Ledger(desk.home).state().batches.values()
    assert batch.status == "landed"
    outcome = refuse(desk.home, export, "vn/report.csv: reading it broke \x1b[31m the process")
    assert outcome.reason == "vn/report.csv: reading it broke \\x1b[31m the process"
    [batch] = Ledger(desk.home).state().batches.values()
    [file] = Ledger(desk.home).state().files.values()
    assert (batch.status, file.status) == ("refused", "refused")
    assert (desk.home.root / file.kept_at).is_file()
    assert refuse(desk.home, export, "again").status == "duplicate"
