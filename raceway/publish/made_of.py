"""What a version was made of: the frozen tables of its run, kept in its folder, so that it can be built again.

    published/v…/made_of/<table>.parquet     one file for each table of the warehouse's schema `frozen`

They hold the effective set (which batches, which scopes each won, which days are covered), settings, accounts and
lists as models read them, `as_of`, and the program that built. Addresses and phones in them are hashed; paths of
batches are kept below `landing/`, since a home may move.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import duckdb

from raceway.common.faults import PermanentFault
from raceway.common.home import Home
from raceway.common.sql import name, parquet_of, quoted
from raceway.publish.mart_files import link_if_equal

FOLDER: Final = "made_of"
WITH_PATHS: Final = ("batches", "state_files")
_COUNTERS: Final = "rows_rewritten"
"""Written by the models themselves: nothing that they are made of."""


def write_made_of(connection: duckdb.DuckDBPyConnection, home: Home, folder: Path, earlier: Path | None) -> None:
    """Writes the frozen tables of the database attached as `warehouse` into a version's folder.

    `earlier` is the folder of the version before; a table that did not change is a hard link to its file.
    """
    target = folder / FOLDER
    target.mkdir()
    tables = connection.execute(
        "select table_name from duckdb_tables() where database_name = 'warehouse' and schema_name = 'frozen' "
        "and table_name <> ? order by table_name",
        [_COUNTERS],
    ).fetchall()
    for (table,) in tables:
        below = "exclude (read_from) " if table == "batches" else ""  # packs go; the batches' own files stay
        below += f"replace (replace(path, {quoted(f'{home.landing}/')}, '') as path)" if table in WITH_PATHS else ""
        file = target / f"{table}.parquet"
        connection.execute(
            f"copy (select * {below} from warehouse.frozen.{name(table)} order by all) to {quoted(str(file))} "
            "(format parquet, compression zstd)"
        )
        if earlier is not None:
            link_if_equal(file, earlier / FOLDER / file.name)


def made_of(folder: Path) -> dict[str, str]:
    """By table what stands for it in a from clause. Raises PermanentFault for a version that does not keep it."""
    files = sorted((folder / FOLDER).glob("*.parquet"))
    if not files:
        raise PermanentFault(
            f"{folder.name} does not keep what it was made of: it was published by an earlier raceway; take a version "
            "that was published since"
        )
    return {file.stem: parquet_of(file) for file in files}


def program_of(folder: Path) -> str:
    """The hash of the program that built a version. Raises PermanentFault as `made_of`."""
    with duckdb.connect() as connection:
        row = connection.execute(f"select program from {made_of(folder)['program']}").fetchone()
    assert row is not None, "the freeze writes one row"
    return str(row[0])


def missing_files(home: Home, folder: Path) -> Iterator[str]:
    """The files below landing/ that a version was made of and that are not there any more."""
    tables = made_of(folder)
    with duckdb.connect() as connection:
        for table in WITH_PATHS:
            rows = connection.execute(f"select distinct path from {tables[table]} order by path").fetchall()
            yield from (path for (path,) in rows if not (home.landing / path).is_file())
