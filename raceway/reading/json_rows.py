"""JSON (lines, arrays, documents) and Parquet to typed rows: what the contract names, as texts, then typed."""

from __future__ import annotations

import codecs
import gzip
import json
import os
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb

from raceway.common.faults import ExportRefused
from raceway.common.sql import exactly, name, parquet_of, quoted, text_list
from raceway.config.accounts import Account
from raceway.contracts.grammar import ColumnContract
from raceway.reading.aliases import text_of
from raceway.reading.cells import NONE
from raceway.reading.json_head import is_array, is_lines
from raceway.reading.json_lists import HOLDER, taken_out
from raceway.reading.members import Member, plain_copy
from raceway.reading.rows import MAX_LINE, Rows, first_line, fresh, typed_rows
from raceway.reading.shape import Shape

_MAX_DOCUMENT: Final = 256_000_000
"""Bytes of the longest document that is read as one."""
_DAMAGED: Final = (duckdb.Error, UnicodeDecodeError, RuntimeError)
"""What damaged Parquet raises: texts that are no text break the way from DuckDB to Python, too."""
_IS_OBJECT: Final = "(json_valid(line) and regexp_matches(line, '^\\s*\\{'))"
_PARAMS: Final = "event_params"
_PARAM_VALUES: Final = ("string_value", "int_value", "float_value", "double_value")


def json_rows(connection: duckdb.DuckDBPyConnection, shape: Shape, account: Account, scratch: Path) -> Rows:
    """JSON lines: typed members while reading, else line by line; arrays and documents record by record."""
    tree = _tree(shape)
    shape.places = {c.name: [] for c in shape.table.columns if c.in_cells or c.meta.qualifier_of}
    member = shape.member
    path = quoted(exactly(_as_utf8(member, scratch)))
    packed = ", compression = 'gzip'" if member.packed else ""
    try:
        if shape.records is None and is_lines(member.text):
            with _in_order(connection):
                raw = _strict_lines(connection, shape, tree, path, packed)
            if raw is not None:
                return typed_rows(connection, shape, account, f"select *, rowid + 1 as _n from {raw}", {}, csv=False)
        with _in_order(connection):
            documents = _documents(connection, member, path, packed, scratch)
    except duckdb.IOException as fault:
        raise _cut_off(shape, fault) from fault
    except (EOFError, zlib.error, gzip.BadGzipFile) as fault:
        raise ExportRefused(f"{member.name}: cut off or damaged ({fault}); copy or export it again") from fault
    return _json_records(connection, shape, account, tree, documents)


def _as_utf8(member: Member, scratch: Path) -> Path:
    """Where the member lies as UTF-8 without a byte order mark, which is all that DuckDB reads."""
    if member.packed:
        return member.path
    with member.path.open("rb") as file:
        marked = file.read(3) == codecs.BOM_UTF8
    if member.encoding == "utf-8" and not marked:
        return member.path
    return plain_copy(member, scratch / f"{fresh('plain')}.json", False)


