"""`raceway doctor` reads every small file of its own: one that was cut is named with what mends it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from raceway.common.home import Home
from raceway.console.doctor_own_files import examine_own_files
from raceway.ledger.ledger import Ledger
from tests.support.desk import Ads, Desk
from tests.support.small_version import small_version


@pytest.fixture
def home(desk: Desk, ads: Ads) -> Home:
    """A home with a batch, a run, a version, and all that people have decided."""
    desk.land_one("google_ads/vn/first.csv", ads(("2026-03-01", "A", 10, 1, "5")))
    home = small_version(desk.home.root, "2026-03-03", ["create table race_kpi as select 1 as value"])
    run = home.run("r1")
    (run / "frozen.json").write_text(json.dumps({"fingerprint": "f", "waiting": {}}), encoding="utf-8")
    return home


def said(home: Home) -> list[tuple[str, str]]:
    return [(one.level, one.message) for one in examine_own_files(home)]


def test_a_sound_home_has_one_good_finding(home: Home) -> None:
    assert [level for level, _ in said(home)] == ["ok"]


@pytest.mark.parametrize(
    ("file", "mend"),
    [
        ("published/v1/run.json", "take its whole folder away"),
        ("runs/r1/frozen.json", "take it away and run again"),
        ("runs/r1/run.json", "move the file away"),
        ("published/_holds/20260301T000000000000Z.json", "go back once more"),
        ("runs/_waivers/a.json", "raceway waive"),
        ("alerts/waiting/a.json", "take it away"),
        ("backfills/b1/backfill.json", "take the backfill's folder away"),
        ("landing/_forgotten.json", "put it back from a backup"),
        ("manifest", "the next run lands it again"),
    ],
)
def test_a_cut_file_is_named_with_its_mend(home: Home, file: str, mend: str) -> None:
    path = (
        Ledger(home).state().accepted()[0].path.with_name("manifest.json") if file == "manifest" else home.root / file
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('{"run_id": "r', encoding="utf-8")
    [(level, message)] = said(home)
    assert level == "error"
    assert str(path) in message
    assert mend in message


def test_a_lost_link_and_a_mart_that_does_not_open_are_found(home: Home, tmp_path: Path) -> None:
    (home.published / "v1" / "race.duckdb").write_bytes(b"no database")
    [(_, message)] = said(home)
    assert "race.duckdb: damaged" in message
    home.current.unlink()
    home.current.symlink_to("v9")
    assert [message for _, message in said(home) if "points to no version" in message]
