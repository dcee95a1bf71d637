"""Delimited text to typed rows: the strict reader first, the text path second.

The strict reader types while it reads and refuses the whole file at the first cell that does not fit; it is
as fast as DuckDB itself. Only where it refuses, or where its answer is in doubt (12.5 as a count, a total
row), is the file read again as text, and each row that does not convert is told apart.
"""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from functools import partial
from pathlib import Path

import duckdb

from raceway.common.currencies import SIGN
from raceway.common.faults import ExportRefused
from raceway.common.sql import exactly, name, quoted
from raceway.common.texts import clean
from raceway.config.accounts import Account
from raceway.reading.aliases import cell_at, extra_at, first_at, name_at, new_at, text_of, twin_at, wide_at
from raceway.reading.cells import NONE, cell, permitted, total_label
from raceway.reading.dating import unbelievable
from raceway.reading.members import HEAD_BYTES, blank_lines, has_nul, plain_copy
from raceway.reading.number_format import is_numeric, prove_format
from raceway.reading.rows import (
    MAX_LINE,
    Rows,
    columns_in,
    first_line,
    fresh,
    label_places,
    nameless,
    not_one,
    spoilt_of,
    typed_rows,
    unless_places,
)
from raceway.reading.shape import Shape
from raceway.reading.workbook import write_sheet_anew


def strict_csv(connection: duckdb.DuckDBPyConnection, shape: Shape, account: Account) -> Rows | None:
    """Typed while reading; None where the file needs the text path.

    Rows are not numbered while they are read, since a running number keeps DuckDB from using more than one
    core: the temporary table keeps their order, so its rowid is the number.
    """
    if shape.member.encoding not in ("utf-8", "utf-16-le") or shape.wide or has_nul(shape.member):
        return None
    if shape.divided:  # its totals and refused rows are counted once, so both of its tables read all there is
        return None
    used = [place for places in shape.places.values() for place in places] + list(shape.extras.values())
    extras = {header: cell_at(place) for header, place in shape.extras.items()}
    types: dict[int, str] = {}
    values: list[str] = []
    stops = [f"{cell_at(place)} is distinct from {cell_at(twin)}" for place, twin in shape.twins]
    for column in columns_in(shape):
        places = shape.places[column.name]
        raw = permitted(column, _raw_at(shape, column.name), partial(_raw_at, shape), shape, account, extras)
        this = cell(column, raw, shape, account, extras)
        alone = len(places) == 1 and used.count(places[0]) == 1 and not column.meta.only_with
        if this.reader_type and alone:
            types[places[0]] = this.reader_type
            value, stop = this.strict.format(raw), this.doubt.format(raw)
        else:
            value = this.value
            may_be_null = column.data_type == "varchar" or column.meta.sentiment_of
            stop = _is_token(shape, f"rw_text({raw})") if may_be_null else f"({raw} is not null and {value} is null)"
            stop += f" or {this.doubt.format(raw)}" if this.doubt else ""
        values.append(f"{value} as {name(column.name)}")
        stops += [stop] if stop else []
    values += [f"rw_cell({cell_at(place)}) as {new_at(place)}" for place in shape.new_columns]
    # no label is a day or a number
    told = {shape.places[c.name][0] for c in columns_in(shape) if c.data_type == "date" or is_numeric(c)}
    labels = [
        place
        for place in label_places(shape)
        if types.get(place, "varchar") == "varchar" and not (place in told and place in types)
    ]
    landed = {places[0]: name(c) for c, places in shape.places.items() if len(places) == 1 and places[0] in types}
    unseen = [f"rw_text({cell_at(place)})" for place in labels if place not in landed]
    if unseen:
        stops.append(f"({total_label(unseen, shape.table)}) is not null")
    # of numbers that the reader has typed no text is asked: a row of which all names are numbers is none
    names = [place for place in shape.names if types.get(place, "varchar") == "varchar"]
    stops += [f"({nameless(replace(shape, names=names), cell_at)})"] if names else []
    stops += not_one(shape, cell_at)
    spoilt = spoilt_of(shape, cell_at)
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
    read = _count(connection, relation)
    if not read:  # a byte order mark before a blank line makes DuckDB lose every row: the text path says what is there
        connection.execute(f"drop table {relation}")
        return None
    return Rows(
        shape, relation, read, number=f"rowid + {shape.below + 1}", total=NONE, bad="false",
        spoilt=NONE, doubts=_doubts(shape, account, [landed[p] for p in labels if p in landed]),
    )  # fmt: skip


