"""The same file, told otherwise: in other bytes, other columns' order, another container, or as several files.

Each function takes a file and the shape in which it was recognised, and gives the same said otherwise, or None where
the contract does not promise that it is the same.
"""

from __future__ import annotations

import csv
import io
import random
import re
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final

import openpyxl
from openpyxl.cell import WriteOnlyCell

from raceway.common.faults import ExportRefused
from raceway.common.home import Home
from raceway.contracts.grammar import SourceContract
from raceway.contracts.load import load_contract
from raceway.inbox.exports import find_exports
from raceway.reading.members import Member, open_members
from raceway.reading.number_format import is_numeric
from raceway.reading.recognise import recognise
from raceway.reading.shape import Shape, normal
from tests.relations.homes import File, Rows, inbox_of


@dataclass(frozen=True)
class Read:
    """A file with what recognising it gave."""

    file: File
    text: str
    """Empty where the file is a container or Parquet."""
    shape: Shape | None
    """None for a file that no table takes alone, such as a sibling."""
    alone: bool
    """Whether it is an export by itself."""

    @property
    def is_delimited(self) -> bool:
        """Whether it is text with a header and records below it."""
        return bool(self.text) and self.shape is not None and self.shape.member.kind == "csv"

    def records(self) -> list[list[str]]:
        """What stands above the header, the header, and the rows."""
        assert self.shape is not None
        return list(csv.reader(io.StringIO(self.text, newline=""), delimiter=self.shape.delimiter))


def read(file: File, contract: SourceContract, scratch: Path, alone: bool) -> Read:
    """Recognises a file as landing does."""
    raw = scratch / PurePosixPath(file.path).name
    raw.write_bytes(file.data)
    cp1252 = any("cp1252" in table.meta.encodings for table in contract.tables)
    members = open_members(raw, file.path, scratch, cp1252)
    text = _text(file.data)
    shape = None
    if len(members) == 1 and isinstance(members[0], Member) and text:
        with suppress(ExportRefused):  # of a sibling, which is no table
            shape = recognise(contract, members[0])
    return Read(file, text, shape if isinstance(shape, Shape) else None, alone)


def _text(data: bytes) -> str:
    if data[:2] in (b"\x1f\x8b", b"PK") or data[:4] == b"PAR1":
        return ""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ""


def _bytes(read: Read, text: str) -> File:
    encoding = "utf-16" if read.file.data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    return read.file.named(PurePosixPath(read.file.path).name, text.encode(encoding))


def _written(read: Read, records: list[list[str]]) -> str:
    assert read.shape is not None
    out = io.StringIO()
    csv.writer(out, delimiter=read.shape.delimiter, lineterminator="\n").writerows(records)
    return out.getvalue()


def decomposed(read: Read, _: random.Random) -> list[File] | None:
    """Accents apart from their letters, as macOS and some exports write them."""
    return [_bytes(read, unicodedata.normalize("NFD", read.text))] if read.text else None


def encoded(read: Read, luck: random.Random) -> list[File] | None:
    """Another encoding of those that the contract takes."""
    if not read.text:
        return None
    choices = ["utf-8", "utf-8-sig"]
    if read.is_delimited:
        assert read.shape is not None
        choices += ["utf-16"]
        if "cp1252" in read.shape.table.meta.encodings:
            choices += ["cp1252"]
    try:
        return [read.file.named(PurePosixPath(read.file.path).name, read.text.encode(luck.choice(choices)))]
    except UnicodeEncodeError:
        return None


def shuffled(read: Read, luck: random.Random) -> list[File] | None:
    """The columns in another order, as a person who rearranges a report leaves them."""
    if not read.is_delimited:
        return None
    assert read.shape is not None
    records = read.records()
    top, table = records[: read.shape.header_at], [r for r in records[read.shape.header_at :] if r]
    names = [normal(name) for name in table[0]]
    if len(set(names)) != len(names) or "" in names or any(len(record) != len(names) for record in table):
        return None
    order = luck.sample(range(len(names)), len(names))
    return [_bytes(read, _written(read, top + [[record[place] for place in order] for record in table]))]


def in_other_numbers(read: Read, _: random.Random) -> list[File] | None:
    """The other sign of decimals and thousands, where a count or an amount of the file proves it."""
    if not read.is_delimited:
        return None
    assert read.shape is not None
    shape, meta = read.shape, read.shape.table.meta
    own = "." if shape.number_locale == "point" else ","
    swapped = str.maketrans(".,", ",.")
    numeric = {
        place: column.data_type == "bigint" or column.meta.money
        for column in shape.table.columns
        if is_numeric(column) and not column.meta.ident
        for place in shape.places.get(column.name, [])
    }
    if meta.unpivot or shape.below or {column.name for column in shape.table.columns if column.meta.qualifier_of}:
        return None
    records = read.records()
    proved = False
    for record in records[shape.header_at + 1 :]:
        for place, weighs in numeric.items():
            if place < len(record) and record[place].strip() not in meta.nulls:
                number = record[place].strip()
                if own == "." and weighs and re.fullmatch(r"[1-9]\d{3,}(\.0+)?", number):
                    whole, point, cents = number.partition(".")
                    record[place] = f"{int(whole):,d}{point}{cents}"
                # of an amount in a currency without cents 150.000 is no fraction, of a count 12.345
                proved = proved or (is_whole(shape, place) and proves(record[place], {"000"}))
                proved = proved or (weighs and shape.currency == "VND" and proves(record[place], set()))
                record[place] = record[place].translate(swapped)
    return [_bytes(read, _written(read, records))] if proved else None


