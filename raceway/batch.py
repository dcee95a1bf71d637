"""The rows of one table of an export to one Parquet batch and its manifest, with the checks of the whole file.

What makes a file unfit as a whole is found here, before anything is written: two currencies, ids that a
spreadsheet spoilt, a period that nothing states, more unreadable rows than the contract bears.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import duckdb

from raceway.contracts import ColumnContract, TableContract
from raceway.csv_rows import strict_csv, text_csv
from raceway.faults import ExportRefused
from raceway.free_text import prepare
from raceway.furniture import Filters, Span, month_end, period_in, period_of_name
from raceway.json_rows import json_rows, parquet_rows
from raceway.ledger import utc_text
from raceway.reading import Shape
from raceway.rows import Rows
from raceway.settings import Account, Settings
from raceway.typing_sql import NONE, macros, name, quoted
from raceway.zones import zone_rows

MANIFEST_VERSION: Final = 1
# Delta and dictionary encodings of Parquet's second page format; numbers of many values skip the dictionary.
_PARQUET: Final = "format parquet, compression zstd, parquet_version v2, dictionary_size_limit 1000"

_ADDRESS: Final = re.compile(r"[^@\s“”]+@[^@\s“”]+")
_NUMBER_OF_PHONE: Final = re.compile(r"\+\d[\d ().-]{7,}\d|\b0\d{8,10}\b")

# Currencies that a symbol may stand for; a symbol that is not listed stands for nothing but itself.
_MEANT: Final = {
    "$": ("USD", "AUD", "CAD", "SGD", "NZD", "HKD", "TWD", "MXN", "ARS", "CLP", "COP"), "US$": ("USD",),
    "CA$": ("CAD",), "A$": ("AUD",), "S$": ("SGD",), "R$": ("BRL",), "€": ("EUR",), "£": ("GBP",),
    "¥": ("JPY", "CNY"), "₫": ("VND",), "đ": ("VND",), "₹": ("INR",), "৳": ("BDT",), "₩": ("KRW",), "฿": ("THB",),
}  # fmt: skip


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


@dataclass
class _Reading:
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
        return sum(int(getattr(rows, what)) for rows in self.rows)

    @property
    def shapes(self) -> list[Shape]:
        return [rows.shape for rows in self.rows]


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
) -> Batch:
    """Reads the members of one table and writes `data.parquet` into `folder`.

    `content_hash` is asked for only when the rows are read, so that hashing may run beside the reading.
    `filters` is what a sibling file says, `beside` the days of a daily table of the same download.
    Raises ExportRefused where the file is unfit as a whole.
    """
    table = shapes[0].table
    for statement in macros(table):
        connection.execute(statement)
    prepare(connection, table)
    _add_zones(connection, table)
    data = folder / "data.parquet"
    for strict in (True, False):
        reading = _Reading(table, account, exported_at, [], filters, beside)
        for shape in shapes:
            _refuse_new_columns(shape, reading)
            _refuse_header_currency(shape, account)
            reading.findings += [{"severity": "warning", "name": "not_landed", "message": m} for m in shape.findings]
            reading.rows.append(_read(connection, shape, account, scratch, strict))
        _refuse_spoilt_ids(connection, reading)
        _refuse_other_currencies(connection, reading)
        _refuse_too_many(connection, reading, settings)
        reading.span = _period(reading)
        reading.spans = [_own_period(rows.shape) or reading.span for rows in reading.rows]
        whole = content_hash()
        batch_id = _batch_id(table, account, whole, exported_at)
        # `_row` keeps the order; writing in the order in which row groups are ready saves a sixth of the time
        connection.execute("set preserve_insertion_order = false")
        connection.execute(f"copy ({_landed_select(reading, batch_id)}) to {quoted(str(data))} ({_PARQUET})")
        connection.execute("set preserve_insertion_order = true")
        if not _is_doubtful(connection, reading, data):
            break
    manifest = _manifest(connection, reading, data, batch_id, whole, settings)
    return Batch(
        table, batch_id, folder, exported_at, whole, manifest, _said(connection, reading, batch_id),
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


def _is_doubtful(connection: duckdb.DuckDBPyConnection, reading: _Reading, data: Path) -> bool:
    """Whether the strict reader's rows hold something that only the text path tells apart (a total, a currency)."""
    doubts = sorted({f"({doubt})" for rows in reading.rows for doubt in rows.doubts})
    if not doubts:
        return False
    found = connection.execute(
        f"select 1 from read_parquet({quoted(str(data))}) where {' or '.join(doubts)} limit 1"
    ).fetchone()
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


