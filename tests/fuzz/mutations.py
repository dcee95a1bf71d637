"""What happens to files on their way: each mutation takes a file's bytes and gives those of a spoilt one.

Text mutations are put on the text inside a container, too: a gz, a member of a zip. Every mutation draws from
the `Random` it is given, so that a number names a mutated file for ever.
"""

from __future__ import annotations

import csv
import gzip
import io
import random
import zipfile
from collections.abc import Callable
from typing import Final

Text = Callable[[str, random.Random], str]
Bytes = Callable[[bytes, random.Random], bytes]

_CELLS: Final = (
    "", "-", " --", "null", "0", "-1", "1e400", "12,5", "1.234.567,89", "99999999999999999999", "NaN", "∞", "< 10%",
    "=HYPERLINK(\"http://x.example\")", "+1+1", "@SUM(A1)", "1900-01-00", "9999-12-31", "2026-02-30", "03/04/2024",
    "\u202e\u0643", "e\u0301", "a\nb", "a,b;c\td|e", 'say "hi"', "Total: everything", "Tổng:", "true", "1.20253E+17",
    " 5 ", "\u00a05\u202f000", "$1,234.50", "(33.62)", "12 %", "₫1.234", "x" * 5000, "{}", "[1]", "\\", "'", "--",
)  # fmt: skip


def _rows(text: str) -> tuple[list[list[str]], str] | None:
    """A text as records with its delimiter; None where it is no table."""
    delimiter = max(",\t;|", key=text.count)
    if not text.count(delimiter):
        return None
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)), delimiter
    except csv.Error:
        return None


