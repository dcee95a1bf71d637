"""Container, encoding, furniture: from the raw files of an export to something that DuckDB reads.

    raw file ──► members (zip and xlsx unpacked, gz left packed where DuckDB reads it)
             ──► encoding and header row, looked for in the first lines only
             ──► the table whose required columns that header has

Only the head of a file passes through Python; the rows are DuckDB's. What cannot be understood raises
ExportRefused with a sentence that names the file and says why.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import difflib
import gzip
import hashlib
import io
import mmap
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO, Final, Literal, cast

from raceway.contracts import ColumnContract, SourceContract, TableContract, Unsupported
from raceway.faults import ExportRefused
from raceway.json_head import first_record

HEAD_BYTES: Final = 262_144
LONGEST_RECORD: Final = 16_000_000
"""Bytes of the longest record that is read."""
_CHUNK: Final = 1 << 22
# An archive may unpack to this much whatever its size, and beyond it to so many times its size: real exports
# shrink to a tenth or a fiftieth, a bomb to a thousandth.
_UNPACKED_FREELY: Final = 1 << 28
_UNPACKED_TIMES: Final = 200
_DEEPEST: Final = 3
_DELIMITERS: Final = (",", "\t", ";", "|")
_CURRENCY: Final = re.compile(r"\s*\(([A-Z]{3})\)$")

Kind = Literal["csv", "json", "parquet"]


@dataclass
class Member:
    """One file of an export, or one member of an archive.

    `name` is what sentences call it; `path` is where its bytes lie for DuckDB (the raw file itself, or an
    unpacked copy); `raw` is the file in the inbox that it came in.
    """

    name: str
    path: Path
    raw: Path
    kind: Kind
    packed: bool = False
    encoding: str = "utf-8"
    text: str = ""
    """The first lines, decoded; empty for Parquet."""
    part_of: Member | None = None
    """The file that it is a section of."""
    section: int = 0
    """Which one, from 1."""
    sheet: tuple[Path, str] | None = None
    """The workbook that it is a sheet of, and the sheet's name."""

    @property
    def file_name(self) -> str:
        """The last part of its file's name, composed: macOS writes accents apart from their letters."""
        name = self.part_of.name if self.part_of else self.name
        return unicodedata.normalize("NFC", PurePosixPath(name).name)

    @cached_property
    def sha256(self) -> str:
        """Hash of the member's raw bytes."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass
class Shape:
    """What a member's head says: which table it feeds and where each column stands."""

    member: Member
    table: TableContract
    header: list[str] = field(default_factory=list)
    header_at: int = 0
    """Records above the header."""
    delimiter: str = ","
    preamble: str = ""
    places: dict[str, list[int]] = field(default_factory=dict)
    """Column name to positions in the row: its own, then those of `also`."""
    extras: dict[str, int] = field(default_factory=dict)
    """Further headers that a contract names (time, zone) to their positions."""
    language: str = "en"
    currency: str | None = None
    """ISO code that a header states in parentheses."""
    currency_header: str = ""
    new_columns: list[str] = field(default_factory=list)
    records: str | None = None
    """JSON: the member that holds the records, in a file that has it."""
    wide: dict[int, str] = field(default_factory=dict)
    """Positions of wide headers that become rows, and the name that each gives."""
    blank_above: int = 0
    """Blank lines among the records above the header."""
    below: int = 0
    """Records directly below the header that are furniture (a second header)."""
    skipped: int = 0
    """Lines that they take, blank ones between them included."""
    beside: int = 0
    """Records of the file that belong to no table (sections that are not landed)."""
    findings: list[str] = field(default_factory=list)
    """What was noticed about the file as a whole, in sentences."""

    @property
    def number_locale(self) -> str:
        """point or comma: how this file writes decimals."""
        return self.table.meta.number_locale_of.get(self.language, self.table.meta.number_locale)


# ---------------------------------------------------------------- members


