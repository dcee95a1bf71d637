"""The days that a batch covers."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import duckdb

from raceway.common.faults import ExportRefused
from raceway.common.sql import name, parquet_of
from raceway.contracts.grammar import TableContract
from raceway.landing.read_table import Reading, day_sql, own_period
from raceway.reading.furniture import Span, month_end, period_of_name
from raceway.reading.nearest import quotable


def stated_period(reading: Reading) -> Span | None:
    """The period that name, preamble or sibling states; a report that needs one and has none is refused."""
    stated = [span for shape in reading.shapes if (span := own_period(shape))]
    rule = reading.table.meta.period
    if rule is not None and rule.of == "file_name":
        silent = next((shape for shape in reading.shapes if own_period(shape) is None), None)
        if silent is not None:
            raise ExportRefused(
                f"{silent.member.file_name}: a report without days whose name states no period (looked for: "
                f"{rule.pattern}); name it as it was downloaded, with its first and last day or its month"
            )
        return stated[0]
    if rule is None or rule.of == "columns":
        if reading.filters is not None and reading.filters.span is not None:
            return reading.filters.span
        return stated[0] if stated else None
    if rule.of == "preamble":
        if not stated:
            first = reading.shapes[0]
            said = next((line for line in reversed(first.preamble.splitlines()) if line.strip()), "")
            raise ExportRefused(
                f"{first.member.name}: a report without days whose period nothing states (above the header: "
                f"“{quotable(said)}”); "
                "“All time” and the like name no days: choose a period with a first and a last day, or export it with "
                "the Day segment"
            )
        return stated[0]
    if rule.header and stated:
        return stated[0]
    if reading.filters is not None and reading.filters.span is not None:
        return reading.filters.span
    if reading.beside is not None:
        return reading.beside
    worded = (
        f" (its filters say “{reading.filters.worded}”)" if reading.filters else " and no filters file is beside it"
    )
    raise ExportRefused(
        f"{reading.shapes[0].member.name}: its period is not stated{worded}, and no daily chart is beside it; put the "
        "whole downloaded folder or zip into the inbox, or export a fixed date range"
    )


def covered(
    connection: duckdb.DuckDBPyConnection, reading: Reading, data: Path
) -> tuple[dt.date | None, dt.date | None]:
    """First and last covered day."""
    rule = reading.table.meta.covers
    last_whole_day = reading.exported_at.astimezone(reading.account.zone).date() - dt.timedelta(days=1)
    days: list[dt.date] = []
    if rule.by:
        zone = reading.account.time_zone if rule.zone == "account" else "UTC"
        of = [day_sql(reading.table.by_name[column], zone) for column in rule.by]
        row = connection.execute(
            f"select {', '.join(f'min({day}), max({day})' for day in of)} from {parquet_of(data)}"
        ).fetchone()
        days = [day for day in row or () if day is not None]
        days += [month_end(max(days).replace(day=1))] if rule.whole_months and days else []
    if rule.period:
        days += _days_of_periods(connection, reading.table, data, last_whole_day)
    named = [span for shape in reading.shapes if (span := named_period(reading.table, shape.member.file_name))]
    days += [day for span in named for day in (span.first, min(span.last, max([last_whole_day, *days])))]
    if reading.table.scope.kind == "days":
        # a period that is stated covers its days without rows too, but never days that were not over
        for span in [span for span in reading.spans if span is not None]:
            days += [span.first, min(span.last, max([last_whole_day, *days]))]
    if days and rule.through_export:
        days.append(max(last_whole_day, min(days)))
    return (min(days), max(days)) if days else (None, None)


def named_period(table: TableContract, file_name: str) -> Span | None:
    """The period in a file's name (`items-2026-07-18-2026-07-19.csv`), where the contract says it is there.

    Raises ExportRefused where the name states days that no calendar has, or the last before the first.
    """
    rule = table.meta.covers
    named = period_of_name(rule.pattern, file_name) if rule.pattern else None
    if named is None:
        if rule.pattern and re.search(rule.pattern, file_name):
            raise ExportRefused(
                f"{file_name}: the days in its name are no period of the calendar; name it as it was downloaded"
            )
        return None
    last = named.last - dt.timedelta(days=1 if rule.last_exclusive else 0)
    return Span(named.first, last) if named.first <= last else None


def _days_of_periods(
    connection: duckdb.DuckDBPyConnection, table: TableContract, data: Path, last_whole_day: dt.date
) -> list[dt.date]:
    """First and last day of the periods that a report states; a month that still runs is stated to its end."""
    rule = table.meta.period
    stated = {column.meta.value_of: column.name for column in table.columns}
    first = (rule.first if rule else None) or stated["period_start"]
    last = (rule.last if rule else None) or stated["period_end"]
    row = connection.execute(f"select min({name(first)}), max({name(last)}) from {parquet_of(data)}").fetchone()
    if row is None or row[0] is None or row[1] is None:
        return []
    return [row[0], max(row[0], min(row[1], last_whole_day))]
