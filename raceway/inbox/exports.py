"""Which exports wait in the inbox: files that belong together, found by name and time, nothing opened.

    inbox/<source>/<account>/…   every file here is undecided: what was landed lies in archive/, what was
                                 refused in quarantine/files/

An export is one file, the files of a folder that is one download (Search Console), or the parts of one
export (`orders_export_1.csv`, `_2`; shards of a day), as the source's contract says. A part that comes
later makes a new export of all parts: the earlier ones are taken from the archive, and where one is kept there
no longer, landing refuses the part, since it would replace what the earlier ones said.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import time
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final

from raceway.common.faults import PermanentFault
from raceway.common.home import Home
from raceway.contracts.grammar import Parts, Sibling, SourceContract
from raceway.contracts.load import load_contract
from raceway.ledger.ledger import Ledger, LedgerState

# What browsers, synchronisers and editors leave while a file is still being written.
_UNFINISHED: Final = (".part", ".tmp", ".crdownload", ".partial", ".filepart", "~")
A_DAY: Final = dt.timedelta(days=1)
"""A time may lie so far ahead: clocks and zones differ."""

_LOOK_AGAIN: Final = 0.5
"""Seconds between two looks at a young file."""


@dataclass(frozen=True)
class ExportFile:
    """One raw file of an export. `path` is relative to inbox/<source>/<account>/.

    `modified_at` is the file's own time (UTC), read when it was first seen. `kept_at` (relative to the
    home) says where an earlier part lies that was landed before; empty for a file in the inbox.
    """

    path: str
    bytes: int
    modified_at: dt.datetime
    kept_at: str = ""
    noted: str = ""
    """A sentence about what was found odd of the file itself; it becomes a warning of its batches."""

    @property
    def is_archived(self) -> bool:
        """Whether it was landed before and stays where it is."""
        return self.kept_at.startswith("archive/")

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {"path": self.path, "bytes": self.bytes, "modified_at": self.modified_at.isoformat(),
                "kept_at": self.kept_at, "noted": self.noted}  # fmt: skip

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> ExportFile:
        """The inverse of `to_dict`."""
        return cls(values["path"], values["bytes"], dt.datetime.fromisoformat(values["modified_at"]),
                   values.get("kept_at", ""), values.get("noted", ""))  # fmt: skip


@dataclass(frozen=True)
class Export:
    """What waits to be landed as one: JSON-serialisable, since it travels between tasks."""

    source: str
    account: str
    files: tuple[ExportFile, ...]
    bundle: bool = False
    """Whether this is one download of several tables: small tables beside the wanted ones are furniture."""

    @property
    def name(self) -> str:
        """Short and readable: account and first file, with the number of further ones."""
        more = f" and {len(self.files) - 1} more" if len(self.files) > 1 else ""
        return f"{self.account}/{self.files[0].path}{more}"

    def located(self, home: Home, file: ExportFile) -> Path:
        """Where a file of this export lies."""
        return home.root / file.kept_at if file.kept_at else home.inbox / self.source / self.account / file.path

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {"source": self.source, "account": self.account, "bundle": self.bundle,
                "files": [file.to_dict() for file in self.files]}  # fmt: skip

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Export:
        """The inverse of `to_dict`."""
        files = tuple(ExportFile.from_dict(file) for file in values["files"])
        return cls(values["source"], values["account"], files, values.get("bundle", False))


@dataclass
class _Group:
    files: list[ExportFile] = field(default_factory=list)
    bundle: bool = False


def find_exports(home: Home, source: str, state: LedgerState | None = None) -> list[Export]:
    """The exports of `source` that wait, oldest first. `state` saves reading the ledger again.

    Accounts are not checked here: landing refuses an unknown one, so that it is recorded and seen.
    Raises BadContract where the source has none, PermanentFault where this machine's clock was set back.
    """
    contract = load_contract(source, home)
    folder = home.inbox / source
    if folder.is_symlink() or not folder.is_dir():
        return []
    exports: list[Export] = []
    inside = [legible(path) for path in paths_in(folder)]
    for path in inside:  # no account folder: landing refuses it and says where to put it
        if (path.is_file() or path.is_symlink()) and not is_unfinished(path.name):
            exports.append(Export(source, "", (_file(path, folder, home),)))
    for account in inside:
        if account.is_symlink() or not account.is_dir() or account.name.startswith("."):
            continue
        files = [_file(path, account, home) for path in _files(account)]
        groups = _groups(contract, files)
        if any(table.meta.parts for table in contract.tables):
            known = Ledger(home).state() if state is None else state
            groups = [_with_earlier_parts(contract, account.name, group, known) for group in groups]
        rules = [table.meta.sibling for table in contract.tables if table.meta.sibling]
        if rules and groups:
            known = Ledger(home).state() if state is None else state
            groups = [_with_mates(home, contract.name, account.name, group, rules[0], known) for group in groups]
        exports += [Export(source, account.name, tuple(group.files), group.bundle) for group in groups]
    return sorted(exports, key=lambda e: (max(f.modified_at for f in e.files), e.account, e.files[0].path))


def at_rest(home: Home, exports: list[Export], rest_seconds: float) -> list[Export]:
    """The exports whose files are all written: a file younger than `rest_seconds` is looked at twice, and an
    export with one that has grown, or is gone, waits for the next run."""
    youngest = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=rest_seconds)
    if not any(file.modified_at > youngest for export in exports for file in export.files):
        return exports
    time.sleep(_LOOK_AGAIN)
    return [export for export in exports if all(is_same(export.located(home, file), file) for file in export.files)]


def is_same(path: Path, file: ExportFile) -> bool:
    """Whether a file still has the size and time with which it was found; an archived one is not looked at."""
    if file.kept_at:
        return True
    now = _file(path, path.parent) if path.is_file() or path.is_symlink() else None
    return now is not None and (now.bytes, now.modified_at) == (file.bytes, file.modified_at)


def _files(folder: Path) -> Iterator[Path]:
    """Files and links below a folder, in order of their names; links are not followed."""
    for path in paths_in(folder):
        if path.name.startswith("."):
            continue
        path = legible(path)
        if path.is_symlink() or path.is_file():
            if not is_unfinished(path.name):
                yield path
        elif path.is_dir():
            yield from _files(path)


def paths_in(folder: Path) -> list[Path]:
    """What lies in a folder of the inbox, by name; nothing where this user may not look (`strays` tells of it)."""
    try:
        return sorted(folder.iterdir())
    except PermissionError:
        return []


def legible(path: Path) -> Path:
    """A file or folder of the inbox under a name that is text: bytes that are no UTF-8 become %E1 and the like.

    No ledger, report or terminal could hold the name as it is; it is renamed in place.
    """
    raw = os.fsencode(path.name)
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        name = "".join(f"%{byte:02X}" if byte >= 0x80 else chr(byte) for byte in raw)
        if path.with_name(name).exists():
            name = f"{hashlib.sha256(raw).hexdigest()[:8]}-{name}"
        return path.rename(path.with_name(name))
    return path


def is_unfinished(name: str) -> bool:
    """Whether a file's name says that it is hidden or still being written."""
    return name.startswith(".") or name.endswith(_UNFINISHED)