def _written(rows: list[list[str]], delimiter: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue()


def _on_rows(change: Callable[[list[list[str]], random.Random], None]) -> Text:
    def mutated(text: str, luck: random.Random) -> str:
        found = _rows(text)
        if found is None or not found[0]:
            return text + "\n"
        rows, delimiter = found
        change(rows, luck)
        return _written(rows, delimiter)

    return mutated


def _move_columns(rows: list[list[str]], luck: random.Random) -> None:
    by = luck.randint(1, 3)
    for row in rows:
        row[:] = row[by:] + row[:by]


def _rename_header(rows: list[list[str]], luck: random.Random) -> None:
    row = rows[min(luck.randint(0, 3), len(rows) - 1)]
    if row:
        place = luck.randrange(len(row))
        row[place] = luck.choice(
            (row[place].upper(), row[place] + " ", row[place][:-1], "Renamed", "", "﻿" + row[place])
        )


def _double_column(rows: list[list[str]], luck: random.Random) -> None:
    place = luck.randint(0, 6)
    for row in rows:
        if place < len(row):
            row.insert(place, row[place])


def _drop_column(rows: list[list[str]], luck: random.Random) -> None:
    place = luck.randint(0, 6)
    for row in rows:
        if place < len(row):
            del row[place]


def _change_cells(rows: list[list[str]], luck: random.Random) -> None:
    for _ in range(luck.randint(1, 3)):
        row = luck.choice(rows)
        if row:
            row[luck.randrange(len(row))] = luck.choice(_CELLS)


def _double_rows(rows: list[list[str]], luck: random.Random) -> None:
    at = luck.randrange(len(rows))
    rows[at:at] = [list(rows[at])] * luck.randint(1, 5)


def _drop_rows(rows: list[list[str]], luck: random.Random) -> None:
    at = luck.randrange(len(rows))
    del rows[at : at + luck.randint(1, 8)]


def _lose_a_section(rows: list[list[str]], luck: random.Random) -> None:
    half = len(rows) // 2
    rows[:] = rows[half:] if luck.random() < 0.5 else rows[:half]


def _ragged(rows: list[list[str]], luck: random.Random) -> None:
    row = luck.choice(rows)
    if luck.random() < 0.5:
        row.append("more")
    elif row:
        row.pop()


def _blank_lines(text: str, luck: random.Random) -> str:
    lines = text.split("\n")
    for _ in range(luck.randint(1, 4)):
        lines.insert(luck.randrange(len(lines) + 1), luck.choice(("", " ", ",,,,", "\t")))
    return "\n".join(lines)


def _quotes(text: str, luck: random.Random) -> str:
    at = luck.randrange(len(text) + 1)
    return text[:at] + luck.choice(('"', '""', '"x"', "'")) + text[at:]


def _other_delimiter(text: str, luck: random.Random) -> str:
    return text.replace(",", luck.choice((";", "\t", "|")))


def _line_ends(text: str, luck: random.Random) -> str:
    return text.replace("\n", luck.choice(("\r\n", "\r", "\n\n")))


def _huge_cell(text: str, luck: random.Random) -> str:
    lines = text.split("\n")
    at = luck.randrange(len(lines))
    lines[at] = lines[at] + "x" * 1_000_000
    return "\n".join(lines)


def _cut(data: bytes, luck: random.Random) -> bytes:
    return data[: luck.randrange(len(data) + 1)]


def _flip(data: bytes, luck: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(luck.randint(1, 20)):
        if changed:
            changed[luck.randrange(len(changed))] = luck.randrange(256)
    return bytes(changed)


def _nulls(data: bytes, luck: random.Random) -> bytes:
    at = luck.randrange(len(data) + 1)
    return data[:at] + b"\0" * luck.randint(1, 4) + data[at:]


def _insert(data: bytes, luck: random.Random) -> bytes:
    at = luck.randrange(len(data) + 1)
    return data[:at] + luck.randbytes(luck.randint(1, 30)) + data[at:]


def _twice(data: bytes, luck: random.Random) -> bytes:
    return data + data


def _encoded(encoding: str) -> Bytes:
    def mutated(data: bytes, luck: random.Random) -> bytes:
        try:
            return data.decode("utf-8").encode(encoding, "replace")
        except UnicodeDecodeError:
            return data.decode("utf-16", "replace").encode(encoding, "replace")

    return mutated


def _zipped(path: str) -> Bytes:
    def mutated(data: bytes, luck: random.Random) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(path, data)
        return out.getvalue()

    return mutated


TEXT: Final[dict[str, Text]] = {
    "columns moved": _on_rows(_move_columns),
    "header renamed": _on_rows(_rename_header),
    "column doubled": _on_rows(_double_column),
    "column lost": _on_rows(_drop_column),
    "cells changed": _on_rows(_change_cells),
    "rows doubled": _on_rows(_double_rows),
    "rows lost": _on_rows(_drop_rows),
    "section lost": _on_rows(_lose_a_section),
    "ragged row": _on_rows(_ragged),
    "blank lines": _blank_lines,
    "stray quotes": _quotes,
    "other delimiter": _other_delimiter,
    "line ends": _line_ends,
    "huge cell": _huge_cell,
}
BYTES: Final[dict[str, Bytes]] = {
    "cut": _cut,
    "bytes flipped": _flip,
    "NUL bytes": _nulls,
    "bytes inserted": _insert,
    "file twice": _twice,
    "as utf-16": _encoded("utf-16"),
    "as utf-8 with mark": _encoded("utf-8-sig"),
    "as cp1252": _encoded("cp1252"),
    "as latin-1": _encoded("latin-1"),
    "zipped": _zipped("export.csv"),
    "zipped with a path that leaves": _zipped("../../../etc/export.csv"),
    "zipped under a name too long": _zipped("a/" + "b" * 300 + "." + "c" * 300),
}
NAMES: Final = (*TEXT, *BYTES)


def mutate(data: bytes, kind: str, luck: random.Random) -> bytes:
    """The spoilt bytes; a text mutation of a gz or zip is put on the text inside."""
    if kind in BYTES:
        return BYTES[kind](data, luck)
    if data[:2] == b"\x1f\x8b":
        return gzip.compress(mutate(gzip.decompress(data), kind, luck), 1, mtime=0)
    if data[:4] == b"PK\x03\x04":
        return _inside_zip(data, kind, luck)
    encoding = (
        "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig" if data[:3] == b"\xef\xbb\xbf" else "utf-8"
    )
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return _flip(data, luck)
    return TEXT[kind](text, luck).encode(encoding)


def _inside_zip(data: bytes, kind: str, luck: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        inside = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    if "[Content_Types].xml" in inside:  # a workbook: its cells are typed, spoil its bytes
        return _flip(data, luck)
    chosen = luck.choice(sorted(inside))
    inside[chosen] = mutate(inside[chosen], kind, luck)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in inside.items():
            archive.writestr(name, content)
    return out.getvalue()
