"""Workbooks as people send them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

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


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_DECLARED = '<?xml version="1.0" encoding="UTF-8"?>'


def packed_workbook(
    rows: Sequence[Sequence[str]],
    *,
    blank: str = "",
    shared: tuple[str, int] | None = None,
    doctype: str = "",
    raw: bool = False,
    sheet: str = "worksheets/sheet1.xml",
    merged: str = "",
    first: int = 1,
    more: Mapping[str, bytes] = {},
) -> bytes:
    """A workbook written by hand, as no program writes one: the sheet's own XML.

    `blank` is a cell that holds nothing, `shared` a text and the number of rows that share it, `doctype` stands above
    the sheet, `raw` writes texts without escaping them, `sheet` is where the workbook says that its sheet lies.
    """

    def texts(number: int, cells: Sequence[str]) -> str:
        inside = (
            f'<c r="{chr(65 + place)}{number}" t="inlineStr"><is><t>{cell if raw else escape(cell)}</t></is></c>'
            for place, cell in enumerate(cells)
        )
        return f'<row r="{number}">{"".join(inside)}</row>'

    numbered = [texts(first + place if place else 1, cells) for place, cells in enumerate(rows)]
    if shared:
        numbered += [f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(2, shared[1] + 2)]
    if blank:
        numbered.append(
            f'<row r="{blank.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}"><c r="{blank}" t="str"><v></v></c></row>'
        )
    merge = f'<mergeCells count="1"><mergeCell ref="{merged}"/></mergeCells>' if merged else ""
    parts = {
        "[Content_Types].xml": f'{_DECLARED}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f'ContentType="application/xml"/></Types>',
        "_rels/.rels": f'{_DECLARED}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{_DECLARED}<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}"><sheets><sheet name="S" '
        f'sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{_DECLARED}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship '
        f'Id="rId1" Type="{_DOCUMENT}/worksheet" Target="{sheet}"/><Relationship Id="rId2" '
        f'Type="{_DOCUMENT}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'{_DECLARED}{doctype}<worksheet xmlns="{_MAIN}"><sheetData>{"".join(numbered)}'
        f"</sheetData>{merge}</worksheet>",
    }
    if shared:
        parts["xl/sharedStrings.xml"] = f'{_DECLARED}<sst xmlns="{_MAIN}"><si><t>{shared[0]}</t></si></sst>'
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**parts, **more}.items():
            archive.writestr(name, content)
    return written.getvalue()
