"""Names, texts and lists as DuckDB and Spark quote them."""

from __future__ import annotations


def quoted(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def name(text: str) -> str:
    """A quoted SQL identifier."""
    return '"' + text.replace('"', '""') + '"'


def text_list(items: tuple[str, ...] | list[str]) -> str:
    """A SQL list of strings."""
    return "[" + ", ".join(quoted(item) for item in items) + "]"
