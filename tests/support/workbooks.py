"""Workbooks as people send them."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]], merged: str = "") -> bytes:
    """A workbook of sheets; `merged` is merged in the first one."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])  # a new one has an empty sheet
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    if merged:
        made.worksheets[0].merge_cells(merged)
    written = io.BytesIO()
    made.save(written)
    return written.getvalue()
