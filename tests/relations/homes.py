"""Small homes whose files are told in one way or another, landed and frozen, and the rows that are in effect then."""

from __future__ import annotations

import datetime as dt
import os
import random
import shutil
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb

from raceway.build.freeze import freeze
from raceway.common.home import Home
from raceway.common.sql import parquet_of
from raceway.config.accounts import load_accounts
from raceway.config.init import init_home
from raceway.config.settings import load_settings
from raceway.contracts.grammar import Scope
from raceway.contracts.load import load_contract
from raceway.inbox.exports import find_exports
from raceway.landing.land import land
from raceway.landing.outcome import Outcome

Rows = dict[str, Counter[str]]
"""By table (source.table): how often each effective row is there; and under its name and `covers` its covered days."""
COVERS = " covers"


@dataclass(frozen=True)
class File:
    """A file of the inbox."""

    source: str
    account: str
    path: str
    """Below the account's folder."""
    data: bytes
    seconds: int
    """Of its time, since 1970."""

    @property
    def place(self) -> str:
        """Where it lies in the inbox."""
        return f"{self.source}/{self.account}/{self.path}"

    def within(self, folder: str) -> File:
        """The same file in a folder of its own."""
        return replace(self, path=f"{folder}/{self.path}")

    def named(self, name: str, data: bytes) -> File:
        """Another file at the same time and in the same folder."""
        return replace(self, path=str(PurePosixPath(self.path).with_name(name)), data=data)


def inbox_of(home: Home, source: str) -> list[File]:
    """The files that wait in a home."""
    return [
        File(
            source, *path.relative_to(home.inbox / source).as_posix().split("/", 1), path.read_bytes(),
            int(path.stat().st_mtime),
        )
        for path in sorted((home.inbox / source).rglob("*"))
        if path.is_file()
    ]  # fmt: skip


def deliver(home: Home, files: Iterable[File]) -> None:
    """Puts files into the inbox, each at its time."""
    for file in files:
        path = home.inbox / file.place
        path.parent.mkdir(parents=True, exist_ok=True)
        assert not path.exists(), file.place
        path.write_bytes(file.data)
        os.utime(path, (file.seconds, file.seconds))


def without_inbox(home: Home, root: Path) -> Home:
    """A home of the same company, with nothing in it."""
    empty = init_home(root)
    for path in home.root.iterdir():
        if path.is_file():
            shutil.copyfile(path, root / path.name)
    shutil.copyfile(home.hash_key, empty.hash_key)
    return empty


def land_all(home: Home, sources: Iterable[str], as_of: dt.date, order: random.Random | None = None) -> list[Outcome]:
    """Lands what waits of the sources, in a drawn order if one is given, without the gate's checks."""
    outcomes = []
    for source in sources:
        exports = find_exports(home, source)
        if order:
            order.shuffle(exports)
        outcomes += [land(home, export, gate=lambda *_: [], as_of=as_of, threads=1) for export in exports]
    return outcomes


def effective(home: Home, as_of: dt.date) -> Rows:
    """Freezes, and gives the rows from which the models would be built: the macro `landed`, said once more in Python,
    and the days that they cover.

    Which batch or row of a file holds a row, and when it was exported, is left out, since it tells how a row was told.
    A state of an entity stands beside them, under the table's name and `__states`.
    """
    freeze(home, "relation", as_of, load_settings(home), load_accounts(home))
    found: Rows = {}
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("set timezone = 'UTC'; set threads = 1")
        tables = connection.execute("select distinct source, table_name from frozen.batches order by all").fetchall()
        for source, table in tables:
            contract = load_contract(source, home).table(table)
            paths = _column(connection, "select distinct path from frozen.batches", source, table)
            rows = connection.execute(_effective_rows(paths, contract.scope))
            names = [column[0] for column in rows.description]
            kept = [number for number, name in enumerate(names) if not name.startswith("_") or name == "_entity"]
            found[f"{source}.{table}"] = Counter(
                repr([(names[number], _plain(row[number])) for number in kept]) for row in rows.fetchall()
            )
            states = _column(connection, "select distinct path from frozen.state_files", source, table)
            if states:
                said = connection.execute(f"select distinct * from {parquet_of(states, by_name=True)}").fetchall()
                found[f"{source}.{table}__states"] = Counter(repr(row) for row in said)
        days = connection.execute("select distinct source, table_name, account, day from frozen.covered_days")
        for source, table, account, day in days.fetchall():
            found.setdefault(f"{source}.{table}{COVERS}", Counter())[f"{account} {day}"] += 1
    return found


def _column(connection: duckdb.DuckDBPyConnection, select: str, source: str, table: str) -> list[Path]:
    rows = connection.execute(f"{select} where source = ? and table_name = ? order by all", [source, table]).fetchall()
    return [Path(path) for (path,) in rows]


def _effective_rows(paths: Sequence[Path], scope: Scope) -> str:
    rows = f"""
        select landed.*, batches.account, batches.exported_at as _at, batches.content_hash as _content
        from {parquet_of(paths, by_name=True)} as landed
        inner join frozen.batches as batches on landed._batch_id = batches.batch_id"""
    if scope.kind == "events":
        keys = ", ".join(scope.keys)
        return f"""select * from ({rows}) qualify row_number() over (
            partition by account, {keys} order by _at desc, _content desc, _row desc) = 1"""
    if scope.kind == "days":
        of = f"cast(landed.{scope.day or 'day'} as varchar)"
    elif scope.own_id:
        of = f"concat(landed._entity, '|', cast(landed.{scope.made_at} as varchar))"
    else:
        of = "landed._entity"
    return f"""{rows} where exists (
        select 1 from frozen.scopes as scopes where scopes.batch_id = batches.batch_id and scopes.scope = {of})"""


def _plain(value: Any) -> Any:
    """Numbers that are equal are written alike."""
    return round(value, 9) if isinstance(value, float) else value


def difference(wanted: Rows, found: Rows, in_parts: bool) -> str:
    """What is in one of two sets of rows only, a few rows of each table; empty where they are equal.

    A file covers all days from its first to its last; `in_parts` those between two parts may be covered by neither.
    """
    lines = []
    for table in sorted(wanted.keys() | found.keys()):
        one, other = wanted.get(table, Counter()), found.get(table, Counter())
        if in_parts and table.endswith(COVERS):
            one &= other
        for title, rest in (("lost", one - other), ("new", other - one)):
            lines += [f"{table}: {title} {row[:600]}" for row in list(rest.elements())[:2]]
    return "\n".join(lines)
