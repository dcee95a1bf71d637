"""The rows of one table of an export to one Parquet batch and its manifest, with the checks of the whole file.

What makes a file unfit as a whole is found here, before anything is written: two currencies, ids that a
spreadsheet spoilt, a period that nothing states, more unreadable rows than the contract bears.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb

from raceway.common.moments import utc_text
from raceway.common.sql import name, parquet_of, quoted
from raceway.config.accounts import Account
from raceway.config.settings import Settings
from raceway.contracts.grammar import ColumnContract, TableContract
from raceway.landing.coverage import named_period, stated_period
from raceway.landing.divide import day_of, divide
from raceway.landing.manifest import manifest_of
from raceway.landing.profile import PROFILE, write_profile
from raceway.landing.read_table import Reading, own_period, value_in_name, value_in_preamble
from raceway.landing.unfit import (
    refuse_header_currency,
    refuse_new_columns,
    refuse_other_currencies,
    refuse_repeated_rows,
    refuse_rows_told_twice,
    refuse_shared_keys,
    refuse_spoilt_ids,
    refuse_sums_of_days,
    refuse_swapped_dates,
    refuse_too_many,
    said_of_refusals,
)
from raceway.ledger.effect import write_states
from raceway.reading.cells import NONE, cell_macro
from raceway.reading.csv_rows import strict_csv, text_csv
from raceway.reading.free_text import prepare
from raceway.reading.furniture import Filters, Span
from raceway.reading.json_rows import json_rows, parquet_rows
from raceway.reading.rows import Rows
from raceway.reading.shape import Shape
from raceway.reading.zones import zone_rows

# Delta and dictionary encodings of Parquet's second page format; numbers of many values skip the dictionary.
_PARQUET: Final = "format parquet, compression zstd, parquet_version v2, dictionary_size_limit 1000"


@dataclass
class Batch:
    """One batch as it was written aside: its folder, manifest, and the files that go elsewhere."""

    table: TableContract
    batch_id: str
    folder: Path
    exported_at: dt.datetime
    content_hash: str
    manifest: dict[str, Any]
    said: str = ""
    """A sentence about refused rows; empty where there are none."""
    refused_rows: Path | None = None
    states: Path | None = None


def write_batch(
    connection: duckdb.DuckDBPyConnection,
    shapes: list[Shape],
    account: Account,
    settings: Settings,
    folder: Path,
    scratch: Path,
    *,
    exported_at: dt.datetime,
    content_hash: Callable[[], str],
    filters: Filters | None = None,
    beside: Span | None = None,
) -> Batch | None:
    """Reads the members of one table and writes `data.parquet` into `folder`; None where all rows are another table's.

    `content_hash` is asked for only when the rows are read, so that hashing may run beside the reading.
    `filters` is what a sibling file says, `beside` the days of a daily table of the same download.
    Raises ExportRefused where the file is unfit as a whole.
    """
    table = shapes[0].feeds
    connection.execute(cell_macro(table))
    prepare(connection, table)
    _add_zones(connection, table)
    data = folder / "data.parquet"
    for strict in (True, False):
        reading = Reading(table, account, exported_at, [], filters, beside)
        for shape in shapes:
            shape.exported_on = exported_at.astimezone(account.zone).date()
            refuse_new_columns(shape, reading)
            refuse_header_currency(shape, account)
            reading.findings += [{"severity": "warning", "name": "not_landed", "message": m} for m in shape.findings]
            reading.rows.append(_read(connection, shape, account, scratch, strict))
        reading.rows = [rows for rows in reading.rows if divide(connection, rows)]
        if not reading.rows:
            return None
        refuse_spoilt_ids(connection, reading)
        refuse_other_currencies(connection, reading)
        refuse_swapped_dates(connection, reading)
        refuse_too_many(connection, reading, settings)
        refuse_repeated_rows(connection, reading)
        reading.span = stated_period(reading)
        reading.spans = [own_period(rows.shape) or reading.span for rows in reading.rows]
        whole = content_hash()
        batch_id = _batch_id(table, account, whole, exported_at)
        # `_row` keeps the order; writing in the order in which row groups are ready saves a sixth of the time
        connection.execute("set preserve_insertion_order = false")
        connection.execute(f"copy ({_landed_select(reading, batch_id)}) to {quoted(str(data))} ({_PARQUET})")
        connection.execute("set preserve_insertion_order = true")
        if not _is_doubtful(connection, reading, data):
            break
    reading.findings += [
        {"severity": "warning", "name": "other_kind", "message": said} for rows in reading.rows for said in rows.noticed
    ]
    refuse_sums_of_days(connection, reading, data)
    refuse_rows_told_twice(connection, reading, data)
    refuse_shared_keys(connection, reading, data)
    manifest = manifest_of(connection, reading, data, batch_id, whole, settings)
    write_profile(connection, table, account.time_zone, data, folder / PROFILE)
    return Batch(
        table, batch_id, folder, exported_at, whole, manifest, said_of_refusals(connection, reading, batch_id),
        _write_refusals(connection, reading, scratch / f"{table.name}.refused.csv"),
        _write_states(connection, reading, data, scratch / f"{table.name}.states.parquet"),
    )  # fmt: skip


def _read(connection: duckdb.DuckDBPyConnection, shape: Shape, account: Account, scratch: Path, strict: bool) -> Rows:
    """One member as typed rows; `strict` says whether the strict csv reader is tried."""
    if shape.member.kind == "json":
        return json_rows(connection, shape, account, scratch)
    if shape.member.kind == "parquet":
        return parquet_rows(connection, shape, account)
    rows = strict_csv(connection, shape, account) if strict else None
    rows = rows if rows is not None else text_csv(connection, shape, account, scratch)
    aside = shape.below + shape.beside
    rows.read, rows.furniture = rows.read + aside, rows.furniture + aside
    return rows


def _is_doubtful(connection: duckdb.DuckDBPyConnection, reading: Reading, data: Path) -> bool:
    """Whether the strict reader's rows hold something that only the text path tells apart (a total, a currency)."""
    doubts = sorted({f"({doubt})" for rows in reading.rows for doubt in rows.doubts})
    if not doubts:
        return False
    found = connection.execute(f"select 1 from {parquet_of(data)} where {' or '.join(doubts)} limit 1").fetchone()
    return found is not None


