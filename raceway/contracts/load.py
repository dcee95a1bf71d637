"""Contracts: all that raceway knows of a source's files, read from dbt's own source definition.

`_<source>__sources.yml` holds tables, columns, data types and descriptions where dbt looks for them, and
the file contract under `config.meta` of source, table and column. The language is described in
docs/reference/contract-language.md; `grammar` has its words. A company's overlay
(`<home>/sources/<source>.yml`) changes schedule, owner and aliases, that of an account
(`<home>/sources/<source>.<account>.yml`) how the files of this account are read; its own sources lie in
`<home>/sources/<name>/`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from raceway.common.faults import BadContract
from raceway.common.files import kept_until_changed
from raceway.common.home import Home
from raceway.contracts.alike import begin_alike
from raceway.contracts.files import contract_path, contract_places, read_yaml, source_names
from raceway.contracts.grammar import ColumnContract, ColumnMeta, SourceContract, SourceMeta, TableContract, TableMeta
from raceway.contracts.overlay import lay_over
from raceway.contracts.reports import check_reconciles
from raceway.contracts.words import DATA_TYPES, Part


def load_contracts(home: Home | None = None) -> dict[str, SourceContract]:
    """All contracts by source name. Raises BadContract for the first broken one."""
    return {source: load_contract(source, home) for source in source_names(home)}


def _read_for(source: str, home: Home | None = None, account: str = "") -> list[Path]:
    """The files that make a source's contract, whether they are there or not."""
    return [*contract_places(source, home), *(overlays(source, home, account) if home is not None else [])]


def overlays(source: str, home: Home, account: str = "") -> list[Path]:
    """The overlays that may lie over a source's contract, the later over the earlier: the company's, the account's."""
    names = [f"{source}.yml", *([f"{source}.{account}.yml"] if account else [])]
    return [home.sources / name for name in names]


@kept_until_changed(_read_for)
def load_contract(source: str, home: Home | None = None, account: str = "") -> SourceContract:
    """One source's contract, the home's overlays laid over it; read again where one of them has changed.

    With `account` as that account's files are read: what they look like may be its own, what they mean is the source's.

    Raises BadContract naming file, table, column and what to write instead.
    """
    path = contract_path(source, home)
    if path is None:
        known = ", ".join(source_names(home)) or "none"
        raise BadContract(f"{source}: there is no contract _{source}__sources.yml; known sources: {known}")
    said = read_yaml(path)
    sources = said.get("sources") if isinstance(said, dict) else None
    if not isinstance(sources, list) or len(sources) != 1 or not isinstance(sources[0], dict):
        raise BadContract(f"{path}: write exactly one source under `sources:`")
    raw = sources[0]
    if raw.get("name") != source:
        raise BadContract(f"{path}: source is named {raw.get('name')!r}; write `name: {source}`, as the folder says")
    begin_alike(raw, path)
    for place, overlay in enumerate(overlays(source, home, account) if home is not None else []):
        if overlay.is_file():
            lay_over(raw, overlay, of_account=place > 0)
    meta = _part(SourceMeta, _meta(raw, str(path)), f"{path}: source {source}")
    tables = tuple(_table(path, source, table) for table in _named(raw, "tables", f"{path}: source {source}"))
    _check_single_days(path, tables)
    check_reconciles(path, tables)
    return SourceContract(
        name=source, description=_description(raw, f"{path}: source {source}"), meta=meta, tables=tables, path=path
    )


def _meta(raw: dict[str, Any], where: str) -> dict[str, Any]:
    config = raw.get("config") or {}
    meta = config.get("meta") or {} if isinstance(config, dict) else None
    if not isinstance(meta, dict):
        raise BadContract(f"{where}: `config.meta` must be a mapping")
    return meta


PartT = TypeVar("PartT", bound=Part)


def _part(model: type[PartT], values: dict[str, Any], where: str) -> PartT:
    try:
        return model.model_validate(values)
    except ValidationError as fault:
        raise BadContract("\n".join(_sentence(model, where, error) for error in fault.errors())) from fault


def _sentence(model: type[BaseModel], where: str, error: Any) -> str:
    key = ".".join(str(part) for part in error["loc"]) or "config.meta"
    if error["type"] == "extra_forbidden":
        return f"{where}: unknown key {key!r}; write one of: {', '.join(_keys_at(model, error['loc']))}"
    if error["type"] == "missing":
        return f"{where}: `{key}` is missing; add it under config.meta"
    return f"{where}: {key}: {error['msg']} (found {error['input']!r})"


