"""The mart's tables as files of a version: Parquet by month, and race.duckdb loaded from it.

Parquet comes first and holds everything; race.duckdb is loaded from it, so that both always agree (of facts only the
last months where the settings say so). Rows are sorted and written by one thread: equal rows give equal bytes, and a
month that did not change becomes a hard link to the file of the version before.
"""

from __future__ import annotations

import datetime as dt
import filecmp
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

import duckdb

from raceway.common.sql import parquet_of, quoted
from raceway.publish.mart_tables import MartTable

# The file format of DuckDB 1.5: BI tools with an engine older than ours open it.
STORAGE_VERSION: Final = "v1.5.0"
_FILE: Final = "part.parquet"
_OPTIONS: Final = "format parquet, compression zstd"


def open_files(warehouse: Path) -> duckdb.DuckDBPyConnection:
    """A connection with the warehouse attached as `warehouse`, to read."""
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    connection.execute("set threads = 1")
    connection.execute("set partitioned_write_max_open_files = 4096")
    connection.execute(f"attach {quoted(str(warehouse))} as warehouse (read_only)")
    return connection


def write_parquet(
    connection: duckdb.DuckDBPyConnection, relation: str, table: MartTable, parquet: Path, before: Path | None
) -> list[Path]:
    """Writes a relation below the folder `parquet`; gives its files, oldest month first.

    `before` is the folder `parquet` of the version before. A table without a date, or without rows, is one
    file; all others are cut into months (`month=yyyy-mm`).
    """
    target = parquet / table.name
    target.mkdir(parents=True)
    by_month = f"{_OPTIONS}, partition_by (month), filename_pattern 'part', overwrite_or_ignore"
    [(rows,)] = connection.execute(f"select count(*) from {relation}").fetchall()
    if table.dated_by and rows:
        connection.execute(
            f"copy (select *, strftime({table.dated_by}, '%Y-%m') as month from {relation} order by all)"
            f" to {quoted(str(target))} ({by_month})"
        )
        files = [file.rename(file.with_name(_FILE)) for file in sorted(target.glob("*/part0.parquet"))]
    else:
        files = [target / _FILE]
        connection.execute(f"copy (select * from {relation} order by all) to {quoted(str(files[0]))} ({_OPTIONS})")
    if before is not None:
        for file in files:
            link_if_equal(file, before / file.relative_to(parquet))
    return files


def facts_from(as_of: dt.date, fact_months: int) -> str:
    """The first month whose facts race.duckdb holds, as its folder is called: so many before that of `as_of`; empty
    where `fact_months` is 0, and it holds them all."""
    if not fact_months:
        return ""
    months_ago = as_of.year * 12 + as_of.month - 1 - fact_months
    return f"month={months_ago // 12:04d}-{months_ago % 12 + 1:02d}"


def load_table(
    connection: duckdb.DuckDBPyConnection, table: MartTable, files: list[Path], as_of: dt.date, fact_months: int = 0
) -> str:
    """Loads a table of race.duckdb from its Parquet files; gives a sentence where it does not hold all of them.

    Marts and dimensions are whole; of facts race.duckdb holds the months that `facts_from` says.
    """
    first = facts_from(as_of, fact_months) if table.is_fact else ""
    recent = [file for file in files if file.parent.name >= first or not _has_month(file)]
    # a table must be there with its columns even where no month is recent enough
    rows = "" if recent else " limit 0"
    connection.execute(f"create table race.{table.name} as select * from {parquet_of(recent or files)}{rows}")
    if len(recent) == len(files):
        return ""
    return f"From {first.removeprefix('month=')} on (retention.fact_months = {fact_months}); parquet/ holds all."


def _has_month(file: Path) -> bool:
    return file.parent.name.startswith("month=")


def link_if_equal(file: Path, earlier: Path) -> None:
    """Makes a file that equals an earlier one a hard link to it."""
    if earlier.is_file() and filecmp.cmp(file, earlier, shallow=False):
        linked = file.with_name("linked")
        # a file system without hard links keeps the copy that was just written
        with suppress(OSError):
            os.link(earlier, linked)
            linked.replace(file)
