"""Puts invented exports into the inbox: bytes, name and the time at which they were exported.

An export's time is its file's modification time. Zip and gz members carry no other clock, so that the same
world gives the same bytes.
"""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

_ZIP_TIME = (2020, 1, 1, 0, 0, 0)


class Drop:
    """The inbox of one account of one source."""

    def __init__(self, inbox: Path, source: str, account: str) -> None:
        self.folder = inbox / source / account
        self.files = 0

    def put(self, name: str, content: bytes, exported_at: datetime) -> Path:
        """Writes one file; `name` may hold folders. Returns its path."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        moment = int(exported_at.timestamp())
        os.utime(path, (moment, moment))
        self.files += 1
        return path


def table(
    rows: Iterable[Sequence[str]],
    delimiter: str = ",",
    quote_also: str = "",
    line_end: str = "\n",
    last_line_end: bool = True,
) -> str:
    """CSV text. A cell is quoted where it must be, and where it holds one of the signs `quote_also`."""
    needing = set(f'{delimiter}"\r\n{quote_also}')
    lines = [
        delimiter.join('"' + cell.replace('"', '""') + '"' if needing & set(cell) else cell for cell in row)
        for row in rows
    ]
    return line_end.join(lines) + (line_end if last_line_end else "")


def header(names: str, separator: str = ",") -> list[str]:
    """The column names of a file from one text."""
    return names.split(separator)


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip archive of `members`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, _ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return buffer.getvalue()


def gzipped(content: bytes) -> bytes:
    """A gz stream of `content`, without name and time."""
    return gzip.compress(content, compresslevel=1, mtime=0)


def grouped(number: int) -> str:
    """A count with thousands separators: 10,708."""
    return f"{number:,}"


def cents(amount: int) -> str:
    """An amount in hundredths as text: -1234 → -12.34."""
    return f"{'-' if amount < 0 else ''}{abs(amount) // 100}.{abs(amount) % 100:02d}"
