"""Columns that date a row, and the days that may stand in them: a row of 1970 or 2999 is no row.

One such row would stretch the days that its batch covers, and every calendar, gap and window that is worked out from
them, by a thousand years. It is refused by itself, with its text; the rest of its file lands. A day that lies a little
behind the export is another fault, one of the whole file (day and month exchanged): the gate looks at those.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from raceway.common.sql import name
from raceway.contracts.grammar import ColumnContract, TableContract
from raceway.reading.shape import Shape

EARLIEST: Final = dt.date(2000, 1, 1)
"""Marketing data is not older than its systems; an earlier date is a broken one (1900-01-00 of a spreadsheet)."""
_AHEAD: Final = dt.timedelta(days=366)
_PLANNED_AHEAD: Final = dt.timedelta(days=20 * 366)
"""How far behind its export a day may lie: of what has happened, and of a plan."""


def dating_columns(table: TableContract) -> list[str]:
    """Columns that say when something happened, so that none lies after the export; of a plan, which may look ahead,
    none."""
    return [] if table.scope.full_snapshot else _dating(table)


def _dating(table: TableContract) -> list[str]:
    return sorted({*table.meta.covers.by, *([table.scope.day] if table.scope.day else [])})


def dates_a_row(column: ColumnContract, table: TableContract) -> bool:
    """Whether a row without a believable day in this column is refused: one of the columns that date it, and the moment
    that no event is without."""
    if column.data_type not in ("date", "timestamp") or column.meta.moment.yearless:
        return False
    is_moment = table.scope.kind == "events" and column.meta.expect.not_null == "critical"
    return is_moment or column.name in _dating(table)


def limits(shape: Shape) -> tuple[dt.date, dt.date]:
    """The first and the last day that may date a row of a member."""
    ahead = _PLANNED_AHEAD if shape.feeds.scope.full_snapshot else _AHEAD
    exported_on = shape.exported_on or dt.date.max - ahead
    return EARLIEST, exported_on + ahead


def believable(value: str, shape: Shape) -> str:
    """SQL for a date or moment, null where it lies outside of the limits."""
    first, last = limits(shape)
    return f"rw_between({value}, date '{first}', date '{last}')"


def unbelievable(shape: Shape) -> list[str]:
    """Conditions over the landed columns that hold of a row with such a day."""
    first, last = limits(shape)
    return [
        f"cast({name(column.name)} as date) not between date '{first}' and date '{last}'"
        for column in shape.table.columns
        if column.name in shape.places and dates_a_row(column, shape.table)
    ]


def why_not_believable(shape: Shape) -> str:
    """What is wrong with such a cell, to follow the quoted text."""
    first, last = limits(shape)
    return f"dates no row: believable are {first} to {last}, which is long after the export"
