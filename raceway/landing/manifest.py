"""A batch's manifest: what it is, holds, covers and was reconciled against."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import duckdb

from raceway.common.faults import ExportRefused
from raceway.common.moments import utc_text
from raceway.common.sql import name, parquet_of, quoted
from raceway.config.settings import Settings
from raceway.contracts.fingerprint import fingerprint
from raceway.landing.coverage import covered
from raceway.landing.read_table import Reading, day_sql
from raceway.reading.cells import NONE
from raceway.reading.members import Member, opened
from raceway.reading.rows import NO_NAME, Rows

MANIFEST_VERSION: Final = 1


def manifest_of(
    connection: duckdb.DuckDBPyConnection, reading: Reading, data: Path, batch_id: str, content_hash: str,
    settings: Settings,
) -> dict[str, Any]:  # fmt: skip
    """The manifest of a batch as JSON values: identity, rows, days, money, states, findings, reconciliation.

    Raises ExportRefused where the rows of the files do not add up.
    """
    table, account = reading.table, reading.account
    counts = {f"rows_{what}": reading.total(what) for what in ("read", "refused", "furniture")}
    landed_rows = "count(distinct _row), count(*)" if table.meta.unpivot else "count(*), 0"
    written = connection.execute(f"select {landed_rows} from {parquet_of(data)}").fetchone()
    assert written is not None
    landed, unpivoted = written
    if counts["rows_read"] != landed + counts["rows_refused"] + counts["rows_furniture"]:
        raise ExportRefused(
            f"{reading.shapes[0].member.name}: {counts['rows_read']} rows were read, but {landed} landed, "
            f"{counts['rows_refused']} refused and {counts['rows_furniture']} furniture do not add up to them"
        )
    covers_from, covers_to = covered(connection, reading, data)
    totals = _reconciled(connection, reading)
    _say_nameless(connection, reading)
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
        **({"scope_keys": list(table.scope.keys)} if table.scope.kind == "entities" else {}),
        "rows_landed": landed,
        **counts,
        **({"rows_unpivoted": unpivoted} if table.meta.unpivot else {}),
        "currency": account.currency,
        "money_days": _money_days(connection, reading, data, settings),
        **_judged_later(connection, reading, data),
        "is_filtered": bool(reading.filters and reading.filters.is_filtered),
        "totals": totals,
        "findings": reading.findings,
        "contract": fingerprint(table),
        "columns": table.landed_types(),
    }


def _judged_later(connection: duckdb.DuckDBPyConnection, reading: Reading, data: Path) -> dict[str, Any]:
    """What the freeze compares with earlier exports, where the contract gives it: see raceway.build.held."""
    table = reading.table
    noted: dict[str, Any] = {}
    breaks_off = [f"{rows.shape.member.name}: {rows.breaks_off}" for rows in reading.rows if rows.breaks_off]
    if breaks_off:
        noted["breaks_off"] = "; ".join(breaks_off)
    if table.meta.totals and table.meta.totals.labels and reading.rows[-1].shape.member.kind == "csv":
        noted["ends_with_total"] = any(_ends_with_total(connection, rows) for rows in reading.rows)
    lines = [_ends_with_line(rows.shape.member) for rows in reading.rows]
    if None not in lines:
        noted["ends_with_line"] = all(lines)
    if table.scope.kind == "days":
        day = day_sql(table.by_name[table.scope.day or ""], reading.account.time_zone)
        counted = connection.execute(
            f"select cast({day} as varchar), count(*) from {parquet_of(data)} "
            "where {day} is not null group by 1 order by 1".replace("{day}", day)
        ).fetchall()
        noted["rows_by_day"] = dict(counted)
    goods = table.meta.goods
    if goods is not None:
        line = name(goods.line) if goods.line else f"{name(goods.price or '')} * {name(goods.quantity or '')}"
        discount = f"coalesce(max({name(goods.discount)}), 0)" if goods.discount else "0"
        noted["short_orders"] = connection.execute(
            f"select {table.scope.entity} as entity, count(*), cast(max({name(goods.stated)}) as varchar), "
            f"cast(sum({line}) as varchar) "
            f"from {parquet_of(data)} group by entity "
            f"having max({name(goods.stated)}) + {discount} > sum({line}) order by 1"
        ).fetchall()
    return noted


def _ends_with_line(member: Member) -> bool | None:
    """Whether a text file ends with a line end; None for a sheet, and for other kinds, which show by themselves where
    they are cut."""
    whole = member.part_of or member
    if whole.kind != "csv" or whole.sheet is not None:
        return None
    tail = b""
    with opened(whole) as file:
        if not whole.packed:
            file.seek(max(0, whole.path.stat().st_size - _TAIL))
        while block := file.read(1 << 20):
            tail = (tail + block)[-_TAIL:]
    encoding = whole.encoding if whole.encoding.startswith("utf-16") else "latin-1"  # in the others a line end is one
    text = tail.decode(encoding, "ignore")
    return text.replace("\0", "").rstrip(" \t\x1a").endswith(("\n", "\r"))


_TAIL: Final = 64
"""Bytes at the end of a file that are looked at."""


def _ends_with_total(connection: duckdb.DuckDBPyConnection, rows: Rows) -> bool:
    """Whether a total stands below the last row that lands."""
    if rows.total == NONE:  # the strict reader has read a file without one
        return False
    found = connection.execute(
        f"select coalesce(max({rows.number}) filter (where {rows.total} is not null), 0), "
        f"coalesce(max({rows.number}) filter (where {rows.lands}), 0) from {rows.relation}"
    ).fetchone()
    assert found is not None
    return max(int(found[0]), rows.broken_total_at) > int(found[1])


def _money_days(
    connection: duckdb.DuckDBPyConnection, reading: Reading, data: Path, settings: Settings
) -> dict[str, list[str]]:
    """By currency other than the reporting one: the days with an amount, which need a rate."""
    table, account = reading.table, reading.account
    money = [column for column in table.columns if column.meta.money]
    dated = [table.scope.day] if table.scope.day else list(table.meta.covers.by[:1])
    if not money or not dated:
        return {}
    of_row = next((name(column.name) for column in table.columns if column.meta.row_currency), None)
    currency = of_row or quoted(account.currency)
    day = day_sql(table.by_name[dated[0]], account.time_zone)
    any_amount = " or ".join(f"{name(column.name)} <> 0" for column in money)
    found = connection.execute(
        f"select distinct {currency} as currency, cast({day} as varchar) as day from {parquet_of(data)} "
        f"where ({any_amount}) and {currency} <> {quoted(settings.business.reporting_currency)} and {day} is not null "
        "order by all"
    ).fetchall()
    days: dict[str, list[str]] = {}
    for code, on in found:
        days.setdefault(code, []).append(on)
    return days


def _reconciled(connection: duckdb.DuckDBPyConnection, reading: Reading) -> dict[str, dict[str, dict[str, str]]]:
    """The named total rows against the sums of the rows that landed; a difference is a finding."""
    rule = reading.table.meta.totals
    compared: dict[str, dict[str, dict[str, str]]] = {}
    for total in rule.reconcile if rule else ():
        for rows in reading.rows:
            if total.records:
                _count_records(connection, reading, rows, total.label)
            columns = [c for c in total.columns if c in rows.shape.places]
            if not columns:
                continue
            found = connection.execute(
                f"select any_value(trim({rows.total})), {', '.join(f'sum({name(c)})' for c in columns)} "
                f"from {rows.relation} where {_is_labelled(rows, total.label)} having count(*) > 0"
            ).fetchone()
            summed = connection.execute(
                f"select {', '.join(f'sum({name(c)})' for c in columns)} from {rows.relation} where {rows.converts}"
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


def _count_records(connection: duckdb.DuckDBPyConnection, reading: Reading, rows: Rows, label: str) -> None:
    """A finding where a total row says another number of rows than the file has; refused rows are rows."""
    labels = connection.execute(
        f"select distinct trim({rows.total}) from {rows.relation} where {_is_labelled(rows, label)} order by all"
    ).fetchall()
    there = rows.read - rows.furniture
    for text in [*(text for (text,) in labels), *rows.broken_totals]:
        found = re.search(label[1:], text)
        said = re.sub(r"\D", "", found[1]) if found else ""
        if said and int(said) != there:
            message = f"{rows.shape.member.name}: the row “{text}” says {int(said):,} rows but there are {there:,}"
            reading.findings.append({"severity": "warning", "name": "total_differs", "message": message})


def _say_nameless(connection: duckdb.DuckDBPyConnection, reading: Reading) -> None:
    """A finding about rows that name nothing, where the contract says what they are."""
    rule = reading.table.meta.totals
    if rule is None or not rule.says:
        return
    for rows in reading.rows:
        found = connection.execute(
            f"select count(*), min({rows.number}) from {rows.relation} where {_is_labelled(rows, NO_NAME)}"
        ).fetchone()
        if found is not None and found[0]:
            message = (
                f"{rows.shape.member.name}: {found[0]} rows without a name, the first is row {found[1]}: {rule.says}"
            )
            reading.findings.append({"severity": "warning", "name": "not_landed", "message": message})


def _is_labelled(rows: Rows, label: str) -> str:
    """SQL condition of the total rows that a contract's label means: the whole text, or a `~pattern`."""
    if label.startswith("~"):
        return f"regexp_matches(trim({rows.total}), {quoted(label[1:])})"
    return f"trim({rows.total}) = {quoted(label)}"
