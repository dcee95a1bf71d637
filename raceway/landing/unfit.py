"""What makes a file unfit as a whole: columns, currencies, spoilt ids, too many unreadable rows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import duckdb

from raceway.common.currencies import MEANT
from raceway.common.faults import ExportRefused
from raceway.common.masks import quoted_cell
from raceway.common.sql import name, parquet_of
from raceway.config.accounts import Account
from raceway.config.settings import Settings
from raceway.contracts.grammar import TableContract
from raceway.landing.read_table import Reading
from raceway.reading.cells import NONE
from raceway.reading.rows import Rows, columns_in, shown
from raceway.reading.shape import Shape

_SLASHED: Final = r"^\s*\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}(?:\D[\d:. ]*)?$"
"""A date of two numbers and a year, with or without a time."""
_WEEK: Final = 7


def refuse_new_columns(shape: Shape, reading: Reading) -> None:
    """Refuses columns that the contract does not know, or warns of them, as its drift policy says."""
    policy = shape.table.meta.drift.on_new_column
    if not shape.new_columns or policy == "allow":
        return
    names = ", ".join(f"“{header.strip()[:80]}”" for header in shape.new_columns.values())
    sentence = f"{shape.member.name}: new column {names}: not in the contract of {shape.table.full_name}, not landed"
    if policy == "fail":
        raise ExportRefused(sentence)
    if shape.member.kind == "csv":
        sentence += f"; its values are kept in quarantine/columns/{shape.table.source}/{reading.account.account}/"
    reading.findings.append({"severity": "warning", "name": "new_column", "message": sentence})


def refuse_flood_of_rows(rows: Rows, settings: Settings) -> None:
    """Refuses a member of more rows than one may have."""
    if rows.read > settings.limits.rows:
        raise ExportRefused(
            f"{rows.shape.member.name}: {rows.read:,} rows, more than {settings.limits.rows:,} (limits.rows of "
            "raceway.toml); divide the export, or raise the limit"
        )


def refuse_header_currency(shape: Shape, account: Account) -> None:
    """Refuses a file whose header names another currency than the account's."""
    if shape.currency and shape.currency != account.currency:
        raise ExportRefused(
            f"{shape.member.name}, row {shape.header_at + 1}: column “{shape.currency_header}” is in "
            f"{shape.currency}, but account {account.account} is in {account.currency} (accounts.csv)"
        )


def refuse_spoilt_ids(connection: duckdb.DuckDBPyConnection, reading: Reading) -> None:
    """Refuses a file with an id whose last digits a spreadsheet cut off."""
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


def refuse_other_currencies(connection: duckdb.DuckDBPyConnection, reading: Reading) -> None:
    """Refuses a file with amounts in two currencies, or in another one than the account's."""
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
            strange = [sign for sign in signs if own not in MEANT.get(sign, (sign,))]
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


def refuse_repeated_rows(connection: duckdb.DuckDBPyConnection, reading: Reading) -> None:
    """Refuses a workbook or an archive of which one part repeats rows of another: they would count twice.

    Events are told apart by their keys, so equal ones count once.
    """
    if reading.table.scope.kind == "events":
        return
    for rows, earlier in ((b, a) for n, b in enumerate(reading.rows) for a in reading.rows[:n]):
        here, there = rows.shape.member, earlier.shape.member
        if here.raw != there.raw or here.part_of or there.part_of:
            continue
        shared = [c for c in rows.shape.table.columns if c.name in rows.shape.places and c.name in earlier.shape.places]
        columns = ", ".join(name(column.name) for column in shared)
        found = connection.execute(
            f"select count(*), min(n) from (select {rows.number} as n, {columns} from {rows.relation} "
            f"where {rows.lands}) as later semi join (select {columns} from {earlier.relation} "
            f"where {earlier.lands}) as earlier on "
            + " and ".join(f"later.{name(c.name)} is not distinct from earlier.{name(c.name)}" for c in shared)
        ).fetchone()
        if found and found[0]:
            raise ExportRefused(
                f"{here.name}, row {found[1]}: {found[0]} rows stand in {there.name} too and would count twice; "
                "leave only one of the two in the file"
            )


