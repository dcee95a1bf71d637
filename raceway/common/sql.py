"""Names, texts and lists as DuckDB and Spark quote them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path


def quoted(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def name(text: str) -> str:
    """A quoted SQL identifier."""
    return '"' + text.replace('"', '""') + '"'


def text_list(items: tuple[str, ...] | list[str]) -> str:
    """A SQL list of strings."""
    return "[" + ", ".join(quoted(item) for item in items) + "]"


def exactly(path: Path | str) -> str:
    """A path as DuckDB's readers open that very file: `*`, `?` and `[` are patterns to them."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))


def parquet_of(paths: Path | str | Iterable[Path | str], by_name: bool = False) -> str:
    """A read_parquet call on these very files; `by_name` where they may differ in their columns.

    A folder such as `env=prod/` above them is no column of theirs.
    """
    files = [paths] if isinstance(paths, str | Path) else list(paths)
    several = ", union_by_name = true" if by_name else ""
    return f"read_parquet({text_list([exactly(file) for file in files])}{several}, hive_partitioning = false)"
