"""A raw file's members: containers unpacked, workbooks and encodings made into plain UTF-8 text."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import lzma
import mmap
import re
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path, PurePosixPath
from typing import IO, Final, Literal, cast

from raceway.common.faults import ExportRefused
from raceway.config.limits import Limits
from raceway.reading.budget import CHUNK, Budget, may_be_deep, refuse_deep
from raceway.reading.workbook import refuse_boundless, unpacked_sheets

HEAD_BYTES: Final = 262_144
LONGEST_RECORD: Final = 16_000_000
"""Bytes of the longest record that is read."""


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
    limits: Limits = field(default_factory=Limits)
    """What it may ask for."""

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


def open_members(raw: Path, name: str, scratch: Path, cp1252: bool, limits: Limits | None = None) -> list[Member]:
    """The members of one raw file; archives and workbooks are unpacked into `scratch`.

    `cp1252` says whether a contract allows that encoding, `limits` what the file may ask for (None: the defaults).
    Raises ExportRefused for empty, damaged and unreadable files, and for those that ask for more.
    """
    budget = Budget(name, raw.stat().st_size, limits or Limits())
    return _open(raw, name, scratch, cp1252, budget, 0)


def _open(raw: Path, name: str, scratch: Path, cp1252: bool, budget: Budget, depth: int) -> list[Member]:
    if raw.stat().st_size == 0:
        raise ExportRefused(f"{name}: the file is empty (0 bytes); export it again")
    with raw.open("rb") as file:
        magic = file.read(8)
    if magic[:4] == b"PK\x03\x04" or magic[:4] == b"PK\x05\x06":
        if depth >= budget.limits.nested:
            raise ExportRefused(f"{name}: an archive in an archive in an archive; unpack it before it lands")
        return _from_zip(raw, name, scratch, cp1252, budget, depth)
    if magic[:2] == b"\x1f\x8b":
        return [_from_gz(raw, name, scratch, cp1252, budget)]
    if magic[:4] == b"PAR1":
        return [Member(name, raw, raw, "parquet", limits=budget.limits)]
    if magic[:4] == b"\xd0\xcf\x11\xe0":
        raise ExportRefused(f"{name}: an old Excel workbook (.xls); save it as .xlsx or csv")
    return [_text_member(name, raw, raw, _head(raw), cp1252, budget.limits)]


def _from_zip(raw: Path, name: str, scratch: Path, cp1252: bool, budget: Budget, depth: int) -> list[Member]:
    try:
        with zipfile.ZipFile(raw) as archive:
            entries = [e for e in archive.infolist() if not e.is_dir() and not _is_litter(e.filename)]
            budget.take(len(entries))
            if any(e.filename == "[Content_Types].xml" for e in entries):
                refuse_boundless(archive, name, budget)
                return _from_workbook(raw, name, scratch, budget.limits)
            members: list[Member] = []
            for number, entry in enumerate(entries):
                # a name of ours: an entry's own may leave the folder, or be none that a disk can hold
                target = scratch / f"{depth}.{number}.{hashlib.sha256(str(raw).encode()).hexdigest()[:12]}"
                with archive.open(entry) as packed:
                    budget.copy(packed, target)
                inner = f"{name}/{unicodedata.normalize('NFC', entry.filename)}"
                members += _open(target, inner, scratch, cp1252, budget, depth + 1)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError) as fault:
        raise ExportRefused(f"{name}: the zip is damaged or protected ({fault}); export or copy it again") from fault
    if not members:
        raise ExportRefused(f"{name}: the zip holds no file")
    for member in members:
        member.raw = raw
    return members


def _is_litter(name: str) -> bool:
    """What macOS and Windows put into zips."""
    path = PurePosixPath(name.replace("\\", "/"))
    return path.parts[:1] == ("__MACOSX",) or path.name.startswith("._") or path.name in _LITTER


def _from_gz(raw: Path, name: str, scratch: Path, cp1252: bool, budget: Budget) -> Member:
    """Packed JSON lines stay packed (DuckDB unpacks while reading); anything else is unpacked."""
    inner = name.removesuffix(".gz")
    try:
        with gzip.open(raw) as file:
            head = file.read(HEAD_BYTES)
        if not head:
            raise ExportRefused(f"{name}: the file is empty inside its gz; export it again")
        if head.lstrip()[:1] in (b"{", b"["):
            member = Member(
                inner, raw, raw, "json", packed=True, text=head.decode("utf-8", "replace"), limits=budget.limits
            )
            _refuse_deep(member, budget)
            return member
        target = scratch / f"{raw.name}.unpacked"  # a member of a zip bears no .gz to take away
        with gzip.open(raw) as packed:
            budget.copy(cast("IO[bytes]", packed), target)
    except (EOFError, zlib.error, gzip.BadGzipFile) as fault:
        raise ExportRefused(f"{name}: the gz is cut off or damaged ({fault}); copy or export it again") from fault
    if head[:4] == b"PAR1":
        return Member(inner, target, raw, "parquet", limits=budget.limits)
    return _text_member(inner, target, raw, head, cp1252, budget.limits)


def _refuse_deep(member: Member, budget: Budget) -> None:
    """Refuses JSON that is nested too deep, and packed JSON that unpacks to a flood."""
    with opened(member) as file:
        deep = may_be_deep(
            budget.blocks(file) if member.packed else iter(partial(file.read, CHUNK), b""), budget.limits
        )
    if deep:
        first, _, rest = member.text.lstrip().partition("\n")
        in_lines = first.rstrip().endswith("}") and bool(rest.strip())
        with opened(member) as file:
            refuse_deep(member.name, iter(partial(file.read, CHUNK), b""), budget.limits, in_lines=in_lines)


def _from_workbook(raw: Path, name: str, scratch: Path, limits: Limits) -> list[Member]:
    """Each sheet with cells becomes a csv member."""
    members = []
    for sheet, target in unpacked_sheets(raw, name, scratch):
        found = _text_member(f"{name}/{sheet}", target, raw, _head(target), False, limits)
        found.sheet = (raw, sheet)
        members.append(found)
    return members


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def _text_member(name: str, path: Path, raw: Path, head: bytes, cp1252: bool, limits: Limits) -> Member:
    encoding, text = _decode(name, head, cp1252)
    text = text.replace("\0", "")
    first = text.lstrip()[:1]
    kind: Kind = "json" if first in ("{", "[") else "csv"
    if not text.strip():
        raise ExportRefused(f"{name}: the file holds nothing but white space")
    member = Member(name, path, raw, kind, encoding=encoding, text=text, limits=limits)
    if kind == "json":
        _refuse_deep(member, Budget(name, path.stat().st_size, limits))
    return member


def _decode(name: str, head: bytes, cp1252: bool) -> tuple[str, str]:
    """Encoding and text of a file's head: byte order mark first, then strict utf-8, then cp1252."""
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        encoding = "utf-16-le" if head[:2] == codecs.BOM_UTF16_LE else "utf-16-be"
        return encoding, head[2 : len(head) // 2 * 2].decode(encoding, "replace")
    if head[:3] == codecs.BOM_UTF8:
        marked = _utf8(head[3:])
        return "utf-8", _refuse_encoding(name, head[3:]) if marked is None else marked
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
            lines = 0
            with opened(member) as file, target.open("wb") as out:
                decoder = codecs.getincrementaldecoder(encoding)()
                newlines = io.IncrementalNewlineDecoder(None, translate=True)
                first = True
                while True:
                    block = file.read(CHUNK)
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
