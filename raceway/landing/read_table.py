"""All members of one table, read, and the days that each states for itself."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

from raceway.common.sql import name, quoted
from raceway.config.accounts import Account
from raceway.contracts.grammar import ColumnContract, TableContract
from raceway.reading.furniture import Filters, Span, period_in, period_in_header, period_of_name
from raceway.reading.rows import Rows
from raceway.reading.shape import Shape


@dataclass
class Reading:
    """All members of one table, read."""

    table: TableContract
    account: Account
    exported_at: dt.datetime
    rows: list[Rows]
    filters: Filters | None
    beside: Span | None
    span: Span | None = None
    spans: list[Span | None] = field(default_factory=list)
    """What each member states for itself; sections of one file may differ."""
    findings: list[dict[str, str]] = field(default_factory=list)

    def total(self, what: str) -> int:
        """The sum of a count (read, landed, refused, furniture) over all members."""
        return sum(int(getattr(rows, what)) for rows in self.rows)

    @property
    def shapes(self) -> list[Shape]:
        """How each member was recognised."""
        return [rows.shape for rows in self.rows]


def own_period(shape: Shape) -> Span | None:
    """The period that a member states in its name, where the contract looks there, else above its header."""
    rule = shape.table.meta.period
    if rule is not None and rule.of == "file_name":
        return period_of_name(rule.pattern or "", shape.member.file_name)
    if rule is not None and rule.header:
        stated = [found.group(1) for header in shape.header if (found := re.search(rule.header, header))]
        if stated:
            return period_in_header(stated[0])
    return period_in(shape.preamble)


def value_in_name(column: ColumnContract, shape: Shape) -> str:
    """What a file's name says of a column; empty where it says nothing."""
    found = re.search(column.meta.pattern or "", shape.member.file_name)
    return found.group(1).lower() if found and found.group(1) else ""


def value_in_preamble(shape: Shape, pattern: str) -> str:
    """What stands above the header, a section's own lines before those of the whole file; empty without any."""
    found = re.search(pattern, shape.preamble)
    if found is None and shape.member.part_of is not None:
        found = re.search(pattern, shape.member.part_of.text)
    return found.group(1).strip() if found and found.group(1) else ""


def day_sql(column: ColumnContract, zone: str) -> str:
    """SQL for the day of a date or timestamp column, in the account's zone."""
    if column.data_type == "date" or column.meta.moment.zone == "local":
        return f"cast({name(column.name)} as date)"
    return f"cast(timezone({quoted(zone)}, timezone('UTC', {name(column.name)})) as date)"