def _refuse_new_columns(shape: Shape, reading: _Reading) -> None:
    policy = shape.table.meta.drift.on_new_column
    if not shape.new_columns or policy == "allow":
        return
    names = ", ".join(f"“{header.strip()}”" for header in shape.new_columns)
    sentence = f"{shape.member.name}: new column {names}: not in the contract of {shape.table.full_name}, not landed"
    if policy == "fail":
        raise ExportRefused(sentence)
    reading.findings.append({"severity": "warning", "name": "new_column", "message": sentence})


def _refuse_header_currency(shape: Shape, account: Account) -> None:
    if shape.currency and shape.currency != account.currency:
        raise ExportRefused(
            f"{shape.member.name}, row {shape.header_at + 1}: column “{shape.currency_header}” is in "
            f"{shape.currency}, but account {account.account} is in {account.currency} (accounts.csv)"
        )


def _refuse_spoilt_ids(connection: duckdb.DuckDBPyConnection, reading: _Reading) -> None:
    for rows in (rows for rows in reading.rows if rows.spoilt != NONE):
        found = connection.execute(
            f"select {rows.number}, {rows.spoilt} from {rows.relation} "
            f"where {rows.spoilt} is not null order by 1 limit 1"
        ).fetchone()
        if found:
            raise ExportRefused(
                f"{rows.shape.member.name}, row {found[0]}: the id “{found[1]}” went through a spreadsheet, "
                "which cut its last digits off; export it again and do not open it before it lands"
            )


def _refuse_other_currencies(connection: duckdb.DuckDBPyConnection, reading: _Reading) -> None:
    own = reading.account.currency
    for rows in (rows for rows in reading.rows if not rows.doubts):  # others are looked at in the Parquet first
        member = rows.shape.member.name
        for column in rows.shape.table.columns:
            if not column.meta.currency or column.name not in rows.shape.places:
                continue
            found = connection.execute(
                f"select upper(trim({name(column.name)})) as code, min({rows.number}) from {rows.relation} "
                f"where {name(column.name)} is not null and {rows.total} is null group by code order by 2"
            ).fetchall()
            others = [(code, row) for code, row in found if code != own]
            header = rows.shape.header[rows.shape.places[column.name][0]] if rows.shape.header else column.name
            if others and len(found) > 1:
                codes = " and ".join(code for code, _ in found)
                raise ExportRefused(
                    f"{member}, row {found[1][1]}: column “{header}” holds two currencies ({codes}); "
                    f"one export has one, {own} for account {reading.account.account}"
                )
            if others:
                raise ExportRefused(
                    f"{member}, row {others[0][1]}: column “{header}” says {others[0][0]}, but account "
                    f"{reading.account.account} is in {own} (accounts.csv)"
                )
        for header, signs in rows.symbols.items():
            strange = [sign for sign in signs if own not in _MEANT.get(sign, (sign,))]
            if strange and len(signs) > 1:
                raise ExportRefused(
                    f"{member}: column “{header}” holds amounts in two currencies ({' and '.join(signs)}); "
                    f"one export has one, {own} for account {reading.account.account}"
                )
            if strange:
                raise ExportRefused(
                    f"{member}: column “{header}” holds amounts in {strange[0]}, but account "
                    f"{reading.account.account} is in {own} (accounts.csv)"
                )


def _refuse_too_many(connection: duckdb.DuckDBPyConnection, reading: _Reading, settings: Settings) -> None:
    most = reading.table.meta.max_refused_share or settings.gate.refused_share
    for rows in reading.rows:
        data = rows.read - rows.furniture
        if rows.refused and reading.table.meta.drift.on_type_widening == "fail":
            raise ExportRefused(
                f"{rows.shape.member.name}: {rows.refused} of {data} rows do not fit the contract's types, "
                f"and it bears none; the first: {_first_refusal(connection, rows)}"
            )
        if data and rows.refused / data > most:
            raise ExportRefused(
                f"{rows.shape.member.name}: {rows.refused} of {data} rows cannot be read, more than {most:.0%}; "
                f"the first: {_first_refusal(connection, rows)}"
            )