def _add_zones(connection: duckdb.DuckDBPyConnection, table: TableContract) -> None:
    if any(column.meta.moment.zone.startswith("column ") for column in table.columns):
        names, iana = zip(*zone_rows(), strict=True)
        connection.execute(
            "create temp table if not exists zones as select unnest($1) as name, unnest($2) as iana",
            [list(names), list(iana)],
        )


def _batch_id(table: TableContract, account: Account, content_hash: str, exported_at: dt.datetime) -> str:
    what = "\n".join((table.source, account.account, table.name, content_hash, utc_text(exported_at)))
    tail = hashlib.sha256(what.encode("utf-8")).hexdigest()[:12]
    return f"{exported_at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}-{tail}"


# ---------------------------------------------------------------- unfit as a whole


# ---------------------------------------------------------------- what it covers


def _landed_select(reading: Reading, batch_id: str) -> str:
    """The rows that land, of all members in order, in the contract's columns."""
    parts = []
    offset = 0
    for rows, span in zip(reading.rows, reading.spans, strict=True):
        values = [f"{_value(column, rows, span, reading)} as {name(column.name)}" for column in reading.table.columns]
        values.append(f"{_constant(batch_id)} as _batch_id")
        values.append(f"cast({rows.number} + {offset} as bigint) as _row")
        scope = reading.table.scope
        if scope.kind == "entities":
            keys = [
                f"coalesce(cast({_value(reading.table.by_name[k], rows, span, reading)} as varchar), '')"
                for k in scope.keys
            ]
            values.append(f"{_joined(keys)} as _entity")
        parts.append(f"select {', '.join(values)} from {rows.relation} where {rows.lands}")
        offset += rows.records or rows.read
    return " union all ".join(parts)


def _joined(keys: list[str]) -> str:
    return " || '|' || ".join(keys) if keys else "''"


def _value(column: ColumnContract, rows: Rows, span: Span | None, reading: Reading) -> str:
    """SQL for one column of one member: from its cells, its name, the account or the period."""
    first_day = day_of(column, rows.shape)
    if first_day is not None:
        column = first_day
    meta = column.meta
    if meta.value_of == "currency":
        return _constant(reading.account.currency)
    if meta.value_of in ("period_start", "period_end"):
        if span is None:  # only where the contract does not insist on a period
            return "cast(null as date)"
        day = span.first if meta.value_of == "period_start" else span.last
        return f"date '{day.isoformat()}'"
    if meta.value_of == "file_name":
        named = value_in_name(column, rows.shape) or meta.default
        return _constant(named) if named else NONE
    if meta.value_of == "preamble":
        said = value_in_preamble(rows.shape, meta.pattern or "") or meta.default
        return _constant(said) if said else NONE
    if meta.header_of:
        places = rows.shape.places.get(meta.header_of)
        if not places:
            return _constant(meta.default) if meta.default else NONE
        return _constant(" ".join(rows.shape.header[places[0]].split()))
    if column.name in rows.shape.places:
        return name(column.name)
    default = f"{quoted(meta.default)}" if meta.default else "null"
    return f"cast({default} as {column.data_type})"


def said_by_name(shape: Shape) -> str:
    """What a file's name says of its rows (their period, a column's value) by the contract; empty for most.

    It belongs to the content: equal bytes under another period are another report.
    """
    table = shape.table
    rule = table.meta.period
    own = own_period(shape) if rule is not None and rule.of == "file_name" else None
    values = [value_in_name(column, shape) for column in table.columns if column.meta.value_of == "file_name"]
    spans = [span for span in (own, named_period(table, shape.member.file_name)) if span]
    return "\n".join([*(f"{span.first} {span.last}" for span in spans), *values])


def _constant(text: str) -> str:
    """SQL for a text that is the same in every row: as an enum it is written once and not once a row."""
    return f"cast({quoted(text)} as enum ({quoted(text)}))"


# ---------------------------------------------------------------- manifest


# ---------------------------------------------------------------- files that go elsewhere


def _write_refusals(connection: duckdb.DuckDBPyConnection, reading: Reading, target: Path) -> Path | None:
    parts = [
        f'select {quoted(rows.shape.member.name)} as file, row, "column", reason, raw from {rows.refusals}'
        for rows in reading.rows
        if rows.refused
    ]
    if not parts:
        return None
    connection.execute(
        f'copy (select * from ({" union all ".join(parts)}) order by file, row, "column", reason) '
        f"to {quoted(str(target))} (format csv, header true)"
    )
    return target


def _write_states(connection: duckdb.DuckDBPyConnection, reading: Reading, data: Path, target: Path) -> Path | None:
    """The kept columns per entity, with the moment of the export; one row per row that says something."""
    kept = reading.table.meta.keep_states
    if not kept:
        return None
    write_states(connection, data, reading.account.account, kept, reading.exported_at, target)
    return target
