"""Files that change while they are read, lie elsewhere, bear odd names or times: nothing is lost, nothing is followed."""

from __future__ import annotations

import datetime as dt
import io
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from raceway.common.home import Home
from raceway.common.sql import parquet_of
from raceway.config.accounts import Account
from raceway.config.init import init_home
from raceway.inbox.exports import find_exports
from raceway.ledger.decisions import retry
from raceway.ledger.ledger import Ledger
from tests.support.desk import Ads, Desk

PLACE = "google_ads/vn/report.csv"
FIRST, SECOND = ("2026-03-01", "A", 1, 1, "1"), ("2026-03-02", "B", 2, 1, "2")


def meanwhile(change: Callable[[Path], object], path: Path) -> Callable[..., list[Any]]:
    """A gate that lets everything pass, and changes the raw file after its rows were read and before it moves."""

    def gate(*_: object) -> list[Any]:
        change(path)
        return []

    return gate


def archived(home: Home) -> list[str]:
    """What the archive's files hold."""
    return [path.read_text(encoding="utf-8") for path in sorted(home.archive.rglob("*")) if path.is_file()]


def test_rows_appended_after_the_reading_land_with_the_next_run(desk: Desk, ads: Ads) -> None:
    path = desk.deliver(PLACE, ads(FIRST))

    def append(file: Path) -> None:
        with file.open("a", encoding="utf-8") as opened:
            opened.write(ads(SECOND).split("\n", 1)[1])

    [outcome] = desk.land("google_ads", meanwhile(append, path))
    assert (outcome.status, outcome.rows_landed) == ("landed", 1)
    assert "replaced or appended to while it was read" in outcome.reason
    assert archived(desk.home) == [ads(FIRST)], "the archive holds what landed"
    [outcome] = desk.land("google_ads")
    assert (outcome.status, outcome.rows_landed) == ("landed", 2)
    assert not path.exists()


def test_a_file_replaced_after_the_reading_by_one_of_its_size_and_time_lands_too(desk: Desk, ads: Ads) -> None:
    path = desk.deliver(PLACE, ads(FIRST))

    def replace(file: Path) -> None:
        stat = file.stat()
        other = file.with_name("other.tmp")
        other.write_text(ads(("2026-03-01", "A", 7, 1, "1")), encoding="utf-8")
        assert other.stat().st_size == stat.st_size
        os.utime(other, ns=(stat.st_mtime_ns, stat.st_mtime_ns))
        other.replace(file)

    [outcome] = desk.land("google_ads", meanwhile(replace, path))
    assert desk.rows(outcome, "impressions") == [(1,)]
    [outcome] = desk.land("google_ads")
    assert desk.rows(outcome, "impressions") == [(7,)]


def test_a_file_cut_after_the_copy_lands_whole(desk: Desk, ads: Ads) -> None:
    path = desk.deliver(PLACE, ads(FIRST, SECOND))
    [outcome] = desk.land("google_ads", meanwhile(lambda file: os.truncate(file, 90), path))
    assert outcome.rows_landed == 2
    assert archived(desk.home) == [ads(FIRST, SECOND)]
    assert path.exists(), "the cut file waits and is judged for itself"


def test_an_inbox_on_another_file_system_is_emptied_like_any_other(desk: Desk, ads: Ads) -> None:
    elsewhere = Path(tempfile.mkdtemp(dir="/dev/shm")) if Path("/dev/shm").is_dir() else desk.home.root
    if elsewhere.stat().st_dev == desk.home.root.stat().st_dev:
        pytest.skip("this machine has no second file system to write to")
    try:
        shutil.rmtree(desk.home.inbox)
        desk.home.inbox.symlink_to(elsewhere)
        good = desk.land_one(PLACE, ads(FIRST))
        bad = desk.land_one("google_ads/vn/menu.csv", "Dish,Price\nPhở,1\n")
        assert (good.status, bad.status) == ("landed", "refused")
        assert archived(desk.home) == [ads(FIRST)]
        assert [path.name for path in elsewhere.rglob("*") if path.is_file()] == []
        assert retry(desk.home) == ["google_ads/vn/menu.csv"]
        assert (elsewhere / "google_ads/vn/menu.csv").is_file()
    finally:
        shutil.rmtree(elsewhere)


@pytest.mark.parametrize("name", ["bao cao ?.csv", "*.csv", "a[1].csv", "bao cao {1,2}.csv", "it's.csv"])
def test_a_name_is_never_a_pattern(desk: Desk, ads: Ads, name: str) -> None:
    desk.deliver("google_ads/vn/bao cao 1.csv", ads(FIRST))
    desk.deliver("google_ads/vn/a1.csv", ads(FIRST), at="2026-03-09 04:00")
    desk.deliver(f"google_ads/vn/{name}", ads(SECOND))
    [outcome] = [outcome for outcome in desk.land("google_ads") if outcome.files == [name]]
    assert desk.rows(outcome, "campaign") == [("B",)]


@pytest.mark.parametrize("folder", ["env=prod", "impressions=9", "nha [1]", "hom%"])
def test_a_folder_above_the_home_changes_no_cell(tmp_path: Path, ads: Ads, folder: str) -> None:
    account = Account(
        source="google_ads", account="vn", name="vn", market="VN", time_zone="Asia/Ho_Chi_Minh", currency="VND"
    )
    desk = Desk(init_home(tmp_path / folder / "home", accounts=[account]))
    outcome = desk.land_one("google_ads/vn/campaign=X/report.csv", ads(FIRST))
    (kept,) = outcome.batches
    assert desk.batch(kept).rows_landed == 1
    found = duckdb.connect().sql(f"select campaign, impressions from {parquet_of(desk.batch(kept).path)}").fetchall()
    assert found == [("A", 1)]


