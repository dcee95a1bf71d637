"""Tables that hold what they held in the version before: they are taken over from it, not written again.

    kept.models of the warehouse ──► contents.json of the version: a digest of each table, and of which program
            │
            ▼
    a table whose digest the version before has, too:   its Parquet files are hard links to that version's
    where there is one:   race.duckdb begins as a copy of that version's, and only the other tables are loaded anew

What is taken over is held to the sums that were noted when it was written, so that a damaged version does not live on.
A copy keeps the room of the tables that were dropped in it: where it has grown by half since race.duckdb was last
loaded as a whole, or a person was forgotten since the version before, it is loaded as a whole. Tables are the same
either way, the bytes of race.duckdb are not.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import duckdb

from raceway.common.files import write_aside
from raceway.common.home import Home
from raceway.common.moments import utc_text
from raceway.common.sql import name, quoted
from raceway.publish.mart_files import STORAGE_VERSION
from raceway.publish.sums import are_as_written, sums_of
from raceway.reading.forgotten import last_forgotten

CONTENTS: Final = "contents.json"
_MAY_GROW: Final = 1.5
"""A database that is this many times as large as when it was loaded as a whole is loaded as a whole again."""


@dataclass
class Carried:
    """What a version that is being written takes over from the one before."""

    folder: Path
    """The new version's."""
    earlier: Path | None
    """The folder of the version before."""
    now: dict[str, Any]
    """contents.json as it will stand."""
    files: dict[str, list[Path]] = field(default_factory=dict)
    """By table the Parquet files that were taken over, oldest month first."""
    loaded: frozenset[str] = frozenset()
    """Tables that race.duckdb holds already."""
    partial: dict[str, str] = field(default_factory=dict)
    """Of these, the sentence on months that race.duckdb leaves out."""

    def write(self) -> None:
        """Writes contents.json, when race.duckdb is complete."""
        if not self.loaded:
            self.now["loaded_bytes"] = (self.folder / "race.duckdb").stat().st_size
        write_aside(self.folder / CONTENTS, json.dumps(self.now, indent=2) + "\n")


def carry(
    connection: duckdb.DuckDBPyConnection, home: Home, folder: Path, tables: list[str], earlier: Path | None,
    facts_from: str,
) -> Carried:  # fmt: skip
    """Takes over what has not changed, and attaches the new version's race.duckdb as `race`.

    `connection` has the warehouse attached as `warehouse`; `tables` are those that are published; `facts_from` says
    from which month on race.duckdb holds facts.
    """
    forgotten = last_forgotten(home)
    carried = Carried(folder, earlier, _contents(connection, tables, facts_from))
    carried.now["forgotten"] = utc_text(forgotten) if forgotten else ""
    before, sums = _noted(earlier), sums_of(earlier) if earlier else {}
    if earlier is not None and carried.now["program"] and before.get("program") == carried.now["program"]:
        for table in tables:
            content = carried.now["tables"].get(table)
            if (
                content
                and before["tables"].get(table) == content
                and are_as_written(earlier, sums, f"parquet/{table}/")
            ):
                carried.files[table] = _link(earlier, folder, table)
        _copy_database(carried, before, sums)
    connection.execute(
        f"attach {quoted(str(folder / 'race.duckdb'))} as race"
        + ("" if carried.loaded else f" (storage_version '{STORAGE_VERSION}')")
    )
    _drop_others(connection, carried)
    return carried


def _contents(connection: duckdb.DuckDBPyConnection, tables: list[str], facts_from: str) -> dict[str, Any]:
    """What the warehouse's tables hold; no program where its build did not keep account of them."""
    known = connection.execute(
        "select count(*) from duckdb_tables() where database_name = 'warehouse' "
        "and (schema_name, table_name) in (('kept', 'models'), ('frozen', 'program'))"
    ).fetchone()
    if known != (2,):
        return {"program": "", "facts_from": facts_from, "tables": {}}
    [(program,)] = connection.execute("select program from warehouse.frozen.program").fetchall()
    held = dict(connection.execute("select model, content from warehouse.kept.models order by model").fetchall())
    return {
        "program": program,
        "facts_from": facts_from,
        "tables": {table: held[table] for table in tables if table in held},
    }


def _noted(earlier: Path | None) -> dict[str, Any]:
    """contents.json of the version before; nothing where there is none, or none that can be read."""
    if earlier is None:
        return {}
    try:
        noted = json.loads((earlier / CONTENTS).read_bytes())
        return noted if isinstance(noted["tables"], dict) else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _link(earlier: Path, folder: Path, table: str) -> list[Path]:
    """Hard links to a table's files; copies on a file system without them."""
    files = []
    for file in sorted((earlier / "parquet" / table).rglob("*.parquet")):
        target = folder / file.relative_to(earlier)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(file, target)
        except OSError:
            shutil.copyfile(file, target)
        files.append(target)
    return files


def _copy_database(carried: Carried, before: dict[str, Any], sums: dict[str, str]) -> None:
    """Begins race.duckdb as a copy of the version before's, where that is sound and not too large."""
    assert carried.earlier is not None
    database = carried.earlier / "race.duckdb"
    same_facts = before.get("facts_from") == carried.now["facts_from"]
    kept = frozenset(table for table in carried.files if same_facts or not table.startswith("fct_"))
    if (
        kept
        and before.get("forgotten") == carried.now["forgotten"]
        and database.is_file()
        and database.stat().st_size <= _MAY_GROW * before.get("loaded_bytes", 0)
        and are_as_written(carried.earlier, sums, "race.duckdb")
    ):
        shutil.copyfile(database, carried.folder / "race.duckdb")
        carried.loaded = kept
        carried.now["loaded_bytes"] = before["loaded_bytes"]
        details = json.loads((carried.earlier / "run.json").read_bytes())
        carried.partial = {table: details["partial_in_race_duckdb"].get(table, "") for table in kept}


def _drop_others(connection: duckdb.DuckDBPyConnection, carried: Carried) -> None:
    """Drops the tables that were not taken over; what is loaded next has their room."""
    held = connection.execute("select table_name from duckdb_tables() where database_name = 'race'").fetchall()
    others = [table for (table,) in held if table not in carried.loaded]
    for table in others:
        connection.execute(f"drop table race.{name(table)}")
    if others:
        connection.execute("checkpoint race")
