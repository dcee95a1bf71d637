"""Delimited text to typed rows: the strict reader first, the text path second.

The strict reader types while it reads and refuses the whole file at the first cell that does not fit; it is
as fast as DuckDB itself. Only where it refuses, or where its answer is in doubt (12.5 as a count, a total
row), is the file read again as text, and each row that does not convert is told apart.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import duckdb

from raceway.faults import ExportRefused
from raceway.reading import Shape, plain_copy
from raceway.rows import MAX_LINE, Rows, columns_in, first_line, fresh, label_cells, spoilt_of, typed_rows
from raceway.settings import Account
from raceway.typing_sql import NONE, cell, name, quoted, total_label

_SYMBOL: Final = r"US\$|CA\$|A\$|S\$|R\$|[A-Z]{3}|[$€£¥₫đ₹৳₩฿]"


def strict_csv(connection: duckdb.DuckDBPyConnection, shape: Shape, account: Account) -> Rows | None:
    """Typed while reading; None where the file needs the text path.

    Rows are not numbered while they are read, since a running number keeps DuckDB from using more than one
    core: the temporary table keeps their order, so its rowid is the number.
    """
    if shape.member.encoding not in ("utf-8", "utf-16-le"):
        return None
    used = [place for places in shape.places.values() for place in places] + list(shape.extras.values())
    extras = {header: f"c{place}" for header, place in shape.extras.items()}
    types: dict[int, str] = {}
    values: list[str] = []
    stops: list[str] = []
    for column in columns_in(shape):
        places = shape.places[column.name]
        raw = f"coalesce({', '.join(f'c{place}' for place in places)})" if len(places) > 1 else f"c{places[0]}"
        this = cell(column, raw, shape, account, extras)
        if this.reader_type and len(places) == 1 and used.count(places[0]) == 1:
            types[places[0]] = this.reader_type
            value, stop = this.strict.format(raw), this.doubt.format(raw)
        else:
            value = this.value
            may_be_null = column.data_type == "varchar" or column.meta.sentiment_of
            stop = _is_token(shape, raw) if may_be_null else f"({raw} is not null and {value} is null)"
        values.append(f"{value} as {name(column.name)}")
        stops += [stop] if stop else []
    labels = [place for place in range(label_cells(shape)) if types.get(place, "varchar") == "varchar"]
    landed = {places[0]: name(c) for c, places in shape.places.items() if len(places) == 1 and places[0] in types}
    unseen = [f"c{place}" for place in labels if place not in landed]
    if unseen:
        stops.append(f"({total_label(unseen, shape.table)}) is not null")
    spoilt = spoilt_of(shape, lambda place: f"c{place}")
    stops += [f"({spoilt}) is not null"] if spoilt else []
    # one doubtful row stops the reading at once: the text path tells it apart
    clean = f"case when {' or '.join(stops)} then error('a doubtful row') else true end" if stops else "true"
    relation = fresh("typed")
    source = _read_csv(shape, shape.member.path, types, shape.member.encoding)
    try:
        connection.execute(f"create temp table {relation} as select {', '.join(values)} from {source} where {clean}")
    except (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.OutOfRangeException):
        connection.execute(f"drop table if exists {relation}")
        return None
    return Rows(
        shape, relation, _count(connection, relation), number="rowid + 1", total=NONE, bad="false",
        spoilt=NONE, doubts=_doubts(shape, account, [landed[p] for p in labels if p in landed]),
    )  # fmt: skip


def _doubts(shape: Shape, account: Account, labels: list[str]) -> list[str]:
    """What is cheaper to look for in the written Parquet, where a text that repeats is looked at once."""
    doubts = [f"({total_label(labels, shape.table)}) is not null"] if labels and shape.table.meta.totals else []
    totals = shape.table.meta.totals
    blank = [name(column) for column in (totals.blank if totals else ()) if column in shape.places]
    doubts += [" and ".join(f"{column} is null" for column in blank)] if blank else []
    texts = [column for column in columns_in(shape) if column.data_type == "varchar" and not column.meta.hash]
    doubts += [doubt for column in texts if (doubt := _is_token(shape, name(column.name)))]
    doubts += [
        f"{name(column.name)} <> {quoted(account.currency)}" for column in columns_in(shape) if column.meta.currency
    ]
    return doubts


def _is_token(shape: Shape, text: str) -> str:
    """SQL condition that a text is one of the contract's null tokens; empty where blank is the only one."""
    tokens = [spaced for token in shape.table.meta.nulls if token.strip() for spaced in (token, f" {token}")]
    return f"{text} in ({', '.join(quoted(token) for token in tokens)})" if tokens else ""


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = connection.execute(f"select count(*) from {relation}").fetchone()
    assert row is not None
    return int(row[0])