def _doubts(shape: Shape, account: Account, labels: list[str]) -> list[str]:
    """What is cheaper to look for in the written Parquet, where a text that repeats is looked at once."""
    doubts = [f"({total_label(labels, shape.table)}) is not null"] if labels and shape.table.meta.totals else []
    totals = shape.table.meta.totals
    blank = [name(column) for column in (totals.blank if totals else ()) if column in shape.places]
    doubts += [" and ".join(f"{column} is null" for column in blank)] if blank else []
    texts = [column for column in columns_in(shape) if column.data_type == "varchar" and not column.meta.hash]
    doubts += [f"{_is_token(shape, n)} or {n} <> rw_text({n})" for n in (name(column.name) for column in texts)]
    doubts += [
        f"{name(column.name)} <> {quoted(account.currency)}" for column in columns_in(shape) if column.meta.currency
    ]
    return doubts + unbelievable(shape)


def _raw_at(shape: Shape, column: str) -> str:
    """SQL for the cell of a column, or the first that is filled of several."""
    places = shape.places[column]
    return f"coalesce({', '.join(map(cell_at, places))})" if len(places) > 1 else cell_at(places[0])


def _is_token(shape: Shape, text: str) -> str:
    """SQL condition that a clean text is one of the contract's null tokens."""
    return f"{text} in ({', '.join(quoted(clean(token)) for token in dict.fromkeys(['', *shape.table.meta.nulls]))})"


def _count(connection: duckdb.DuckDBPyConnection, relation: str, what: str = "count(*)") -> int:
    row = connection.execute(f"select {what} from {relation}").fetchone()
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
        plain.unlink()
        raise ExportRefused(f"{member.name}: not a readable csv: {first_line(fault)}") from fault
    _refuse_two_columns_of_one_name(connection, shape, raw)
    broken = _broken_rows(connection, shape, rejects, plain)
    breaks_off = _breaks_off(connection, broken, plain)
    plain.unlink()
    structural, totals = _count(connection, broken), _count(connection, f"{broken} where is_total")
    numbers = f"select *, rowid + {shape.below + 1} as _n from {raw}"
    if structural:  # records below a broken one count it too
        numbers = (
            f"select raw.*, raw.rowid + {shape.below + 1} + coalesce(b.before, 0) as _n from {raw} as raw asof left "
            f"join (select above, max(nth) as before from (select nth, number - nth - {shape.below} as above "
            f"from {broken}) group by above) as b on raw.rowid >= b.above order by raw.rowid"
        )
    records = _count(connection, raw)
    if shape.wide:
        numbers = _unpivoted(shape, numbers)
    if shape.proved_locale is None:
        shape.proved_locale = prove_format(connection, shape, account, numbers)
        _refuse_unreadable_items(shape)
        if member.sheet and shape.proved_locale != shape.contract_locale:
            write_sheet_anew(member.sheet, member.path, "," if shape.proved_locale == "comma" else ".")
            return text_csv(connection, shape, account, scratch)
    rows = typed_rows(
        connection,
        shape,
        account,
        numbers,
        {header: extra_at(place) for header, place in shape.extras.items()},
        csv=True,
    )
    if shape.wide:
        _count_records(connection, rows, records)
    rows.read += structural
    rows.furniture += totals
    rows.refused += structural - totals
    connection.execute(
        f"insert into {rows.refusals} select number, '', 'the row is not whole: ' || split_part(reason, chr(10), 1), "
        f"raw from {broken} where not is_total"
    )
    rows.breaks_off = breaks_off
    if totals:
        rows.broken_total_at = _count(connection, f"{broken} where is_total", "max(number)")
        lines = connection.execute(f"select raw from {broken} where is_total order by number").fetchall()
        rows.broken_totals = [
            clean(cells[0]) for cells in csv.reader([line for (line,) in lines], delimiter=shape.delimiter)
        ]
    rows.symbols = _symbols(connection, shape, raw)
    return rows