def _first_refusal(connection: duckdb.DuckDBPyConnection, rows: Rows) -> str:
    found = connection.execute(
        f'select row, "column", reason, raw from {rows.refusals} order by row, "column" limit 1'
    ).fetchone()
    assert found is not None
    row, column, reason, raw = found
    # a shifted column may put an address into a column of numbers: it stays in the quarantine, too
    text = _ADDRESS.sub("[e-mail]", _NUMBER_OF_PHONE.sub("[number]", " ".join(str(raw)[:400].split())))
    shown = f"“{text[:60]}…”" if len(text) > 60 else f"“{text}”"
    if not column:  # the raw line may hold personal data: it stays in the quarantine
        return f"row {row}: {reason}"
    return f"row {row}, column “{column}”: {shown} {reason}"


def _said(connection: duckdb.DuckDBPyConnection, reading: _Reading, batch_id: str) -> str:
    bad = [rows for rows in reading.rows if rows.refused]
    if not bad:
        return ""
    first = bad[0]
    kept = f"quarantine/rows/{reading.table.source}/{reading.account.account}/{batch_id}.csv"
    return (
        f"{first.shape.member.name}: {reading.total('refused')} of {reading.total('read')} rows refused; the first: "
        f"{_first_refusal(connection, first)}. All in {kept}"
    )


# ---------------------------------------------------------------- what it covers


def _own_period(shape: Shape) -> Span | None:
    """The period that a member states in its name, where the contract looks there, else above its header."""
    rule = shape.table.meta.period
    if rule is not None and rule.of == "file_name":
        return period_of_name(rule.pattern or "", shape.member.file_name)
    return period_in(shape.preamble)


def _period(reading: _Reading) -> Span | None:
    """The period that name, preamble or sibling states; a report that needs one and has none is refused."""
    stated = [span for shape in reading.shapes if (span := _own_period(shape))]
    rule = reading.table.meta.period
    if rule is not None and rule.of == "file_name":
        silent = next((shape for shape in reading.shapes if _own_period(shape) is None), None)
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
                f"{first.member.name}: a report without days whose period nothing states (above the header: “{said}”); "
                "export it with the Day segment, or for fixed dates"
            )
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


def _landed_select(reading: _Reading, batch_id: str) -> str:
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
        offset += rows.read
    return " union all ".join(parts)


def _joined(keys: list[str]) -> str:
    return " || '|' || ".join(keys) if keys else "''"


def _value(column: ColumnContract, rows: Rows, span: Span | None, reading: _Reading) -> str:
    """SQL for one column of one member: from its cells, its name, the account or the period."""
    meta = column.meta
    if meta.value_of == "currency":
        return _constant(reading.account.currency)
    if meta.value_of in ("period_start", "period_end"):
        if span is None:  # only where the contract does not insist on a period
            return "cast(null as date)"
        day = span.first if meta.value_of == "period_start" else span.last
        return f"date '{day.isoformat()}'"
    if meta.value_of == "file_name":
        named = _from_name(column, rows.shape) or meta.default
        return _constant(named) if named else NONE
    if meta.value_of == "preamble":
        said = _from_preamble(rows.shape, meta.pattern or "") or meta.default
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


def _from_name(column: ColumnContract, shape: Shape) -> str:
    """What a file's name says of a column; empty where it says nothing."""
    found = re.search(column.meta.pattern or "", shape.member.file_name)
    return found.group(1).lower() if found and found.group(1) else ""


def said_by_name(shape: Shape) -> str:
    """What a file's name says of its rows (their period, a column's value) by the contract; empty for most.

    It belongs to the content: equal bytes under another period are another report.
    """
    table = shape.table
    rule = table.meta.period
    own = _own_period(shape) if rule is not None and rule.of == "file_name" else None
    values = [_from_name(column, shape) for column in table.columns if column.meta.value_of == "file_name"]
    spans = [span for span in (own, _named_period(table, shape.member.file_name)) if span]
    return "\n".join([*(f"{span.first} {span.last}" for span in spans), *values])


def _from_preamble(shape: Shape, pattern: str) -> str:
    """What stands above the header, a section's own lines before those of the whole file; empty without any."""
    found = re.search(pattern, shape.preamble)
    if found is None and shape.member.part_of is not None:
        found = re.search(pattern, shape.member.part_of.text)
    return found.group(1).strip() if found and found.group(1) else ""