def _keys_at(model: type[BaseModel], loc: tuple[Any, ...]) -> list[str]:
    """The keys that are allowed where `loc` points to."""
    here: Any = model
    for part in loc[:-1]:
        if isinstance(part, str) and part in getattr(here, "model_fields", {}):
            here = _model_in(here.model_fields[part].annotation) or here
    return list(here.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that a field holds, by itself, or in a list, a mapping or a choice."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _model_in(inner))), None)


def _named(raw: dict[str, Any], key: str, where: str) -> list[dict[str, Any]]:
    items = raw.get(key)
    if not isinstance(items, list) or not items or not all(isinstance(i, dict) and i.get("name") for i in items):
        raise BadContract(f"{where}: `{key}` must be a list of entries with a name")
    names = [item["name"] for item in items]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadContract(f"{where}: {key}: {', '.join(twice)} stands twice")
    return items


def _description(raw: dict[str, Any], where: str) -> str:
    text = raw.get("description")
    if not isinstance(text, str) or not text.strip():
        raise BadContract(f"{where}: `description` is missing; say in a sentence what it is, with its unit")
    return " ".join(text.split())


def _table(path: Path, source: str, raw: dict[str, Any]) -> TableContract:
    where = f"{path}: table {raw['name']}"
    meta = _part(TableMeta, _meta(raw, where), where)
    wide = (meta.unpivot.name, meta.unpivot.value) if meta.unpivot else ()
    columns = tuple(_column(where, column, wide) for column in _named(raw, "columns", where))
    table = TableContract(
        source=source, name=raw["name"], description=_description(raw, where), meta=meta, columns=columns
    )
    _check_names(where, table)
    return table


def _column(where: str, raw: dict[str, Any], wide: tuple[str, ...] = ()) -> ColumnContract:
    """One column; those named in `wide` are what unpivoting gives and need no place of their own."""
    where = f"{where}, column {raw['name']}"
    data_type = raw.get("data_type")
    if data_type not in DATA_TYPES:
        raise BadContract(f"{where}: data_type {data_type!r}; write one of: {', '.join(DATA_TYPES)}")
    meta = _part(ColumnMeta, _meta(raw, where), where)
    if meta.in_no_place and meta.value_of is None and raw["name"] not in wide:
        raise BadContract(f"{where}: say where it comes from: aliases, path, param or value_of")
    if meta.hash and data_type != "varchar":
        raise BadContract(f"{where}: a hash is text; write `data_type: varchar`")
    if (meta.free_text or meta.coarse) and (data_type != "varchar" or meta.hash):
        raise BadContract(f"{where}: free_text and coarse go with plain text; write `data_type: varchar`, no hash")
    if meta.sentiment_of and data_type != "double":
        raise BadContract(f"{where}: a sentiment is a number from -1 to 1; write `data_type: double`")
    if meta.value_of in ("file_name", "preamble") and not meta.pattern:
        raise BadContract(f"{where}: value_of {meta.value_of} needs `pattern` with one group")
    if meta.masked and data_type not in ("bigint", "double") and not data_type.startswith("decimal"):
        raise BadContract(f"{where}: only a number is masked; write `data_type: double`, or leave `masked` out")
    if (meta.qualifier_of or meta.header_of) and data_type != "varchar":
        raise BadContract(f"{where}: qualifier_of and header_of land text; write `data_type: varchar`")
    empty = [word for word, text in meta.words.items() if not text.strip()]
    if empty:
        raise BadContract(f"{where}: words: {empty[0]!r} stands for nothing; write it under the table's `nulls`")
    return ColumnContract(name=raw["name"], data_type=data_type, description=_description(raw, where), meta=meta)


def _check_names(where: str, table: TableContract) -> None:
    """Every column that the table's contract names must exist."""
    meta = table.meta
    named = {
        "scope.day": [meta.scope.day] if meta.scope.day else [],
        "scope.keys": meta.scope.keys,
        "scope.made_at": [meta.scope.made_at] if meta.scope.made_at else [],
        "scope.own_id": [meta.scope.own_id] if meta.scope.own_id else [],
        "covers.by": meta.covers.by,
        "keep_states": meta.keep_states,
        "filled": meta.filled,
        "totals.unless": list(meta.totals.unless if meta.totals else ()),
        "totals.reconcile": [c for r in (meta.totals.reconcile if meta.totals else ()) for c in r.columns],
        "period": [c for c in (meta.period.first, meta.period.last) if c] if meta.period else [],
        "one_of": [column for columns in meta.one_of for column in columns],
        "unique": [column for columns in meta.unique for column in columns],
        "sentiment_of": [c.meta.sentiment_of for c in table.columns if c.meta.sentiment_of],
        "only_with": [c.meta.only_with for c in table.columns if c.meta.only_with],
        "unpivot": list(table.unpivoted),
        "qualifier_of": [c.meta.qualifier_of for c in table.columns if c.meta.qualifier_of],
        "header_of": [c.meta.header_of for c in table.columns if c.meta.header_of],
    }
    for key, columns in named.items():
        missing = [column for column in columns if column not in table.by_name]
        if missing:
            raise BadContract(f"{where}: {key} names {', '.join(missing)}; its columns are {', '.join(table.by_name)}")
    _check_wide_and_masked(where, table)
    if meta.covers.period and not (meta.period and (meta.period.first or any(c.meta.value_of for c in table.columns))):
        raise BadContract(f"{where}: covers.period needs `period` and the columns of its first and last day")
    for column in (column for column in table.columns if column.meta.extract):
        if not re.compile(column.meta.extract or "").groups:
            raise BadContract(f"{where}, column {column.name}: extract needs a group, `^(…)`, that says what is read")
    if meta.day_by_day and meta.scope.kind != "days":
        raise BadContract(f"{where}: day_by_day is for a table whose rows have a day; write `scope: {{kind: days, …}}`")
    if meta.covers.through_export and meta.scope.kind == "days":
        # such a batch would replace days that it knows nothing about
        raise BadContract(f"{where}: covers.through_export does not go with scope days; write `covers.pattern`")
    _check_beside(where, table)
    day = meta.scope.day
    if day and table.by_name[day].data_type != "date":
        raise BadContract(f"{where}, column {day}: scope days needs a date; write `data_type: date`")


def _check_beside(where: str, table: TableContract) -> None:
    """What a column reads from another one, that one can tell."""
    for column in (column for column in table.columns if column.meta.sentiment_of):
        of = table.by_name[column.meta.sentiment_of or ""]
        if not of.is_text or not of.in_cells or of.meta.hash:
            raise BadContract(f"{where}, column {column.name}: sentiment_of {of.name}: it is no text of the cells")
    for column in (column for column in table.columns if column.meta.only_with):
        by = table.by_name[column.meta.only_with or ""]
        if by.data_type != "boolean" or not by.in_cells or by.meta.only_with:
            raise BadContract(
                f"{where}, column {column.name}: only_with {by.name}: it is no yes or no of the cells; write there "
                "`data_type: boolean`, without only_with"
            )


def _check_single_days(path: Path, tables: tuple[TableContract, ...]) -> None:
    """A daily table that takes rows of a period table has a day, and no other column that the latter lacks."""
    by_name = {table.name: table for table in tables}
    for table in (table for table in tables if table.meta.single_days):
        rule, where = table.meta.single_days, f"{path}: table {table.name}"
        assert rule is not None
        daily = by_name.get(rule.table)
        if daily is None or daily.scope.day != rule.day:
            raise BadContract(f"{where}: single_days names {rule.table}.{rule.day}, which is no day of a daily table")
        if table.meta.period is None:
            raise BadContract(f"{where}: single_days needs `period`, which says when a period is one day")
        lacking = [column.name for column in daily.columns if column.name not in (rule.day, *table.by_name)]
        if lacking:
            raise BadContract(f"{where}: single_days: {rule.table} has {', '.join(lacking)}, which this table lacks")


def _check_wide_and_masked(where: str, table: TableContract) -> None:
    """What only delimited text can have stands in such tables only, and a masked number has its qualifier."""
    meta = table.meta
    qualified = {column.meta.qualifier_of for column in table.columns}
    for column in table.columns:
        if column.meta.masked and column.name not in qualified:
            raise BadContract(
                f"{where}, column {column.name}: masked needs a column that lands `<` or `>`; add a varchar column "
                f"with `qualifier_of: {column.name}`"
            )
        if column.meta.qualifier_of and not table.by_name[column.meta.qualifier_of].meta.masked:
            raise BadContract(
                f"{where}, column {column.name}: qualifier_of {column.meta.qualifier_of}, which is not masked; "
                "write `masked: true` there"
            )
    textual = {
        "below_header": meta.below_header, "described": meta.described, "filled": meta.filled,
        "unnamed_cells": meta.unnamed_cells, "one_of": meta.one_of, "sections": meta.sections,
        "unpivot": meta.unpivot,
        "masked": qualified - {None}, "header_of": [c for c in table.columns if c.meta.header_of],
    }  # fmt: skip
    if "csv" not in meta.formats:
        for key in (key for key, used in textual.items() if used):
            raise BadContract(f"{where}: {key} is for delimited text; leave it out, or add `csv` to formats")
    if meta.unpivot and len(set(table.unpivoted)) == 1:
        raise BadContract(f"{where}: unpivot needs two columns, one for the name and one for the value")
