"""A batch whose Parquet file is damaged lands again from its raw files, and what was decided about it holds."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from raceway.landing.mend import mend_batches
from raceway.ledger.data_file import damage_of, deep_damage_of
from raceway.ledger.decisions import accept, reject
from raceway.ledger.ledger import Ledger
from tests.support.desk import Ads, Desk


def cut(path: Path, other: Path) -> None:
    """The second half is gone."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def emptied(path: Path, other: Path) -> None:
    """Nothing is left in it."""
    path.write_bytes(b"")


def deleted(path: Path, other: Path) -> None:
    """It is not there."""
    path.unlink()


def overwritten(path: Path, other: Path) -> None:
    """As many bytes of another kind."""
    path.write_bytes(b"x" * path.stat().st_size)


def replaced(path: Path, other: Path) -> None:
    """Another batch's file in its place."""
    shutil.copy(other, path)


def made_a_folder(path: Path, other: Path) -> None:
    """A folder in its place."""
    path.unlink()
    path.mkdir()


Spoil = Callable[[Path, Path], None]


@pytest.fixture
def landed(desk: Desk, ads: Ads) -> tuple[Path, Path]:
    """The files of two batches; the first is the older."""
    desk.land_one("google_ads/vn/first.csv", ads(("2026-03-01", "A", 10, 1, "5"), ("2026-03-02", "A", 20, 2, "6")))
    desk.land_one(
        "google_ads/us/other.csv",
        ads(("2026-03-01", "A", 10, 1, "5"), currency="USD"),
    )
    first, other = Ledger(desk.home).state().batches.values()
    return first.path, other.path


@pytest.mark.parametrize("spoil", [cut, emptied, deleted, overwritten, replaced, made_a_folder])
def test_a_damaged_batch_lands_again_under_its_own_id(desk: Desk, landed: tuple[Path, Path], spoil: Spoil) -> None:
    path, other = landed
    [before, _] = Ledger(desk.home).state().batches.values()
    rows = duckdb.connect().sql(f"select * from read_parquet('{path}') order by all").fetchall()
    spoil(path, other)
    [found] = mend_batches(desk.home, Ledger(desk.home).state())
    assert found.is_mended
    assert str(path) in found.sentence
    [outcome] = desk.land("google_ads")
    assert (outcome.status, outcome.batches) == ("landed", [before.batch_id])
    assert duckdb.connect().sql(f"select * from read_parquet('{path}') order by all").fetchall() == rows
    [after, _] = Ledger(desk.home).state().batches.values()
    assert (after.status, after.who, after.sightings) == (before.status, before.who, before.sightings)
    assert mend_batches(desk.home, Ledger(desk.home).state(), look=deep_damage_of) == []
    assert list((desk.home.quarantine / "damaged").rglob(before.batch_id + "-*"))


def test_bytes_that_changed_within_a_file_are_found_by_the_deep_look_alone(
    desk: Desk, landed: tuple[Path, Path]
) -> None:
    path, _ = landed
    content = bytearray(path.read_bytes())
    content[40] ^= 0xFF
    path.write_bytes(content)
    [batch, _] = Ledger(desk.home).state().batches.values()
    assert damage_of(batch) == ""
    assert "bytes are not those that were written" in deep_damage_of(batch)


def test_a_batch_without_raw_files_is_told_and_left_where_it_is(desk: Desk, landed: tuple[Path, Path]) -> None:
    path, other = landed
    shutil.rmtree(desk.home.archive)
    cut(path, other)
    [found] = mend_batches(desk.home, Ledger(desk.home).state())
    assert not found.is_mended
    assert "archive/ holds first.csv no more" in found.sentence
    assert path.is_file()
    assert desk.land("google_ads") == []


def test_a_raw_file_whose_name_is_taken_lands_from_a_folder_beside(
    desk: Desk, ads: Ads, landed: tuple[Path, Path]
) -> None:
    path, other = landed
    waiting = desk.deliver("google_ads/vn/first.csv", ads(("2026-03-05", "A", 7, 1, "5")))
    content = waiting.read_bytes()
    cut(path, other)
    mend_batches(desk.home, Ledger(desk.home).state())
    assert waiting.read_bytes() == content
    assert sorted(outcome.status for outcome in desk.land("google_ads")) == ["landed", "landed"]
    assert mend_batches(desk.home, Ledger(desk.home).state(), look=deep_damage_of) == []


def test_what_a_person_decided_holds_when_a_batch_lands_again(desk: Desk, landed: tuple[Path, Path]) -> None:
    path, other = landed
    batch_id = path.parent.name
    reject(desk.home, batch_id, "an", "to try")
    accept(desk.home, batch_id, "binh", "it was right")
    deleted(path, other)
    mend_batches(desk.home, Ledger(desk.home).state())
    desk.land("google_ads")
    batch = Ledger(desk.home).state().batches[batch_id]
    assert (batch.status, batch.who) == ("accepted", "binh")
