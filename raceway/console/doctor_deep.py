"""Every byte of what raceway keeps, held against what was noted when it was written; nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb

from raceway.common.faults import RacewayFault
from raceway.common.home import Home
from raceway.common.own_database import damage_of_database, first_line
from raceway.common.sql import parquet_of
from raceway.console.findings import Finding
from raceway.landing.mend import mend_batches, raw_file
from raceway.ledger.data_file import deep_damage_of
from raceway.ledger.ledger import Ledger, LedgerState
from raceway.publish.sums import changed_files, sums_of
from raceway.publish.version import Version, published_version, published_versions
from raceway.report.mart_file import MEND


def examine_files(home: Home) -> list[Finding]:
    """A finding for every damaged file of landing/ and published/, for raw files that the archive holds otherwise than
    they landed, and one for each of the three where all is whole."""
    try:
        state = Ledger(home).state()
    except RacewayFault as fault:
        return [Finding("error", "ledger", str(fault))]
    return [*_landing(home, state), *_archive(home, state), *_published(home)]


def _landing(home: Home, state: LedgerState) -> Iterator[Finding]:
    found = mend_batches(home, state, look=deep_damage_of, change=False)
    for damaged in found:
        yield Finding("error", "landing", damaged.sentence)
    unread = 0
    damaged_ids = {damaged.batch_id for damaged in found}
    for batch in state.accepted():
        if batch.batch_id in damaged_ids or batch.head.get("data_sha256"):
            continue
        unread += 1  # of an earlier version: no hash was noted, so it is read as a night would
        try:
            with duckdb.connect() as connection:
                connection.execute(f"select max(hash(t)) from {parquet_of(batch.path)} as t").fetchall()
        except duckdb.Error as fault:
            said = str(fault).splitlines()[0]
            yield Finding("error", "landing", f"batch {batch.batch_id}, {batch.path}: {said}; put it back from a "
                          "backup, or take the file away: the next run lands it again from archive/")  # fmt: skip
    if not found:
        more = f"; {unread} of an earlier version have no hash, and can be read" if unread else ""
        yield Finding("ok", "landing", f"{len(state.accepted())} accepted batches are as they were written{more}")


def _archive(home: Home, state: LedgerState) -> Iterator[Finding]:
    """Raw files that are kept at the place that the ledger names, and are not what landed."""
    whole = spoilt = 0
    for batch in state.accepted():
        for said in batch.files:
            known = state.files.get((batch.source, batch.account, said["path"]))
            if known is None or known.sha256 != said["sha256"] or not (home.root / known.kept_at).is_file():
                continue
            if raw_file(home, batch, said) is None:
                spoilt += 1
                yield Finding("error", "archive", f"{home.root / known.kept_at}: is not what landed as batch "
                              f"{batch.batch_id} any more; put it back from a backup")  # fmt: skip
            else:
                whole += 1
    if not spoilt:
        yield Finding("ok", "archive", f"{whole} raw files are what landed")


def _published(home: Home) -> Iterator[Finding]:
    """Versions of which a file is gone or is not what was written; of an earlier program, what cannot be read."""
    try:
        versions = published_versions(home)
        shown = published_version(home)
    except RacewayFault as fault:
        yield Finding("error", "published", str(fault))
        return
    unread = damaged = 0
    for version in versions:
        if not sums_of(version.path):
            unread += 1  # of an earlier version: no sum was noted, so it is read as a reader would
            found = {file: said for file in _mart_files(version) if (said := _unreadable(file))}
        else:
            found = dict.fromkeys(changed_files(version.path), "its bytes are not those that were written")
        damaged += len(found)
        is_shown = shown is not None and shown.name == version.name
        mend = (
            MEND if is_shown else "readers do not see this version: take its folder away, or put it back from a backup"
        )
        for file, said in found.items():
            yield Finding("error", "published", f"{file}: {said if file.exists() else 'is not there any more'}; {mend}")
    if not damaged:
        more = f"; {unread} of an earlier version have no sums, and can be read" if unread else ""
        yield Finding("ok", "published", f"{len(versions)} versions are as they were written{more}")


def _mart_files(version: Version) -> list[Path]:
    return [version.database, *sorted((version.path / "parquet").rglob("*.parquet"))]


def _unreadable(file: Path) -> str:
    """Why a file of a mart cannot be read to its end; empty where it can."""
    if file.suffix == ".duckdb":
        return damage_of_database(file)
    try:
        with duckdb.connect() as connection:
            connection.execute(f"select max(hash(t)) from {parquet_of(file)} as t").fetchall()
    except duckdb.Error as fault:
        return first_line(fault)
    return ""
