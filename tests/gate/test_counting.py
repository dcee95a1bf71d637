"""DuckDB's counts and Great Expectations' own word: equal over every kind of expectation that a batch is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from raceway.contracts.grammar import TableContract
from raceway.contracts.load import load_contracts
from raceway.gate.broken import broken_query
from raceway.gate.counting import count_breaks, counted_rows, filled
from raceway.gate.engine import validate, validate_batch
from raceway.gate.expectation import Expectation, Suite
from raceway.gate.landing_suites import all_suites, landing_suite

PARAMETERS = {"as_of": "2026-03-10", "export_day": "2026-03-09", "export_end": "2026-03-10T03:00:00"}
LAST_DAY = {"$PARAMETER": "export_day"}
SUITE = Suite(
    "stall",
    "stall.days",
    [
        Expectation("has_rows", "expect_table_row_count_to_be_between", "warning", "rows", {"min_value": 1}),
        Expectation("at_most_4", "expect_table_row_count_to_be_between", "info", "at most 4 rows", {"max_value": 4}),
        Expectation("day_filled", "expect_column_values_to_not_be_null", "critical", "a day", {"column": "day"}),
        Expectation("day_passed", "expect_column_values_to_be_between", "critical", "no day to come",
                    {"column": "day", "min_value": "2000-01-01", "max_value": LAST_DAY}),
        Expectation("moment_passed", "expect_column_values_to_be_between", "critical", "no moment to come",
                    {"column": "seen_at", "min_value": "2000-01-01T00:00:00", "max_value": {"$PARAMETER": "export_end"}}),
        Expectation("cost_in_range", "expect_column_values_to_be_between", "critical", "0 to 9.5",
                    {"column": "cost", "min_value": 0, "max_value": 9.5}),
        Expectation("score_in_range", "expect_column_values_to_be_between", "warning", "-1 or more",
                    {"column": "score", "min_value": -1}),
        Expectation("place_known", "expect_column_values_to_be_in_set", "warning", "north or o'hara",
                    {"column": "place", "value_set": ["north", "o'hara"]}),
        Expectation("one_row_a_day", "expect_column_values_to_be_unique", "warning", "one", {"column": "day"}),
        Expectation("one_row_a_place", "expect_compound_columns_to_be_unique", "warning", "one",
                    {"column_list": ["day", "place"]}),
        Expectation("cost_below_score", "unexpected_rows_expectation", "critical", "cost <= score",
                    {"unexpected_rows_query": "select * from {batch} where not (cost <= score)"}),
    ],
)  # fmt: skip
BATCHES = {
    "nothing breaks": ["'2026-03-01', 'north', '2026-03-01 10:00', 1, 2", "'2026-03-09', 'o''hara', null, 9.5, 9.5"],
    "no rows": [],
    "only empty cells": ["null, null, null, null, null"] * 2,
    "one empty day": ["null, 'north', '2026-03-01 10:00', 1, 2", "'2026-03-02', 'north', null, 1, 2"],
    "a day and a moment to come": ["'2026-03-10', 'north', '2026-03-10 03:00:00.000001', 1, 2"],
    "the limits themselves": ["'2026-03-09', 'north', '2026-03-10 03:00', 0, 0", "'2000-01-01', 'north', null, 0, -1"],
    "just outside of them": ["'1999-12-31', 'north', '1999-12-31 23:59:59', -0.000001, -1.000001"],
    "a little too much": ["'2026-03-01', 'north', null, 9.500001, 10"],
    "an unknown place": ["'2026-03-01', 'North', null, 1, 2", "'2026-03-02', '', null, 1, 2"],
    "twice": ["'2026-03-01', 'north', null, 1, 2"] * 2,
    "twice but for an empty cell": ["'2026-03-01', null, null, 1, 2"] * 2 + ["null, 'north', null, 1, 2"] * 2,
    "one of a pair is empty": ["'2026-03-01', 'north', null, 1, null", "'2026-03-02', 'north', null, null, 2"],
    "five rows": [f"'2026-03-0{day}', 'north', null, 1, 2" for day in range(1, 6)],
    "all at once": ["'2027-01-01', 'x', '2027-01-01', -4, -9"] * 5 + ["null, 'x', null, 20, 3"],
}


def rows_of(path: Path, rows: list[str]) -> str:
    """A batch of these rows (day, place, seen_at, cost, score), as the query that reads it."""
    values = ", ".join(f"({row}, {number})" for number, row in enumerate(rows or ["null, null, null, null, null"]))
    duckdb.connect().execute(
        f"copy (select day::date as day, place::varchar as place, seen_at::timestamp as seen_at, "
        f'price::decimal(18, 6) as "cost", score::double as score, _row::bigint as _row '
        f"from (values {values}) as rows(day, place, seen_at, price, score, _row) where {bool(rows)}) "
        f"to '{path}' (format parquet)"
    )
    return f"select * from read_parquet('{path}')"


@pytest.mark.parametrize("rows", BATCHES.values(), ids=BATCHES)
def test_a_batch_is_judged_as_great_expectations_judges_it(rows: list[str], tmp_path: Path) -> None:
    query = rows_of(tmp_path / "data.parquet", rows)
    suite = SUITE.to_dict()
    assert validate_batch(suite, query, PARAMETERS, "_row") == validate(suite, query, PARAMETERS, "_row")


def test_every_expectation_of_these_batches_breaks_in_one_and_holds_in_another(tmp_path: Path) -> None:
    counts = [
        count_breaks(
            duckdb.default_connection(), SUITE.to_dict(), rows_of(tmp_path / f"{number}.parquet", rows), PARAMETERS
        )
        for number, rows in enumerate(BATCHES.values())
    ]
    for name in counts[0]:
        assert {bool(count[name]) for count in counts} == {True, False}, name


@pytest.mark.parametrize("rows", BATCHES.values(), ids=BATCHES)
def test_the_rows_in_the_file_are_those_that_break_it(rows: list[str], tmp_path: Path) -> None:
    query, suite = rows_of(tmp_path / "data.parquet", rows), SUITE.to_dict()
    counts = count_breaks(duckdb.default_connection(), suite, query, PARAMETERS)
    about_rows = [one for one in suite["expectations"] if one["type"] != "expect_table_row_count_to_be_between"]
    for expectation in about_rows:
        rows_asked = broken_query(expectation["type"], filled(expectation["kwargs"], PARAMETERS), query)
        [(found,)] = duckdb.connect().execute(f"select count(*) from ({rows_asked})").fetchall()
        expected = counts[expectation["meta"]["name"]]
        if expected is not None:  # of a value that stands twice both rows are shown, and it is counted once
            is_of_values = "unique" in expectation["type"]
            assert (found >= 2 * expected and bool(found) == bool(expected)) if is_of_values else found == expected


def test_every_kind_that_the_house_asks_has_its_rows() -> None:
    kinds = {one["type"] for suite in all_suites() for one in suite.to_dict()["expectations"]}
    of_the_table = {kind for kind in kinds if broken_query(kind, EVERY_ARGUMENT, "select 1") is None}
    assert of_the_table == {"expect_table_row_count_to_be_between", "expect_table_columns_to_match_ordered_list"}


EVERY_ARGUMENT = {"column": "a", "column_list": ["a", "b"], "column_A": "a", "column_B": "b", "value_set": ["x"],
                  "min_value": 0, "unexpected_rows_query": "select * from {batch}"}  # fmt: skip


def with_rule(**rule: Any) -> dict[str, Any]:
    return Suite(
        "stall", "stall.days", [Expectation("rule", severity="critical", sentence="so it is", **rule)]
    ).to_dict()


@pytest.mark.parametrize(
    "rule",
    [
        # the limits contradict each other: exported before the earliest plausible day
        {"type": "expect_column_values_to_be_between",
         "arguments": {"column": "day", "min_value": "2026-04-01", "max_value": LAST_DAY}},
        {"type": "expect_column_values_to_be_between", "arguments": {"column": "place", "min_value": 0}},
        {"type": "unexpected_rows_expectation",
         "arguments": {"unexpected_rows_query": "select * from {batch} where cast(place as integer) > 0"}},
        {"type": "unexpected_rows_expectation",
         "arguments": {"unexpected_rows_query": "select * from {batch} where no_such_column > 0"}},
        {"type": "expect_column_max_to_be_between", "arguments": {"column": "cost", "max_value": 0.5}},
    ],
    ids=["limits that contradict", "a range of texts", "a failing cast", "an unknown column", "another kind"],
)  # fmt: skip
def test_what_duckdb_cannot_count_is_put_to_great_expectations(rule: dict[str, Any], tmp_path: Path) -> None:
    query = rows_of(tmp_path / "data.parquet", BATCHES["nothing breaks"])
    suite = with_rule(**rule)
    assert count_breaks(duckdb.default_connection(), suite, query, PARAMETERS) == {"rule": None}
    [check] = validate_batch(suite, query, PARAMETERS, "_row")
    assert [check] == validate(suite, query, PARAMETERS, "_row")
    assert check.stops


def test_counts_are_one_row_for_each_expectation() -> None:
    rows = duckdb.connect().execute(counted_rows({"a": 0, "b": 3, "c": None})).fetchall()
    assert rows == [("a", 0), ("b", 3), ("c", None)]


TABLES = {table.full_name: table for contract in load_contracts().values() for table in contract.tables}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_expectation_of_a_shipped_contract_can_be_counted(table: TableContract) -> None:
    columns = ", ".join(f'cast(null as {type_}) as "{name}"' for name, type_ in table.landed_types().items())
    counts = count_breaks(duckdb.default_connection(), landing_suite(table).to_dict(), f"select {columns}", PARAMETERS)
    assert None not in counts.values()