@contextmanager
def _in_order(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Reads with one thread: with two, DuckDB's JSON reader sometimes gives the last line of a file first."""
    threads = connection.execute("select current_setting('threads')").fetchone()
    assert threads is not None
    connection.execute("set threads = 1")
    try:
        yield
    finally:
        connection.execute(f"set threads = {threads[0]}")


def _strict_lines(
    connection: duckdb.DuckDBPyConnection, shape: Shape, tree: dict[str, Any], path: str, packed: str
) -> str | None:
    """A table of the members of JSON lines, in order, typed while reading; None where one line does not fit."""
    raw = fresh("raw")
    columns = ", ".join(f"{quoted(key)}: {quoted(_struct(node))}" for key, node in tree.items())
    try:
        connection.execute(
            f"create temp table {raw} as "
            + _members(
                shape,
                "",
                None,
                f"read_json({path}, hive_partitioning = false, format = 'newline_delimited', "
                f"columns = {{{columns}}}, maximum_object_size = {MAX_LINE}{packed})",
            )
        )
    except (duckdb.InvalidInputException, duckdb.ConversionException):
        connection.execute(f"drop table if exists {raw}")
        return None
    return raw


def _documents(connection: duckdb.DuckDBPyConnection, member: Member, path: str, packed: str, scratch: Path) -> str:
    """A table of JSON texts `line` and their number `_n`: elements of the array, lines, or the whole document."""
    lines = fresh("lines")
    layout = "array" if is_array(member.text) else "" if is_lines(member.text) else "unstructured"
    damage: Exception | None = None
    if layout:
        # an element is as long as a line may be, a document as the file
        longest = min(max(MAX_LINE, member.path.stat().st_size * (20 if member.packed else 1) + 1), _MAX_DOCUMENT)
        size = MAX_LINE if layout == "array" else longest
        try:
            connection.execute(
                f"create temp table {lines} as select cast(json as varchar) as line from read_json_objects({path}, "
                f"hive_partitioning = false, format = '{layout}', maximum_object_size = {size}{packed})"
            )
            return f"(select line, rowid + 1 as _n from {lines})"
        except duckdb.InvalidInputException as fault:
            if layout == "array":
                raise _damaged(member, fault) from fault
            damage = fault
    # one kind of line end: DuckDB's csv reader gives up where a file has two
    plain = plain_copy(member, scratch / f"{fresh('plain')}.json", False)
    try:
        connection.execute(
            f"create temp table {lines} as select line, row_number() over () as _n from "
            f"read_csv({quoted(exactly(plain))}, "
            f"hive_partitioning = false, auto_detect = false, header = false, delim = '\x01', quote = '', "
            f"escape = '', columns = {{'line': 'varchar'}}, max_line_size = {MAX_LINE})"
        )
    except duckdb.InvalidInputException as fault:
        raise ExportRefused(f"{member.name}: not readable as lines of text: {first_line(fault)}") from fault
    finally:
        plain.unlink()
    connection.execute(f"delete from {lines} where coalesce(trim(line, e' \\t'), '') = ''")
    connection.execute(  # a blank line is no record, and records are counted
        f"update {lines} set _n = numbered.n from (select rowid as at, row_number() over (order by rowid) as n "
        f"from {lines}) as numbered where numbered.at = {lines}.rowid"
    )
    if damage is not None:  # neither a document, nor lines one of which is an object
        whole = connection.execute(f"select 1 from {lines} where {_IS_OBJECT} limit 1").fetchone()
        if whole is None:
            raise _damaged(member, damage) from damage
    return lines


def _json_records(
    connection: duckdb.DuckDBPyConnection, shape: Shape, account: Account, tree: dict[str, Any], documents: str
) -> Rows:
    """Record by record: what is no JSON object, or has params that are none, is a refused row."""
    records, raw = fresh("records"), fresh("raw")
    unpacked = ""
    if shape.records is None:
        connection.execute(f"create temp table {records} as {_with_bent(tree, documents)}")
    else:
        unpacked, listed = taken_out(connection, shape.records, documents, _IS_OBJECT, HOLDER in tree)
        connection.execute(f"create temp table {records} as {_with_bent(tree, listed)}")
    connection.execute(
        f"create temp table {raw} as "
        + _members(
            shape,
            "rec.",
            None,
            f"(select _n, json_transform(line, {quoted(_json_structure(tree))}) as rec from {records} "
            f"where {_IS_OBJECT} and bent is distinct from '{_PARAMS}')",
            ("_n",),
        )
    )
    rows = typed_rows(connection, shape, account, f"select * from {raw}", {}, csv=False)
    what = "record" if shape.records or not is_lines(shape.member.text) else "line"
    broken = (
        f"select _n, '', 'the {what} is no JSON object', line from {records} where not ({_IS_OBJECT}) "
        f"union all select _n, bent, 'is no list of keys and values', line from {records} where bent = '{_PARAMS}'"
    )
    if unpacked:
        missing = quoted(f"has no list “{shape.records}”")
        broken += f" union all select _n, '', {missing}, line from {unpacked} where items is null"
    connection.execute(f"insert into {rows.refusals} {broken}")
    count = connection.execute(f"select count(*) from ({broken})").fetchone()
    assert count is not None
    rows.read += count[0]
    rows.refused += count[0]
    rows.noticed += [
        f"{shape.member.name}: member “{bent}” of {told} records is no object as the contract has it, so nothing of it "
        f"is read; the first is row {first}"
        for bent, told, first in connection.execute(
            f"select bent, count(*), min(_n) from {records} where bent <> '{_PARAMS}' group by bent order by bent"
        ).fetchall()
    ]
    if count[0] and what == "line" and not _ends_with_a_line(shape.member):
        last = connection.execute(
            f"select max(_n), max(_n) filter (where not ({_IS_OBJECT})) from {records}"
        ).fetchone()
        if last is not None and last[0] == last[1]:
            rows.breaks_off = f"the file breaks off inside a line (line {last[0]})"
    return rows


def _with_bent(tree: dict[str, Any], documents: str) -> str:
    """A query for `documents` with `bent`: the first member of `line` that is a text where others should lie below it,
    or no list of params; null where there is none. DuckDB takes such a member for one that is not there.

    An empty one tells nothing, whatever it is written as: PHP writes `[]` for an object without members.
    """
    kinds = dict(_kinds(tree, ""))
    paths = ["$." + ".".join(name(part) for part in member.split(".")) for member in kinds]
    whens = [
        f"when types[{number}] not in ({quoted(kind)}, 'NULL') "
        f"and json_extract_string(line, {quoted(path)}) not in ('', '[]', '{{}}') then {quoted(member)}"
        for number, (path, (member, kind)) in enumerate(zip(paths, kinds.items(), strict=True), start=1)
    ]
    if _PARAMS in kinds:
        values = f"json_extract(line, {quoted(f'$.{_PARAMS}[*].value')})"
        whens.append(
            f"when types[{list(kinds).index(_PARAMS) + 1}] = 'ARRAY' and len(list_filter({values}, "
            f"lambda value: json_type(value) not in ('OBJECT', 'NULL'))) > 0 then '{_PARAMS}'"
        )
    if not whens:
        return f"select line, _n, {NONE} as bent from {documents}"
    types = f"json_type(case when {_IS_OBJECT} then line end, {text_list(paths)})"
    return f"select line, _n, case {' '.join(whens)} end as bent from (select *, {types} as types from {documents})"


def _kinds(tree: dict[str, Any], below: str) -> Iterator[tuple[str, str]]:
    """Each member that has members or params below it, as its path and JSON's word for what it must be."""
    for key, node in tree.items():
        if node is not None:
            yield below + key, "ARRAY" if isinstance(node, list) else "OBJECT"
        if isinstance(node, dict):
            yield from _kinds(node, f"{below}{key}.")


def _ends_with_a_line(member: Member) -> bool:
    """Whether a file's last line is ended; a packed one that was cut does not unpack."""
    if member.packed:
        return True
    with member.path.open("rb") as file:
        file.seek(-min(2, member.path.stat().st_size), os.SEEK_END)
        return file.read().rstrip(b"\0").endswith((b"\n", b"\r"))


def _damaged(member: Member, fault: Exception) -> ExportRefused:
    where = re.search(r"at byte \d+ in (?:record/value|line) \d+: [^.]*", first_line(fault))
    return ExportRefused(
        f"{member.name}: the JSON is cut off or damaged ({where.group() if where else first_line(fault)}); "
        "copy or export it again"
    )


def _cut_off(shape: Shape, fault: Exception) -> ExportRefused:
    return ExportRefused(
        f"{shape.member.name}: cut off or damaged ({first_line(fault).split(':')[-2].strip()}); copy or export it again"
        if "GZIP" in str(fault)
        else f"{shape.member.name}: cannot be read: {first_line(fault)}"
    )


def parquet_rows(connection: duckdb.DuckDBPyConnection, shape: Shape, account: Account) -> Rows:
    """Parquet: the same members, typed by the file; absent ones are empty."""
    source = parquet_of(shape.member.path)
    try:  # damage shows in many ways: a header that is no Thrift, names that are no text, pages that do not unpack
        relation = connection.sql(f"select * from {source}")
        types = dict(zip(relation.columns, relation.types, strict=True))
    except _DAMAGED as fault:
        raise ExportRefused(f"{shape.member.name}: the Parquet file is damaged: {_said(shape, fault)}") from fault

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
            f"it has {', '.join(list(types)[:12])}"
        )
    shape.places = {c.name: [] for c in shape.table.columns if c.in_cells or c.meta.qualifier_of}
    raw = fresh("raw")
    try:
        connection.execute(f"create temp table {raw} as {_members(shape, '', has, source)}")
    except _DAMAGED as fault:
        raise ExportRefused(f"{shape.member.name}: the Parquet file is damaged: {_said(shape, fault)}") from fault
    return typed_rows(connection, shape, account, f"select *, rowid + 1 as _n from {raw}", {}, csv=False)


