"""Looks for texts in everything below a folder: bytes as they lie, packed members, and the cells of Parquet, DuckDB and
SQLite files, whose pages hide what they hold."""

from __future__ import annotations

import gzip
import io
import re
import sqlite3
import zipfile
from collections.abc import Collection, Iterator
from contextlib import closing
from pathlib import Path

import duckdb

from raceway.common.sql import name, parquet_of


def found_below(root: Path, texts: Collection[str], apart_from: Collection[Path] = ()) -> dict[str, list[str]]:
    """By file below `root` (but not below `apart_from`): which of the texts it holds, in any letter case."""
    wanted = re.compile("|".join(re.escape(text.lower()) for text in sorted(texts)).encode())
    found: dict[str, list[str]] = {}
    for path in sorted(root.rglob("*")):
        if path.is_symlink() or not path.is_file() or any(path.is_relative_to(folder) for folder in apart_from):
            continue
        held = {hit.decode() for content in _contents(path) for hit in wanted.findall(content.lower())}
        if held:
            found[path.relative_to(root).as_posix()] = sorted(held)
    return found


def _contents(path: Path) -> Iterator[bytes]:
    raw = path.read_bytes()
    yield raw
    yield str(path).encode()
    yield raw.decode("utf-16-le", "ignore").encode()
    if raw[:2] == b"\x1f\x8b":
        yield gzip.decompress(raw)
    if raw[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for member in archive.namelist():
                yield archive.read(member)
    if raw[:4] == b"PAR1":
        with duckdb.connect() as connection:
            yield _cells(connection, parquet_of(path))
    if raw[8:12] == b"DUCK":
        with duckdb.connect(str(path), read_only=True) as connection:
            tables = connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
            for schema, table in tables:
                yield _cells(connection, f"{name(schema)}.{name(table)}")
    if raw[:15] == b"SQLite format 3":
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            for (table,) in database.execute("select name from sqlite_master where type = 'table'").fetchall():
                for row in database.execute(f"select * from {name(table)}"):
                    yield repr(row).encode()


def _cells(connection: duckdb.DuckDBPyConnection, relation: str) -> bytes:
    rows = connection.execute(f"select cast(columns(*) as varchar) from {relation}").fetchall()
    return "\n".join(str(cell) for row in rows for cell in row if cell is not None).encode()