def _constant(text: str) -> str:
    """SQL for a text that is the same in every row: as an enum it is written once and not once a row."""
    return f"cast({quoted(text)} as enum ({quoted(text)}))"


def _day_sql(column: ColumnContract, zone: str) -> str:
    """SQL for the day of a date or timestamp column, in the account's zone."""
    if column.data_type == "date" or column.meta.moment.zone == "local":
        return f"cast({name(column.name)} as date)"
    return f"cast(timezone({quoted(zone)}, timezone('UTC', {name(column.name)})) as date)"


def _covers(
    connection: duckdb.DuckDBPyConnection, reading: _Reading, data: Path
) -> tuple[dt.date | None, dt.date | None]:
    """First and last covered day."""
    rule = reading.table.meta.covers
    last_whole_day = reading.exported_at.astimezone(reading.account.zone).date() - dt.timedelta(days=1)
    days: list[dt.date] = []
    if rule.by:
        zone = reading.account.time_zone if rule.zone == "account" else "UTC"
        of = [_day_sql(reading.table.by_name[column], zone) for column in rule.by]
        row = connection.execute(
            f"select {', '.join(f'min({day}), max({day})' for day in of)} from read_parquet({quoted(str(data))})"
        ).fetchone()
        days = [day for day in row or () if day is not None]
        days += [month_end(max(days).replace(day=1))] if rule.whole_months and days else []
    named = [span for shape in reading.shapes if (span := _named_period(reading.table, shape.member.file_name))]
    days += [day for span in named for day in (span.first, min(span.last, max([last_whole_day, *days])))]
    if reading.table.scope.kind == "days":
        # a period that is stated covers its days without rows too, but never days that were not over
        for span in [span for span in reading.spans if span is not None]:
            days += [span.first, min(span.last, max([last_whole_day, *days]))]
    if days and rule.through_export:
        days.append(max(last_whole_day, min(days)))
    return (min(days), max(days)) if days else (None, None)


def _named_period(table: TableContract, file_name: str) -> Span | None:
    """The period in a file's name (`items-2026-07-18-2026-07-19.csv`), where the contract says it is there."""
    rule = table.meta.covers
    named = period_of_name(rule.pattern, file_name) if rule.pattern else None
    if named is None:
        return None
    last = named.last - dt.timedelta(days=1 if rule.last_exclusive else 0)
    return Span(named.first, last) if named.first <= last else None


# ---------------------------------------------------------------- manifest


def _manifest(
    connection: duckdb.DuckDBPyConnection, reading: _Reading, data: Path, batch_id: str, content_hash: str,
    settings: Settings,
) -> dict[str, Any]:  # fmt: skip
    table, account = reading.table, reading.account
    counts = {f"rows_{what}": reading.total(what) for what in ("read", "refused", "furniture")}
    landed_rows = "count(distinct _row), count(*)" if table.meta.unpivot else "count(*), 0"
    written = connection.execute(f"select {landed_rows} from read_parquet({quoted(str(data))})").fetchone()
    assert written is not None
    landed, unpivoted = written
    if counts["rows_read"] != landed + counts["rows_refused"] + counts["rows_furniture"]:
        raise ExportRefused(
            f"{reading.shapes[0].member.name}: {counts['rows_read']} rows were read, but {landed} landed, "
            f"{counts['rows_refused']} refused and {counts['rows_furniture']} furniture do not add up to them"
        )
    covers_from, covers_to = _covers(connection, reading, data)
    totals = _reconciled(connection, reading)
    return {
        "format_version": MANIFEST_VERSION,
        "batch_id": batch_id,
        "source": table.source,
        "table": table.name,
        "account": account.account,
        "files": [],
        "content_hash": content_hash,
        "exported_at": utc_text(reading.exported_at),
        "covers_from": covers_from.isoformat() if covers_from else None,
        "covers_to": covers_to.isoformat() if covers_to else None,
        "covers_through_zone": account.time_zone if table.meta.covers.through_export else None,
        "scope_kind": table.scope.kind,
        "rows_landed": landed,
        **counts,
        **({"rows_unpivoted": unpivoted} if table.meta.unpivot else {}),
        "currency": account.currency,
        "money_days": _money_days(connection, reading, data, settings),
        "is_filtered": bool(reading.filters and reading.filters.is_filtered),
        "totals": totals,
        "findings": reading.findings,
        "columns": table.landed_types(),
    }


