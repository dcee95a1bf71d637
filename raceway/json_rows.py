"""JSON lines and Parquet to typed rows: the members that the contract names, as texts, then typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import duckdb

from raceway.contracts import ColumnContract
from raceway.faults import ExportRefused
from raceway.reading import Shape
from raceway.rows import MAX_LINE, Rows, first_line, fresh, typed_rows
from raceway.settings import Account
from raceway.typing_sql import NONE, name, quoted

_PARAM_VALUES: Final = ("string_value", "int_value", "float_value", "double_value")


def json_rows(connection: duckdb.DuckDBPyConnection, shape: Shape, account: Account) -> Rows:
    """JSON lines: typed members while reading, else line by line."""
    tree = _tree(shape)
    shape.places = {column.name: [] for column in shape.table.columns if column.in_cells}
    raw = fresh("raw")
    packed = ", compression = 'gzip'" if shape.member.packed else ""
    path = quoted(str(shape.member.path))
    columns = ", ".join(f"{quoted(key)}: {quoted(_struct(node))}" for key, node in tree.items())
    try:
        connection.execute(
            f"create temp table {raw} as select {_members(shape, '', None)} from read_json({path}, "
            f"format = 'newline_delimited', columns = {{{columns}}}, maximum_object_size = {MAX_LINE}{packed})"
        )
        return typed_rows(connection, shape, account, f"select *, rowid + 1 as _n from {raw}", {}, csv=False)
    except (duckdb.InvalidInputException, duckdb.ConversionException):
        connection.execute(f"drop table if exists {raw}")
    except duckdb.IOException as fault:
        raise _cut_off(shape, fault) from fault
    return _json_lines(connection, shape, account, tree, path, packed)


def _json_lines(
    connection: duckdb.DuckDBPyConnection, shape: Shape, account: Account, tree: dict[str, Any], path: str, packed: str
) -> Rows:
    """Line by line: each line that is no JSON object is a refused row."""
    lines, raw = fresh("lines"), fresh("raw")
    try:
        connection.execute(
            f"create temp table {lines} as select line, row_number() over () as _n from read_csv({path}, "
            f"auto_detect = false, header = false, delim = '\x01', quote = '', escape = '', "
            f"columns = {{'line': 'varchar'}}, "
            f"max_line_size = {MAX_LINE}{packed})"
        )
    except duckdb.IOException as fault:
        raise _cut_off(shape, fault) from fault
    except duckdb.InvalidInputException as fault:
        raise ExportRefused(f"{shape.member.name}: not readable as lines of text: {first_line(fault)}") from fault
    connection.execute(f"delete from {lines} where coalesce(trim(line), '') = ''")
    is_object = "json_valid(line) and starts_with(ltrim(line), '{')"
    connection.execute(
        f"create temp table {raw} as select {_members(shape, 'rec.', None)}, _n from (select _n, "
        f"json_transform(line, {quoted(_json_structure(tree))}) as rec from {lines} where {is_object})"
    )
    rows = typed_rows(connection, shape, account, f"select * from {raw}", {}, csv=False)
    broken = connection.execute(f"select count(*) from {lines} where not ({is_object})").fetchone()
    assert broken is not None
    rows.read += broken[0]
    rows.refused += broken[0]
    connection.execute(
        f"insert into {rows.refusals} select _n, '', 'the line is no JSON object', line from {lines} "
        f"where not ({is_object})"
    )
    connection.execute(f"drop table {lines}")
    return rows


def _cut_off(shape: Shape, fault: Exception) -> ExportRefused:
    return ExportRefused(
        f"{shape.member.name}: cut off or damaged ({first_line(fault).split(':')[-2].strip()}); copy or export it again"
        if "GZIP" in str(fault)
        else f"{shape.member.name}: cannot be read: {first_line(fault)}"
    )


def parquet_rows(connection: duckdb.DuckDBPyConnection, shape: Shape, account: Account) -> Rows:
    """Parquet: the same members, typed by the file; absent ones are empty."""
    source = f"read_parquet({quoted(str(shape.member.path))})"
    try:
        relation = connection.sql(f"select * from {source}")
    except (duckdb.InvalidInputException, duckdb.IOException) as fault:
        raise ExportRefused(f"{shape.member.name}: the Parquet file is damaged: {first_line(fault)}") from fault
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
    raw = fresh("raw")
    try:
        connection.execute(f"create temp table {raw} as select {_members(shape, '', has)} from {source}")
    except (duckdb.InvalidInputException, duckdb.IOException) as fault:
        raise ExportRefused(f"{shape.member.name}: the Parquet file is damaged: {first_line(fault)}") from fault
    return typed_rows(connection, shape, account, f"select *, rowid + 1 as _n from {raw}", {}, csv=False)


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
    def structure(item: Any) -> Any:
        if item is None:
            return "VARCHAR"
        if isinstance(item, list):
            return [{"key": "VARCHAR", "value": dict.fromkeys(_PARAM_VALUES, "VARCHAR")}]
        return {key: structure(child) for key, child in item.items()}

    return json.dumps(structure(node))


def _members(shape: Shape, prefix: str, has: Callable[[str], bool] | None) -> str:
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
