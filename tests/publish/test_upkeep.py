"""What was kept long enough is listed, then removed; what counts or belongs to a kept version stays."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from pathlib import Path

import duckdb
import pytest

from raceway.common.home import Home
from raceway.config.settings import Retention
from raceway.console.rows_again import read_refused_rows
from raceway.ledger.ledger import BatchState, Ledger
from raceway.publish.upkeep import LOGS, RAW, READ_AGAIN, ROWS, VERSIONS, remove, what_goes
from raceway.publish.version import published_versions
from tests.support.desk import Desk
from tests.support.small_version import small_version

FILE = "Day,Campaign,Impr.,Clicks,Cost\n2026-03-01,A,10,1,5\n2026-03-01,B,keine,2,5\n2026-03-02,A,20,1,5\n"
KEPT = Retention(archive_days=30, log_days=90, replaced_days=60)


def later(days: int) -> dt.datetime:
    return dt.datetime.now(dt.UTC) + dt.timedelta(days=days)


@pytest.fixture
def home(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home with a batch that was read again: two batches, of which one counts, and three old files."""
    monkeypatch.setattr("raceway.gate.batch_gate.check_batch", lambda *_: [])
    desk.land_one("google_ads/vn/a.csv", FILE)
    overlay = desk.home.sources / "google_ads.yml"
    overlay.write_text("tables: {campaign_daily: {nulls: [keine]}}\n", encoding="utf-8")
    list(read_refused_rows(desk.home))
    return desk.home


def batch(home: Home, status: str) -> BatchState:
    (found,) = [batch for batch in Ledger(home).state().batches.values() if batch.status == status]
    return found


def paths(home: Home, days: int, what: str) -> list[Path]:
    return [going.path for going in what_goes(home, KEPT, later(days)) if going.what == what]


def test_raw_files_go_after_their_days_and_not_before(home: Home) -> None:
    (raw,) = home.archive.rglob("a.csv")
    assert raw not in paths(home, 29, RAW)
    assert raw in paths(home, 31, RAW)


def test_a_list_removes_nothing_and_says_sizes(home: Home) -> None:
    before = {path: path.read_bytes() for path in home.root.rglob("*") if path.is_file()}
    going = what_goes(home, KEPT, later(400))
    assert {path: path.read_bytes() for path in home.root.rglob("*") if path.is_file()} == before
    (raw,) = [one for one in going if one.path.name == "a.csv"]
    assert raw.bytes == len(FILE.encode())


def test_what_was_listed_goes_and_what_counts_stays(home: Home) -> None:
    counts, replaced = batch(home, "accepted"), batch(home, "replaced")
    rows = counts.path.read_bytes()
    going = what_goes(home, KEPT, later(400))
    assert remove(home, KEPT, later(400)) == going
    assert not any(one.path.exists() for one in going)
    assert not replaced.path.exists()
    assert counts.path.read_bytes() == rows
    assert what_goes(home, KEPT, later(400)) == []


def test_a_batch_that_was_read_again_stays_while_a_kept_version_was_made_of_it(home: Home) -> None:
    replaced = batch(home, "replaced")
    assert paths(home, 61, READ_AGAIN) == [replaced.path.parent]
    small_version(home.root, "2026-03-03", ["create table race_kpi as select 1 as value"])
    effective = home.run("r") / "effective_set.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"copy (select '{replaced.batch_id}' as batch_id) to '{effective}'")
    assert paths(home, 61, READ_AGAIN) == []


def test_logs_go_by_their_last_line_and_results_of_runs_stay(home: Home) -> None:
    log, result = home.run("r1") / "night.log", home.run("r1") / "run.json"
    of_airflow = home.airflow / "logs" / "dag_id=race_mart" / "attempt=1.log"
    of_airflow.parent.mkdir(parents=True)
    for path in (log, result, of_airflow):
        path.write_text("x", encoding="utf-8")
        os.utime(path, (later(-100).timestamp(),) * 2)
    fresh = home.run("r2") / "night.log"
    fresh.write_text("x", encoding="utf-8")
    assert sorted(paths(home, 0, LOGS)) == sorted([log, of_airflow])
    remove(home, KEPT, later(0))
    assert (log.exists(), of_airflow.exists(), result.exists(), fresh.exists()) == (False, False, True, True)


def test_rows_of_checks_and_versions_beyond_the_newest_are_listed_and_go(home: Home) -> None:
    rows = home.run("r1") / "broken" / "check.csv"
    rows.parent.mkdir()
    rows.write_text("a,b\n", encoding="utf-8")
    small_version(home.root, "2026-03-03", ["create table race_kpi as select 1 as value"])
    for name in ("v2", "v3"):
        shutil.copytree(home.published / "v1", home.published / name)
    (home.published / "v2" / "shared").write_text("x" * 100, encoding="utf-8")
    (home.published / "v3" / "shared").hardlink_to(home.published / "v2" / "shared")
    home.current.unlink()
    home.current.symlink_to("v3")
    keep_two = KEPT.model_copy(update={"versions": 2})
    assert paths(home, 31, ROWS) == [rows.parent]
    going = {one.what: one for one in what_goes(home, keep_two, later(31)) if one.what in (ROWS, VERSIONS)}
    assert going[VERSIONS].path == home.published / "v1"
    remove(home, keep_two, later(31))
    assert [version.name for version in published_versions(home)] == ["v2", "v3"]
    assert not rows.exists()
    only_own = [
        one for one in what_goes(home, KEPT.model_copy(update={"versions": 1}), later(0)) if one.what == VERSIONS
    ]
    assert only_own[0].bytes == going[VERSIONS].bytes, "what v3 shares stays on the disk"