def _money_days(
    connection: duckdb.DuckDBPyConnection, reading: _Reading, data: Path, settings: Settings
) -> dict[str, list[str]]:
    """By currency other than the reporting one: the days with an amount, which need a rate."""
    table, account = reading.table, reading.account
    money = [column for column in table.columns if column.meta.money]
    dated = [table.scope.day] if table.scope.day else list(table.meta.covers.by[:1])
    if not money or not dated:
        return {}
    of_row = next((name(column.name) for column in table.columns if column.meta.row_currency), None)
    currency = of_row or quoted(account.currency)
    day = _day_sql(table.by_name[dated[0]], account.time_zone)
    any_amount = " or ".join(f"{name(column.name)} <> 0" for column in money)
    found = connection.execute(
        f"select distinct {currency} as currency, cast({day} as varchar) as day from read_parquet({quoted(str(data))}) "
        f"where ({any_amount}) and {currency} <> {quoted(settings.business.reporting_currency)} and {day} is not null "
        "order by all"
    ).fetchall()
    days: dict[str, list[str]] = {}
    for code, on in found:
        days.setdefault(code, []).append(on)
    return days


def _reconciled(connection: duckdb.DuckDBPyConnection, reading: _Reading) -> dict[str, dict[str, dict[str, str]]]:
    """The named total rows against the sums of the rows that landed; a difference is a finding."""
    rule = reading.table.meta.totals
    compared: dict[str, dict[str, dict[str, str]]] = {}
    for total in rule.reconcile if rule else ():
        for rows in reading.rows:
            columns = [c for c in total.columns if c in rows.shape.places]
            if not columns:
                continue
            found = connection.execute(
                f"select any_value(trim({rows.total})), {', '.join(f'sum({name(c)})' for c in columns)} "
                f"from {rows.relation} where {_is_labelled(rows, total.label)} having count(*) > 0"
            ).fetchone()
            summed = connection.execute(
                f"select {', '.join(f'sum({name(c)})' for c in columns)} from {rows.relation} where {rows.lands}"
            ).fetchone()
            if found is None or summed is None:
                continue
            label, *stated = found
            compared[label] = {
                column: {"stated": str(said), "summed": str(is_sum)}
                for column, said, is_sum in zip(columns, stated, summed, strict=True)
            }
            off = [
                f"{column} {said} but the rows sum to {is_sum}"
                for column, said, is_sum in zip(columns, stated, summed, strict=True)
                if Decimal(str(said or 0)) != Decimal(str(is_sum or 0))
            ]
            if off:
                reading.findings.append(
                    {
                        "severity": "warning",
                        "name": "total_differs",
                        "message": f"{rows.shape.member.name}: the row “{label}” says {'; '.join(off)}",
                    }
                )
    return compared


# ---------------------------------------------------------------- files that go elsewhere


def _is_labelled(rows: Rows, label: str) -> str:
    """SQL condition of the total rows that a contract's label means: the whole text, or a `~pattern`."""
    if label.startswith("~"):
        return f"regexp_matches(trim({rows.total}), {quoted(label[1:])})"
    return f"trim({rows.total}) = {quoted(label)}"


def _write_refusals(connection: duckdb.DuckDBPyConnection, reading: _Reading, target: Path) -> Path | None:
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


def _write_states(connection: duckdb.DuckDBPyConnection, reading: _Reading, data: Path, target: Path) -> Path | None:
    """The kept columns per entity, with the moment of the export; one row per row that says something."""
    kept = reading.table.meta.keep_states
    if not kept:
        return None
    columns = ", ".join(name(column) for column in kept)
    said = " or ".join(f"{name(column)} is not null" for column in kept)
    at = f"timestamp '{reading.exported_at.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S.%f}'"
    connection.execute(
        f"copy (select {quoted(reading.account.account)} as _account, _entity, {at} as exported_at, {columns} "
        f"from read_parquet({quoted(str(data))}) where {said} order by _entity, _row) to {quoted(str(target))} "
        "(format parquet, compression zstd)"
    )
    return target
