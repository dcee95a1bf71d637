"""A raw file's members: containers unpacked, workbooks and encodings made into plain UTF-8 text."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import gzip
import hashlib
import io
import mmap
import re
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Final, Literal, cast

from raceway.common.faults import ExportRefused
from raceway.common.texts import clean

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

HEAD_BYTES: Final = 262_144
LONGEST_RECORD: Final = 16_000_000
"""Bytes of the longest record that is read."""


_CHUNK: Final = 1 << 22


# An archive may unpack to this much whatever its size, and beyond it to so many times its size: real exports
# shrink to a tenth or a fiftieth, a bomb to a thousandth.
_UNPACKED_FREELY: Final = 1 << 28
_UNPACKED_TIMES: Final = 200
_DEEPEST: Final = 3
_LITTER: Final = (".DS_Store", "Thumbs.db", "desktop.ini")
"""What file managers leave in folders, and so in archives."""


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

    @property
    def report_name(self) -> str:
        """The name under which its report was saved: its file's, or of a sheet that of the workbook."""
        if self.sheet is None:
            return self.file_name
        return unicodedata.normalize("NFC", PurePosixPath(self.name).parent.name)

    @cached_property
    def sha256(self) -> str:
        """Hash of the member's raw bytes."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


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
    path = PurePosixPath(name.replace("\\", "/"))
    return path.parts[:1] == ("__MACOSX",) or path.name.startswith("._") or path.name in _LITTER


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
            rows = _rows_of((raw, sheet), workbook)
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
            with opened(member) as file, target.open("wb") as out:
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
    if plain.stat().st_size == 0:
        return []
    mark = re.escape(delimiter.encode())
    # a quote opens a cell only at its beginning; what it encloses is passed over whole
    tokens = re.compile(rb"(?:(?<=" + mark + rb')|(?<=\n)|\A)"(?:[^"]|"")*+"|(?:(?<=\n)|\A)\n')
    with plain.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data.find(b"\n\n") < 0 and data[:1] != b"\n":
            return []
        return [token.start() for token in tokens.finditer(data) if token.end() - token.start() == 1]


def opened(member: Member) -> IO[bytes]:
    """A member's bytes, unpacked."""
    return cast("IO[bytes]", gzip.open(member.path)) if member.packed else member.path.open("rb")
