"""A workbook's sheets as csv; numbers and dates keep their value, not their format.

Its reader lays a sheet out whole: one cell in the last row and column makes 17 billion, and a long text that many cells
share becomes as many texts. Both are looked for in the packed XML, before it is read.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from raceway.common.faults import ExportRefused
from raceway.common.texts import clean
from raceway.reading.budget import Budget

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

_CELL: Final = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})([0-9]{1,7})["']""")
_FAR: Final = re.compile(rb"""\br\s*=\s*["'](?:[A-Z]{3}|[A-Z]{2}[0-9]{5}|[A-Z][0-9]{6})""")
"""A cell beyond ZZ9999 and beyond Z99999."""
_NEAR: Final = 26 * 27 * 9_999
"""Cells of a sheet without one."""
_SHARED: Final = re.compile(rb"""\bt\s*=\s*["']s["'][^>]*>\s*<(?:\w+:)?v>\s*([0-9]+)""")
_TEXTS: Final = "xl/sharedStrings.xml"
_LONGEST_ROW: Final = 1 << 26


def refuse_boundless(archive: zipfile.ZipFile, name: str, budget: Budget) -> None:
    """Reads a workbook's parts through. Raises ExportRefused for a flood, for a sheet of too many cells and for texts
    that are shared too often, and BadZipFile where a part is not what was packed: its reader looks at no check sums."""
    shared = 0
    for entry in archive.infolist():
        far: set[tuple[bytes, bytes]] = set()
        with archive.open(entry) as part:
            for rows in _in_rows(budget.blocks(part)):
                if entry.filename.endswith(".xml") and entry.filename != _TEXTS:
                    shared += rows.count(b't="s"') + rows.count(b"t='s'")
                    if budget.limits.sheet_cells < _NEAR or _FAR.search(rows):
                        far.update(_furthest(_CELL.findall(rows)))
        _refuse_large(name, entry.filename, far, budget)
    texts = next((entry for entry in archive.infolist() if entry.filename == _TEXTS), None)
    if texts is not None and shared:
        with archive.open(texts) as part:
            lengths = [len(text) for block in _in_rows(part, b"si>") for text in block.split(b"</si>")[:-1]]
        if shared * max(lengths, default=0) > budget.limits.unpacked_freely_mb * (1 << 20):
            budget.unpack(_expanded(archive, lengths))


def _expanded(archive: zipfile.ZipFile, lengths: list[int]) -> int:
    """Bytes of all shared texts, each as often as a cell has it."""
    used: Counter[bytes] = Counter()
    for entry in archive.infolist():
        if entry.filename.endswith(".xml") and entry.filename != _TEXTS:
            with archive.open(entry) as part:
                for rows in _in_rows(part):
                    used.update(_SHARED.findall(rows))
    return sum(lengths[int(number)] * times for number, times in used.items() if int(number) < len(lengths))


def _in_rows(part: Iterable[bytes], end: bytes = b"row>") -> Iterator[bytes]:
    """A part of a workbook in pieces that end with a row."""
    rest = b""
    for block in part:
        rest += block
        at = rest.rfind(end) + len(end) if end in rest else len(rest) if len(rest) > _LONGEST_ROW else 0
        if at:
            yield rest[:at]
            rest = rest[at:]
    yield rest


def _furthest(cells: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The cells with the last column and the last row."""
    if not cells:
        return []
    return [max(cells, key=lambda cell: (len(cell[0]), cell[0])), max(cells, key=lambda cell: int(cell[1]))]


def _refuse_large(name: str, part: str, far: set[tuple[bytes, bytes]], budget: Budget) -> None:
    if not far:
        return
    column = max((column for column, _ in far), key=lambda letters: (len(letters), letters)).decode()
    row = max(int(row) for _, row in far)
    width = 0
    for letter in column:
        width = width * 26 + ord(letter) - ord("A") + 1
    if width * row > budget.limits.sheet_cells:
        raise ExportRefused(
            f"{name}: {part.rpartition('/')[2]} reaches to cell {column}{row}: {width * row:,} cells with the empty "
            f"ones, more than {budget.limits.sheet_cells:,} (limits.sheet_cells of raceway.toml); delete the rows and "
            "columns beyond its table and save it again, or export csv"
        )


def unpacked_sheets(raw: Path, name: str, scratch: Path) -> list[tuple[str, Path]]:
    """Each sheet with cells, by its name, as a csv in `scratch`. Raises ExportRefused where it cannot be read."""
    from python_calamine import CalamineError, load_workbook

    sheets = []
    try:
        workbook = load_workbook(str(raw))
        for number, sheet in enumerate(workbook.sheet_names):
            rows = _rows_of((raw, sheet), workbook)
            if rows:
                target = scratch / f"{raw.name}.{number}.csv"
                _write_sheet(rows, target)
                sheets.append((sheet, target))
    except CalamineError as fault:
        raise ExportRefused(f"{name}: the workbook cannot be read ({fault}); save it again or export csv") from fault
    if not sheets:
        raise ExportRefused(f"{name}: the workbook holds no cells")
    return sheets


def write_sheet_anew(sheet: tuple[Path, str], target: Path, decimal_sign: str) -> None:
    """Writes a sheet with the decimal sign that its texts have: a number that is no text has no sign of its own."""
    _write_sheet(_rows_of(sheet), target, decimal_sign)


def sheet_texts(sheet: tuple[Path, str]) -> list[str]:
    """The texts of a sheet that may be numbers, clean: a digit and a point or comma are in them."""
    texts = {cell for row in _rows_of(sheet) for cell in row if isinstance(cell, str) and len(cell) < 40}
    return sorted(clean(text) for text in texts if re.search(r"\d", text) and ("." in text or "," in text))


def _rows_of(sheet: tuple[Path, str], workbook: CalamineWorkbook | None = None) -> list[list[object]]:
    """A sheet's cells; each of those merged downwards has the value of the first, which is all that is kept."""
    from python_calamine import load_workbook

    found = (workbook or load_workbook(str(sheet[0]))).get_sheet_by_name(sheet[1])
    rows = cast("list[list[object]]", found.to_python(skip_empty_area=False))
    for (top, left), (bottom, _) in found.merged_cell_ranges or ():
        for row in range(top + 1, min(bottom + 1, len(rows))):
            if rows[row][left] in ("", None):
                rows[row][left] = rows[top][left]
    return rows


def _write_sheet(rows: list[list[object]], target: Path, decimal_sign: str = ".") -> None:
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([_cell_text(cell, decimal_sign) for cell in row] for row in rows)


def _cell_text(cell: object, decimal_sign: str) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        if cell.is_integer():
            # a workbook keeps 15 digits: a longer id is spoilt, and shown so that the id check sees it
            return str(int(cell)) if abs(cell) < 1e15 else f"{cell:.5E}"
        # its shortest digits, without a power of ten
        return f"{Decimal(repr(cell)):f}".replace(".", decimal_sign)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ") if cell.time() != dt.time() else cell.date().isoformat()
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return str(cell)
