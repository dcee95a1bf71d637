"""A table that begins like another one: `like: source.table`.

Reports of one family (those of ad platforms) have the same columns under other headers. Such a table takes over the
file contract and the columns of the one that it names, and says what differs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from raceway.common.faults import BadContract
from raceway.contracts.files import contract_path, read_yaml


def begin_alike(raw: dict[str, Any], path: Path) -> None:
    """Fills in, in a source as its YAML has it, what its tables take over from those of shipped contracts.

    Of the file contract and of a column's `config.meta` an own key replaces the other's; own columns that the other
    table lacks follow its columns. Raises BadContract where `like` names no table, or one that has a `like` itself.
    """
    for table in (table for table in raw.get("tables") or [] if isinstance(table, dict)):
        meta = _meta_of(table)
        if "like" not in meta:
            continue
        where = f"{path}: table {table.get('name')}"
        model = _table_named(meta["like"], where)
        table["config"] = {**(table.get("config") or {}), "meta": {**_meta_of(model), **meta}}
        own = {column.get("name"): column for column in table.get("columns") or [] if isinstance(column, dict)}
        begun = [_column(column, own.pop(column["name"], None)) for column in model["columns"]]
        table["columns"] = [*begun, *own.values()]


def _table_named(like: object, where: str) -> dict[str, Any]:
    source, _, name = str(like).partition(".")
    path = contract_path(source)
    found = (read_yaml(path) or {}).get("sources", [{}])[0].get("tables", []) if path is not None else []
    model: dict[str, Any] | None = next((table for table in found if table.get("name") == name), None)
    if model is None:
        raise BadContract(f"{where}: like: {like!r} is no table of a shipped contract; write `source.table`")
    if "like" in _meta_of(model):
        raise BadContract(f"{where}: like: {like!r} begins like another one itself; name that one")
    return model


def _column(model: dict[str, Any], own: dict[str, Any] | None) -> dict[str, Any]:
    if own is None:
        return model
    return {**model, **own, "config": {"meta": {**_meta_of(model), **_meta_of(own)}}}


def _meta_of(raw: dict[str, Any]) -> dict[str, Any]:
    config = raw.get("config")
    meta = config.get("meta") if isinstance(config, dict) else None
    return meta if isinstance(meta, dict) else {}
