"""A home's overlay laid over a shipped contract."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any, Final

from raceway.common.faults import BadContract
from raceway.contracts.files import read_yaml
from raceway.contracts.words import NULL_TOKENS, by_language

_OVERLAY_KEYS: Final = ("owner", "schedule", "timeout_minutes", "tags", "default_channel")
_OVERLAY_TABLE_KEYS: Final = ("aliases", "dates", "headers", "nulls", "number_locale", "unread")


def lay_over(raw: dict[str, Any], path: Path, of_account: bool = False) -> None:
    """Lays a company's overlay over a shipped contract: source keys, and more aliases per column.

    That of an account says how its files look and no more.
    """
    said = read_yaml(path) or {}
    keys = ("tables",) if of_account else (*_OVERLAY_KEYS, "tables")
    if not isinstance(said, dict):
        raise BadContract(f"{path}: write a mapping with {', '.join(f'`{key}:`' for key in keys)}")
    unknown = sorted(set(said) - set(keys))
    if unknown:
        raise BadContract(f"{path}: unknown key {unknown[0]!r}; an overlay may hold {', '.join(keys)}")
    meta = raw.setdefault("config", {}).setdefault("meta", {})
    meta.update({key: said[key] for key in _OVERLAY_KEYS if key in said})
    tables = {table["name"]: table for table in raw.get("tables", []) if isinstance(table, dict)}
    for table_name, changes in (said.get("tables") or {}).items():
        if table_name not in tables:
            raise BadContract(f"{path}: table {table_name!r} is not in the contract; it has {', '.join(tables)}")
        _lay_over_table(tables[table_name], changes or {}, f"{path}: table {table_name}")


def _lay_over_table(table: dict[str, Any], changes: dict[str, Any], where: str) -> None:
    unknown = sorted(set(changes) - set(_OVERLAY_TABLE_KEYS))
    if unknown:
        raise BadContract(f"{where}: unknown key {unknown[0]!r}; write one of {', '.join(_OVERLAY_TABLE_KEYS)}")
    of_table = _own_meta(table)
    if "number_locale" in changes:
        of_table["number_locale"] = changes["number_locale"]
    if "nulls" in changes:
        if not isinstance(changes["nulls"], list):
            raise BadContract(f"{where}: nulls: write a list of cell texts that mean nothing")
        of_table["nulls"] = [*of_table.get("nulls", NULL_TOKENS), *changes["nulls"]]
    columns = {column["name"]: column for column in table.get("columns", [])}
    _lay_headers(of_table, columns, changes, where)
    for name, aliases in _per_column(changes, "aliases", "header", columns, where):
        meta = _own_meta(columns[name])
        known = by_language(meta.get("aliases", {}))
        meta["aliases"] = {**known, "own": aliases} if isinstance(known, dict) else aliases
    for name, formats in _per_column(changes, "dates", "%d/%m/%Y", columns, where):
        if columns[name].get("data_type") not in ("date", "timestamp"):
            raise BadContract(
                f"{where}: dates of {name!r}: it is {columns[name].get('data_type')}, and no date or time"
            )
        meta = _own_meta(columns[name])
        meta["moment"] = {**meta.get("moment", {}), "formats": formats}


def _lay_headers(of_table: dict[str, Any], columns: dict[str, Any], changes: dict[str, Any], where: str) -> None:
    """What a company says of each header alone: which column it is, whatever the contract takes it for, or none."""
    said = _per_column(changes, "headers", "header", columns, where)
    unread = changes.get("unread") or []
    if not isinstance(unread, list):
        raise BadContract(f"{where}: unread: write a list of headers that mean no column")
    taken = [normal_name(header) for _, headers in said for header in headers]
    twice = sorted({name for name in taken if taken.count(name) > 1})
    if twice:
        raise BadContract(f"{where}: headers: {twice[0]!r} stands for two columns; keep one of them")
    settled = {*taken, *(normal_name(header) for header in unread)}
    for column in columns.values() if settled else ():
        meta = _own_meta(column)
        known = by_language(meta.get("aliases", {}))
        if isinstance(known, dict):
            meta["aliases"] = {
                language: [alias for alias in aliases if normal_name(alias) not in settled]
                for language, aliases in known.items()
            } or {"own": []}
    for name, headers in said:
        _own_meta(columns[name])["aliases"] = {"own": headers}
    if unread:
        of_table["known"] = [*of_table.get("known", []), *(re.escape(" ".join(header.split())) for header in unread)]


def normal_name(header: object) -> str:
    """A header as overlays are compared: composed, case folded, white space collapsed."""
    return " ".join(unicodedata.normalize("NFC", str(header)).split()).casefold()


def _own_meta(raw: dict[str, Any]) -> dict[str, Any]:
    """`config.meta` of a table or column, to be changed: never one that a YAML anchor shares with others."""
    config = raw.get("config") or {}
    meta = dict(config.get("meta") or {})
    raw["config"] = {**config, "meta": meta}
    return meta


def _per_column(
    changes: dict[str, Any], key: str, example: str, columns: dict[str, Any], where: str
) -> list[tuple[str, list[str]]]:
    """The lists that an overlay gives by column under `key`."""
    said = changes.get(key) or {}
    if not isinstance(said, dict):
        raise BadContract(f"{where}: {key}: write `column: [{example}, …]`")
    for name, items in said.items():
        if name not in columns or not isinstance(items, list):
            raise BadContract(
                f"{where}: {key} of {name!r}: write `column: [{example}, …]` for one of {', '.join(columns)}"
            )
    return list(said.items())
