"""Cells of CSV files that people open in a spreadsheet: none of them is run.

Excel, LibreOffice and Google Sheets take a cell that begins with one of `= + - @`, a tab or a line end for a formula,
which may send other cells away (OWASP, CSV Injection; full-width forms of the signs too). Such a text gets an
apostrophe before it; numbers stay numbers. So that every text can be read back, one that has apostrophes before such
a sign gets one more: whoever reads a cell of one or more apostrophes and then such a sign takes the first away.

`spreadsheet_cell` says it for Python, `spreadsheet_sql` for DuckDB; a test holds them equal.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final, TextIO

_SIGNS: Final = r"[=+\-@\t\r\n＝＋－＠]"  # the full-width forms are meant
_NUMBER: Final = r"[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?"
_RUN_HERE: Final = re.compile(f"'*{_SIGNS}")
_MARKED_HERE: Final = re.compile(f"'+{_SIGNS}")
_NUMBER_HERE: Final = re.compile(_NUMBER)


def spreadsheet_cell(value: Any) -> Any:
    """A value as it stands in a CSV file: what a spreadsheet would run is marked as a text."""
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    return f"'{text}" if _RUN_HERE.match(text) and not _NUMBER_HERE.fullmatch(text) else value


def spreadsheet_sql(text: str) -> str:
    """DuckDB's SQL for the same over a SQL text expression; null where it is null."""
    return (
        f"case when regexp_matches({text}, '^''*{_SIGNS}') and not regexp_full_match({text}, '{_NUMBER}') "
        f"then chr(39) || {text} else {text} end"
    )


def as_it_was(cell: str) -> str:
    """The text that a cell was made from."""
    return cell[1:] if _MARKED_HERE.match(cell) else cell


def write_rows(file: TextIO, rows: Iterable[Sequence[Any]]) -> None:
    """Writes rows, the header first, as CSV."""
    csv.writer(_Lines(file), lineterminator="\r\n").writerows([spreadsheet_cell(cell) for cell in row] for row in rows)


class _Lines:
    """Ends each row with a plain line end: told to write that itself, csv leaves a cell's carriage return bare."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, row: str) -> int:
        """Writes one row."""
        return self._file.write(row.removesuffix("\r\n") + "\n")
