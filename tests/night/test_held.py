"""While publishing is held, a night ends as held, and whoever looks is told since when, by whom and how to release."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from raceway.alerts.tell import look_for_mart
from raceway.common.files import write_aside
from raceway.common.home import HOME_VARIABLE, Home
from raceway.console.status import read_status
from raceway.history.holds import open_hold
from raceway.history.records import RunRecord, record_run, run_records
from raceway.ledger.left_out import FROZEN
from raceway.night import steps
from raceway.night.board import read_board
from raceway.night.decide import decide
from raceway.publish.version import published_version
from tests.support.small_company import small_company
from tests.support.small_version import small_version

AT = dt.datetime(2026, 3, 2, 22, 5, tzinfo=dt.UTC)
NINE = dt.datetime(2026, 3, 3, 2, 0, tzinfo=dt.UTC)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A company with the versions v1 and v2, of which readers see v2."""
    made = small_company(tmp_path / "home")
    monkeypatch.setenv(HOME_VARIABLE, str(made.root))
    small_version(made.root, "2026-03-01", [])
    shutil.copytree(made.published / "v1", made.published / "v2")
    made.current.unlink()
    made.current.symlink_to("v2")
    for number, version in enumerate(("v1", "v2")):
        at = AT + dt.timedelta(days=number - 2)
        record_run(made, RunRecord(f"r{number}", at.date(), at, at, "published", "0.1.0", version))
    return made


def test_a_night_ends_as_held_until_somebody_releases_it(home: Home) -> None:
    said = decide({"action": "rollback", "id": "v1", "why": "spend counted twice"}, "lan")
    assert said == "readers see v1 instead of v2, and publishing is held; by lan"
    run = steps.Run("r2", AT.date(), AT)

    write_aside(home.run("r2") / FROZEN, '{"fingerprint": "f", "waiting": {}}')
    ended = steps.publish(run.to_json())

    record = run_records(home)[-1]
    assert ended == {"version": None, "held": record.message}
    assert (record.run_id, record.status, record.version) == ("r2", "held", "v1")
    assert "by lan (spend counted twice): readers see v1; release with raceway rollback --release" in record.message
    with pytest.raises(Exception, match="v2: publishing is held at v1; nothing was released"):
        decide({"action": "release", "id": "v2", "why": "mended"}, "minh")

    said = decide({"action": "release", "id": "v1", "why": "mended"}, "minh")

    assert said == "v1 is held no longer: the next night publishes; decided by minh"
    assert open_hold(home) is None


def test_status_page_and_alerts_say_so(home: Home) -> None:
    assert read_status(home).held is None
    assert [kept.version.name for kept in read_board(home, NINE).versions if kept.decision] == ["v1"]
    decide({"action": "rollback", "id": "v1", "why": "spend counted twice"}, "lan")

    held = str(open_hold(home))
    board = read_board(home, NINE)
    [point] = [one for group in board.groups for one in group.points if one.point.cause == "publish_held"]
    late = look_for_mart(home, dt.datetime(2028, 3, 1, 9, tzinfo=dt.UTC))  # after a night of 29 February

    assert read_status(home).held == held
    assert point.point.sentence == held
    assert [(one.action, one.link) for one in point.decisions] == [("release", "decide?action=release&id=v1")]
    links = [(kept.version.name, kept.decision.link) for kept in board.versions if kept.decision]
    assert links == [("v2", "decide?action=rollback&id=v2")]
    assert late is not None
    assert late.sentence.endswith(held)
    assert late.command == point.point.command == 'raceway rollback --release --why "…"'
    shown = published_version(home)
    assert shown is not None
    assert shown.name == "v1"
