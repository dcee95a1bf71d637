"""The answer to who asks what is kept of her: rows of the mart and of landing as CSV, with what each column is.

    <folder>/mart/<table>.csv               rows of the published mart that are hers
    <folder>/landing/<source>.<table>.csv   rows of accepted batches that name her
    <folder>/columns.csv                    table, column, description
    <folder>/about.json                     when, by whom, why, and how many rows of each table

The folder is its owner's alone. Raw files of archive/ are not copied: they hold other persons, too. That an answer was
written, by whom and why, stands in runs/_exports.jsonl, without her name.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from raceway.common.faults import PermanentFault
from raceway.common.home import Home
from raceway.common.masks import masked
from raceway.common.moments import utc_text
from raceway.common.own_database import damage_told
from raceway.common.sql import name, parquet_of, quoted
from raceway.common.who import who_decides
from raceway.landing.person import Person, find_person, landed_files
from raceway.ledger.ledger import Ledger
from raceway.publish.current import damage_of_current
from raceway.publish.forget import check_reason
from raceway.publish.version import Version, published_version
from raceway.reading.personal import check_key
from raceway.report.mart_file import MEND

_RECORD: Final = "_exports.jsonl"


@dataclass
class Answer:
    """What was written, and where."""

    folder: Path
    rows: dict[str, int]
    """Rows by table: `mart/customer_360`, `landing/shopify.orders`."""


def export_person(home: Home, said: str, folder: Path, *, why: str, who: str | None = None) -> Answer:
    """Writes what the mart and landing hold of a person into a new folder.

    Raises PermanentFault where nobody is meant, no reason is given or the folder is there already, BadSettings without
    the home's key.
    """
    check_reason(why)
    check_key(home)
    if folder.expanduser().absolute().resolve().is_relative_to(home.root.resolve()):
        raise PermanentFault(f"{folder}: lies in the home, where nights read and others look; name a folder outside it")
    if damage := damage_of_current(home):
        raise PermanentFault(f"the answer would lack the mart: {damage}")
    person = find_person(home, said)
    version = published_version(home)
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        raise PermanentFault(f"{folder}: is there already; name a folder that is not") from None
    rows: dict[str, int] = {}
    described: list[tuple[str, str, str]] = []
    _of_landing(home, person, folder, rows, described)
    _of_mart(version, person, folder, rows, described)
    with _private(folder / "columns.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("table", "column", "description"), *described])
    record = {"at": utc_text(dt.datetime.now(dt.UTC)), "who": who_decides(who), "why": masked(why), "rows": rows}
    _private(folder / "about.json").write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8")
    home.runs.mkdir(exist_ok=True)
    with _private(home.runs / _RECORD).open("a", encoding="utf-8") as file:
        file.write(json.dumps(record, ensure_ascii=False) + "\n")
    return Answer(folder, rows)


def _of_landing(
    home: Home, person: Person, folder: Path, rows: dict[str, int], described: list[tuple[str, str, str]]
) -> None:
    accepted = {batch.path for batch in Ledger(home).state().accepted()}
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        for table, files in landed_files(home):
            counted = [path for path in files if path in accepted]
            named = [column.name for column in table.columns if column.names_person]
            if not counted or not named:
                continue
            relation = parquet_of(counted, by_name=True)
            there = {column for (column, *_) in connection.execute(f"describe select * from {relation}").fetchall()}
            hers = " or ".join(
                f"len(list_intersect(regexp_split_to_array({name(column)}, '[|;,\\s]+'), {_ids(person)})) > 0"
                for column in named
                if column in there
            )
            query = f"select * from {relation} where {hers} order by _batch_id, _row"
            if _written(connection, query, folder / "landing" / f"{table.full_name}.csv", rows):
                described += [(table.full_name, column.name, column.description) for column in table.columns]


def _ids(person: Person) -> str:
    return "[" + ", ".join(quoted(value) for value in sorted(person.ids)) + "]"


def _of_mart(
    version: Version | None, person: Person, folder: Path, rows: dict[str, int], described: list[tuple[str, str, str]]
) -> None:
    if version is None or not person.person_ids:
        return
    persons = "(" + ", ".join(quoted(one) for one in sorted(person.person_ids)) + ")"
    with (
        damage_told(version.database, MEND),
        duckdb.connect(str(version.database), read_only=True) as connection,
    ):
        tables = connection.execute(
            "select table_name from duckdb_columns() where column_name = 'person_id' order by table_name"
        ).fetchall()
        for (table,) in tables:
            query = f"select * from {name(table)} where person_id in {persons} order by all"
            if _written(connection, query, folder / "mart" / f"{table}.csv", rows):
                described += connection.execute(
                    "select table_name, column_name, coalesce(comment, '') from duckdb_columns() where table_name = $1",
                    [table],
                ).fetchall()


def _written(connection: duckdb.DuckDBPyConnection, query: str, path: Path, rows: dict[str, int]) -> bool:
    """Writes the rows of a query as CSV where there are some."""
    [(count,)] = connection.execute(f"select count(*) from ({query})").fetchall()
    if not count:
        return False
    path.parent.mkdir(mode=0o700, exist_ok=True)
    connection.execute(f"copy ({query}) to {quoted(str(path))} (format csv, header true)")
    _private(path)
    rows[f"{path.parent.name}/{path.stem}"] = count
    return True


def _private(path: Path) -> Path:
    """The path of a file that its owner alone may read, made if it is not there."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    return path
