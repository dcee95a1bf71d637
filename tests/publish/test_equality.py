"""Two marts are compared table by table, row by row, column by column."""

from __future__ import annotations

from pathlib import Path

import duckdb

from raceway.publish.equality import Difference, differences


def mart(path: Path, *statements: str) -> Path:
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)
    return path


KPIS = "create table race_kpi as select * from (values ('cac', 10, date '2026-03-01'), ('cac', 10, date '2026-03-01')) as t (kpi, value, as_of)"


def test_equal_rows_in_another_order_and_of_another_run_are_equal(tmp_path: Path):
    left = mart(tmp_path / "l.duckdb", "create table t as select * from (values (1, 'a'), (2, 'b')) as t (n, x)", KPIS)
    right = mart(
        tmp_path / "r.duckdb",
        "create table t as select * from (values (2, 'b'), (1, 'a')) as t (n, x)",
        KPIS.replace("2026-03-01", "2026-03-02"),
        "create table run_history as select 'another' as run_id",
    )
    assert differences(left, right) == []


def test_a_row_that_is_there_twice_is_not_the_same_as_once(tmp_path: Path):
    left = mart(tmp_path / "l.duckdb", KPIS)
    right = mart(tmp_path / "r.duckdb", KPIS, "delete from race_kpi", "insert into race_kpi values ('cac', 10, null)")
    assert differences(left, right) == [Difference("race_kpi", 1, 0)]


def test_null_is_not_zero(tmp_path: Path):
    left = mart(tmp_path / "l.duckdb", "create table t as select null::integer as n")
    right = mart(tmp_path / "r.duckdb", "create table t as select 0 as n")
    assert differences(left, right) == [Difference("t", 1, 1)]


def test_a_table_or_column_of_one_side_alone_is_a_difference(tmp_path: Path):
    left = mart(tmp_path / "l.duckdb", "create table t as select 1 as n", "create table gone as select 1 as n")
    right = mart(tmp_path / "r.duckdb", "create table t as select 1 as n, 2 as m")
    assert [str(found) for found in differences(left, right)] == [
        "gone: only left has it",
        "t: 0 rows only left, 0 only right, columns of one side alone: m",
    ]