def open_members(raw: Path, name: str, scratch: Path, cp1252: bool, depth: int = 0) -> list[Member]:
    """The members of one raw file; archives and workbooks are unpacked into `scratch`.

    `cp1252` says whether a contract allows that encoding, `depth` in how many archives the file lies. Raises
    ExportRefused for empty, damaged and unreadable files, and for archives that unpack to a flood.
    """
    if raw.stat().st_size == 0:
        raise ExportRefused(f"{name}: the file is empty (0 bytes); export it again")
    with raw.open("rb") as file:
        magic = file.read(8)
    if magic[:4] == b"PK\x03\x04" or magic[:4] == b"PK\x05\x06":
        if depth >= _DEEPEST:
            raise ExportRefused(f"{name}: an archive in an archive in an archive; unpack it before it lands")
        return _from_zip(raw, name, scratch, cp1252, depth)
    if magic[:2] == b"\x1f\x8b":
        return [_from_gz(raw, name, scratch, cp1252)]
    if magic[:4] == b"PAR1":
        return [Member(name, raw, raw, "parquet")]
    if magic[:4] == b"\xd0\xcf\x11\xe0":
        raise ExportRefused(f"{name}: an old Excel workbook (.xls); save it as .xlsx or csv")
    return [_text_member(name, raw, raw, _head(raw), cp1252)]


