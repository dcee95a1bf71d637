"""What happens to files on their way: each mutation takes a file's bytes and gives those of a spoilt one.

Text mutations are put on the text inside a container, too: a gz, a member of a zip, the rows of a workbook. What
moves, loses and changes columns and rows does so with the members and records of JSON. Every mutation draws from
the `Random` it is given, so that a number names a mutated file for ever.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
import random
import re
import warnings
import zipfile
from collections.abc import Callable
from typing import Any, Final

import openpyxl

Text = Callable[[str, random.Random], str]
Bytes = Callable[[bytes, random.Random], bytes]

_CELLS: Final = (
    "", "-", " --", "null", "0", "-1", "1e400", "12,5", "1.234.567,89", "99999999999999999999", "NaN", "∞", "< 10%",
    "=HYPERLINK(\"http://x.example\")", "+1+1", "@SUM(A1)", "1900-01-00", "9999-12-31", "2026-02-30", "03/04/2024",
    "\u202e\u0643", "e\u0301", "a\nb", "a,b;c\td|e", 'say "hi"', "Total: everything", "Tổng:", "true", "1.20253E+17",
    " 5 ", "\u00a05\u202f000", "$1,234.50", "(33.62)", "12 %", "₫1.234", "x" * 5000, "{}", "[1]", "\\", "'", "--",
)  # fmt: skip

_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""What XML cannot hold."""
_TYPED: Final = (
    0, -1, 12.5, 0.1, 1e20, 1234567890123456, 46086.431, True, False, None, dt.datetime(2026, 3, 1, 10, 30), dt.time(9),
    dt.datetime(2026, 3, 1), dt.timedelta(hours=30), "=1+1", "#N/A",
)  # fmt: skip
"""What a cell of a workbook may hold beside text."""
_JSON: Final = (
    "0", "-1", "12.5", "1e3", "1E400", "-0.0", "12345678901234567890", "9007199254740993", "1.10", "true", "null",
    "NaN", "[]", "{}", '[1, "a", null]', '{"a": {"b": [1.50]}}', '"\\u0000"', '"\\ud83d\\ude00"', '"\\ud83d"',
    '"a\\tb\\n\\"c\\"\\/"', '"\t"', "'x'", "01", "1,", "2026-03-01",
)  # fmt: skip
"""Values as JSON spells them, right and wrong."""


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
        if text.lstrip()[:1] in ("{", "["):
            return _json_mutated(text, change.__name__, luck)
        found = _rows(text)
        if found is None or not found[0]:
            return text + "\n"
        rows, delimiter = found
        change(rows, luck)
        return _written(rows, delimiter)

    return mutated


def _json_mutated(text: str, kind: str, luck: random.Random) -> str:
    """A change of rows, made on the records of a JSON text; its layout may become another one, too."""
    lines = [line for line in text.split("\n") if line.strip()]
    try:
        records = [json.loads(line) for line in lines]
    except ValueError:
        return text[: luck.randrange(len(text) + 1)]
    wrapper = next(iter(records[0])) if len(records) == 1 and isinstance(records[0], dict) else ""
    if isinstance(records[0], list):
        records = records[0]
    elif wrapper and isinstance(records[0][wrapper], list):
        records = records[0][wrapper]
    else:
        wrapper = ""
    holes = _JSON_CHANGES[kind](records, luck)
    layout = luck.choice(("as it was", "as it was", "lines", "array", "pretty", "wrapped"))
    if layout == "as it was":
        layout = "wrapped" if wrapper else "lines"
    written = [json.dumps(record, ensure_ascii=luck.random() < 0.5) for record in records]
    if layout == "pretty":
        written = [json.dumps(record, indent=1) for record in records]
    if layout == "array":
        whole = "[" + luck.choice((",", ", ", ",\n")).join(written) + "]"
    elif layout == "wrapped":
        whole = f'{{"{wrapper or "data"}": [{", ".join(written)}], "count": {len(written)}}}\n'
    else:
        whole = "\n".join(written) + "\n"
    for hole, value in holes.items():
        whole = whole.replace(f'"{hole}"', value)
    return whole


def _some_objects(records: list[Any], luck: random.Random) -> list[dict[str, Any]]:
    """An object of each record that is one: itself, or one inside it."""
    found = []
    depth = luck.randint(0, 2)
    for record in records:
        for _ in range(depth):
            inner = [value for value in record.values() if isinstance(value, dict)] if isinstance(record, dict) else []
            record = inner[0] if inner else record
        if isinstance(record, dict) and record:
            found.append(record)
    return found


def _json_keys(change: Callable[[dict[str, Any], str, random.Random], None]) -> Callable[..., dict[str, str]]:
    def changed(records: list[Any], luck: random.Random) -> dict[str, str]:
        objects = _some_objects(records, luck)
        if objects:
            key = luck.choice(sorted(objects[0]))
            how = luck.random()
            for one in objects:
                if key in one:
                    change(one, key, random.Random(how))
        return {}

    return changed


def _json_rename(record: dict[str, Any], key: str, luck: random.Random) -> None:
    record[luck.choice((key.upper(), key + " ", key[:-1], "renamed", ""))] = record.pop(key)