def text_csv(connection: duckdb.DuckDBPyConnection, shape: Shape, account: Account, scratch: Path) -> Rows:
    """Every cell as text, cleaned and cast by itself; rows that do not convert are named."""
    member = shape.member
    plain = plain_copy(member, scratch / f"{fresh('plain')}.csv", "cp1252" in shape.table.meta.encodings)
    raw, rejects, scans = fresh("raw"), fresh("rejects"), fresh("scans")
    reads = _raw_columns(shape)
    more = f", store_rejects = true, rejects_table = '{rejects}', rejects_scan = '{scans}', rejects_limit = 0"
    try:
        connection.execute(
            f"create temp table {raw} as select {', '.join(f'{sql} as {alias}' for alias, sql in reads.items())} "
            f"from {_read_csv(shape, plain, {}, 'utf-8', more)}"
        )
    except (duckdb.InvalidInputException, duckdb.ConversionException) as fault:
        raise ExportRefused(f"{member.name}: not a readable csv: {first_line(fault)}") from fault
    finally:
        plain.unlink(missing_ok=True)
    broken = fresh("broken")
    connection.execute(
        f"create temp table {broken} as select number, reason, raw, "
        f"number - row_number() over (order by number) as above "
        f"from (select line - {shape.header_at + 1} as number, any_value(error_message) as reason, "
        f"any_value(csv_line) as raw from {rejects} group by line)"
    )
    structural = connection.execute(f"select count(*) from {broken}").fetchone()
    assert structural is not None
    numbers = f"select *, rowid + 1 as _n from {raw}"
    if structural[0]:  # records below a broken one count it too
        numbers = (
            f"select raw.*, raw.rowid + 1 + coalesce(b.before, 0) as _n from {raw} as raw asof left join "
            f"(select above, max(number - above) as before from {broken} group by above) as b on raw.rowid >= b.above "
            "order by raw.rowid"
        )
    rows = typed_rows(connection, shape, account, numbers, {h: f"x{p}" for h, p in shape.extras.items()}, csv=True)
    rows.read += structural[0]
    rows.refused += structural[0]
    connection.execute(
        f"insert into {rows.refusals} select number, '', 'the row is not whole: ' || split_part(reason, chr(10), 1), "
        f"trim(raw, chr(10)) from {broken}"
    )
    rows.symbols = _symbols(connection, shape, raw)
    return rows


def _read_csv(shape: Shape, path: Path, types: dict[int, str], encoding: str, more: str = "") -> str:
    """A read_csv call with positional names, so that headers may repeat; it starts below the header."""
    columns = ", ".join(f"'c{i}': '{types.get(i, 'varchar')}'" for i in range(len(shape.header)))
    return (
        f"read_csv({quoted(str(path))}, auto_detect = false, header = false, skip = {shape.header_at + 1}, "
        f"delim = {quoted(shape.delimiter)}, quote = '\"', escape = '\"', nullstr = '', "
        f"columns = {{{columns}}}, max_line_size = {MAX_LINE}"
        f"{', encoding = ' + quoted('utf-16') if encoding.startswith('utf-16') else ''}{more})"
    )


def _raw_columns(shape: Shape) -> dict[str, str]:
    """What the text path reads: r0, r1 … for the columns, x<place> for extras, t<place> for the first cells."""
    reads: dict[str, str] = {}
    for number, column in enumerate(shape.table.columns):
        places = shape.places.get(column.name)
        if places:
            texts = [f"rw_cell(c{place})" for place in places]
            reads[f"r{number}"] = f"coalesce({', '.join(texts)})" if len(texts) > 1 else texts[0]
    reads |= {f"x{place}": f"rw_cell(c{place})" for place in shape.extras.values()}
    reads |= {f"t{place}": f"c{place}" for place in range(label_cells(shape))}
    return reads


def _symbols(connection: duckdb.DuckDBPyConnection, shape: Shape, raw: str) -> dict[str, list[str]]:
    """Currency signs in the amounts of each money column, by header."""
    found: dict[str, list[str]] = {}
    for number, column in enumerate(shape.table.columns):
        if column.meta.money and column.name in shape.places:
            signs = connection.execute(
                f"select distinct regexp_extract(r{number}, '{_SYMBOL}') as sign from {raw} "
                f"where regexp_matches(r{number}, '{_SYMBOL}') and regexp_matches(r{number}, '[0-9]') order by sign"
            ).fetchall()
            if signs:
                found[shape.header[shape.places[column.name][0]]] = [sign for (sign,) in signs]
    return found
