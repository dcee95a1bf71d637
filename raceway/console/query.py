"""Asking the published mart."""

from __future__ import annotations

import json
import math
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import duckdb
from rich.console import Console
from rich.table import Table
from rich.text import Text

from raceway.common.faults import PermanentFault
from raceway.common.home import Home
from raceway.common.own_database import damage_told
from raceway.common.spreadsheet import write_rows
from raceway.console.form import MOST_GIGABYTES, MOST_ROWS, MOST_SECONDS
from raceway.publish.current import check_shown
from raceway.report.bounded import Limits, bounded_query, limited_time, shut_mart
from raceway.report.kpi_values import KpiValues, Question, kpi_values
from raceway.report.mart_file import MEND, version_file

MART: Final = "race.duckdb"
_CHARACTERS: Final = 500_000_000
TABLE_ROWS: Final = 500
"""Rows that are printed as a table; csv and json give all."""


def limits_of(rows: int = MOST_ROWS, seconds: float = MOST_SECONDS, gigabytes: int = MOST_GIGABYTES) -> Limits:
    """What a question at the command line may take; whoever meets a limit is told how to allow more."""
    return Limits(
        rows=rows, seconds=seconds, gigabytes=gigabytes, characters=_CHARACTERS,
        less="ask for less, or allow more by --rows, --seconds or --memory",
        outside="; who means it and knows where the query comes from says --unsafe",
    )  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """Column names and rows of one query."""

    columns: list[str]
    rows: list[tuple[Any, ...]]


def ask(home: Home, sql: str, limits: Limits | None = None) -> Answer:
    """Runs one select on the published mart, which is shut to everything outside of it.

    Raises PermanentFault where nothing is published yet, DuckDB does not understand the query, it is no select or
    wants out of the mart, or takes more than the limits allow: an answer is given whole or not at all.
    """
    limits = limits or limits_of()
    found = bounded_query(published_file(home, MART), sql, limits)
    if found.is_cut:
        raise PermanentFault(_too_many(limits))
    return Answer(found.columns, found.rows)


def ask_unsafe(home: Home, sql: str) -> Answer:
    """Runs any statement on the published mart, with all that the asking user may do on this machine.

    The mart itself is read-only here, too. Raises PermanentFault where nothing is published yet or DuckDB fails.
    """
    mart = published_file(home, MART)
    try:
        with damage_told(mart, MEND), duckdb.connect(str(mart), read_only=True) as connection:
            cursor = connection.execute(sql)
            columns = [column[0] for column in cursor.description or []]
            return Answer(columns, cursor.fetchall())
    except duckdb.Error as fault:
        raise PermanentFault(f"the query failed: {fault}") from fault
    except RuntimeError as fault:  # what DuckDB's Python says of bytes that are no text
        raise PermanentFault(f"the query cannot be read as text in UTF-8 ({fault}); write it anew") from fault


def ask_kpis(home: Home, question: Question, limits: Limits) -> KpiValues:
    """KPIs by name from the published mart. Raises PermanentFault as `ask`, and where it has not what is asked."""
    with shut_mart(published_file(home, MART), limits) as mart, limited_time(mart, limits):
        found = kpi_values(mart, question)
    if len(found.rows) > limits.rows:
        raise PermanentFault(_too_many(limits))
    return found


def _too_many(limits: Limits) -> str:
    return (
        f"the answer has more than {limits.rows:,} rows or {limits.characters:,} characters, and a part of it would "
        f"pass for the whole; {limits.less}"
    )


def text_of(file: Path) -> str:
    """The query that a file holds. Raises PermanentFault where it cannot be read."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise PermanentFault(f"{file}: cannot be read as a query ({fault}); write its path from here") from fault


def published_file(home: Home, name: str) -> Path:
    """A file of the published version. Raises PermanentFault where nothing is published yet, or it is not there."""
    file = home.current / name
    if not file.exists():
        check_shown(home)  # says why readers see none
    return version_file(file)


def print_answer(console: Console, answer: Answer, form: str) -> None:
    """Prints an answer as `table` (numbers rounded to be read), `csv` or `json` (a list of objects; both exact)."""
    if form == "csv":
        write_rows(sys.stdout, [answer.columns, *answer.rows])
    elif form == "json":
        if len(set(answer.columns)) < len(answer.columns):
            raise PermanentFault("two columns of the answer have one name, and JSON would lose one; name them with as")
        rows = [dict(zip(answer.columns, map(_of_json, row), strict=True)) for row in answer.rows]
        print(json.dumps(rows, ensure_ascii=False, indent=2, default=str))
    else:
        table = Table()
        for number, column in enumerate(answer.columns):
            numeric = any(isinstance(row[number], int | float | Decimal) for row in answer.rows[:TABLE_ROWS])
            table.add_column(Text(column), justify="right" if numeric else "left", overflow="fold")
        for row in answer.rows[:TABLE_ROWS]:
            table.add_row(*(Text(_read(cell)) for cell in row))
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
