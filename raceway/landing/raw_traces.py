"""Where a person stands in raw files, refused rows, sentences and logs: addresses and numbers are known by hash."""

from __future__ import annotations

import io
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import duckdb

from raceway.common.faults import ExportRefused
from raceway.common.files import write_aside
from raceway.common.sql import name, parquet_of
from raceway.landing.person import Person
from raceway.reading.members import Member, open_members, opened

GONE: Final = "[forgotten]"
"""What stands for an address or a number in a sentence or a log from which a person was taken out."""
_BLOCK: Final = 1 << 20
_BINARY: Final = b"\0"


def raw_file_names(path: Path, person: Person) -> bool:
    """Whether a raw file, whatever its kind and encoding, names a person: her address, number, or an id of hers.

    A file that no reader understands is looked through byte by byte.
    """
    with tempfile.TemporaryDirectory() as scratch:
        try:
            members = open_members(path, path.name, Path(scratch), cp1252=True)
        except ExportRefused:
            return _names_her(path.read_bytes().decode("latin-1"), person) or _names_her(
                path.read_bytes().decode("utf-8", "ignore"), person
            )
        return any(_names_her(text, person) for member in members for text in _texts(member))


def _names_her(text: str, person: Person) -> bool:
    return bool(person.named_in(text)) or ("%" in text and bool(person.named_in(unquote(text))))


def _texts(member: Member) -> Iterator[str]:
    """A member's content in blocks of whole lines; of Parquet each text column's values."""
    if member.kind == "parquet":
        with duckdb.connect() as connection:
            described = connection.execute(f"describe select * from {parquet_of(member.path)}").fetchall()
            for column, *_ in described:
                rows = connection.execute(
                    f"select distinct cast({name(column)} as varchar) from {parquet_of(member.path)}"
                )
                while chunk := rows.fetchmany(10_000):
                    yield "\n".join(value for (value,) in chunk if value)
        return
    with opened(member) as file, io.TextIOWrapper(file, encoding=member.encoding, errors="replace") as lines:
        while block := lines.readlines(_BLOCK):
            yield "".join(block)


def text_names(path: Path, person: Person) -> bool:
    """Whether a text file names a person."""
    return bool(person.named_in(_text_of(path)))


def _text_of(path: Path) -> str:
    """What a text file holds, each byte of it; nothing for another file."""
    content = path.read_bytes()
    return "" if _BINARY in content[:4096] else content.decode("utf-8", "surrogateescape")


def take_out_of_text(path: Path, person: Person, new: Mapping[str, str]) -> bool:
    """Replaces in a text file (a sentence, a log, rows that broke a check) what names a person; gives whether there was
    something. Ids get their new identity, addresses and numbers become `[forgotten]`. Other files are left alone.
    """
    text = _text_of(path)
    named = person.named_in(text)
    if not named:
        return False
    mode = path.stat().st_mode & 0o777
    write_aside(path, without(text, named, new).encode("utf-8", "surrogateescape"))
    path.chmod(mode)
    return True


def without(text: str, named: set[str], new: Mapping[str, str]) -> str:
    """A text in which each piece that names a person is replaced."""
    for piece in sorted(named, key=len, reverse=True):
        text = text.replace(piece, new.get(piece, GONE))
    return text


def sqlite_names(path: Path, person: Person) -> bool:
    """Whether a text cell of a SQLite database (Airflow's) names a person."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=10)) as connection:
        return any(
            person.named_in(_as_text(value))
            for table, column in _columns(connection)
            for _, value in _cells(connection, table, column)
        )


def take_out_of_sqlite(path: Path, person: Person, new: Mapping[str, str]) -> int:
    """Replaces in all text cells of a SQLite database (Airflow's) what names a person; gives the number of cells.

    The file is written anew then, so that freed pages hold nothing. Raises sqlite3.OperationalError where another
    process writes it.
    """
    changed = 0
    with closing(sqlite3.connect(path, timeout=10)) as connection:
        for table, column in _columns(connection):
            changed += _in_column(connection, table, column, lambda text: person.named_in(text), new)
        connection.commit()
        if changed:
            connection.execute("vacuum")
    return changed


def _columns(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    tables = [table for (table,) in connection.execute("select name from sqlite_master where type = 'table'")]
    return [
        (table, column[1]) for table in tables for column in connection.execute(f"pragma table_info({name(table)})")
    ]


def _cells(connection: sqlite3.Connection, table: str, column: str) -> list[tuple[int, str | bytes]]:
    try:
        return connection.execute(
            f"select rowid, {name(column)} from {name(table)} where typeof({name(column)}) in ('text', 'blob')"
        ).fetchall()
    except sqlite3.OperationalError:  # a table without row numbers: Airflow keeps no text in one
        return []


def _as_text(value: str | bytes) -> str:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value


def _in_column(
    connection: sqlite3.Connection, table: str, column: str, named_in: Callable[[str], set[str]], new: Mapping[str, str]
) -> int:
    changed = 0
    for row, value in _cells(connection, table, column):
        text = _as_text(value)
        named = named_in(text)
        if named:
            told = without(text, named, new)
            stored = told.encode("utf-8", "surrogateescape") if isinstance(value, bytes) else told
            connection.execute(f"update {name(table)} set {name(column)} = ? where rowid = ?", (stored, row))
            changed += 1
    return changed