def test_a_name_that_is_no_utf_8_becomes_legible_and_blocks_nobody(desk: Desk, ads: Ads) -> None:
    folder = desk.home.inbox / "google_ads" / "vn"
    folder.mkdir(parents=True)
    (Path(os.fsdecode(os.fsencode(folder) + b"/b\xe1o c\xe1o.csv"))).write_text(ads(FIRST), encoding="utf-8")
    desk.deliver(PLACE, ads(SECOND))
    outcomes = desk.land("google_ads")
    assert sorted(outcome.files[0] for outcome in outcomes) == ["b%E1o c%E1o.csv", "report.csv"]
    assert {outcome.status for outcome in outcomes} == {"landed"}


@pytest.mark.parametrize("name", [".\\b.csv", "..b.csv", "in\\.b.csv"])
def test_no_member_of_a_zip_vanishes_uncounted(desk: Desk, ads: Ads, name: str) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.csv", ads(FIRST))
        archive.writestr(name, ads(SECOND))
        archive.writestr("__MACOSX/._a.csv", "litter")
    assert desk.land_one("google_ads/vn/a.zip", packed.getvalue()).rows_landed == 2


def test_a_refused_file_with_the_longest_name_is_kept_with_its_reason(desk: Desk) -> None:
    name = "á" * 123 + "12.csv"
    assert len(name.encode()) == 252
    outcome = desk.land_one(f"google_ads/vn/{name}", "Dish,Price\n")
    assert outcome.status == "refused"
    kept = sorted((desk.home.quarantine / "files").rglob("*.csv"))
    notes = sorted((desk.home.quarantine / "files").rglob("*.reason.txt"))
    assert [path.name for path in kept] == [name]
    assert [path.read_text(encoding="utf-8").strip() for path in notes] == [outcome.reason]
    assert retry(desk.home) == [f"google_ads/vn/{name}"]
    assert not notes[0].exists()


def test_a_time_in_the_future_counts_as_the_moment_when_it_was_first_seen(desk: Desk, ads: Ads) -> None:
    outcome = desk.land_one(PLACE, ads(FIRST), at="2099-01-01 00:00")
    batch = desk.batch(outcome.batches[0])
    assert abs(batch.exported_at - dt.datetime.now(dt.UTC)) < dt.timedelta(hours=1)
    [finding] = [f for f in batch.manifest["findings"] if f["name"] == "file_time"]
    assert "2099-01-01 00:00 UTC lies in the future" in finding["message"]
    # found again before it lands, it has the same time
    desk.deliver(PLACE, ads(SECOND), at="2099-01-01 00:00")
    first, again = (find_exports(desk.home, "google_ads")[0].files[0].modified_at for _ in range(2))
    assert first == again


def test_a_symbolic_link_is_refused_and_not_followed(desk: Desk, ads: Ads, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text(ads(FIRST), encoding="utf-8")
    outside.chmod(0o644)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "report.csv").write_text(ads(FIRST), encoding="utf-8")
    folder = desk.home.inbox / "google_ads"
    (folder / "vn").mkdir(parents=True)
    (folder / "vn" / "link.csv").symlink_to(outside)
    (folder / "vn" / "gone.csv").symlink_to(tmp_path / "nowhere.csv")
    (folder / "vn" / "folder").symlink_to(tmp_path / "elsewhere")
    (folder / "us").symlink_to(tmp_path / "elsewhere")
    outcomes = desk.land("google_ads")
    assert sorted(outcome.files[0] for outcome in outcomes) == ["folder", "gone.csv", "link.csv", "us"]
    assert all(o.status == "refused" and "a symbolic link, which is not followed" in o.reason for o in outcomes)
    assert outside.stat().st_mode & 0o777 == 0o644
    assert outside.read_text(encoding="utf-8") == ads(FIRST)
    kept = [path for path in (desk.home.quarantine / "files").rglob("*") if path.is_file() or path.is_symlink()]
    assert not any(path.is_symlink() for path in kept)
    assert desk.land("google_ads") == []


def test_a_refused_file_whose_name_another_took_is_still_there_to_be_retried(desk: Desk, ads: Ads) -> None:
    bad = "Dish,Price\nPhở,1\n"
    desk.land_one(PLACE, bad)
    desk.deliver(PLACE, ads(FIRST), at="2026-03-09 04:00")
    moved = retry(desk.home)
    assert [Path(path).name for path in moved] == ["report.csv"]
    assert moved != [PLACE], "the new one stays where it is"
    assert (desk.home.inbox / PLACE).read_text(encoding="utf-8") == ads(FIRST)
    assert {(desk.home.inbox / path).read_text(encoding="utf-8") for path in moved} == {bad}
    assert sorted(outcome.status for outcome in desk.land("google_ads")) == ["landed", "refused"]
    # and where the new one landed before anybody retried
    desk.land_one(PLACE, bad + "x,y\n", at="2026-03-09 05:00")
    desk.land_one(PLACE, ads(SECOND), at="2026-03-09 06:00")
    refused = [file for file in Ledger(desk.home).state().files.values() if file.status == "refused"]
    assert len(refused) == 2, "neither refused file was forgotten"
    assert len(retry(desk.home)) == 2
    assert not any(path.is_file() for path in (desk.home.quarantine / "files").rglob("*"))
