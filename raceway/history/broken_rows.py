"""The rows that break a check, kept in a file for people, with the first of them in words.

    runs/<run_id>/broken/<check>.csv                          of a check of the warehouse (mart__<table>.<check>.csv)
    landing/<source>/<table>/<batch>/broken/<check>.csv       of a check of a landed batch

Only checks that do not hold have such a file. It holds what the warehouse or the batch holds and nothing more, so
addresses and numbers of persons are hashed in it as there. Files of runs are removed as raw files are, after
`retention.archive_days`.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from raceway.common.files import short_name
from raceway.common.home import Home
from raceway.common.masks import masked
from raceway.common.spreadsheet import spreadsheet_sql
from raceway.common.sql import name as quoted_name
from raceway.common.sql import quoted

if TYPE_CHECKING:  # a task's module is imported with each DAG file, and DuckDB is heavy
    import duckdb

BROKEN: Final = "broken"
"""The folder of these files, in a run's folder or a batch's."""
MOST_ROWS: Final = 10_000
"""How many rows a file holds at most; the check says how many there are."""
EXAMPLES: Final = 5
_NAMED: Final = 4
"""Columns that an example names at most."""
_LONGEST: Final = 40


@dataclass(frozen=True)
class BrokenRows:
    """What breaks a check: how many rows, the first of them in words, and where all of them lie."""

    count: int
    examples: Sequence[str] = ()
    file: str = ""
    """Below the home; empty where none could be written."""

    @property
    def said(self) -> str:
        """Where the rows are, as the end of a sentence; empty where there is no file."""
        if not self.file:
            return ""
        all_of_them = f"the first {MOST_ROWS:,} of {self.count:,} rows" if self.count > MOST_ROWS else "all of them"
        return f"{all_of_them[0].upper()}{all_of_them[1:]}: {self.file}"


def keep_rows(
    connection: duckdb.DuckDBPyConnection, query: str, home: Home, folder: Path, check: str, key: Sequence[str] = ()
) -> BrokenRows:
    """Writes the rows of a query into `folder`, a run's or a batch's, and gives what there is to say of them.

    Examples name the columns `key`, or the first ones where the rows have none of them. Raises duckdb.Error where the
    query cannot be asked.
    """
    [(count,)] = connection.execute(f"select count(*) from ({query}\n)").fetchall()
    found = connection.execute(f"select * from ({query}\n) order by all limit {EXAMPLES}")
    described = found.description or []
    columns = [column[0] for column in described]
    named = [column for column in key if column in columns] or columns
    examples = [_example(dict(zip(columns, row, strict=True)), named[:_NAMED]) for row in found.fetchall()]
    if not count:
        return BrokenRows(0)
    (folder / BROKEN).mkdir(parents=True, exist_ok=True)
    file = folder / BROKEN / short_name(re.sub(r"[^A-Za-z0-9_.-]+", "_", check).lstrip("."), ".csv")
    aside = file.with_name(f".{uuid.uuid4().hex}")
    try:
        connection.execute(
            f"copy (select * {_marked(described)} from (select * from ({query}\n) order by all limit {MOST_ROWS})) "
            f"to {quoted(str(aside))} "
            "(format csv, header true)"
        )
        aside.replace(file)
    finally:
        aside.unlink(missing_ok=True)
    below = file.relative_to(home.root) if file.is_relative_to(home.root) else file
    return BrokenRows(count, examples, below.as_posix())


def breaks(count: int, total: int | None, examples: Sequence[str]) -> str:
    """How many rows break a claim, with the first of them."""
    of = f" of {total:,}" if total is not None and total >= count else ""
    verb = "row breaks it" if count == 1 and not of else "rows breaks it" if count == 1 else "rows break it"
    more = ["…"] if count > len(examples) else []
    return f"{count:,}{of} {verb}" + (f" ({'; '.join([*examples, *more])})" if examples else "")


def whole_sentence(subject: str, claim: str, found: str = "", remedy: str = "", rows: BrokenRows | None = None) -> str:
    """A check that does not hold: what must hold, what was found, what to do and where the rows are."""
    said = f"{subject}: {claim}; {found}" if found else f"{subject}: {claim}"
    then = [part for part in (remedy[:1].upper() + remedy[1:], rows.said if rows else "") if part]
    return ". ".join([said.removesuffix("."), *then])


def _marked(described: Sequence[Any]) -> str:
    """What a select changes of the texts among its columns, so that a spreadsheet runs none of them."""
    texts = [quoted_name(name) for name, kind, *_ in described if str(kind) == "VARCHAR"]
    return f"replace ({', '.join(f'{spreadsheet_sql(name)} as {name}' for name in texts)})" if texts else ""


def sweep_rows(home: Home, days: int, now: dt.datetime) -> int:
    """Removes the files of runs that are older than `days`; gives the number of runs that had some."""
    old = old_rows(home, days, now)
    for folder in old:
        shutil.rmtree(folder)
    return len(old)


def old_rows(home: Home, days: int, now: dt.datetime) -> list[Path]:
    """The folders of rows of runs that are older than `days`."""
    oldest = (now - dt.timedelta(days=days)).timestamp()
    return sorted(folder for folder in home.runs.glob(f"*/{BROKEN}") if folder.stat().st_mtime < oldest)


def _example(row: dict[str, Any], named: Sequence[str]) -> str:
    return ", ".join(f"{column} {text_of(row[column], _LONGEST)}" for column in named)


def text_of(value: object, longest: int) -> str:
    """A cell for people, masked, and cut where it is long."""
    if isinstance(value, Decimal):
        value = f"{value.normalize():f}"
    text = "empty" if value is None or value == "" else masked(re.sub(r"\s+", " ", str(value)))
    return text if len(text) <= longest else text[: longest - 1] + "…"