def _file(path: Path, folder: Path, home: Home | None = None) -> ExportFile:
    stat = path.lstat()
    modified = _moment(stat.st_mtime_ns)
    now = dt.datetime.now(dt.UTC)
    noted = ""
    if modified > now + A_DAY and not path.is_symlink():
        if home:
            _refuse_a_clock_set_back(home, path, modified, now)
        # it would win over every later export; written into the file, so that a later look finds the same
        first_seen = time.time_ns() // 1_000 * 1_000
        os.utime(path, ns=(first_seen, first_seen))
        noted = (
            f"{path.name}: its own time {modified:%Y-%m-%d %H:%M} UTC lies in the future; it counts as exported when "
            f"it was first seen, {now:%Y-%m-%d %H:%M} UTC. Set the clock of the machine that wrote it"
        )
        modified = _moment(first_seen)
    return ExportFile(path.relative_to(folder).as_posix(), stat.st_size, modified, noted=noted)


def _refuse_a_clock_set_back(home: Home, path: Path, modified: dt.datetime, now: dt.datetime) -> None:
    """Raises PermanentFault where the ledger, too, knows of what is in the future by this machine's clock.

    By such a clock every file would be dated anew, and today's would count as older than yesterday's.
    """
    newest = Ledger(home).newest_at()
    if newest is not None and newest > now + A_DAY:
        raise PermanentFault(
            f"{path}: its own time {modified:%Y-%m-%d %H:%M} UTC and the newest event of the ledger "
            f"({newest:%Y-%m-%d %H:%M} UTC) both lie after what this machine's clock says ({now:%Y-%m-%d %H:%M} UTC): "
            "the clock was set back; set it right, then run again"
        )


