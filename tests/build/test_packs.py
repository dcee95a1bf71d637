"""Small files of past months are read as one, and what is read is what landed."""

from __future__ import annotations

import datetime as dt
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from raceway.build import packs
from raceway.build.packs import pack
from raceway.common.home import Home
from raceway.common.sql import parquet_of, quoted
from raceway.config.init import init_home

AS_OF = dt.date(2026, 6, 15)


class Packing:
    """A home with one small file a day, and the temporary table that the freeze fills."""

    def __init__(self, root: Path) -> None:
        self.home: Home = init_home(root)
        self.batches: list[tuple[str, Path, dt.datetime]] = []
        for day in range(50):  # from 2026-04-20 to 2026-06-08
            self.land(f"b{day:02}", dt.datetime(2026, 4, 20) + dt.timedelta(days=day), day)

    def land(self, batch_id: str, exported_at: dt.datetime, value: int, rows: int = 2) -> Path:
        path = self.home.landing / "google_ads" / "campaign_daily" / batch_id / "data.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        more = ", 7 as later_column" if value % 2 else ""  # a contract that grew
        duckdb.sql(
            f"copy (select {value} as clicks{more}, '{batch_id}' as _batch_id, n as _row from range({rows}) as r (n)) "
            f"to {quoted(str(path))}"
        )
        self.batches.append((batch_id, path, exported_at))
        return path

    def pack(self) -> dict[str, Path]:
        """From which file each batch is read."""
        with duckdb.connect() as connection:
            connection.execute(
                "create temp table batch (batch_id varchar, source varchar, table_name varchar, path varchar, "
                "read_from varchar, exported_at timestamp)"
            )
            for batch_id, path, exported_at in self.batches:
                connection.execute(
                    "insert into batch values (?, 'google_ads', 'campaign_daily', ?, ?, ?)",
                    [batch_id, str(path), str(path), exported_at],
                )
            pack(connection, self.home, AS_OF)
            rows = connection.execute("select batch_id, read_from from batch").fetchall()
        return {batch_id: Path(path) for batch_id, path in rows}

    def packs(self) -> set[Path]:
        return set(self.home.packs.rglob("*.parquet"))


@pytest.fixture
def packing(tmp_path: Path) -> Packing:
    return Packing(tmp_path / "ho'me [1]")


def rows(files: set[Path]) -> list[Any]:
    read = parquet_of(sorted(files), by_name=True)
    found: list[Any] = duckdb.sql(f"select _batch_id, _row, clicks, later_column from {read} order by all").fetchall()
    return found


def test_months_that_are_over_are_read_from_one_file_each(packing: Packing) -> None:
    read_from = packing.pack()
    assert {path.name[:7] for path in packing.packs()} == {"2026-04", "2026-05"}
    assert len(set(read_from.values())) == 2 + 8  # the days of June are read one by one
    assert rows(set(read_from.values())) == rows({path for _, path, _ in packing.batches})
    assert {stat.S_IMODE(path.stat().st_mode) for path in packing.packs()} == {0o600}
    assert packing.home.packs.parent == packing.home.landing


def test_a_pack_that_still_holds_is_not_written_again(packing: Packing) -> None:
    packing.pack()
    before = {path: path.stat().st_mtime_ns for path in packing.packs()}
    packing.pack()
    assert {path: path.stat().st_mtime_ns for path in packing.packs()} == before


def a_late_batch(one: Packing) -> None:
    one.land("late", dt.datetime(2026, 5, 3), 99)


def a_batch_taken_out(one: Packing) -> None:
    del one.batches[20]


def a_file_written_again(one: Packing) -> None:
    batch_id, path, at = one.batches.pop(20)
    path.unlink()
    one.land(batch_id, at, 5, rows=3)


def a_pack_that_is_cut(one: Packing) -> None:
    max(one.packs()).write_bytes(b"PAR1")


def a_folder_in_its_place(one: Packing) -> None:
    may = max(one.packs())
    may.unlink()
    (may / "with a file").mkdir(parents=True)


CHANGES: tuple[Callable[[Packing], None], ...] = (
    a_late_batch, a_batch_taken_out, a_file_written_again, a_pack_that_is_cut, a_folder_in_its_place,
)  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_what_changes_makes_another_pack_of_its_month_alone(packing: Packing, what: Callable[[Packing], None]) -> None:
    packing.pack()
    april = min(packing.packs())
    before = april.stat().st_mtime_ns
    what(packing)
    read_from = packing.pack()
    assert rows(set(read_from.values())) == rows({path for _, path, _ in packing.batches})
    assert (min(packing.packs()), april.stat().st_mtime_ns) == (april, before)
    assert set(packing.home.packs.glob("*/*/*")) == packing.packs() == set(read_from.values()) & packing.packs()


def test_large_files_and_few_files_are_read_by_themselves(packing: Packing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "LARGEST", 1)
    assert set(packing.pack().values()) == {path for _, path, _ in packing.batches}
    monkeypatch.undo()
    del packing.batches[7:]
    assert set(packing.pack().values()) == {path for _, path, _ in packing.batches}
    assert packing.packs() == set()
