"""Exports that one task lands: one befalls the others nothing, and a second try knows what the first decided."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from raceway.common.faults import ExportRefused, PassingFault
from raceway.common.home import Home
from raceway.config.accounts import Account
from raceway.config.init import init_home
from raceway.inbox.exports import Export, ExportFile, find_exports
from raceway.ledger.ledger import Ledger
from raceway.night.airflow_runs import DagEnd, TaskEnd
from raceway.night.groups import GROUP_BYTES, in_groups, land_group, raise_what_befell
from raceway.night.night_result import COULD_NOT_RUN, gather
from tests.support.server import wait_until

AS_OF = dt.date(2026, 3, 10)
EXPORTED_AT = dt.datetime(2026, 3, 9, 3, tzinfo=dt.UTC)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    accounts = [
        Account(source="nps", account=name, name=name, market="VN", time_zone="Asia/Ho_Chi_Minh", currency="VND")
        for name in ("shop", "till")
    ]
    return init_home(tmp_path / "home", accounts=accounts)


def deliver(home: Home, account: str, number: int, text: str = "") -> None:
    """A file of one invitation, or of another text."""
    invitations = text or (
        f"invitation_id,invited_at,email,order_name\n{account}-{number},2026-03-0{number % 8 + 1} 10:00:00,"
        f"an{number}@example.net,#{number}\n"
    )
    path = home.inbox / "nps" / account / f"sent-{number:02}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(invitations, encoding="utf-8")
    seconds = EXPORTED_AT.timestamp() + number
    os.utime(path, (seconds, seconds))


def group_of(home: Home) -> dict[str, Any]:
    [group] = in_groups(find_exports(home, "nps"))
    return group


def land(home: Home, group: dict[str, Any]) -> dict[str, Any]:
    return land_group(home, group, AS_OF, "run of tonight 0", lambda _: None)


def waiting(home: Home) -> list[str]:
    return sorted(path.name for path in (home.inbox / "nps").rglob("*.csv"))


def test_a_refused_export_keeps_no_other_of_its_group_from_landing_and_is_shown(home: Home) -> None:
    for number in range(8):
        deliver(home, "shop", number)
    deliver(home, "shop", 8, "this is,no survey\n1,2\n")
    group = group_of(home)
    landed = land(home, group)
    assert [outcome["status"] for outcome in landed["outcomes"]] == ["landed"] * 8 + ["refused"]
    assert landed["faults"] == []
    assert waiting(home) == []
    with pytest.raises(ExportRefused, match=r"^1 of 9 exports were refused:\n.*sent-08.csv: no known export of nps"):
        raise_what_befell(landed)


def test_a_group_that_landed_whole_raises_nothing_and_leaves_nothing_aside(home: Home) -> None:
    deliver(home, "shop", 1)
    landed = land(home, group_of(home))
    raise_what_befell(landed)
    assert not list((home.landing / "_tmp").iterdir())


def test_the_only_export_of_a_group_is_refused_in_its_own_words(home: Home) -> None:
    deliver(home, "shop", 8, "this is,no survey\n1,2\n")
    with pytest.raises(ExportRefused, match=r"^sent-08.csv: no known export of nps"):
        raise_what_befell(land(home, group_of(home)))


def test_a_second_try_lands_the_rest_and_still_tells_what_the_first_decided(home: Home) -> None:
    deliver(home, "shop", 1)
    deliver(home, "shop", 2, "this is,no survey\n1,2\n")
    deliver(home, "till", 3)
    blocked = home.archive / "nps" / "till"  # a file where a folder is to be: an error of the disk
    blocked.parent.mkdir(parents=True)
    blocked.touch()
    group = group_of(home)

    first = land(home, group)
    [fault] = first["faults"]
    assert (fault["export"], fault["passing"]) == ("till/sent-03.csv", True)
    with pytest.raises(PassingFault, match=r"^1 of 3 exports could not be read:\n"):
        raise_what_befell(first)

    blocked.unlink()
    second = land(home, group)
    assert second["faults"] == []
    assert second["outcomes"][:2] == first["outcomes"]
    assert second["outcomes"][2]["status"] != "refused"
    assert waiting(home) == []
    with pytest.raises(ExportRefused, match=r"^1 of 3 exports were refused:"):
        raise_what_befell(second)


def test_a_refused_file_that_was_put_back_is_looked_at_again(home: Home) -> None:
    deliver(home, "shop", 1, "this is,no survey\n1,2\n")
    deliver(home, "till", 3)
    blocked = home.archive / "nps" / "till"
    blocked.parent.mkdir(parents=True)
    blocked.touch()
    group = group_of(home)
    assert land(home, group)["outcomes"][0]["status"] == "refused"
    [kept] = (home.quarantine / "files").rglob("sent-01.csv")
    kept.rename(home.inbox / "nps" / "shop" / "sent-01.csv")
    assert land(home, group)["outcomes"][0]["status"] == "refused"
    assert waiting(home) == ["sent-03.csv"]  # it was refused anew, and taken out of the inbox again


def test_a_worker_that_is_killed_leaves_no_half_batch_and_the_next_try_lands_the_rest(home: Home) -> None:
    for number in range(30):
        deliver(home, "shop", number)
    group = group_of(home)
    told = "import json, sys; from tests.night.test_groups import Home, Path, land; "
    worker = subprocess.Popen(
        [sys.executable, "-c", told + "land(Home(Path(sys.argv[1])), json.loads(sys.argv[2]))", str(home.root),
         json.dumps(group)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_until(lambda: len(waiting(home)) < 28 or worker.poll() is not None, "the first files have landed")
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert waiting(home), "it was killed too late"

    landed = land(home, group)
    raise_what_befell(landed)
    assert len(landed["outcomes"]) == 30
    assert waiting(home) == []
    batches = Ledger(home).state().batches.values()
    assert len(batches) == 30
    assert all(batch.status == "accepted" and batch.path.is_file() for batch in batches)
    assert {path.parent.name for path in home.landing.glob("nps/*/*/data.parquet")} == {b.batch_id for b in batches}


def export(number: int, size: int = 10) -> Export:
    file = ExportFile(f"{number}.csv", size, EXPORTED_AT)
    return Export("nps", "shop", (file,))


def test_a_group_holds_at_most_fifty_exports_in_their_order() -> None:
    groups = in_groups([export(number) for number in range(101)])
    assert [len(group["exports"]) for group in groups] == [50, 50, 1]
    assert groups[0]["name"] == "50 exports: shop/0.csv … shop/49.csv"
    assert groups[2]["name"] == "shop/100.csv"
    assert [values["files"][0]["path"] for group in groups for values in group["exports"]] == [
        f"{number}.csv" for number in range(101)
    ]


def test_large_files_land_side_by_side() -> None:
    groups = in_groups([export(1, GROUP_BYTES), export(2, GROUP_BYTES), export(3), export(4)])
    assert [len(group["exports"]) for group in groups] == [1, 1, 2]


def test_no_exports_are_no_groups() -> None:
    assert in_groups([]) == []


def test_the_night_counts_what_broke_off_refused_and_was_killed_by_export(home: Home, tmp_path: Path) -> None:
    groups = in_groups([export(number) for number in range(103)])
    outcome = {
        "source": "nps", "account": "shop", "status": "refused", "files": ["7.csv"], "batches": [], "rows_read": 0,
        "rows_landed": 0, "rows_refused": 0, "rows_furniture": 0, "reason": "7.csv: no known export of nps",
    }  # fmt: skip
    landed = {"outcomes": [outcome], "faults": [{"export": "shop/8.csv", "reason": "disk full", "passing": True}] * 2}
    ends = (
        TaskEnd("find_exports", -1, "success", 1.0),
        TaskEnd("land", 0, "failed", 1.0),
        TaskEnd("land", 1, "failed", 1.0),  # killed: it handed nothing on
        TaskEnd("land", 2, "failed", 1.0),
    )
    handed_on = {
        ("find_exports", -1, "return_value"): groups,
        ("land", 0, "landed"): landed,
        ("land", 2, "fault"): "another run is at work here",
    }
    extract = DagEnd("extract_nps", "tonight", "failed", ends, handed_on)
    mart = DagEnd("race_mart", "tonight", "success", (), {})

    night = gather(home, "tonight", AS_OF, False, [extract], mart, tmp_path / "night.log", 1.0)

    assert [(refusal.kind, refusal.files, refusal.reason) for refusal in night.refused] == [
        ("refused", ("7.csv",), "7.csv: no known export of nps"),
        ("failed", (), "2 exports could not be read and wait for the next run: disk full"),
        (
            "failed",
            (),
            "landing 50 exports broke off; those that were not decided yet wait for the next run "
            "(raceway status tells of the others): the reason stands in the log",
        ),
        (
            "failed",
            (),
            "landing 3 exports broke off; those that were not decided yet wait for the next run "
            "(raceway status tells of the others): another run is at work here",
        ),
    ]
    assert night.exit_code == COULD_NOT_RUN
