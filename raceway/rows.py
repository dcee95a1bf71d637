"""One member of an export to a typed temporary table in DuckDB: strict reader first, text path second.

The strict reader types while it reads and refuses the whole file at the first cell that does not fit; it is
as fast as DuckDB itself. Only where it refuses, or where its answer is in doubt (12.5 as a count), is the
file read again as text: every cell is cleaned and cast by itself, and each row that does not convert is
named with column, reason and text. Both ways end in the same table; rows never become Python objects.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import duckdb

from raceway.contracts import ColumnContract
from raceway.faults import ExportRefused
from raceway.reading import Shape, plain_copy, without_currency
from raceway.settings import Account
from raceway.typing_sql import NONE, SPOILT_ID, Cell, cell, name, quoted, text_list, total_label, why_not

_MAX_LINE: Final = 16_000_000
_PARAM_VALUES: Final = ("string_value", "int_value", "float_value", "double_value")
_SYMBOL: Final = r"US\$|CA\$|A\$|S\$|R\$|[A-Z]{3}|[$€£¥₫đ₹৳₩฿]"
# Currencies that a symbol may stand for; a symbol that is not listed stands for nothing but itself.
_MEANT: Final = {
    "$": ("USD", "AUD", "CAD", "SGD", "NZD", "HKD", "TWD", "MXN", "ARS", "CLP", "COP"), "US$": ("USD",),
    "CA$": ("CAD",), "A$": ("AUD",), "S$": ("SGD",), "R$": ("BRL",), "€": ("EUR",), "£": ("GBP",),
    "¥": ("JPY", "CNY"), "₫": ("VND",), "đ": ("VND",), "₹": ("INR",), "৳": ("BDT",), "₩": ("KRW",), "฿": ("THB",),
}  # fmt: skip
_NUMBERS = itertools.count()


@dataclass
class Rows:
    """A member's rows, typed, as a temporary table with the columns that stand in cells.

    `number`, `total`, `bad` and `spoilt` are SQL over that table: the record's number, the label of a total
    row, whether the row is refused, and an id that a spreadsheet spoilt. What the strict reader read has
    none of the last three: where one of its `doubts` holds, the member has to be read again as text.
    """

    shape: Shape
    relation: str
    read: int
    refused: int = 0
    furniture: int = 0
    refusals: str | None = None
    """Temporary table of refused rows: row, column, reason, raw."""
    symbols: dict[str, list[str]] = field(default_factory=dict)
    """Currency signs seen in amounts, by header."""
    number: str = "_n"
    total: str = "_total"
    bad: str = "_bad"
    spoilt: str = "_spoilt"
    doubts: list[str] = field(default_factory=list)
    """Conditions over the landed columns that no row of a clean file meets."""

    @property
    def landed(self) -> int:
        """Rows that land."""
        return self.read - self.refused - self.furniture

    @property
    def lands(self) -> str:
        """SQL condition of the rows that land."""
        return "true" if self.bad == "false" else f"{self.total} is null and not {self.bad}"


def read_member(
    connection: duckdb.DuckDBPyConnection, shape: Shape, account: Account, scratch: Path, strict: bool = True
) -> Rows:
    """Reads one member into a typed temporary table; `strict` says whether to try the strict reader.

    The connection needs the table's macros, the hash key and the table `zones`. Raises ExportRefused where
    the file cannot be read at all.
    """
    if shape.member.kind == "csv":
        rows = _strict_csv(connection, shape, account) if strict else None
        return rows if rows is not None else _text_csv(connection, shape, account, scratch)
    if shape.member.kind == "json":
        return _json(connection, shape, account)
    return _parquet(connection, shape, account)


def _fresh(prefix: str) -> str:
    return f"{prefix}_{next(_NUMBERS)}"


# ---------------------------------------------------------------- csv, strict


def _strict_csv(connection: duckdb.DuckDBPyConnection, shape: Shape, account: Account) -> Rows | None:
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
    for column in _columns_in(shape):
        places = shape.places[column.name]
        raw = f"coalesce({', '.join(f'c{place}' for place in places)})" if len(places) > 1 else f"c{places[0]}"
        this = cell(column, raw, shape, account, extras)
        if this.reader_type and len(places) == 1 and used.count(places[0]) == 1:
            types[places[0]] = this.reader_type
            value, stop = this.strict.format(raw), this.doubt.format(raw)
        else:
            value = this.value
            stop = f"({raw} is not null and {value} is null)" if column.data_type != "varchar" else ""
        values.append(f"{value} as {name(column.name)}")
        stops += [stop] if stop else []
    labels = [place for place in range(_label_cells(shape)) if types.get(place, "varchar") == "varchar"]
    landed = {places[0]: name(c) for c, places in shape.places.items() if len(places) == 1 and places[0] in types}
    unseen = [f"c{place}" for place in labels if place not in landed]
    if unseen:
        stops.append(f"({total_label(unseen, shape.table)}) is not null")
    spoilt = _spoilt(shape, lambda place: f"c{place}")
    stops += [f"({spoilt}) is not null"] if spoilt else []
    # one doubtful row stops the reading at once: the text path tells it apart
    clean = f"case when {' or '.join(stops)} then error('a doubtful row') else true end" if stops else "true"
    relation = _fresh("typed")
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
    doubts += [
        f"{name(column.name)} <> {quoted(account.currency)}"
        for column in _columns_in(shape)
        if column.meta.currency
    ]
    return doubts


def _count(connection: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = connection.execute(f"select count(*) from {relation}").fetchone()
    assert row is not None
    return int(row[0])


def _read_csv(shape: Shape, path: Path, types: dict[int, str], encoding: str, more: str = "") -> str:
    """A read_csv call with positional names, so that headers may repeat; it starts below the header."""
    columns = ", ".join(f"'c{i}': '{types.get(i, 'varchar')}'" for i in range(len(shape.header)))
    nulls = sorted({spaced for token in shape.table.meta.nulls for spaced in (token, f" {token}" if token else token)})
    return (
        f"read_csv({quoted(str(path))}, auto_detect = false, header = false, skip = {shape.header_at + 1}, "
        f"delim = {quoted(shape.delimiter)}, quote = '\"', escape = '\"', nullstr = {text_list(nulls)}, "
        f"columns = {{{columns}}}, max_line_size = {_MAX_LINE}"
        f"{', encoding = ' + quoted('utf-16') if encoding.startswith('utf-16') else ''}{more})"
    )


def _columns_in(shape: Shape) -> list[ColumnContract]:
    return [column for column in shape.table.columns if column.name in shape.places]


def _label_cells(shape: Shape) -> int:
    totals = shape.table.meta.totals
    return min(totals.cells, len(shape.header)) if totals else 0


def _total(shape: Shape, texts: list[str], at: Callable[[int], str]) -> str:
    """SQL for a row's total label: one of its first cells starts with a label, or all names are empty."""
    label = total_label(texts, shape.table)
    totals = shape.table.meta.totals
    names = [at(place) for c in (totals.blank if totals else ()) for place in shape.places.get(c, [])]
    if not names or not all(names):
        return label
    return f"coalesce({label}, case when {' and '.join(f'{n} is null' for n in names)} then '(total without a name)' end)"