def _from_zip(raw: Path, name: str, scratch: Path, cp1252: bool, depth: int) -> list[Member]:
    try:
        with zipfile.ZipFile(raw) as archive:
            entries = [e for e in archive.infolist() if not e.is_dir() and not _is_litter(e.filename)]
            if any(e.filename == "[Content_Types].xml" for e in entries):
                _refuse_flood(name, sum(e.file_size for e in entries), raw.stat().st_size)
                damaged = archive.testzip()  # the workbook's reader does not look at the check sums
                if damaged is not None:
                    raise zipfile.BadZipFile(f"{damaged} is not what was packed")
                return _from_workbook(raw, name, scratch)
            members: list[Member] = []
            unpacked = 0
            for number, entry in enumerate(entries):
                # a name of ours: an entry's own may leave the folder, or be none that a disk can hold
                target = scratch / f"{depth}.{number}.{hashlib.sha256(str(raw).encode()).hexdigest()[:12]}"
                with archive.open(entry) as packed:
                    unpacked = _unpack(packed, target, name, raw.stat().st_size, unpacked)
                inner = f"{name}/{unicodedata.normalize('NFC', entry.filename)}"
                members += open_members(target, inner, scratch, cp1252, depth + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as fault:
        raise ExportRefused(f"{name}: the zip is damaged or protected ({fault}); export or copy it again") from fault
    if not members:
        raise ExportRefused(f"{name}: the zip holds no file")
    for member in members:
        member.raw = raw
    return members


def _unpack(packed: IO[bytes], target: Path, name: str, size: int, unpacked: int = 0) -> int:
    """Copies a packed stream into a file and gives the bytes unpacked so far. Raises ExportRefused for a flood."""
    with target.open("wb") as file:
        while block := packed.read(_CHUNK):
            unpacked += len(block)
            _refuse_flood(name, unpacked, size)
            file.write(block)
    return unpacked


def _refuse_flood(name: str, unpacked: int, size: int) -> None:
    if unpacked > _UNPACKED_FREELY and unpacked > _UNPACKED_TIMES * size:
        raise ExportRefused(
            f"{name}: {size:,} bytes that unpack to more than {_UNPACKED_TIMES} times as much, further than exports "
            "shrink; unpack it yourself if it is one"
        )


def _is_litter(name: str) -> bool:
    """What macOS and Windows put into zips."""
    path = PurePosixPath(name)
    return path.parts[0] == "__MACOSX" or path.name.startswith(".") or path.name in ("Thumbs.db", "desktop.ini")


def _from_gz(raw: Path, name: str, scratch: Path, cp1252: bool) -> Member:
    """Packed JSON lines stay packed (DuckDB unpacks while reading); anything else is unpacked."""
    inner = name.removesuffix(".gz")
    try:
        with gzip.open(raw) as file:
            head = file.read(HEAD_BYTES)
        if not head:
            raise ExportRefused(f"{name}: the file is empty inside its gz; export it again")
        if head.lstrip()[:1] in (b"{", b"["):
            return Member(inner, raw, raw, "json", packed=True, text=head.decode("utf-8", "replace"))
        target = scratch / raw.name.removesuffix(".gz")
        with gzip.open(raw) as packed:
            _unpack(cast("IO[bytes]", packed), target, name, raw.stat().st_size)
    except (EOFError, zlib.error, gzip.BadGzipFile) as fault:
        raise ExportRefused(f"{name}: the gz is cut off or damaged ({fault}); copy or export it again") from fault
    if head[:4] == b"PAR1":
        return Member(inner, target, raw, "parquet")
    return _text_member(inner, target, raw, head, cp1252)


def _from_workbook(raw: Path, name: str, scratch: Path) -> list[Member]:
    """Each sheet with cells becomes a csv member; numbers and dates keep their value, not their format."""
    from python_calamine import CalamineError, load_workbook

    try:
        workbook = load_workbook(str(raw))
        members = []
        for number, sheet in enumerate(workbook.sheet_names):
            rows = workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
            if not rows:
                continue
            target = scratch / f"{raw.name}.{number}.csv"
            _write_sheet(rows, target)
            found = _text_member(f"{name}/{sheet}", target, raw, _head(target), False)
            found.sheet = (raw, sheet)
            members.append(found)
    except CalamineError as fault:
        raise ExportRefused(f"{name}: the workbook cannot be read ({fault}); save it again or export csv") from fault
    if not members:
        raise ExportRefused(f"{name}: the workbook holds no cells")
    return members


def _with_decimal_commas(sheet: tuple[Path, str], target: Path) -> None:
    """Writes a sheet anew for a table that reads 1.234,5: a number that is no text has no sign of its own."""
    from python_calamine import load_workbook

    _write_sheet(load_workbook(str(sheet[0])).get_sheet_by_name(sheet[1]).to_python(skip_empty_area=False), target, ",")


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


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def _text_member(name: str, path: Path, raw: Path, head: bytes, cp1252: bool) -> Member:
    encoding, text = _decode(name, head, cp1252)
    text = text.replace("\0", "")
    first = text.lstrip()[:1]
    kind: Kind = "json" if first in ("{", "[") else "csv"
    if not text.strip():
        raise ExportRefused(f"{name}: the file holds nothing but white space")
    return Member(name, path, raw, kind, encoding=encoding, text=text)


def _decode(name: str, head: bytes, cp1252: bool) -> tuple[str, str]:
    """Encoding and text of a file's head: byte order mark first, then strict utf-8, then cp1252."""
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        encoding = "utf-16-le" if head[:2] == codecs.BOM_UTF16_LE else "utf-16-be"
        return encoding, head[2 : len(head) // 2 * 2].decode(encoding, "replace")
    if head[:3] == codecs.BOM_UTF8:
        return "utf-8", _utf8(head[3:]) or _refuse_encoding(name, head[3:])
    if head[1:200:2].count(0) > 20:
        return "utf-16-le", head[: len(head) // 2 * 2].decode("utf-16-le", "replace")
    text = _utf8(head)
    if text is not None:
        return "utf-8", text
    if cp1252:
        try:
            return "cp1252", head.decode("cp1252")
        except UnicodeDecodeError:
            pass
    return "utf-8", _refuse_encoding(name, head)


def _utf8(head: bytes) -> str | None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        return decoder.decode(head)  # a character cut at the end of the head is no fault
    except UnicodeDecodeError:
        return None


def _refuse_encoding(name: str, data: bytes) -> str:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as fault:
        line = data[: fault.start].count(b"\n") + 1
        raise ExportRefused(
            f"{name}, line {line}: the byte 0x{data[fault.start]:02x} is not valid UTF-8; save or export it as UTF-8"
        ) from fault
    raise ExportRefused(f"{name}: not valid UTF-8; save or export it as UTF-8")


def has_nul(member: Member) -> bool:
    """Whether a text file holds NUL characters: Salesforce writes them, and they are no part of a cell."""
    nul = b"\0\0" if member.encoding.startswith("utf-16") else b"\0"
    with member.path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        at = content.find(nul)
        while at >= 0 and at % len(nul):  # two zero bytes of two neighbours
            at = content.find(nul, at + 1)
    return at >= 0


def plain_copy(member: Member, target: Path, cp1252: bool) -> Path:
    """Writes a member as utf-8 with plain line ends, which DuckDB's parser reads whatever the cells hold.

    Raises ExportRefused with the line where a byte does not fit the encoding.
    """
    encodings = [member.encoding] + (["cp1252"] if cp1252 and member.encoding == "utf-8" else [])
    for encoding in encodings:
        try:
            lines = unpacked = 0
            with _opened(member) as file, target.open("wb") as out:
                decoder = codecs.getincrementaldecoder(encoding)()
                newlines = io.IncrementalNewlineDecoder(None, translate=True)
                first = True
                while True:
                    block = file.read(_CHUNK)
                    unpacked += len(block)
                    if member.packed:
                        _refuse_flood(member.name, unpacked, member.path.stat().st_size)
                    text = newlines.decode(decoder.decode(block, final=not block), final=not block)
                    if first:
                        text, first = text.removeprefix("\ufeff"), False
                    lines += text.count("\n")
                    out.write(text.replace("\0", "").encode("utf-8"))
                    if not block:
                        break
            return target
        except UnicodeDecodeError as fault:
            if encoding == encodings[-1]:
                bad = fault.object[fault.start] if isinstance(fault.object, bytes) else 0
                near = lines + fault.object[: fault.start].count(b"\n") + 1
                raise ExportRefused(
                    f"{member.name}, line {near}: the byte 0x{bad:02x} is not valid {encoding.upper()}; "
                    "save or export it as UTF-8"
                ) from fault
    raise ExportRefused(f"{member.name}: no encoding fits")


def blank_lines(plain: Path, delimiter: str) -> list[int]:
    """Where the blank lines of a plain copy begin, in bytes; those inside quoted cells are none."""
    data = plain.read_bytes()
    if b"\n\n" not in data and not data.startswith(b"\n"):
        return []
    mark = re.escape(delimiter.encode())
    # a quote opens a cell only at its beginning; what it encloses is passed over whole
    tokens = re.compile(rb"(?:(?<=" + mark + rb')|(?<=\n)|\A)"(?:[^"]|"")*+"|(?:(?<=\n)|\A)\n')
    return [token.start() for token in tokens.finditer(data) if token.group() == b"\n"]


# ---------------------------------------------------------------- recognition


def normal(text: str) -> str:
    """A header as names are compared: NFC, case folded, white space of all kinds collapsed."""
    text = unicodedata.normalize("NFC", text.replace("\ufeff", ""))
    return " ".join(text.split()).casefold()


def without_currency(text: str) -> tuple[str, str | None]:
    """A header without the currency in parentheses at its end, and that currency."""
    found = _CURRENCY.search(text.strip())
    return (text.strip()[: found.start()], found.group(1)) if found else (text, None)


def recognise(contract: SourceContract, member: Member) -> Shape | Unsupported:
    """Which table of the source a member feeds, or which known kind that is not landed.

    Raises ExportRefused for a shape that nobody knows, with the nearest known one.
    """
    for kind in contract.meta.unsupported:
        if kind.files and re.search(kind.files, member.file_name):
            return kind
    if member.kind == "csv":
        return _recognise_csv(contract, member)
    for table in contract.tables:
        if member.kind in table.meta.formats and _name_fits(table, member):
            shape = _json_shape(table, member) if member.kind == "json" else Shape(member, table)
            if shape is not None:
                return shape
    wanted = ", ".join(f"{table.name} ({', '.join(table.meta.formats)})" for table in contract.tables)
    kind_name = "JSON" if member.kind == "json" else "Parquet"
    raise ExportRefused(f"{member.name}: {kind_name} that is no table of {contract.name}; it has {wanted}")


def _json_shape(table: TableContract, member: Member) -> Shape | None:
    found = first_record(member.text, table.meta.records)
    if found is None:  # the first record may be longer than the head
        member.text = _longer_head(member)
        found = first_record(member.text, table.meta.records)
    if found is None:
        raise ExportRefused(f"{member.name}: no JSON object was found at its beginning; export it as JSON lines")
    record, wrapper = found
    if record is None:  # the list of records is there, and empty
        return Shape(member, table, records=wrapper)
    needed = [c for c in table.required if c.meta.path]
    fits = all(any(path.split(".")[0] in record for path in (c.meta.path or "", *c.meta.also_paths)) for c in needed)
    return Shape(member, table, records=wrapper) if fits else None


def _opened(member: Member) -> IO[bytes]:
    """A member's bytes, unpacked."""
    return cast("IO[bytes]", gzip.open(member.path)) if member.packed else member.path.open("rb")


def _longer_head(member: Member) -> str:
    """The beginning of a JSON member, long enough for any record that is read."""
    with _opened(member) as file:
        return file.read(LONGEST_RECORD).decode(member.encoding, "replace").removeprefix("\ufeff")


def _name_fits(table: TableContract, member: Member) -> bool:
    return table.meta.files is None or bool(re.search(table.meta.files, member.file_name))


def csv_records(text: str, delimiter: str, limit: int) -> list[list[str]]:
    """The first `limit` records of a text; a cut-off last one does no harm, since only the top is looked at."""
    csv.field_size_limit(1 << 24)
    records: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for record in reader:
            records.append(record)
            if len(records) >= limit:
                break
    except csv.Error:
        pass  # a quote that never ends: what was read until there is looked at, the rows explain the rest
    return records


def _recognise_csv(contract: SourceContract, member: Member) -> Shape | Unsupported:
    limit = max(table.meta.header_rows + 2 * table.meta.below_header for table in contract.tables)
    readings = [(delimiter, csv_records(member.text, delimiter, limit)) for delimiter in _DELIMITERS]
    for kind in contract.meta.unsupported:
        if kind.text and re.search(kind.text, "\n".join(member.text.split("\n")[:limit])):
            return kind
        if kind.columns and any(_has_all(row, kind.columns) for _, rows in readings for row in rows):
            return kind
    nearest: tuple[float, str] = (0.0, "")
    for table in contract.tables:
        if "csv" not in table.meta.formats or not _name_fits(table, member):
            continue
        for shape, above, below in _candidates(table, member, readings):
            missing = [column for column in table.required if column.name not in shape.places]
            share = 1 - len(missing) / len(table.required)
            if missing:
                nearest = max(nearest, (share, _missing(member, table, missing, shape)))
                continue
            shape.preamble = "\n".join(shape.delimiter.join(record) for record in above)
            if not table.meta.title or re.search(table.meta.title, shape.preamble):
                shape.blank_above = sum(not record for record in above)
                shape.below, shape.skipped = _below(below, table.meta.below_header)
                _refuse_without_data(shape, below)
                if shape.number_locale == "comma" and member.sheet:
                    _with_decimal_commas(member.sheet, member.path)
                return shape
    if nearest[0] >= 0.5:
        raise ExportRefused(nearest[1])
    known = ", ".join(table.name for table in contract.tables)
    first = next((" ".join(line.split()) for line in member.text.split("\n") if line.strip()), "")
    raise ExportRefused(
        f"{member.name}: no known export of {contract.name} (it has {known}); the file begins “{first[:80]}”"
    )


def _candidates(
    table: TableContract, member: Member, readings: list[tuple[str, list[list[str]]]]
) -> Iterator[tuple[Shape, list[list[str]], list[list[str]]]]:
    """Every row that might be the header, as a shape, with the records above and below it."""
    for delimiter, rows in readings:
        for number, row in enumerate(rows):
            shape = _csv_shape(table, member, delimiter, number, row)
            if shape is not None:
                yield shape, rows[:number], rows[number + 1 :]


def _below(rows: list[list[str]], count: int) -> tuple[int, int]:
    """The first `count` records below a header, where there are as many, and the lines that they take."""
    records, lines = 0, 0
    while records < count and lines < len(rows):
        records += bool(rows[lines])
        lines += 1
    return records, lines


def _has_all(row: list[str], columns: Iterable[str]) -> bool:
    cells = {normal(cell) for cell in row}
    return all(normal(column) in cells for column in columns)


def _csv_shape(table: TableContract, member: Member, delimiter: str, number: int, row: list[str]) -> Shape | None:
    """The shape if `row` were the header; None where it has none of the table's columns or one too many."""
    row = [*row, *(f"+{place + 1}" for place in range(table.meta.unnamed_cells))]
    names = [normal(cell) for cell in row]
    bare = [normal(without_currency(cell)[0]) for cell in row]
    if any(normal(name) in names for name in table.meta.without):
        return None
    shape = Shape(member, table, list(row), number, delimiter)
    languages: list[str] = []
    for column in table.columns:
        if not column.in_cells or not column.meta.aliases:
            continue
        found = _place(column, names, bare)
        if found is not None:
            place, language = found
            shape.places[column.name] = [place]
            languages += [] if column.meta.optional else [language]
            _note_currency(shape, column, row[place])
        beside = [names.index(normal(also)) for also in column.meta.also if normal(also) in names]
        if beside:
            shape.places[column.name] = shape.places.get(column.name, []) + beside
    if not shape.places:
        return None
    if table.meta.unpivot:
        shape.wide = _wide(shape, table.meta.unpivot.columns)
        if not shape.wide:
            return None
        shape.places |= {column: [] for column in table.unpivoted}
    _place_derived(shape)
    for extra in _extras(table):
        if normal(extra) in names:
            shape.extras[extra] = names.index(normal(extra))
    others = [language for language in languages if language not in ("en", "own")]
    shape.language = max(set(others), key=others.count) if others else "en"
    shape.new_columns = _new_columns(shape)
    return shape


def _place(column: ColumnContract, names: list[str], bare: list[str]) -> tuple[int, str] | None:
    """Position of a column among the headers and the language of the alias that met it.

    A word that several languages share (CTR, Impressions) counts as English, which decides nothing.
    """
    for language, aliases in column.meta.aliases.items():
        for alias in aliases:
            if alias.startswith("~"):
                hits = [i for i, name in enumerate(names) if re.search(alias[1:].casefold(), name)]
            else:
                wanted = normal(alias)
                hits = [i for i, name in enumerate(names) if name == wanted]
                hits = hits or [i for i, name in enumerate(bare) if name == wanted]
            if hits:
                return hits[0], language
    return None


def _place_derived(shape: Shape) -> None:
    """A qualifier stands in the cell that it qualifies, a sentiment is read from the cells that it scores."""
    for column in shape.table.columns:
        of = column.meta.qualifier_of or column.meta.sentiment_of
        if of in shape.places:
            shape.places[column.name] = shape.places[of]


def _wide(shape: Shape, pattern: str) -> dict[int, str]:
    """The headers that become rows, by position: those that the pattern meets and no column stands under."""
    used = {place for places in shape.places.values() for place in places}
    found = {
        place: re.search(pattern, " ".join(header.split()), re.IGNORECASE)
        for place, header in enumerate(shape.header)
        if place not in used and header.strip()
    }
    return {
        place: (hit.group(1) if hit.re.groups and hit.group(1) else " ".join(shape.header[place].split()))
        for place, hit in found.items()
        if hit
    }


def _note_currency(shape: Shape, column: ColumnContract, header: str) -> None:
    currency = without_currency(header)[1]
    if column.meta.money and currency:
        shape.currency, shape.currency_header = currency, header


def _extras(table: TableContract) -> Iterator[str]:
    yield from table.meta.ids
    for column in table.columns:
        moment = column.meta.moment
        if moment.time:
            yield moment.time
        if moment.zone.startswith("column "):
            yield moment.zone.removeprefix("column ")


def _new_columns(shape: Shape) -> list[str]:
    """Headers that neither the columns nor the contract's lists know."""
    meta = shape.table.meta
    used = {place for places in shape.places.values() for place in places} | set(shape.extras.values())
    used |= set(shape.wide)
    personal = {normal(name) for name in meta.personal}
    return [
        header
        for place, header in enumerate(shape.header)
        if place not in used
        and header.strip()
        and normal(header) not in personal
        and not any(re.fullmatch(pattern, header.strip(), re.IGNORECASE) for pattern in meta.known)
    ]


def _missing(member: Member, table: TableContract, missing: list[ColumnContract], shape: Shape) -> str:
    """The sentence about required columns that a header lacks, with the nearest one it has."""
    used = {place for places in shape.places.values() for place in places}
    left = [header for place, header in enumerate(shape.header) if place not in used and header.strip()]
    parts = []
    for column in missing:
        wanted = [alias for aliases in column.meta.aliases.values() for alias in aliases if not alias.startswith("~")]
        near = [
            (difflib.SequenceMatcher(None, normal(alias), normal(header)).ratio(), header)
            for alias in wanted
            for header in left
        ]
        best = max(near, default=(0.0, ""))
        hint = f" (did you mean “{best[1]}”?)" if best[0] >= 0.5 else ""
        parts.append(f"column “{wanted[0] if wanted else column.name}” is missing{hint}")
    return (
        f"{member.name}, row {shape.header_at + 1}: looks like {table.full_name}, but {'; '.join(parts)}. "
        "Export it with that column, or add the header to the contract's aliases"
    )


def _refuse_without_data(shape: Shape, rows: list[list[str]]) -> None:
    first = next((row for row in rows if row), None)
    if first and len([cell for cell in first if cell.strip()]) == 1:
        said = first[0].strip()
        if any(normal(said) == normal(empty) for empty in shape.table.meta.empty):
            raise ExportRefused(f"{shape.member.name}: an export without data: it says “{said}”")
