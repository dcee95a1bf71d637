"""Rows of a period report whose period is one day land in the daily table, the others in the table of periods.

    report without a day column ──► rows with first = last day ──► daily table
                                └─► rows of a longer period, totals, refused rows ──► table of periods

Both tables read the whole file. Its totals and refused rows are counted once: with the periods, or with the days where
there is no longer period.
"""

from __future__ import annotations

import duckdb

from raceway.common.sql import name
from raceway.contracts.grammar import ColumnContract, TableContract
from raceway.landing.read_table import own_period
from raceway.reading.rows import Rows
from raceway.reading.shape import Shape


def divide(connection: duckdb.DuckDBPyConnection, rows: Rows) -> bool:
    """Leaves to `rows` those that are its table's, and gives whether there are any."""
    shape = rows.shape
    if not shape.divided:
        return True
    is_day = _is_day(shape)
    found = connection.execute(
        f"select count(*) filter (where {is_day}), count(*) from {rows.relation} where {rows.converts}"
    ).fetchone()
    assert found is not None
    days, all_rows = found
    periods = all_rows - days
    if shape.into is None:
        rows.only, rows.records = f"not {is_day}", rows.read
        rows.read -= days
        return bool(periods or not days)
    rows.only, rows.records = is_day, rows.read
    if periods:  # they are counted with them
        rows.read, rows.refused, rows.furniture = days, 0, 0
    return bool(days)


def day_of(column: ColumnContract, shape: Shape) -> ColumnContract | None:
    """The column of the period report that gives the day of the daily table; None for any other column."""
    rule = shape.table.meta.single_days
    if shape.into is None or rule is None or column.name != rule.day:
        return None
    return _first_day(shape.table)


def _is_day(shape: Shape) -> str:
    """SQL condition that a row's period is one day."""
    rule = shape.table.meta.period
    assert rule is not None
    if rule.of == "columns":
        return f"coalesce({name(rule.first or '')} = {name(rule.last or '')}, false)"
    span = own_period(shape)
    return "true" if span is not None and span.first == span.last else "false"


def _first_day(table: TableContract) -> ColumnContract:
    rule = table.meta.period
    if rule is not None and rule.first:
        return table.by_name[rule.first]
    return next(column for column in table.columns if column.meta.value_of == "period_start")
