"""The benchmarks run, and what is timed gives the same as what it is held against."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from bench.performance.__main__ import main
from bench.performance.files import ADS
from bench.performance.landings import Differs, Sizes, _ads
from bench.performance.rows import row


def test_each_row_says_what_was_asked_and_reached(tmp_path: Path) -> None:
    assert main(["--quick", "--only", "landing", "sample", "--into", str(tmp_path)]) == 0
    rows = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert len(rows) == 4  # dlt stands in an environment of its own
    for one in rows:
        assert set(one) == {"name", "against", "seconds", "against_seconds", "ratio", "target", "holds"}
        assert one["ratio"] == pytest.approx(one["seconds"] / one["against_seconds"], rel=0.05)
        assert one["holds"] is (one["ratio"] <= one["target"])


def test_a_way_that_gives_other_rows_is_not_timed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.performance.plain_duckdb.copy_ads", lambda _, target, __: _nothing(target))
    with pytest.raises(Differs, match="1 rows"):
        _ads(tmp_path, Sizes(ads=1_000, repeats=1), threads=1)


def _nothing(target: Path) -> None:
    columns = ", ".join(f'null as "{name}"' for name in ADS)
    with duckdb.connect() as connection:
        connection.execute(f"copy (select {columns}) to '{target}' (format parquet)")


def test_a_ratio_is_of_medians_and_holds_up_to_its_target() -> None:
    one = row("a", "b", [9.0, 1.0, 2.0], [1.0, 1.0, 5.0], 2.0)
    assert (one.seconds, one.against_seconds, one.ratio, one.holds) == (2.0, 1.0, 2.0, True)
    assert row("a", "b", [2.1], [1.0], 2.0).holds is False
    assert row("a", "", [3.0], [], 4).holds is True
    assert row("a", "", [3.0], [], None).holds is None