def _spoilt(shape: Shape, at: Callable[[int], str]) -> str:
    """SQL for the first spoilt id of a row; empty where the file has no id columns."""
    places = {
        place for column in shape.table.columns if column.meta.ident for place in shape.places.get(column.name, [])
    } | {shape.extras[header] for header in shape.table.meta.ids if header in shape.extras}
    whens = [f"when regexp_full_match({at(p)}, '{SPOILT_ID}') then {at(p)}" for p in sorted(places)]
    return f"case {' '.join(whens)} end" if whens else ""


def _counted(connection: duckdb.DuckDBPyConnection, relation: str) -> tuple[int, int, int]:
    """Rows in all, total rows, and rows that do not convert."""
    row = connection.execute(
        f"select count(*), count(_total), count(*) filter (where _bad and _total is null) from {relation}"
    ).fetchone()
    assert row is not None
    return row[0], row[1], row[2]


# ---------------------------------------------------------------- csv, text


def _text_csv(connection: duckdb.DuckDBPyConnection, shape: Shape, account: Account, scratch: Path) -> Rows:
    """Every cell as text, cleaned and cast by itself; rows that do not convert are named."""
    member = shape.member
    plain = plain_copy(member, scratch / f"{_fresh('plain')}.csv", "cp1252" in shape.table.meta.encodings)
    raw, rejects, scans = _fresh("raw"), _fresh("rejects"), _fresh("scans")
    reads = _raw_columns(shape)
    more = f", store_rejects = true, rejects_table = '{rejects}', rejects_scan = '{scans}', rejects_limit = 0"
    try:
        connection.execute(
            f"create temp table {raw} as select {', '.join(f'{sql} as {alias}' for alias, sql in reads.items())} "
            f"from {_read_csv(shape, plain, {}, 'utf-8', more)}"
        )
    except (duckdb.InvalidInputException, duckdb.ConversionException) as fault:
        raise ExportRefused(f"{member.name}: not a readable csv: {_first_line(fault)}") from fault
    finally:
        plain.unlink(missing_ok=True)
    broken = _fresh("broken")
    connection.execute(
        f"create temp table {broken} as select number, reason, raw, number - row_number() over (order by number) as above "
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
    rows = _typed(connection, shape, account, numbers, {h: f"x{p}" for h, p in shape.extras.items()}, csv=True)
    rows.read += structural[0]
    rows.refused += structural[0]
    connection.execute(
        f"insert into {rows.refusals} select number, '', 'the row is not whole: ' || split_part(reason, chr(10), 1), "
        f"trim(raw, chr(10)) from {broken}"
    )
    rows.symbols = _symbols(connection, shape, raw)
    return rows


def _raw_columns(shape: Shape) -> dict[str, str]:
    """What the text path reads: r0, r1 … for the columns, x<place> for extras, t<place> for the first cells."""
    reads: dict[str, str] = {}
    for number, column in enumerate(shape.table.columns):
        places = shape.places.get(column.name)
        if places:
            texts = [f"rw_cell(c{place})" for place in places]
            reads[f"r{number}"] = f"coalesce({', '.join(texts)})" if len(texts) > 1 else texts[0]
    reads |= {f"x{place}": f"rw_cell(c{place})" for place in shape.extras.values()}
    reads |= {f"t{place}": f"c{place}" for place in range(_label_cells(shape))}
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


def meant_by(sign: str) -> tuple[str, ...]:
    """The currencies that a sign or code in front of an amount may mean."""
    return _MEANT.get(sign, (sign,))


def _typed(
    connection: duckdb.DuckDBPyConnection, shape: Shape, account: Account, raw_select: str,
    extras: dict[str, str], csv: bool,
) -> Rows:  # fmt: skip
    """The typed table over raw texts r0, r1 … and record number `_n`, and the table of its refused rows."""
    cells: list[tuple[int, Cell]] = []
    for number, column in enumerate(shape.table.columns):
        if column.name in shape.places:
            cells.append((number, cell(column, f"r{number}", shape, account, extras)))
    failing = [(n, c) for n, c in cells if c.column.data_type != "varchar"]
    texts = [f"t{place}" for place in range(_label_cells(shape))] if csv else []
    at = {place: c.raw for _, c in cells for place in shape.places[c.column.name][:1]}
    at |= {place: f"x{place}" for place in shape.extras.values()}
    relation, refusals = _fresh("typed"), _fresh("refusals")
    flags = [f"({c.raw} is not null and {name(c.column.name)} is null)" for _, c in failing]
    connection.execute(
        f"create temp table {relation} as select *, coalesce({' or '.join(flags) or 'false'}, false) as _bad from ("
        f"select {', '.join(f'{c.value} as {name(c.column.name)}' for _, c in cells)}, _n, "
        f"{_total(shape, texts, lambda p: at.get(p, ''))} as _total, "
        f"{_spoilt(shape, lambda p: at[p]) or NONE if csv else _spoilt_by_name(shape)} as _spoilt, "
        f"{', '.join(c.raw for _, c in failing) or 'null as r'} from ({raw_select}))"
    )
    connection.execute(
        f'create temp table {refusals} (row bigint, "column" varchar, reason varchar, raw varchar)'
    )
    for _, c in failing:
        connection.execute(
            f"insert into {refusals} select _n, {quoted(_shown(shape, c.column))}, {quoted(why_not(c.column))}, {c.raw} "
            f"from {relation} where _bad and _total is null and {c.raw} is not null and {name(c.column.name)} is null"
        )
    read, furniture, refused = _counted(connection, relation)
    return Rows(shape, relation, read, refused, furniture, refusals)


def _shown(shape: Shape, column: ColumnContract) -> str:
    """A column as the file calls it."""
    places = shape.places[column.name]
    return " ".join(shape.header[places[0]].split()) if shape.header and places else column.meta.path or column.name


def _first_line(fault: Exception) -> str:
    text = re.sub(r"\s+", " ", str(fault).strip().split("\n")[0])
    return text[:200]


# ---------------------------------------------------------------- json and parquet


def _spoilt_by_name(shape: Shape) -> str:
    whens = [
        f"when regexp_full_match(r{number}, '{SPOILT_ID}') then r{number}"
        for number, column in enumerate(shape.table.columns)
        if column.meta.ident and column.name in shape.places
    ]
    return f"case {' '.join(whens)} end" if whens else NONE


def _json(connection: duckdb.DuckDBPyConnection, shape: Shape, account: Account) -> Rows:
    """JSON lines: typed members while reading, else line by line."""
    tree = _tree(shape)
    shape.places = {column.name: [] for column in shape.table.columns if column.in_cells}
    raw = _fresh("raw")
    packed = ", compression = 'gzip'" if shape.member.packed else ""
    path = quoted(str(shape.member.path))
    columns = ", ".join(f"{quoted(key)}: {quoted(_struct(node))}" for key, node in tree.items())
    try:
        connection.execute(
            f"create temp table {raw} as select {_members(shape, '', None)} from read_json({path}, "
            f"format = 'newline_delimited', columns = {{{columns}}}, maximum_object_size = {_MAX_LINE}{packed})"
        )
        return _typed(connection, shape, account, f"select *, rowid + 1 as _n from {raw}", {}, csv=False)
    except (duckdb.InvalidInputException, duckdb.ConversionException):
        connection.execute(f"drop table if exists {raw}")
    except duckdb.IOException as fault:
        raise _cut_off(shape, fault) from fault
    return _json_lines(connection, shape, account, tree, path, packed)


def _json_lines(
    connection: duckdb.DuckDBPyConnection, shape: Shape, account: Account, tree: dict[str, Any], path: str, packed: str
) -> Rows:
    """Line by line: each line that is no JSON object is a refused row."""
    lines, raw = _fresh("lines"), _fresh("raw")
    try:
        connection.execute(
            f"create temp table {lines} as select line, row_number() over () as _n from read_csv({path}, "
            f"auto_detect = false, header = false, delim = '\x01', quote = '', escape = '', columns = {{'line': 'varchar'}}, "
            f"max_line_size = {_MAX_LINE}{packed})"
        )
    except duckdb.IOException as fault:
        raise _cut_off(shape, fault) from fault
    except duckdb.InvalidInputException as fault:
        raise ExportRefused(f"{shape.member.name}: not readable as lines of text: {_first_line(fault)}") from fault
    connection.execute(f"delete from {lines} where coalesce(trim(line), '') = ''")
    is_object = "json_valid(line) and starts_with(ltrim(line), '{')"
    connection.execute(
        f"create temp table {raw} as select {_members(shape, 'rec.', None)}, _n from (select _n, "
        f"json_transform(line, {quoted(_json_structure(tree))}) as rec from {lines} where {is_object})"
    )
    rows = _typed(connection, shape, account, f"select * from {raw}", {}, csv=False)
    broken = connection.execute(f"select count(*) from {lines} where not ({is_object})").fetchone()
    assert broken is not None
    rows.read += broken[0]
    rows.refused += broken[0]
    connection.execute(
        f"insert into {rows.refusals} select _n, '', 'the line is no JSON object', line from {lines} where not ({is_object})"
    )
    connection.execute(f"drop table {lines}")
    return rows


def _cut_off(shape: Shape, fault: Exception) -> ExportRefused:
    return ExportRefused(
        f"{shape.member.name}: cut off or damaged ({_first_line(fault).split(':')[-2].strip()}); copy or export it again"
        if "GZIP" in str(fault)
        else f"{shape.member.name}: cannot be read: {_first_line(fault)}"
    )


def _paths(column: ColumnContract) -> list[str]:
    return [path for path in (column.meta.path, *column.meta.also_paths) if path]


def _tree(shape: Shape) -> dict[str, Any]:
    """The members that the contract names, as nested dictionaries; a leaf is None, a list of params is []."""
    tree: dict[str, Any] = {}
    for column in shape.table.columns:
        for path in _paths(column):
            *parents, leaf = path.split(".")
            node = tree
            for parent in parents:
                node = node.setdefault(parent, {})
            node.setdefault(leaf, None)
        if column.meta.param:
            tree["event_params"] = []
    return tree


def _struct(node: Any) -> str:
    if node is None:
        return "VARCHAR"
    if isinstance(node, list):
        values = ", ".join(f"{value} VARCHAR" for value in _PARAM_VALUES)
        return f"STRUCT(key VARCHAR, value STRUCT({values}))[]"
    return "STRUCT(" + ", ".join(f"{name(key)} {_struct(child)}" for key, child in node.items()) + ")"


def _json_structure(node: Any) -> str:
    import json

    def structure(item: Any) -> Any:
        if item is None:
            return "VARCHAR"
        if isinstance(item, list):
            return [{"key": "VARCHAR", "value": dict.fromkeys(_PARAM_VALUES, "VARCHAR")}]
        return {key: structure(child) for key, child in item.items()}

    return json.dumps(structure(node))


def _members(shape: Shape, prefix: str, has: Any) -> str:
    """The raw texts r0, r1 … of a record's members. `has(path)` says whether a Parquet file holds a member."""
    texts = []
    for number, column in enumerate(shape.table.columns):
        if not column.in_cells:
            continue
        parts = []
        if column.meta.param and (has is None or has("event_params")):
            values = _PARAM_VALUES if has is None else [v for v in _PARAM_VALUES if has(f"event_params.value.{v}")]
            found = f"list_filter({prefix}event_params, lambda p: p.key = {quoted(column.meta.param)})[1].value"
            parts += [f"cast({found}.{value} as varchar)" for value in values]
        parts += [
            f"cast({prefix}{'.'.join(name(part) for part in path.split('.'))} as varchar)"
            for path in _paths(column)
            if has is None or has(path)
        ]
        text = ", ".join(f"rw_cell({part})" for part in parts) or NONE
        texts.append(f"coalesce({text}, null) as r{number}")
    return ", ".join(texts)


def _parquet(connection: duckdb.DuckDBPyConnection, shape: Shape, account: Account) -> Rows:
    """Parquet: the same members, typed by the file; absent ones are empty."""
    source = f"read_parquet({quoted(str(shape.member.path))})"
    try:
        relation = connection.sql(f"select * from {source}")
    except (duckdb.InvalidInputException, duckdb.IOException) as fault:
        raise ExportRefused(f"{shape.member.name}: the Parquet file is damaged: {_first_line(fault)}") from fault
    types = dict(zip(relation.columns, relation.types, strict=True))

    def has(path: str) -> bool:
        first, *rest = path.split(".")
        here = types.get(first)
        for part in rest:
            children = dict(here.children) if here is not None and here.id in ("struct", "list") else {}
            if here is not None and here.id == "list":
                child = children.get("child")
                children = dict(child.children) if child is not None and child.id == "struct" else {}
            here = children.get(part)
        return here is not None

    missing = [c for c in shape.table.required if c.meta.path and not any(has(path) for path in _paths(c))]
    if missing:
        raise ExportRefused(
            f"{shape.member.name}: looks like {shape.table.full_name}, but member “{missing[0].meta.path}” is missing; "
            f"it has {', '.join(relation.columns[:12])}"
        )
    shape.places = {column.name: [] for column in shape.table.columns if column.in_cells}
    raw = _fresh("raw")
    try:
        connection.execute(f"create temp table {raw} as select {_members(shape, '', has)} from {source}")
    except (duckdb.InvalidInputException, duckdb.IOException) as fault:
        raise ExportRefused(f"{shape.member.name}: the Parquet file is damaged: {_first_line(fault)}") from fault
    return _typed(connection, shape, account, f"select *, rowid + 1 as _n from {raw}", {}, csv=False)


def header_currency(shape: Shape) -> tuple[str, str] | None:
    """The currency that a header states, with that header."""
    return (shape.currency, without_currency(shape.currency_header)[0]) if shape.currency else None
