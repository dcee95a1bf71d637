"""Asking the published mart."""

from __future__ import annotations

import csv
import json
import math
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from raceway.common.faults import PermanentFault
from raceway.common.home import Home

TABLE_ROWS: Final = 500
"""Rows that are printed as a table; csv and json give all."""


@dataclass(frozen=True)
class Answer:
    """Column names and rows of one query."""

    columns: list[str]
    rows: list[tuple[Any, ...]]


def ask(home: Home, sql: str) -> Answer:
    """Runs one query on the published mart, read-only.

    Raises PermanentFault where nothing is published yet or DuckDB does not understand the query.
    """
    try:
        with published_mart(home) as connection:
            cursor = connection.execute(sql)
            columns = [column[0] for column in cursor.description or []]
            return Answer(columns, cursor.fetchall())
    except duckdb.Error as fault:
        raise PermanentFault(f"the query failed: {fault}") from fault
    except RuntimeError as fault:  # what DuckDB's Python says of bytes that are no text
        raise PermanentFault(f"the query cannot be read as text in UTF-8 ({fault}); write it anew") from fault


def text_of(file: Path) -> str:
    """The query that a file holds. Raises PermanentFault where it cannot be read."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise PermanentFault(f"{file}: cannot be read as a query ({fault}); write its path from here") from fault


def published_mart(home: Home) -> duckdb.DuckDBPyConnection:
    """The published mart, open to be read. Raises PermanentFault where nothing is published yet."""
    # the version's own path: `current` may move to another version while this one is being read
    return duckdb.connect(str(published_file(home, "race.duckdb").resolve()), read_only=True)


def published_file(home: Home, name: str) -> Path:
    """A file of the published version, below `current`. Raises PermanentFault where nothing is published yet."""
    file = home.current / name
    if not file.exists():
        raise PermanentFault(f"{home.root}: nothing is published yet; run: raceway --home {home.root} run")
    return file


def print_answer(console: Console, answer: Answer, form: str) -> None:
    """Prints an answer as `table` (numbers rounded to be read), `csv` or `json` (a list of objects; both exact)."""
    if form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(answer.columns)
        writer.writerows(answer.rows)
    elif form == "json":
        rows = [dict(zip(answer.columns, map(_of_json, row), strict=True)) for row in answer.rows]
        print(json.dumps(rows, ensure_ascii=False, indent=2, default=str))
    else:
        table = Table()
        for number, column in enumerate(answer.columns):
            numeric = any(isinstance(row[number], int | float | Decimal) for row in answer.rows[:TABLE_ROWS])
            table.add_column(escape(column), justify="right" if numeric else "left", overflow="fold")
        for row in answer.rows[:TABLE_ROWS]:
            table.add_row(*(escape(_read(cell)) for cell in row))
        console.print(table)
        more = len(answer.rows) - TABLE_ROWS
        if more > 0:
            console.print(f"… and {more} more rows; --format csv prints all")


def _of_json(cell: Any) -> Any:
    """NaN and infinity as text: JSON has no such numbers."""
    return str(cell) if isinstance(cell, float) and not math.isfinite(cell) else cell


def _read(cell: Any) -> str:
    """A cell as a person reads it: amounts to two decimals, fractions to four digits, unknown as nothing."""
    if cell is None:
        return ""
    if not isinstance(cell, float | Decimal) or not math.isfinite(cell):
        return str(cell)
    text = f"{cell:.2f}" if cell == 0 or math.fabs(cell) >= 1 else f"{cell:.4g}"
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text