def _said(shape: Shape, fault: Exception) -> str:
    """What DuckDB says of damage, without the path of the copy that it read."""
    return first_line(fault).replace(str(shape.member.path), shape.member.name)


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
        if column.meta.param or column.meta.params_unless:
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
    def structure(item: Any) -> Any:
        if item is None:
            return "VARCHAR"
        if isinstance(item, list):
            return [{"key": "VARCHAR", "value": dict.fromkeys(_PARAM_VALUES, "VARCHAR")}]
        return {key: structure(child) for key, child in item.items()}

    return json.dumps(structure(node))


def _members(
    shape: Shape, prefix: str, has: Callable[[str], bool] | None, source: str, also: tuple[str, ...] = ()
) -> str:
    """A query for the clean texts (`text_0` …) of the records of `source`, and its columns `also`.

    Members lie below `prefix`. `has(path)` says whether a Parquet file holds a member. What is found is a column of
    its own before it is cleaned: the cleaning macro names its text many times, and DuckDB would search as often.
    """
    found: list[str] = []
    texts: list[str] = []

    def find(sql: str) -> str:
        found.append(f"{sql} as found_{len(found)}")
        return f"found_{len(found) - 1}"

    values = _PARAM_VALUES if has is None else [v for v in _PARAM_VALUES if has(f"event_params.value.{v}")]
    for number, column in enumerate(shape.table.columns):
        if not column.in_cells:
            continue
        if column.meta.sentiment_of:  # no cell of its own
            column = shape.table.by_name[column.meta.sentiment_of]
        parts = []
        if column.meta.param and values and (has is None or has("event_params")):
            value = find(f"list_filter({prefix}event_params, lambda p: p.key = {quoted(column.meta.param)})[1].value")
            parts += [f"cast({value}.{kind} as varchar)" for kind in values]
        if column.meta.params_unless and (has is None or has("event_params")):
            parts.append(find(_params_digest(column.meta.params_unless, prefix, has)))
        parts += [
            find(f"cast({prefix}{'.'.join(name(part) for part in path.split('.'))} as varchar)")
            for path in _paths(column)
            if has is None or has(path)
        ]
        text = ", ".join(f"rw_cell({part})" for part in parts) or NONE
        texts.append(f"coalesce({text}, null) as {text_of(number)}")
    return f"select {', '.join([*texts, *also])} from (select {', '.join([*found, *also]) or '1'} from {source})"


def _params_digest(unless: str, prefix: str, has: Callable[[str], bool] | None) -> str:
    """SQL for a digest of a record's event_params, whatever their order; null where the member `unless` is filled."""
    values = _PARAM_VALUES if has is None else [value for value in _PARAM_VALUES if has(f"event_params.value.{value}")]
    value = f"coalesce({', '.join(f'cast(p.value.{value} as varchar)' for value in values)}, '')" if values else "''"
    said = f"list_sort(list_transform({prefix}event_params, lambda p: p.key || '=' || {value}))"
    digest = f"md5(array_to_string({said}, chr(10)))"
    if has is not None and not has(unless):
        return digest
    return f"case when {prefix}{'.'.join(name(part) for part in unless.split('.'))} is null then {digest} end"
