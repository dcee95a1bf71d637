"""What is told of an expectation that does not hold: what to do, and a file of the rows that break it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import duckdb

from raceway.common.home import Home
from raceway.common.sql import name, quoted
from raceway.gate.counting import Kwargs, filled
from raceway.history.broken_rows import BrokenRows, keep_rows, whole_sentence
from raceway.history.records import Check


def with_rows(
    home: Home,
    folder: Path,
    suite: Mapping[str, Any],
    query: str,
    parameters: Mapping[str, Any],
    checks: Sequence[Check],
    remedies: Mapping[str, str],
    named: str = "",
) -> list[Check]:
    """The checks of a suite over `query`, those that do not hold with what to do and the file of their rows.

    The files go into `folder`, a run's or a batch's. `remedies` gives by name of the expectation, else by severity,
    what to do. The files' names begin with `named`, where the checks of several suites go into one folder.
    """
    if all(check.passed for check in checks):
        return list(checks)
    asked = {one["meta"]["name"]: one for one in suite["expectations"]}
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        return [
            check if check.passed else _told(connection, home, folder, asked[check.name], query, parameters, check,
                                             remedies.get(check.name, remedies[check.severity]), named)
            for check in checks
        ]  # fmt: skip


def _told(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    folder: Path,
    expectation: Mapping[str, Any],
    query: str,
    parameters: Mapping[str, Any],
    check: Check,
    remedy: str,
    named: str,
) -> Check:
    rows = None
    broken = broken_query(expectation["type"], filled(expectation["kwargs"], parameters), query)
    if broken is not None:
        try:
            rows = keep_rows(connection, broken, home, folder, f"{named}{check.name}")
        except duckdb.Error:  # these rows do not allow the question: the sentence alone must do
            rows = BrokenRows(0)
    return dataclasses.replace(
        check,
        message=whole_sentence(check.subject, check.expected, check.observed, remedy, rows),
        remedy=remedy,
        broken_rows=rows.count if rows and rows.count else None,
        rows_file=rows.file if rows else "",
    )


def broken_query(kind: str, kwargs: Kwargs, query: str) -> str | None:
    """The select of the rows of `query` that break an expectation; None for one that is about the table as a whole.

    `kwargs` are filled: no `$PARAMETER` among them.
    """
    if kind == "unexpected_rows_expectation":
        return str(kwargs["unexpected_rows_query"].format(batch=f"({query})"))
    condition = _CONDITIONS.get(kind)
    return f"select * from ({query}) as rows_asked where {condition(kwargs, query)}" if condition else None


def _between(kwargs: Kwargs, query: str) -> str:
    column = name(kwargs["column"])
    limits = [
        f"{column} {sign} {_literal(kwargs[key])}"
        for key, sign in (("min_value", ">="), ("max_value", "<="))
        if kwargs.get(key) is not None
    ]
    return f"not ({' and '.join(limits)})"


def _outside(kwargs: Kwargs, query: str) -> str:
    values = ", ".join(quoted(str(value)) for value in kwargs["value_set"])
    return f"cast({name(kwargs['column'])} as varchar) not in ({values})"


def _pair(kwargs: Kwargs, query: str) -> str:
    sign = ">=" if kwargs.get("or_equal") else ">"
    return f"not ({name(kwargs['column_A'])} {sign} {name(kwargs['column_B'])})"


def _twice(kwargs: Kwargs, query: str) -> str:
    """Rows whose values stand in another row, too; one with an empty cell is like no other."""
    names = [name(column) for column in kwargs.get("column_list", [kwargs.get("column", "")])]
    columns, filled_in = ", ".join(names), " and ".join(f"{column} is not null" for column in names)
    twice = f"select ({columns}) from ({query}) group by {columns} having count(*) > 1"
    return f"{filled_in} and ({columns}) in ({twice})"


def _literal(value: object) -> str:
    return str(value) if isinstance(value, int | float) else quoted(str(value))


_CONDITIONS: Final[Mapping[str, Callable[[Kwargs, str], str]]] = {
    "expect_column_values_to_not_be_null": lambda kwargs, _: f"{name(kwargs['column'])} is null",
    "expect_column_values_to_be_between": _between,
    "expect_column_pair_values_a_to_be_greater_than_b": _pair,
    "expect_column_values_to_be_in_set": _outside,
    "expect_column_values_to_be_unique": _twice,
    "expect_compound_columns_to_be_unique": _twice,
}