def _refuse_two_columns_of_one_name(connection: duckdb.DuckDBPyConnection, shape: Shape, raw: str) -> None:
    """Refuses a file in which a header that is read stands twice, over different values."""
    for place, twin in shape.twins:
        found = connection.execute(
            f"select rowid, {twin_at(place)}, {twin_at(twin)} from {raw} "
            f"where {twin_at(place)} is distinct from {twin_at(twin)} order by rowid limit 1"
        ).fetchone()
        if found:
            row, first, second = found
            raise ExportRefused(
                f"{shape.member.name}, row {row + shape.below + 1}: the header “{shape.header[place]}” stands twice, "
                f"over “{first or ''}” and “{second or ''}”; export it with one column of that name"
            )


def _broken_rows(connection: duckdb.DuckDBPyConnection, shape: Shape, rejects: str, plain: Path) -> str:
    """Table of the records that the parser refused: number, nth of them, reason, raw, is_total.

    DuckDB counts blank lines among the records above a broken one; a record's number does not. Rows that are
    too short or too long and bear the label of a total are furniture.
    """
    broken = fresh("broken")
    connection.execute(
        f"create temp table {broken} as select line - {shape.header_at + 1} as number, row_number() over (order by "
        "line) as nth, any_value(error_message) as reason, ltrim(any_value(csv_line), chr(10)) as raw, "
        "min(line_byte_position) + length(any_value(csv_line)) - length(raw) as begins, false as is_total, "
        f"bool_and(error_type in ('MISSING COLUMNS', 'TOO MANY COLUMNS')) as ragged, "
        f"bool_or(error_type = 'UNQUOTED VALUE') as in_quote from {rejects} group by line"
    )
    connection.execute(f"update {broken} set raw = rtrim(raw, chr(10))")
    if not _count(connection, broken):
        return broken
    blank = blank_lines(plain, shape.delimiter)
    if blank:
        connection.execute(
            f"update {broken} set number = number + {shape.blank_above} - before.blank from (select nth, blank from "
            f"{broken} asof join (select unnest($1) as place, unnest(range(1, len($1) + 1)) as blank) "
            f"on place < begins - 1) as before where before.nth = {broken}.nth",
            [blank],
        )
    totals = shape.table.meta.totals
    if totals and totals.labels:
        said = " or ".join(f"contains(raw, {quoted(label)})" for label in totals.labels)
        lines = connection.execute(f"select number, raw from {broken} where ragged and ({said})").fetchall()
        labelled = [number for number, line in lines if _is_total(shape, line)]
        connection.execute(f"update {broken} set is_total = true where number in (select unnest($1))", [labelled])
    return broken


def _breaks_off(connection: duckdb.DuckDBPyConnection, broken: str, plain: Path) -> str:
    """How a file ends inside a quote or a row, in words: its last record is not whole and has no line end."""
    last = connection.execute(f"select number, raw, in_quote, is_total from {broken} order by number desc").fetchone()
    if last is None:
        return ""
    number, raw, in_quote, is_total = last
    with plain.open("rb") as file:
        file.seek(max(0, plain.stat().st_size - HEAD_BYTES))
        tail = file.read().decode("utf-8", "ignore")
    end = tail.rstrip("\n").rpartition("\n")[2]
    if not end or not raw.endswith(end) or is_total or (tail.endswith("\n") and not in_quote):
        return ""
    return f"the file breaks off inside {'a quote' if in_quote else 'a row'} (row {number})"


def _is_total(shape: Shape, line: str) -> bool:
    """Whether a ragged row bears a label in one of the cells where it may stand, the last one included."""
    totals = shape.table.meta.totals
    assert totals is not None
    cells = next(csv.reader([line], delimiter=shape.delimiter), [])
    looked = cells if totals.anywhere else [*cells[: totals.cells], *cells[-1:]]
    days = [shape.places[c.name][0] for c in columns_in(shape) if c.data_type in ("date", "timestamp")]
    dated = [cells[place] for place in days if place < len(cells) and re.search(r"\d", cells[place])]
    if any(not clean(cell).startswith(totals.labels) for cell in dated):
        return False
    return any(clean(cell).startswith(totals.labels) for cell in looked)


def _unpivoted(shape: Shape, numbers: str) -> str:
    """SQL that makes a row of each wide cell of each record."""
    rule = shape.table.meta.unpivot
    assert rule is not None
    place_of = {column.name: number for number, column in enumerate(shape.table.columns)}
    cells = ", ".join(
        f"{{'called': {quoted(called)}, 'cell': {wide_at(place)}, "
        f"'header': {quoted(' '.join(shape.header[place].split()))}}}"
        for place, called in shape.wide.items()
    )
    return (
        f"select * exclude (wide), wide.called as {text_of(place_of[rule.name])}, "
        f"rw_cell(wide.cell) as {text_of(place_of[rule.value])}, "
        f"wide.header as _header from (select *, unnest([{cells}]) as wide from ({numbers}))"
        f"{'' if rule.keep_empty else ' where rw_cell(wide.cell) is not null'}"
    )


