"""The raw files of an export: their hashes, and where they go when the export is decided.

    inbox/…  ──►  archive/<source>/<account>/<time>-<hash>/<file>            landed, or known already
             ──►  quarantine/files/<source>/<account>/<time>-<hash>/<file>   refused, with <file>.reason.txt

What is read is a private copy, so that nothing can change between its rows and its hash: what lies in the archive is
what landed. A file that was replaced or appended to meanwhile stays in the inbox for the next run.

They hold personal data in the clear: mode 600, folders 700. A move keeps a file's own time, since that says
when it was exported; when it was put away stands in the ledger. After `retention.archive_days` they are removed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from raceway.common.files import move, short_name
from raceway.common.home import Home
from raceway.common.moments import utc_text
from raceway.inbox.exports import Export, ExportFile
from raceway.ledger.events import refused_rows_path
from raceway.ledger.ledger import Ledger

Area = Literal["archive", "quarantine"]


class RawFiles:
    """The files of one export. `digests` may be filled by whoever reads a file anyway (path to SHA-256)."""

    def __init__(self, home: Home, export: Export) -> None:
        self.home = home
        self.export = export
        self.digests: dict[str, str] = {}
        self._copies: dict[str, Path] = {}
        self._seen: dict[str, _Marks] = {}

    def take(self, folder: Path) -> list[tuple[ExportFile, Path]]:
        """A private copy of each file, in a folder of its own below `folder`; what the file is later, it stays here.

        The copies have names of ours: a file's own may hold signs that mean something to a reader.
        """
        for number, file in enumerate(self.export.files):
            path = self.export.located(self.home, file)
            own = folder / f"in{number}"
            own.mkdir()
            self._seen[file.path] = _marks(path)
            if path.is_symlink():  # never followed: what is kept of it is where it pointed
                self._copies[file.path] = own / "link"
                self._copies[file.path].write_bytes(os.fsencode(path.readlink()))
                continue
            with path.open("rb") as opened:
                packed = opened.read(2) == b"\x1f\x8b"
            self._copies[file.path] = own / ("raw.gz" if packed else "raw")
            shutil.copyfile(path, self._copies[file.path])
            os.utime(self._copies[file.path], ns=(self._seen[file.path][1],) * 2)
        return [(file, self._copies[file.path]) for file in self.export.files]

    def has_moved(self) -> ExportFile | None:
        """A file in the inbox that is no longer the one that was copied, if there is one."""
        for file in self.export.files:
            if not file.kept_at and self._changed(file):
                return file
        return None

    def _changed(self, file: ExportFile) -> bool:
        try:
            now = _marks(self.export.located(self.home, file))
        except FileNotFoundError:
            return True
        return now != self._seen.get(file.path, now)

    def records(self, area: Area | None) -> list[dict[str, Any]]:
        """The export's files as the ledger keeps them; `kept_at` says where they go (None: nowhere yet)."""
        return [
            {
                "path": file.path,
                "sha256": self.sha256(file),
                "bytes": file.bytes,
                "modified_at": utc_text(file.modified_at),
                "kept_at": file.kept_at if file.is_archived or not area else self._kept_at(area, file),
            }
            for file in self.export.files
        ]

    def sha256(self, file: ExportFile) -> str:
        """Hash of one raw file, read at most once."""
        path = self._copies.get(file.path) or self.export.located(self.home, file)
        if str(path) not in self.digests:
            with path.open("rb") as opened:
                self.digests[str(path)] = hashlib.file_digest(opened, "sha256").hexdigest()
        return self.digests[str(path)]

    def _kept_at(self, area: Area, file: ExportFile) -> str:
        """archive/ or quarantine/files/, by account and time of export; a hash keeps namesakes apart."""
        folder = {"archive": "archive", "quarantine": "quarantine/files"}[area]
        stamp = f"{max(f.modified_at for f in self.export.files):%Y%m%dT%H%M%S}-{self.sha256(file)[:8]}"
        return f"{folder}/{self.export.source}/{self.export.account or '_'}/{stamp}/{file.path}"

    def put_away(self, area: Area, reason: str) -> list[str]:
        """Moves the files out of the inbox; those that were archived before stay where they are.

        Gives the paths of those that were replaced or appended to after they were copied: these stay in the inbox for
        the next run, and what was read of them is put away instead.
        """
        left = []
        for file in self.export.files:
            if file.is_archived:
                continue
            kept = self.home.root / self._kept_at(area, file)
            private(kept.parent)
            path = self.export.located(self.home, file)
            if kept.exists() and not path.exists():
                continue  # another task that saw the same file put it away
            if not self._move(file, path, kept):
                left.append(file.path)
            if file.kept_at and path != kept:
                note_of(path).unlink(missing_ok=True)
            kept.chmod(0o600)
            if area == "quarantine":
                note = note_of(kept)
                note.write_text(reason + "\n", encoding="utf-8")
                note.chmod(0o600)
            top = self.home.quarantine if file.kept_at else self.home.inbox / self.export.source / self.export.account
            _remove_empty(path.parent, top)
        return left

    def _move(self, file: ExportFile, path: Path, kept: Path) -> bool:
        """Puts a file away; False where another lies in its place by now, and the copy was put away instead."""
        copy = self._copies.get(file.path)
        if copy is None:
            move(path, kept)
            return True
        if path.is_symlink():
            path.unlink()
            move(copy, kept)
            return True
        if not self._changed(file):
            move(path, kept)
            if _marks(kept)[:2] == self._seen[file.path][:2]:
                return True
            # appended to in the moment of the move
            if path.exists():
                kept.unlink()
            else:
                move(kept, path)
        move(copy, kept)
        return False


def sweep(home: Home, days: int, now: dt.datetime) -> int:
    """Removes raw files and refused rows that were put away more than `days` before `now`; gives their number.

    What the ledger does not name is left alone.
    """
    removed = 0
    for kept_at, since in Ledger(home).put_away().items():
        kept = home.root / kept_at
        if now - since <= dt.timedelta(days=days) or not kept.is_file():
            continue
        kept.unlink()
        note_of(kept).unlink(missing_ok=True)
        top = home.archive if kept.is_relative_to(home.archive) else home.quarantine
        _remove_empty(kept.parent, top)
        removed += 1
    return removed


_Marks = tuple[int, int, int, int]


def _marks(path: Path) -> _Marks:
    """What changes with a file: its size, time, place on the disk, and the time of its last change of any kind."""
    stat = path.lstat()
    return stat.st_size, stat.st_mtime_ns, stat.st_ino, stat.st_ctime_ns


def note_of(kept: Path) -> Path:
    """Where the reason of a refused file stands: beside it."""
    return kept.with_name(short_name(kept.name, ".reason.txt"))


def new_columns(home: Home, manifest: Mapping[str, Any]) -> Path:
    """Where the values of a batch stand whose headers its contract does not know; no retention removes them."""
    return home.quarantine / "columns" / f"{manifest['source']}/{manifest['account']}/{manifest['batch_id']}.parquet"


def refused_rows(home: Home, manifest: Mapping[str, Any]) -> Path:
    """Where the refused rows of a batch lie, by its manifest."""
    return home.root / refused_rows_path(manifest)


def private(folder: Path) -> None:
    """Makes a folder that only its owner may enter, and so those above it that are not there yet."""
    for place in (*reversed(folder.parents), folder):
        if not place.is_dir():
            place.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)


def _remove_empty(folder: Path, top: Path) -> None:
    """Removes folders below an account's inbox that a moved file left empty."""
    while folder != top and top in folder.parents and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