def refuse_rows_told_twice(connection: duckdb.DuckDBPyConnection, reading: Reading, data: Path) -> None:
    """Refuses a workbook or an archive of which one part tells again, with other values, what another part tells.

    A zip may hold a report and its later download: their days, or their orders, would count twice. Parts of one export
    (`orders_export_1`, `_2`) and sections of one file belong together, and events are told apart by their keys.
    `data` is the Parquet file with the rows that would land.
    """
    if reading.table.scope.kind == "events" or len(reading.rows) < 2:
        return
    sides, ends, end = [_side(rows, number) for number, rows in enumerate(reading.rows)], [], 0
    for rows in reading.rows:
        end += rows.records or rows.read
        ends.append(end)
    if len(set(sides)) == len({raw for raw, _ in sides}):
        return
    key = ", ".join(_tells_rows_apart(reading.table))
    member = f"case {' '.join(f'when _row <= {end} then {number}' for number, end in enumerate(ends))} end"
    raws = [raw for raw, _ in sides]
    files = " ".join(f"when {number} then {raws.index(raw)}" for number, raw in enumerate(raws))
    whose = " ".join(f"when {number} then {sides.index(side)}" for number, side in enumerate(sides))
    stated = " or ".join(f"{column} is not null" for column in _tells_rows_apart(reading.table))
    found = connection.execute(
        f"select min(member), max(member), max(_row), count(*) over () from (select _row, {key}, {member} as member, "
        f"case member {files} end as raw_file, case member {whose} end as side from {parquet_of(data)} where {stated}) "
        f"group by raw_file, {key} having count(distinct side) > 1 order by 3 limit 1"
    ).fetchone()
    if found:
        first, last, row, count = found
        here, there = (reading.rows[number].shape.member.name for number in (last, first))
        row -= ends[last - 1] if last else 0
        raise ExportRefused(
            f"{here}, row {row}: {count} rows tell again what {there} tells, with other values, and would count twice; "
            "leave only the newer of the two in the file"
        )


def _side(rows: Rows, number: int) -> tuple[Path, str]:
    """Which rows of one raw file belong together: those of a section's file, of the parts of an export, of a member."""
    member, rule = rows.shape.member, rows.shape.table.meta.parts
    part = re.match(rule.pattern, member.file_name) if rule else None
    if part:
        return member.raw, f"export {part.group('export')}"
    return member.raw, f"file {member.part_of.name}" if member.part_of else f"member {number}"


def _tells_rows_apart(table: TableContract) -> list[str]:
    """The columns, as SQL, by which a row is told again: those that name one, else all that is no number."""
    scope, meta = table.scope, table.meta
    of_the_file = {c.name for c in table.columns if c.meta.value_of or c.meta.header_of} | set(table.unpivoted)
    if meta.unique:
        key = [*meta.unique[0], *scope.keys, *([scope.day] if scope.day else [])]
    elif set(scope.keys) - of_the_file:
        key = [*scope.keys, *meta.covers.by]
    else:
        key = [c.name for c in table.columns if c.data_type in ("varchar", "date", "timestamp", "boolean")]
    return [name(column) for column in dict.fromkeys(key)]


def refuse_shared_keys(connection: duckdb.DuckDBPyConnection, reading: Reading, data: Path) -> None:
    """Refuses a file in which one name stands for two entities that nothing tells apart: their rows would be blended.

    `data` is the Parquet file with the rows that would land.
    """
    scope = reading.table.scope
    if scope.kind != "entities" or not scope.made_at:
        return
    made_at = name(scope.made_at)
    ids = f"count(distinct {name(scope.own_id)})" if scope.own_id else "0"
    moments = f"select _entity, {made_at} as moment, {ids} as ids from {parquet_of(data)} group by all"
    found = connection.execute(
        f"select _entity, min(moment), max(moment), max(ids) as most from ({moments}) group by _entity "
        "having most > 1 or (max(moment) - min(moment) > interval 1 minute and most = 0) order by _entity limit 1"
    ).fetchone()
    if found:
        entity, first, last, most = found
        two = f"two moments, {first:%Y-%m-%d %H:%M} and {last:%Y-%m-%d %H:%M} (UTC), and no id tells them apart"
        if most > 1:
            two = f"two ids at {first:%Y-%m-%d %H:%M} (UTC)"
        raise ExportRefused(
            f"{reading.rows[0].shape.member.name}: “{entity}” is two of {reading.table.full_name}: it has {two}; give "
            "each shop an account of its own, or export with the column of the id"
        )


