"""The night's helpers: they land what the DAGs hand on, an account's exports in order, and never outlive the night."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from raceway.common.faults import BadSettings
from raceway.common.home import Home
from raceway.inbox.exports import find_exports
from raceway.ledger.ledger import Ledger
from raceway.night import beside
from raceway.night.groups import begin, in_groups, land_group
from tests.night.test_groups import AS_OF, deliver, home, waiting

__all__ = ["home"]  # the fixture

HELPED = """
import sys
from raceway.night import beside
with beside.helpers(2):
    print("up", flush=True)
    sys.stdin.read()
"""


def test_helpers_land_the_exports_of_an_account_in_their_order_and_hand_on_outcomes_and_faults(home: Home) -> None:
    for number in range(4):
        deliver(home, "shop", number)
        deliver(home, "till", number)
    deliver(home, "till", 4, "this is,no survey\n1,2\n")
    groups = in_groups(find_exports(home, "nps"))
    with beside.helpers(2):
        begin(home, [groups], AS_OF)
        [landed] = [land_group(home, group, AS_OF, "tonight", lambda _: None) for group in groups]
        assert waiting(home) == []
        # what nobody began with is landed, too, and a fault keeps its kind
        deliver(home, "shop", 5)
        [late] = in_groups(find_exports(home, "nps"))
        assert land_group(home, late, AS_OF, "tonight", lambda _: None)["faults"] == []
        (home.root / "raceway.toml").write_text("this is no TOML", encoding="utf-8")
        with pytest.raises(BadSettings):
            beside.do("land", home, find_exports_of_one(home), AS_OF)
    assert [outcome["status"] for outcome in landed["outcomes"]].count("landed") == 8
    [refused] = [outcome for outcome in landed["outcomes"] if outcome["status"] == "refused"]
    assert "sent-04.csv: no known export of nps" in refused["reason"]
    batches = Ledger(home).state().batches.values()
    for account in ("shop", "till"):
        decided = sorted((batch for batch in batches if batch.account == account), key=lambda b: str(b.decided_at))
        assert decided == sorted(decided, key=lambda batch: batch.exported_at)


def find_exports_of_one(home: Home) -> object:
    deliver(home, "shop", 6)
    return find_exports(home, "nps")[0]


def test_helpers_that_are_killed_with_all_that_is_theirs_are_replaced_and_nothing_is_refused(home: Home) -> None:
    for number in range(3):
        deliver(home, "shop", number)
    groups = in_groups(find_exports(home, "nps"))
    with beside.helpers(1):
        [helpers] = beside._HELPERS
        assert helpers.nursery._process is not None
        os.killpg(helpers.nursery._process.pid, signal.SIGKILL)
        begin(home, [groups], AS_OF)
        [landed] = [land_group(home, group, AS_OF, "tonight", lambda _: None) for group in groups]
    assert landed["faults"] == []
    assert [outcome["status"] for outcome in landed["outcomes"]] == ["landed"] * 3
    assert waiting(home) == []
    assert beside._HELPERS == []


def test_helpers_that_end_with_the_night_refuse_nothing(home: Home) -> None:
    deliver(home, "shop", 1)
    groups = in_groups(find_exports(home, "nps"))
    with beside.helpers(1):
        begin(home, [groups], AS_OF)  # what they are at is broken off
    assert not any(file.status == "refused" for file in Ledger(home).state().files.values())
    assert not (home.quarantine / "files").exists()


def test_helpers_end_with_a_night_that_is_killed(tmp_path: Path) -> None:
    night = subprocess.Popen(
        [sys.executable, "-c", HELPED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=tmp_path
    )
    assert night.stdout is not None
    assert night.stdout.readline() == "up\n"
    night.send_signal(signal.SIGKILL)
    night.communicate(timeout=60)  # ends when nobody holds the other end of its output any more
    assert night.returncode == -signal.SIGKILL
