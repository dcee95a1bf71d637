"""The raw files of an export: their hashes, and where they go when the export is decided.

    inbox/…  ──►  archive/<source>/<account>/<time>-<hash>/<file>            landed, or known already
             ──►  quarantine/files/<source>/<account>/<time>-<hash>/<file>   refused, with <file>.reason.txt

They hold personal data in the clear: mode 600, folders 700. A move keeps a file's own time, since that says
when it was exported; when it was put away stands in the ledger. After `retention.archive_days` they are removed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

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

    def records(self, area: Area | None) -> list[dict[str, Any]]:
        """The export's files as the ledger keeps them; `kept_at` says where they go (None: nowhere yet)."""
        return [
            {
                "path": file.path,
                "sha256": self.sha256(file),
                "bytes": file.bytes,
                "modified_at": utc_text(file.modified_at),
                "kept_at": file.kept_at or (self._kept_at(area, file) if area else ""),
            }
            for file in self.export.files
        ]

    def sha256(self, file: ExportFile) -> str:
        """Hash of one raw file, read at most once."""
        path = self.export.located(self.home, file)
        if str(path) not in self.digests:
            with path.open("rb") as opened:
                self.digests[str(path)] = hashlib.file_digest(opened, "sha256").hexdigest()
        return self.digests[str(path)]

    def _kept_at(self, area: Area, file: ExportFile) -> str:
        """archive/ or quarantine/files/, by account and time of export; a hash keeps namesakes apart."""
        folder = {"archive": "archive", "quarantine": "quarantine/files"}[area]
        stamp = f"{max(f.modified_at for f in self.export.files):%Y%m%dT%H%M%S}-{self.sha256(file)[:8]}"
        return f"{folder}/{self.export.source}/{self.export.account or '_'}/{stamp}/{file.path}"

    def put_away(self, area: Area, reason: str) -> None:
        """Moves the files out of the inbox; those that were archived before stay where they are."""
        for file in self.export.files:
            if file.kept_at:
                continue
            kept = self.home.root / self._kept_at(area, file)
            private(kept.parent)
            path = self.export.located(self.home, file)
            if kept.exists() and not path.exists():
                continue  # another task that saw the same file put it away
            path.chmod(0o600)
            path.rename(kept)
            if area == "quarantine":
                note = kept.with_name(f"{kept.name}.reason.txt")
                note.write_text(reason + "\n", encoding="utf-8")
                note.chmod(0o600)
            _remove_empty(path.parent, self.home.inbox / self.export.source / self.export.account)


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
        kept.with_name(f"{kept.name}.reason.txt").unlink(missing_ok=True)
        top = home.archive if kept.is_relative_to(home.archive) else home.quarantine
        _remove_empty(kept.parent, top)
        removed += 1
    return removed


def refused_rows(home: Home, manifest: Mapping[str, Any]) -> Path:
    """Where the refused rows of a batch lie, by its manifest."""
    return home.root / refused_rows_path(manifest)


def private(folder: Path) -> None:
    """Makes a folder that only its owner may enter."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)


def _remove_empty(folder: Path, top: Path) -> None:
    """Removes folders below an account's inbox that a moved file left empty."""
    while folder != top and top in folder.parents and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