def refuse_sums_of_days(connection: duckdb.DuckDBPyConnection, reading: Reading, data: Path) -> None:
    """Refuses a report whose dates are not days of their own: those of weeks or months, or a period's sum on its first.

    `data` is the Parquet file with the rows that would land. Raises ExportRefused.
    """
    if not reading.table.meta.day_by_day:
        return
    day = name(reading.table.scope.day or "")
    found = connection.execute(
        "select min(day), min(next_day), min(next_day - day), count(*) from (select day, lead(day) over (order by day) "
        f"as next_day from (select distinct {day} as day from {parquet_of(data)} where {day} is not null))"
    ).fetchone()
    assert found is not None
    first, second, step, days = found
    span = next((span for span in reading.spans if span is not None), None)
    said = ""
    if days == 1 and span is not None and span.first == first and span.last > first:
        said = f"it reports {span.first} to {span.last}, and all of its rows stand on the first of these days"
    if days > 1 and step >= _WEEK:
        said = f"its days are a week or more apart ({first}, {second} …)"
    if said:
        raise ExportRefused(
            f"{reading.rows[0].shape.member.name}: {said}, as in a report by week, by month or in sum, which no day "
            "may bear; export it broken down by day, or a single day in a file of its own"
        )


def refuse_too_many(connection: duckdb.DuckDBPyConnection, reading: Reading, settings: Settings) -> None:
    """Refuses a file of which more rows cannot be read than contract and settings bear."""
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


def refuse_swapped_dates(connection: duckdb.DuckDBPyConnection, reading: Reading) -> None:
    """Refuses a file with a date that shows the other order of day and month, 03/13/2026 in a report of day/month,
    where no other date of its column shows that it is in the report's own.

    Its 03/04/2026 would land as another day, without a word.
    """
    for rows in reading.rows:
        if not rows.refused:
            continue
        other_order = " or ".join(
            f"(regexp_matches(reason, '[( ]{first}[/.-]{second}') and {_part(day)} between 13 and 31 "
            f"and {_part(3 - day)} <= 12 and not regexp_matches(reason, '[( ]{second}[/.-]{first}'))"
            for first, second, day in (("%d", "%m", 2), ("%m", "%d", 1))
        )
        found = connection.execute(
            f"select min(row), \"column\", min_by(raw, row), bool_or(regexp_matches(reason, '[( ]%d[/.-]%m')) "
            f"from {rows.refusals} where regexp_matches(raw, '{_SLASHED}') and ({other_order}) "
            'group by "column" order by min(row)'
        ).fetchall()
        swapped = [refusal for refusal in found if not _shows_its_order(connection, rows, refusal[1])]
        if swapped:
            row, column, raw, day_first = swapped[0]
            other, own = ("month/day", "day/month") if day_first else ("day/month", "month/day")
            raise ExportRefused(
                f"{rows.shape.member.name}, row {row}, column “{column}”: “{raw.strip()}” can only be {other}, and "
                f"this report is read as {own}: days and months of its other rows may be swapped; export it with dates "
                f"as {own}"
            )


def _shows_its_order(connection: duckdb.DuckDBPyConnection, rows: Rows, header: str) -> bool:
    """Whether a landed date of a column can be read in one order only; UTC may be a day further than what was read."""
    days = [
        f"max(day({name(column.name)}))"
        for column in columns_in(rows.shape)
        if column.data_type in ("date", "timestamp") and shown(rows.shape, column) == header
    ]
    found = connection.execute(
        f"select greatest({', '.join([*days, '0'])}) from {rows.relation} where {rows.lands}"
    ).fetchone()
    return bool(found and found[0] and found[0] > 13)


def _part(number: int) -> str:
    """SQL for the first or second number of such a date."""
    return f"try_cast(regexp_extract(raw, '^\\s*(\\d+)\\D(\\d+)', {number}) as integer)"


def _first_refusal(connection: duckdb.DuckDBPyConnection, rows: Rows) -> str:
    found = connection.execute(
        f'select row, "column", reason, raw from {rows.refusals} order by row, "column" limit 1'
    ).fetchone()
    assert found is not None
    row, column, reason, raw = found
    if not column:  # the raw line may hold personal data: it stays in the quarantine
        return f"row {row}: {reason}"
    # a shifted column may put an address into a column of numbers: it stays in the quarantine, too
    return f"row {row}, column “{column}”: {quoted_cell(str(raw))} {reason}"


def said_of_refusals(connection: duckdb.DuckDBPyConnection, reading: Reading, batch_id: str) -> str:
    """A sentence about refused rows with the first of them; empty where there are none."""
    bad = [rows for rows in reading.rows if rows.refused]
    if not bad:
        return ""
    first = bad[0]
    kept = f"quarantine/rows/{reading.table.source}/{reading.account.account}/{batch_id}.csv"
    return (
        f"{first.shape.member.name}: {reading.total('refused')} of {reading.total('read')} rows refused; the first: "
        f"{_first_refusal(connection, first)}. All in {kept}"
    )