def proves(number: str, unless: set[str]) -> bool:
    """Whether a grouped number, with its signs exchanged, can be nothing else: 12.345, but not `unless` 12.000 is 12."""
    groups = re.split("[,.]", number.strip())
    is_grouped = re.fullmatch(r"[1-9]\d{0,2}([,.]\d{3})+", number.strip()) is not None
    return is_grouped and (len(groups) > 2 or groups[1] not in unless)


def is_whole(shape: Shape, place: int) -> bool:
    """Whether the cells of a place are counts."""
    return any(
        column.data_type == "bigint" for column in shape.table.columns if place in shape.places.get(column.name, [])
    )


def as_workbook(read: Read, _: random.Random) -> list[File] | None:
    """A sheet of text cells, as a person makes it who opens the file in a spreadsheet and saves it."""
    if not read.is_delimited or not read.alone:
        return None
    assert read.shape is not None
    name = f"{PurePosixPath(read.file.path).stem}.xlsx"
    files = read.shape.table.meta.files
    if read.shape.number_locale == "comma" or (files and not re.search(files, name)):
        return None  # a number's text in a cell is not written with a comma, which the cell's type would tell
    records = read.records()
    if any(len(record) > len(records[read.shape.header_at]) for record in records[read.shape.header_at :]):
        return None  # GA4 writes `Grand total` behind the last column: in a sheet that is a column without a name
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet(re.sub(r"[\[\]:*?/\\]", "_", PurePosixPath(read.file.path).name)[:31])
    for record in records:
        sheet.append([_text_cell(sheet, text) for text in record])
    out = io.BytesIO()
    workbook.save(out)
    return [read.file.named(name, out.getvalue())]


def _text_cell(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, value=text or None)
    if text:
        cell.data_type = "s"
    return cell


def split(read: Read, luck: random.Random) -> list[File] | None:
    """Two files of one time, cut where one scope ends and another begins."""
    if not read.is_delimited or not read.alone:
        return None
    assert read.shape is not None
    meta, scope = read.shape.table.meta, read.shape.table.scope
    by = {"days": (scope.day or "day",), "entities": tuple(scope.keys or ()), "events": ()}[scope.kind]
    records = read.records()
    table = [record for record in records[read.shape.header_at :] if record]
    places = [read.shape.places[name][0] for name in by if read.shape.places.get(name)]
    if (
        read.shape.header_at
        or meta.totals
        or meta.unpivot
        or meta.parts
        or scope.full_snapshot
        or len(places) < len(by)
    ):
        return None  # what stands above the rows, a total and the whole of a snapshot speak for one file
    if any(len(record) != len(table[0]) for record in table) or read.shape.below:
        return None
    keys = sorted({tuple(record[place] for place in places) for record in table[1:]})
    if scope.kind == "days" and (
        meta.covers.pattern or meta.covers.period or not all(re.fullmatch(r"\d{4}-\d\d-\d\d", key[0]) for key in keys)
    ):
        return None  # the name speaks for its days in each part; of other dates the order is not that of their texts
    if scope.kind == "events":
        halves = [(table[1:][: len(table) // 2]), table[1:][len(table) // 2 :]]
    else:
        first = set(keys[: luck.randint(1, max(1, len(keys) - 1))])
        halves = [[r for r in table[1:] if (tuple(r[p] for p in places) in first) is side] for side in (True, False)]
    if not all(halves):
        return None
    return [_bytes(read, _written(read, [table[0], *half])).within(f"part {n}") for n, half in enumerate(halves)]


def doubled(read: Read, luck: random.Random) -> list[File] | None:
    """The same file twice, the second as it is or in another encoding or order of columns."""
    if not read.alone:
        return None
    other = luck.choice((decomposed, encoded, shuffled, as_workbook))(read, luck) if luck.random() < 0.5 else None
    again = (other or [read.file])[0].within("again")
    return [read.file, again]


Telling = Callable[[Read, random.Random], "list[File] | None"]
TELLINGS: Final[tuple[Telling, ...]] = (
    decomposed, encoded, shuffled, in_other_numbers, as_workbook, split, doubled,
)  # fmt: skip


@dataclass
class World:
    """An empty home, and the exports that its sources may have."""

    empty: Path
    exports: dict[str, list[list[Read]]]
    """By source: the files of each export."""
    landed: dict[tuple[str, tuple[int, ...]], Rows] = field(default_factory=dict)
    """What some exports of a source are as they were written."""


def world(empty: Path, filled: Home, scratch: Path) -> World:
    """The exports that wait in a filled home, recognised; `empty` is the same home without them."""
    exports: dict[str, list[list[Read]]] = {}
    scratch.mkdir(exist_ok=True)
    for source in sorted(path.name for path in filled.inbox.iterdir() if path.is_dir() and any(path.rglob("*.*"))):
        files = {(file.account, file.path): file for file in inbox_of(filled, source)}
        contract = load_contract(source, filled)
        exports[source] = [
            [read(files[export.account, file.path], contract, scratch, len(export.files) == 1) for file in export.files]
            for export in find_exports(filled, source)
        ]
    return World(empty, exports)