def _moment(nanoseconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(nanoseconds // 1000 / 1_000_000, tz=dt.UTC)


def _groups(contract: SourceContract, files: Iterable[ExportFile]) -> list[_Group]:
    """Files that are one export: a bundle's folder, a folder with a sibling in it, parts, or one file."""
    by_folder: dict[str, list[ExportFile]] = defaultdict(list)
    for file in files:
        by_folder[str(PurePosixPath(file.path).parent)].append(file)
    siblings = [table.meta.sibling.files for table in contract.tables if table.meta.sibling]
    groups: list[_Group] = []
    for folder, inside in by_folder.items():
        is_bundle = bool(contract.meta.bundle and re.search(contract.meta.bundle, folder))
        has_sibling = any(re.search(pattern, _file_name(file.path)) for file in inside for pattern in siblings)
        plain = [file for file in inside if not file.path.lower().endswith(".zip")]
        groups += [_Group([file], bundle=True) for file in inside if file not in plain]
        if plain and (is_bundle or has_sibling):
            groups.append(_Group(plain, bundle=True))
        else:
            groups += _by_parts(contract, plain)
    return groups


def is_bundle(contract: SourceContract, files: Iterable[ExportFile]) -> bool:
    """Whether files that landed as one export are one download of several tables."""
    return any(group.bundle for group in _groups(contract, files))


def _file_name(path: str) -> str:
    """The last part of a path, composed: macOS writes accents apart from their letters."""
    return unicodedata.normalize("NFC", PurePosixPath(path).name)


def part_of(contract: SourceContract, path: str) -> tuple[Parts, str, str] | None:
    """The parts rule that a file's name meets, the export it is part of and its part; None without one.

    The export is named with its folder: parts of one export lie in one folder.
    """
    where = PurePosixPath(path)
    for table in contract.tables:
        rule = table.meta.parts
        found = re.match(rule.pattern, _file_name(path)) if rule else None
        if rule and found:
            return rule, f"{where.parent}/{found.group('export')}", found.group("part") or ""
    return None


def _by_parts(contract: SourceContract, files: list[ExportFile]) -> list[_Group]:
    """Parts of one export in order of their number; files that are no part stand alone."""
    groups: list[_Group] = []
    exports: dict[str, list[tuple[str, ExportFile, Parts]]] = defaultdict(list)
    for file in files:
        part = part_of(contract, file.path)
        if part is None:
            groups.append(_Group([file]))
        else:
            exports[part[1]].append((part[2], file, part[0]))
    for parts in exports.values():
        cluster: list[tuple[str, ExportFile]] = []
        for number, file, rule in sorted(parts, key=lambda item: (item[1].modified_at, _natural(item[0]))):
            last = cluster[-1][1].modified_at if cluster else None
            apart = last is not None and file.modified_at - last > dt.timedelta(minutes=rule.within_minutes)
            if apart or number in [known for known, _ in cluster]:
                groups.append(_in_order(cluster))
                cluster = []
            cluster.append((number, file))
        groups.append(_in_order(cluster))
    return groups


def _natural(part: str) -> tuple[int, str]:
    return (int(part), "") if part.isdigit() else (0, part)


def _in_order(parts: list[tuple[str, ExportFile]]) -> _Group:
    return _Group([file for _, file in sorted(parts, key=lambda item: (_natural(item[0]), item[1].path))])


def _with_earlier_parts(contract: SourceContract, account: str, group: _Group, state: LedgerState) -> _Group:
    """Adds parts of the same export that were landed before; `kept_at` says where in the archive they lay."""
    first = part_of(contract, group.files[0].path) if not group.bundle else None
    if first is None:
        return group
    rule, export, _ = first
    window = dt.timedelta(minutes=rule.within_minutes)
    parts = {(part_of(contract, file.path) or first)[2]: file for file in group.files}
    times = [file.modified_at for file in group.files]
    for batch in state.accepted(contract.name, account=account):
        for said in batch.files:
            known = part_of(contract, said["path"])
            earlier = dt.datetime.fromisoformat(said["modified_at"])
            near = min(times) - window <= earlier <= max(times) + window
            kept_at = _kept_at(state, contract.name, account, said["path"], said["sha256"])
            if known and known[1] == export and known[2] not in parts and near and kept_at:
                parts[known[2]] = ExportFile(said["path"], said["bytes"], earlier, kept_at)
    return _in_order(list(parts.items()))


def _with_mates(home: Home, source: str, account: str, group: _Group, rule: Sibling, state: LedgerState) -> _Group:
    """Adds the files of the same download that were put away before: a run broke off between two moves, or the file
    that says what was filtered came after the rows."""
    folders = {PurePosixPath(file.path).parent for file in group.files}
    names = {file.path for file in group.files}
    window = dt.timedelta(minutes=rule.within_minutes)
    first, last = (pick(file.modified_at for file in group.files) for pick in (min, max))
    mates = []
    for known in state.files.values():
        is_near = (known.source, known.account) == (source, account) and PurePosixPath(known.path).parent in folders
        if not is_near or known.path in names or known.path.lower().endswith(".zip") or not known.kept_at:
            continue
        kept = home.root / known.kept_at
        if kept.is_file():
            stat = kept.stat()
            modified = _moment(stat.st_mtime_ns)
            if first - window <= modified <= last + window:
                mates.append(ExportFile(known.path, stat.st_size, modified, known.kept_at))
    return _Group([*group.files, *mates], bundle=True) if mates else group


def _kept_at(state: LedgerState, source: str, account: str, path: str, sha256: str) -> str:
    known = state.files.get((source, account, path))
    return known.kept_at if known and known.sha256 == sha256 else ""