def _refuse_unreadable_items(shape: Shape) -> None:
    """Refuses a file of another number format whose wide cells land as they are written: models read them in one."""
    rule, locale = shape.table.meta.unpivot, shape.proved_locale
    if shape.wide and rule is not None and locale != shape.contract_locale and shape.table.by_name[rule.value].is_text:
        header = shape.header[min(shape.wide)]
        raise ExportRefused(
            f"{shape.member.name}: its numbers are written with a decimal {locale}, and the cells of “{header}” and "
            f"the like are read with a decimal {shape.contract_locale}; export it again with a decimal "
            f"{shape.contract_locale}"
        )


def _count_records(connection: duckdb.DuckDBPyConnection, rows: Rows, records: int) -> None:
    """Counts records, not the rows that they became; a record without a single cell says nothing: furniture."""
    found = connection.execute(
        f"select count(distinct _n) filter (where _bad and _total is null), "
        f"count(distinct _n) filter (where not _bad and _total is null) from {rows.relation}"
    ).fetchone()
    assert found is not None
    rows.read, rows.refused = records, found[0]
    rows.furniture = records - found[0] - found[1]


def _read_csv(shape: Shape, path: Path, types: dict[int, str], encoding: str, more: str = "") -> str:
    """A read_csv call with positional names, so that headers may repeat; it starts below the header."""
    columns = ", ".join(f"'{cell_at(place)}': '{types.get(place, 'varchar')}'" for place in range(len(shape.header)))
    skipped = shape.header_at + 1 + shape.skipped
    return (
        f"read_csv({quoted(exactly(path))}, auto_detect = false, header = false, "
        f"hive_partitioning = false, skip = {skipped}, "
        f"delim = {quoted(shape.delimiter)}, quote = '\"', escape = '\"', nullstr = '', "
        f"columns = {{{columns}}}, max_line_size = {MAX_LINE}"
        f"{', encoding = ' + quoted('utf-16') if encoding.startswith('utf-16') else ''}{more})"
    )


def _raw_columns(shape: Shape) -> dict[str, str]:
    """What the text path reads, by alias."""
    reads: dict[str, str] = {}
    for number, column in enumerate(shape.table.columns):
        places = shape.places.get(column.name)
        if places and not column.meta.qualifier_of:
            texts = [f"rw_cell({cell_at(place)})" for place in places]
            reads[text_of(number)] = f"coalesce({', '.join(texts)})" if len(texts) > 1 else texts[0]
    reads |= {new_at(place): f"rw_cell({cell_at(place)})" for place in shape.new_columns}
    reads |= {extra_at(place): f"rw_cell({cell_at(place)})" for place in shape.extras.values()}
    # cleaned once they are rows: there may be hundreds
    reads |= {wide_at(place): cell_at(place) for place in shape.wide}
    reads |= {twin_at(place): f"rw_cell({cell_at(place)})" for pair in shape.twins for place in pair}
    reads |= {name_at(place): f"rw_text({cell_at(place)})" for place in {*shape.names, *unless_places(shape)}}
    reads |= {first_at(place): f"rw_text({cell_at(place)})" for place in label_places(shape)}
    return reads


def _symbols(connection: duckdb.DuckDBPyConnection, shape: Shape, raw: str) -> dict[str, list[str]]:
    """Currency signs in the amounts of each money column, by header; furniture has words there."""
    found: dict[str, list[str]] = {}
    label = total_label([first_at(place) for place in label_places(shape)], shape.table)
    for number, column in enumerate(shape.table.columns):
        if column.meta.money and shape.places.get(column.name):
            text = text_of(number)
            signs = connection.execute(
                f"select distinct regexp_extract({text}, '{SIGN}') as sign from {raw} "
                f"where regexp_matches({text}, '{SIGN}') and regexp_matches({text}, '[0-9]') "
                f"and ({label}) is null order by sign"
            ).fetchall()
            if signs:
                found[shape.header[shape.places[column.name][0]]] = [sign for (sign,) in signs]
    return found
