"""Every suite, rendered from the contracts and from the mart's own list.

What a contract says of a column (`expect`), of key columns, of unique column sets and of free rules becomes
expectations of the landing gate; the sentences are those that people read when a batch is refused. The gate and
the context in `expectations/`, which GX's own tools open, render them when they are asked: no suite is ever older
than its contract.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from raceway.contracts.grammar import ColumnContract, TableContract
from raceway.contracts.load import load_contracts
from raceway.gate.expectation import Expectation, Suite
from raceway.gate.mart_suites import mart_suites
from raceway.reading.dating import EARLIEST, dating_columns

_PARAMETERS: Final = {"export_day": "the day of the export", "as_of": "the day of the run"}


def landing_suite(table: TableContract) -> Suite:
    """The suite of one landed table. Its parameters: `export_day`, `as_of` (dates), `export_end` (timestamp)."""
    return Suite(
        f"{table.source}__{table.name}",
        table.full_name,
        [
            Expectation(
                "has_rows", "expect_table_row_count_to_be_between", "warning",
                "the export has rows", {"min_value": 1},
            ),
            *(expectation for column in table.columns for expectation in _column(column, column.name in _keys(table))),
            *(_plausible_date(table.by_name[name]) for name in dating_columns(table)),
            *(
                Expectation(
                    f"unique_{'_'.join(columns)}", "expect_compound_columns_to_be_unique", "warning",
                    f"{', '.join(columns)} name one row", {"column_list": list(columns)},
                )
                for columns in table.meta.unique
                if len(columns) > 1
            ),
            *(
                Expectation(
                    f"unique_{columns[0]}", "expect_column_values_to_be_unique", "warning",
                    f"{columns[0]} names one row", {"column": columns[0]},
                )
                for columns in table.meta.unique
                if len(columns) == 1
            ),
            *(
                Expectation(
                    rule.name, "unexpected_rows_expectation", rule.severity,
                    rule.says or rule.name.replace("_", " "),
                    {"unexpected_rows_query": f"select * from {{batch}} where not ({_braced(rule.condition)})"},
                )
                for rule in table.meta.rules
            ),
        ],
    )  # fmt: skip


def all_suites() -> list[Suite]:
    """The suites of every shipped source's tables, and of the mart, by name."""
    landed = [landing_suite(table) for contract in load_contracts().values() for table in contract.tables]
    return sorted([*landed, *mart_suites()], key=lambda suite: suite.name)


def _keys(table: TableContract) -> set[str]:
    """Columns without which a row has no place in its scope."""
    return {*table.scope.keys, *([table.scope.day] if table.scope.day else [])}


def _column(column: ColumnContract, is_key: bool) -> Iterable[Expectation]:
    """What the contract expects of one column; a key column that every file has is never empty."""
    expect = column.meta.expect
    not_null = expect.not_null or ("critical" if is_key and not column.meta.optional else None)
    if not_null:
        yield Expectation(
            f"{column.name}_filled", "expect_column_values_to_not_be_null", not_null,
            f"{column.name} is never empty", {"column": column.name},
        )  # fmt: skip
    if expect.min is not None or expect.max is not None:
        yield Expectation(
            f"{column.name}_in_range", "expect_column_values_to_be_between", expect.severity,
            f"{column.name} {_range_in_words(expect.min, expect.max)}",
            {"column": column.name}
            | ({"min_value": _limit(expect.min)} if expect.min is not None else {})
            | ({"max_value": _limit(expect.max)} if expect.max is not None else {}),
        )  # fmt: skip
    if expect.accepted is not None:
        yield Expectation(
            f"{column.name}_vocabulary", "expect_column_values_to_be_in_set", expect.severity,
            f"{column.name} is one of {', '.join(expect.accepted)}",
            {"column": column.name, "value_set": list(expect.accepted)},
        )  # fmt: skip


def _plausible_date(column: ColumnContract) -> Expectation:
    # Great Expectations compares the two limits with one another, so both are dates or both are moments
    first, last = (
        (EARLIEST.isoformat(), "export_day") if column.data_type == "date" else (f"{EARLIEST}T00:00:00", "export_end")
    )
    return Expectation(
        f"{column.name}_not_in_the_future", "expect_column_values_to_be_between", "critical",
        f"{column.name} lies between {EARLIEST} and the day of the export",
        {"column": column.name, "min_value": first, "max_value": {"$PARAMETER": last}},
    )  # fmt: skip


def _limit(limit: float | str) -> Any:
    return {"$PARAMETER": limit} if limit in _PARAMETERS else limit


def _range_in_words(low: float | str | None, high: float | str | None) -> str:
    def said(limit: float | str) -> str:
        return _PARAMETERS.get(limit, limit) if isinstance(limit, str) else f"{limit:g}"

    if high is None and low is not None:
        return f"is {said(low)} or more"
    if low is None and high is not None:
        return f"is {said(high)} or less"
    return f"lies between {said(low or 0)} and {said(high or 0)}"


def _braced(condition: str) -> str:
    """GX fills `{batch}` into a query as Python's format does; braces of the condition stand for themselves."""
    return condition.replace("{", "{{").replace("}", "}}")