def _json_double(record: dict[str, Any], key: str, luck: random.Random) -> None:
    record[luck.choice((key.upper(), "copy"))] = record[key]


def _json_move(record: dict[str, Any], key: str, luck: random.Random) -> None:
    record[key] = record.pop(key)


def _json_values(records: list[Any], luck: random.Random) -> dict[str, str]:
    holes: dict[str, str] = {}
    for number in range(luck.randint(1, 3)):
        objects = _some_objects(records, luck)
        if objects:
            one = luck.choice(objects)
            key = luck.choice(sorted(one))
            if luck.random() < 0.5:
                one[key] = luck.choice(_CELLS)
            else:
                one[key] = f"hole {number}"
                holes[f"hole {number}"] = luck.choice(_JSON)
    return holes


def _json_ragged(records: list[Any], luck: random.Random) -> dict[str, str]:
    records.insert(luck.randrange(len(records) + 1), luck.choice((None, 1, "text", [], [{}], {}, True)))
    return {}


def _json_rows(change: Callable[[list[Any], random.Random], None]) -> Callable[..., dict[str, str]]:
    def changed(records: list[Any], luck: random.Random) -> dict[str, str]:
        if records:
            change(records, luck)
        return {}

    return changed


def _move_columns(rows: list[list[str]], luck: random.Random) -> None:
    by = luck.randint(1, 3)
    for row in rows:
        row[:] = row[by:] + row[:by]


def _rename_header(rows: list[list[str]], luck: random.Random) -> None:
    row = rows[min(luck.randint(0, 3), len(rows) - 1)]
    if row:
        place = luck.randrange(len(row))
        said = str(row[place])  # a workbook's cell may be a number
        row[place] = luck.choice((said.upper(), said + " ", said[:-1], "Renamed", "", "﻿" + said))


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


def _double_rows(rows: list[Any], luck: random.Random) -> None:
    at = luck.randrange(len(rows))
    rows[at:at] = [rows[at]] * luck.randint(1, 5)


def _drop_rows(rows: list[Any], luck: random.Random) -> None:
    at = luck.randrange(len(rows))
    del rows[at : at + luck.randint(1, 8)]


def _lose_a_section(rows: list[Any], luck: random.Random) -> None:
    half = len(rows) // 2
    rows[:] = rows[half:] if luck.random() < 0.5 else rows[:half]


def _ragged(rows: list[list[str]], luck: random.Random) -> None:
    row = luck.choice(rows)
    if luck.random() < 0.5:
        row.append("more")
    elif row:
        row.pop()


_JSON_CHANGES: Final[dict[str, Callable[..., dict[str, str]]]] = {
    "_move_columns": _json_keys(_json_move),
    "_rename_header": _json_keys(_json_rename),
    "_double_column": _json_keys(_json_double),
    "_drop_column": _json_keys(lambda record, key, _luck: record.pop(key)),
    "_change_cells": _json_values,
    "_double_rows": _json_rows(_double_rows),
    "_drop_rows": _json_rows(_drop_rows),
    "_lose_a_section": _json_rows(_lose_a_section),
    "_ragged": _json_ragged,
}


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


ON_ROWS: Final[dict[str, Callable[[list[Any], random.Random], None]]] = {
    "columns moved": _move_columns,
    "header renamed": _rename_header,
    "column doubled": _double_column,
    "column lost": _drop_column,
    "cells changed": _change_cells,
    "rows doubled": _double_rows,
    "rows lost": _drop_rows,
    "section lost": _lose_a_section,
    "ragged row": _ragged,
}
TEXT: Final[dict[str, Text]] = {
    **{name: _on_rows(change) for name, change in ON_ROWS.items()},
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
    if "[Content_Types].xml" in inside:
        return _workbook(data, inside, kind, luck)
    chosen = luck.choice(sorted(inside))
    inside[chosen] = mutate(inside[chosen], kind, luck)
    return _packed(inside)


def _packed(inside: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in inside.items():
            archive.writestr(name, content)
    return out.getvalue()


def _workbook(data: bytes, inside: dict[str, bytes], kind: str, luck: random.Random) -> bytes:
    """A workbook whose rows are spoilt, or, where a mutation knows no rows, the XML of a sheet."""
    if kind not in ON_ROWS:
        sheet = luck.choice([name for name in sorted(inside) if re.search("sheet|sharedStrings", name)])
        inside[sheet] = TEXT[kind](inside[sheet].decode("utf-8"), luck).encode("utf-8")
        return _packed(inside)
    with warnings.catch_warnings(action="ignore"):  # of styles that it does not know
        workbook = openpyxl.load_workbook(io.BytesIO(data))
    sheet = luck.choice(workbook.worksheets)
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    if rows:
        sheet.delete_rows(1, sheet.max_row)
        shown = [["" if cell is None else cell for cell in row] for row in rows]
        ON_ROWS[kind](shown, luck)
        if kind == "cells changed" and shown:
            for _ in range(luck.randint(1, 3)):
                row = luck.choice(shown)
                row[luck.randrange(len(row))] = luck.choice(_TYPED)
        for row in shown:
            sheet.append([_ILLEGAL.sub("", cell) or None if isinstance(cell, str) else cell for cell in row])
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()
