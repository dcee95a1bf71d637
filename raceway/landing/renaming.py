"""Landed Parquet in which a person's identifiers are replaced, in place: the same rows in the same order.

The batch keeps its id and what the ledger knows of it: the hash of its raw files stays the key by which a duplicate
is known and a draw between exports is decided.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import Final

import duckdb

from raceway.common.sql import exactly, name, parquet_of, quoted
from raceway.contracts.grammar import TableContract
from raceway.reading.forgotten import Forgotten, renamed_text, words_of

PARQUET: Final = "format parquet, compression zstd, parquet_version v2, dictionary_size_limit 1000"
"""How batches are written: delta and dictionary encodings of the second page format; numbers of many values skip the
dictionary."""

Renames = Callable[[Iterable[str]], Mapping[str, str]]
"""Gives the new identities of those of some ids that are to be replaced."""


def person_columns(table: TableContract) -> set[str]:
    """The columns of a landed table whose values stand for persons or devices, its entities' names included."""
    return {column.name for column in table.columns if column.names_person} | {"_entity"}


def text_columns(connection: duckdb.DuckDBPyConnection, path: Path) -> list[str]:
    """The text columns of a Parquet file."""
    described = connection.execute(f"describe select * from {parquet_of(path)}").fetchall()
    return [column for column, data_type, *_ in described if data_type == "VARCHAR"]


def rename_in(
    connection: duckdb.DuckDBPyConnection, path: Path, new: Renames, columns: Collection[str] | None = None
) -> bool:
    """Replaces ids in a Parquet file's text columns (default: all of them); gives whether there were any.

    Written aside and renamed: whoever reads the file has the old rows or the new ones.
    """
    wanted = [column for column in text_columns(connection, path) if columns is None or column in columns]
    replaced = {}
    for column in wanted:
        values = _values(connection, path, column)
        ids = new({word for value in values for word in words_of(value)})
        texts = {value: renamed_text(value, ids) for value in values} if ids else {}
        replaced[column] = {value: text for value, text in texts.items() if text != value}
    return _write_anew(connection, path, replaced)


def holds(
    connection: duckdb.DuckDBPyConnection, path: Path, ids: Collection[str], columns: Collection[str] | None = None
) -> bool:
    """Whether one of some ids stands in a Parquet file's text columns (default: all of them)."""
    wanted = [column for column in text_columns(connection, path) if columns is None or column in columns]
    return any(
        not set(ids).isdisjoint(words_of(value)) for column in wanted for value in _values(connection, path, column)
    )


def replace_texts(connection: duckdb.DuckDBPyConnection, path: Path, told: Callable[[str], str]) -> bool:
    """Puts what `told` says in the place of each text of a Parquet file; gives whether anything changed."""
    replaced = {}
    for column in text_columns(connection, path):
        texts = {value: told(value) for value in _values(connection, path, column)}
        replaced[column] = {value: text for value, text in texts.items() if text != value}
    return _write_anew(connection, path, replaced)


def _values(connection: duckdb.DuckDBPyConnection, path: Path, column: str) -> list[str]:
    asked = f"select distinct {name(column)} from {parquet_of(path)} where {name(column)} is not null"
    return [value for (value,) in connection.execute(asked).fetchall()]


def _write_anew(connection: duckdb.DuckDBPyConnection, path: Path, replaced: Mapping[str, Mapping[str, str]]) -> bool:
    """Writes a Parquet file anew, by column with other texts; False where there are none."""
    replaced = {column: texts for column, texts in replaced.items() if texts}
    if not replaced:
        return False
    selected = []
    for number, (column, texts) in enumerate(replaced.items()):
        connection.execute(f"set variable renamed_{number} = map($1, $2)", [list(texts), list(texts.values())])
        selected.append(f"coalesce(getvariable('renamed_{number}')[{name(column)}], {name(column)}) as {name(column)}")
    aside = path.with_name(f".{uuid.uuid4().hex}.tmp")
    ordered = "order by _row" if "_row" in _names(connection, path) else ""
    try:
        connection.execute(
            f"copy (select * replace ({', '.join(selected)}) from {parquet_of(path)} {ordered}) "
            f"to {quoted(str(aside))} ({PARQUET})"
        )
        aside.chmod(path.stat().st_mode & 0o777)
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
        for number in range(len(replaced)):
            connection.execute(f"reset variable renamed_{number}")
    return True


def rename_forgotten(
    connection: duckdb.DuckDBPyConnection, data: Path, table: TableContract, forgotten: Forgotten
) -> None:
    """Lands a forgotten person whom an export names again under the identity that `forget` gave her.

    `data`: the Parquet file that was just written aside.
    """
    if forgotten:
        rename_in(connection, data, forgotten.renamed, person_columns(table))


def _names(connection: duckdb.DuckDBPyConnection, path: Path) -> set[str]:
    found = connection.execute(f"select name from parquet_schema({quoted(exactly(path))})").fetchall()
    return {column for (column,) in found}
