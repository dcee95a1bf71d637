"""How often the rows of a batch break each expectation of a suite, counted by DuckDB in one query.

Great Expectations spends a tenth of a second on a batch's suite however small the batch is, nearly all of it on
its own plan. Here DuckDB counts, and the counts are the frame that Great Expectations judges: the suite itself
is put to it only where a count is not 0, or where there is none. What counts as a break is what Great Expectations
takes for one (an empty cell breaks `…_to_not_be_null` alone); a test holds both equal over all kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import duckdb

from raceway.common.sql import name

Kwargs = Mapping[str, Any]


def count_breaks(
    connection: duckdb.DuckDBPyConnection, suite: Mapping[str, Any], query: str, parameters: Mapping[str, Any]
) -> dict[str, int | None]:
    """By expectation: how many rows (or groups of rows) of `query` break it; None where that is not known here.

    `parameters` are the values of the suite's `$PARAMETER`s.
    """
    expectations = suite["expectations"]
    counts, values = [], []
    for expectation in expectations:
        sql, given = _count(expectation["type"], filled(expectation["kwargs"], parameters), query)
        counts.append(sql)
        values += given
    try:
        row = connection.execute(f"select {', '.join(counts)} from ({query})", values).fetchone()
    except duckdb.Error:  # a condition that these rows do not allow to be asked: no count of this batch is known
        row = None
    found = row or [None] * len(expectations)
    return {expectation["meta"]["name"]: count for expectation, count in zip(expectations, found, strict=True)}


def counted_rows(counts: Mapping[str, int | None]) -> str:
    """The counts as a query: one row for each expectation, with the columns `expectation` and `breaks`."""
    rows = ", ".join(
        f"('{expectation}', {'null' if count is None else f'{count}::bigint'})" for expectation, count in counts.items()
    )
    return f"select * from (values {rows}) as counted(expectation, breaks)"


def filled(kwargs: Kwargs, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of an expectation with the values of their `$PARAMETER`s."""
    return {
        key: parameters[value["$PARAMETER"]] if isinstance(value, Mapping) and "$PARAMETER" in value else value
        for key, value in kwargs.items()
    }


def _count(kind: str, kwargs: Kwargs, query: str) -> tuple[str, list[Any]]:
    """SQL over the batch's rows that counts the breaks of one expectation, and the values of its `?`."""
    known = _COUNTS.get(kind)
    return known(kwargs, query) if known is not None else (_UNKNOWN, [])


_UNKNOWN: Final = "null"


def _row_count(kwargs: Kwargs, query: str) -> tuple[str, list[Any]]:
    limits = [(sign, kwargs[key]) for key, sign in _LIMITS.items() if kwargs.get(key) is not None]
    holds = " and ".join(f"count(*) {sign} ?" for sign, _ in limits)
    return f"case when {holds or 'true'} then 0 else 1 end", [limit for _, limit in limits]


def _not_null(kwargs: Kwargs, query: str) -> tuple[str, list[Any]]:
    return f"count(*) filter (where {name(kwargs['column'])} is null)", []


def _between(kwargs: Kwargs, query: str) -> tuple[str, list[Any]]:
    low, high = kwargs.get("min_value"), kwargs.get("max_value")
    if low is not None and high is not None and low > high:
        return _UNKNOWN, []  # Great Expectations gives no answer
    column = name(kwargs["column"])
    limits = [(sign, kwargs[key]) for key, sign in _LIMITS.items() if kwargs.get(key) is not None]
    within = " and ".join(f"{column} {sign} ?" for sign, _ in limits)
    # of texts and booleans it gives none either
    return (
        f"case when typeof(any_value({column})) not in ('VARCHAR', 'BOOLEAN') "
        f"then count(*) filter (where not ({within})) end",
        [limit for _, limit in limits],
    )


def _in_set(kwargs: Kwargs, query: str) -> tuple[str, list[Any]]:
    values = list(kwargs["value_set"])
    if not values:
        return _UNKNOWN, []
    return f"count(*) filter (where {name(kwargs['column'])} not in ({', '.join('?' for _ in values)}))", values


def _unique(kwargs: Kwargs, query: str) -> tuple[str, list[Any]]:
    return _twice([kwargs["column"]], query), []


def _compound_unique(kwargs: Kwargs, query: str) -> tuple[str, list[Any]]:
    return _twice(kwargs["column_list"], query), []


def _twice(columns: list[str], query: str) -> str:
    """How many values stand in more than one row; a row with an empty cell is like no other."""
    names = ", ".join(name(column) for column in columns)
    filled = " and ".join(f"{name(column)} is not null" for column in columns)
    groups = f"select 1 from ({query}) where {filled} group by {names} having count(*) > 1"
    return f"(select count(*) from ({groups}))"


def _unexpected_rows(kwargs: Kwargs, query: str) -> tuple[str, list[Any]]:
    return f"(select count(*) from ({kwargs['unexpected_rows_query'].format(batch=f'({query})')}))", []


_LIMITS: Final = {"min_value": ">=", "max_value": "<="}

_COUNTS: Final[Mapping[str, Callable[[Kwargs, str], tuple[str, list[Any]]]]] = {
    "expect_table_row_count_to_be_between": _row_count,
    "expect_column_values_to_not_be_null": _not_null,
    "expect_column_values_to_be_between": _between,
    "expect_column_values_to_be_in_set": _in_set,
    "expect_column_values_to_be_unique": _unique,
    "expect_compound_columns_to_be_unique": _compound_unique,
    "unexpected_rows_expectation": _unexpected_rows,
}
