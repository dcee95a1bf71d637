"""The models' descriptions as comments of the published tables, so that a BI tool shows them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
import yaml

from raceway.common.faults import BadContract
from raceway.common.home import PROJECT
from raceway.common.sql import quoted


def describe_tables(
    connection: duckdb.DuckDBPyConnection, catalog: str, more: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Comments every table and column of `catalog` that dbt's YAML files describe; `more` is said of a table besides.

    Raises BadContract where such a file is no YAML.
    """
    present = {
        (table, column)
        for table, column in connection.execute(
            "select table_name, column_name from information_schema.columns where table_catalog = ?", [catalog]
        ).fetchall()
    }
    tables = {table for table, _ in present}
    for model in described_models():
        name = model["name"]
        if name not in tables:
            continue
        said = " ".join(part for part in (str(model.get("description") or ""), more.get(name, "")) if part)
        connection.execute(f'comment on table {catalog}."{name}" is {_text(said)}')
        for column in model.get("columns", []):
            if (name, column["name"]) in present:
                connection.execute(
                    f'comment on column {catalog}."{name}"."{column["name"]}" is {_text(column.get("description"))}'
                )


def described_models() -> list[dict[str, Any]]:
    """The `models` and `seeds` entries of the project's YAML files, as they are written.

    They are read once per process. Raises BadContract where such a file is no YAML.
    """
    return _described(PROJECT.dbt_project)


@cache
def _described(project: Path) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    for folder in ("models", "seeds"):
        for file in sorted((project / folder).rglob("*.yml")):
            if not file.name.endswith("__sources.yml"):
                entries += _entries(file)
    return entries


def _entries(file: Path) -> list[dict[str, Any]]:
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or {}
    except yaml.YAMLError as fault:
        raise BadContract(f"{file}: no valid YAML: {fault}") from fault
    return [*(content.get("models") or []), *(content.get("seeds") or [])]


def _text(value: str | None) -> str:
    return quoted(" ".join((value or "").split()))
