"""Going back to an earlier version holds publishing until it is released, whatever is killed in between."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from raceway.common.faults import PermanentFault, PublishingIsHeld
from raceway.common.home import Home
from raceway.console.query import published_file
from raceway.history.holds import holds, open_hold
from raceway.publish.current import mend_current
from raceway.publish.rollback import named_version, release, rollback
from raceway.publish.version import published_version, published_versions
from tests.support.mart_company import Company

SPEND = "select numerator from race_kpi where kpi = 'ad_spend' and period_start = '2026-10-01'"


@pytest.fixture
def company(published_twice: Company, tmp_path: Path) -> Company:
    shutil.copytree(published_twice.home.root, tmp_path / "home", symlinks=True)
    return Company(Home(tmp_path / "home"))


def versions(company: Company) -> list[str]:
    return [version.name for version in published_versions(company.home)]


def shown(company: Company) -> str:
    version = published_version(company.home)
    assert version is not None
    return version.name


def test_a_rollback_shows_the_version_before_and_holds_publishing_until_released(company: Company) -> None:
    first, second = versions(company)

    hold = rollback(company.home, None, "spend counted twice", "lan")

    assert (hold.version, hold.rolled_back_from, shown(company)) == (first, second, first)
    assert company.read(SPEND) == [(620,)]
    with pytest.raises(PublishingIsHeld, match=r"held since .* by lan \(spend counted twice\): readers see"):
        company.publish("night-3")
    assert versions(company) == [first, second]

    release(company.home, "report mended", "minh")

    assert (open_hold(company.home), shown(company)) == (None, first)
    third = company.publish("night-4")
    assert shown(company) == third.name
    assert company.read(SPEND) == [(700,)]
    asked = "select status, version, message from run_history where program_version is null order by started_at"
    assert company.read(asked) == [
        ("rolled_back", first, f"back from {second}, by lan: spend counted twice"),
        ("released", first, "by minh: report mended"),
    ]


def test_a_reader_keeps_the_version_it_opened_when_it_is_rolled_back(company: Company) -> None:
    with duckdb.connect(str(company.home.current.resolve() / "race.duckdb"), read_only=True) as reader:
        rollback(company.home, None, "spend counted twice")
        assert reader.execute(SPEND).fetchall() == [(700,)]
        assert company.read(SPEND) == [(620,)]


@pytest.mark.parametrize("moment", ["before the hold is recorded", "before the switch", "after the switch"])
def test_a_kill_leaves_no_switch_that_the_next_night_would_take_back(company: Company, moment: str) -> None:
    """The process is killed for good (SIGKILL) at the named moment; the next publish clears up."""
    first, second = versions(company)
    patch = {
        "before the hold is recorded": "rollback.record_hold = die",
        "before the switch": "rollback.switch = die",
        "after the switch": "switched = rollback.switch\nrollback.switch = lambda *args: (switched(*args), die())",
    }[moment]
    killed = subprocess.run(
        [sys.executable, "-c", f"""
import os, pathlib, signal
from raceway.common.home import Home
from raceway.publish import rollback
def die(*args): os.kill(os.getpid(), signal.SIGKILL)
{patch}
rollback.rollback(Home(pathlib.Path({str(company.home.root)!r})), None, "spend counted twice", "lan")
"""],
        check=False,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL
    assert shown(company) == (first if moment == "after the switch" else second)

    if moment == "before the hold is recorded":
        assert holds(company.home) == []
        return
    with pytest.raises(PublishingIsHeld):
        company.publish("night-3")
    assert shown(company) == first
    assert versions(company) == [first, second]


def test_a_rollback_that_was_broken_off_is_made_up_for_and_goes_back_no_further(company: Company) -> None:
    first, second = versions(company)
    hold = rollback(company.home, None, "spend counted twice")
    company.home.current.unlink()
    company.home.current.symlink_to(second)

    assert rollback(company.home, None, "spend counted twice") == hold
    assert shown(company) == first
    assert len(holds(company.home)) == 1


def test_a_version_that_was_gone_back_from_outlives_the_records_of_its_run(company: Company) -> None:
    first, second = versions(company)
    rollback(company.home, first, "spend counted twice")
    for file in company.home.runs.glob("*/run.json"):
        file.unlink()
    with pytest.raises(PublishingIsHeld):
        company.publish("night-3")
    assert versions(company) == [first, second]


@pytest.mark.parametrize(
    ("name", "why", "said"),
    [
        (None, " ", "going back needs its reason"),
        ("v1999", "wrong", "v1999: no kept version is called so; there are v"),
        ("v2", "wrong", "v2: several kept versions begin so; there are v"),
    ],
)
def test_what_cannot_be_gone_back_to_changes_nothing(company: Company, name: str | None, why: str, said: str) -> None:
    _, second = versions(company)
    with pytest.raises(PermanentFault, match=said):
        rollback(company.home, name, why)
    with pytest.raises(PermanentFault, match="readers see it already"):
        rollback(company.home, second, "wrong")
    with pytest.raises(PermanentFault, match="publishing is not held"):
        release(company.home, "mended")
    assert (shown(company), holds(company.home)) == (second, [])


def test_a_release_names_the_version_that_is_held(company: Company) -> None:
    first, second = versions(company)
    rollback(company.home, first, "spend counted twice")
    with pytest.raises(PermanentFault, match=f"{second}: publishing is held at {first}; nothing was released"):
        release(company.home, "mended", version=second)
    assert open_hold(company.home) is not None


def test_the_oldest_version_has_none_before_it(company: Company) -> None:
    first, second = versions(company)
    shutil.rmtree(company.home.published / first)
    with pytest.raises(PermanentFault, match=f"{second} is the oldest version that is kept"):
        rollback(company.home, None, "wrong")
    shutil.rmtree(company.home.published / second)
    company.home.current.unlink()
    with pytest.raises(PermanentFault, match="nothing is published yet"):
        rollback(company.home, None, "wrong")


@pytest.mark.parametrize(("harm", "what"), [("gone", "is not there, though versions are kept"), ("dangling", "points to no version"),
                                            ("a file", "is no link")])  # fmt: skip
def test_a_lost_link_is_told_as_damage_and_not_as_nothing_published(company: Company, harm: str, what: str) -> None:
    _, second = versions(company)
    company.home.current.unlink()
    if harm == "dangling":
        company.home.current.symlink_to("v-of-nobody")
    elif harm == "a file":
        company.home.current.write_text("x", encoding="utf-8")
    for ask in (
        lambda: rollback(company.home, None, "wrong"),
        lambda: named_version(company.home, "current"),
        lambda: published_file(company.home, "race.duckdb"),
    ):
        with pytest.raises(PermanentFault, match=f"damaged: it {what}. Run a night"):
            ask()
    assert named_version(company.home, second).name == second, "versions are there all the same"
    assert mend_current(company.home).endswith(f"it shows {second} again")
    assert published_file(company.home, "race.duckdb").parent.name == second
