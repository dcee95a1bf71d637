"""No cell of a CSV file is run by a spreadsheet, none is a number less, and every text can be had back."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import duckdb
import pytest

from raceway.common.spreadsheet import as_it_was, spreadsheet_cell, spreadsheet_sql, write_rows

RUN = ["=1+1", '=HYPERLINK("https://example.com?"&A1)', "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1",
       "＝1", "＋1+1", "－1+1", "＠SUM(A1)", "'=1", "''@a", "+84 90 123 45 67", "-", "=", "-5 %", "\n=2"]  # fmt: skip
KEPT = ["", "a", "áo dài", "paid_search", "2026-01-01", "'quoted'", "'", "-5", "+5", "-5.25", "-.5", "+1.", "1e-5",
        "-1.5E+3", "a=b", "a\n=b", " =1", "(12)", "100%"]  # fmt: skip


@pytest.mark.parametrize("text", RUN)
def test_what_a_spreadsheet_would_run_is_marked_and_can_be_had_back(text: str) -> None:
    cell = spreadsheet_cell(text)
    assert cell == f"'{text}"
    assert as_it_was(cell) == text


@pytest.mark.parametrize("text", KEPT)
def test_every_other_text_and_every_number_stays_as_it_is(text: str) -> None:
    assert spreadsheet_cell(text) == text
    assert as_it_was(text) == text


def test_numbers_stay_numbers() -> None:
    numbers = [-5, -5.5, Decimal("-12.340000"), None, True]
    assert [spreadsheet_cell(number) for number in numbers] == numbers


def test_duckdb_marks_the_same_cells() -> None:
    texts = [*RUN, *KEPT]
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"select {spreadsheet_sql('text')} from (select unnest($texts) as text)", {"texts": [*texts, None]}
        ).fetchall()
    assert [cell for (cell,) in rows] == [*(spreadsheet_cell(text) for text in texts), None]


def test_a_file_is_read_back_to_the_same_rows() -> None:
    file = io.StringIO(newline="")
    rows = [["=kpi", "value"], *([text, "-1.5"] for text in [*RUN, *KEPT])]
    write_rows(file, rows)
    file.seek(0)
    assert [[as_it_was(cell) for cell in row] for row in csv.reader(file)] == rows
