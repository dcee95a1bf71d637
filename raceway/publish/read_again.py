"""Reading archived raw files again with today's contracts, aside: what each batch would be if it landed now.

Each export is landed in an empty home of its own, since there is nothing that it could be equal to there. What comes
out is kept under the batch's id with the backfill's behind it (`…-b3`): it is the same export, read otherwise.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import duckdb

from raceway.common.files import write_aside
from raceway.common.home import Home
from raceway.common.moments import utc_text
from raceway.common.sql import parquet_of, quoted
from raceway.history.records import BATCH_CHECKS
from raceway.inbox.exports import find_exports
from raceway.inbox.raw_files import refused_rows
from raceway.landing.land import land
from raceway.landing.mend import raw_file
from raceway.ledger.effect import copy_states
from raceway.ledger.ledger import BatchState, Ledger, LedgerState, state_name
from raceway.publish.aside import aside_home

Tell = Callable[[str], None]

_SUFFIX: Final = re.compile(r"-b\d+$")
_SAID: Final = ("covers_from", "covers_to", "covered_days", "is_filtered", "scope_keys", "rows_refused")
"""Of a manifest, beside the rows, what counts."""


@dataclass(frozen=True)
class ReadAgain:
    """A batch that today's contracts read otherwise. `replaces` is the batch of the same export that counts so far."""

    batch_id: str
    replaces: str | None
    source: str
    table: str
    account: str
    rows_before: int
    rows_after: int


@dataclass(frozen=True)
class Reading:
    """What came of reading a range again."""

    batches: tuple[ReadAgain, ...]
    unchanged: int
    left: tuple[str, ...]
    """Sentences about exports that could not be read again; what they said counts on."""


def read_again(
    home: Home, folder: Path, first: dt.date, last: dt.date, source: str | None, as_of: dt.date, tell: Tell
) -> Reading:
    """Reads all accepted batches whose days touch a range again; what differs lies below `folder` as in a home.

    `folder` is named as the backfill.
    """
    found: list[ReadAgain] = []
    left: list[str] = []
    unchanged = 0
    exports = _exports(Ledger(home).state(), first, last, source)
    for number, batches in enumerate(exports, start=1):
        batch = batches[0]
        tell(f"{batch.source}/{batch.account}: reading again ({number} of {len(exports)})")
        paths = {file["path"]: raw_file(home, batch, file) for file in batch.files}
        gone = sorted(path for path, kept in paths.items() if kept is None)
        if gone or not paths:
            left.append(
                f"{batch.source}/{batch.account}/{(gone or ['?'])[0]}: its raw file is no longer in archive/ "
                f"(retention.archive_days); {batch.batch_id} counts on as it was read"
            )
            continue
        with tempfile.TemporaryDirectory(dir=folder, prefix=".reading-") as place:
            aside = aside_home(home, Path(place) / "home")
            for path, kept in paths.items():
                target = aside.inbox / batch.source / batch.account / path
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(str(kept), target)
            for export in find_exports(aside, batch.source):
                outcome = land(aside, export, as_of=as_of)
                if outcome.status != "landed":
                    left.append(f"{outcome.reason}; {batch.batch_id} counts on as it was read")
            for again in Ledger(aside).state().accepted():
                before = next((one for one in batches if one.table == again.table), None)
                if before is not None and _is_equal(before, again):
                    unchanged += 1
                    continue
                found.append(_keep(home, aside, folder, again, before))
    return Reading(tuple(found), unchanged, tuple(left))


def _exports(state: LedgerState, first: dt.date, last: dt.date, source: str | None) -> list[list[BatchState]]:
    """The accepted batches that touch a range, by export: those that were read of the same files."""
    of_files: dict[tuple[Any, ...], list[BatchState]] = defaultdict(list)
    touched: set[tuple[Any, ...]] = set()
    for batch in state.accepted(source):
        files = (batch.source, batch.account, *sorted((file["path"], file["sha256"]) for file in batch.files))
        of_files[files].append(batch)
        if batch.covers_from and batch.covers_to and batch.covers_from <= last and first <= batch.covers_to:
            touched.add(files)
    return [of_files[files] for files in sorted(touched)]


def _is_equal(before: BatchState, again: BatchState) -> bool:
    if any(before.head.get(name) != again.head.get(name) for name in _SAID):
        return False
    with duckdb.connect() as connection:
        sides = [f"select * exclude (_batch_id) from {parquet_of(batch.path)}" for batch in (before, again)]
        described = [connection.execute(f"describe {side}").fetchall() for side in sides]
        if [column[:2] for column in described[0]] != [column[:2] for column in described[1]]:
            return False
        return not any(
            connection.execute(f"select 1 from (({one}) except all ({other})) limit 1").fetchone()
            for one, other in (sides, sides[::-1])
        )


def _keep(home: Home, aside: Home, folder: Path, again: BatchState, before: BatchState | None) -> ReadAgain:
    """Moves a batch from the home where it was read below the backfill's folder, under its new id."""
    old = again.batch_id
    new = f"{_SUFFIX.sub('', before.batch_id if before else old)}-{folder.name}"
    kept = replace(again, home=Home(folder), batch_id=new)
    kept.path.parent.parent.mkdir(parents=True, exist_ok=True)
    again.path.parent.rename(kept.path.parent)
    renamed = kept.path.with_name("renamed.parquet")
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select * replace ({quoted(new)} as _batch_id) from {parquet_of(kept.path)} order by _row) "
            f"to {quoted(str(renamed))} (format parquet, compression zstd)"
        )
    renamed.replace(kept.path)
    sightings = sorted({*(before.sightings if before else again.sightings)})
    manifest = again.manifest | {"batch_id": new, "exported_at": utc_text(sightings[0])}
    write_aside(
        kept.path.with_name("manifest.json"), json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
    )
    checks = kept.path.with_name(BATCH_CHECKS)
    if checks.exists():
        write_aside(checks, checks.read_text(encoding="utf-8").replace(old, new))
    for states in again.state_files():
        for sighting in sightings:
            target = kept.state_path(sighting)
            target.parent.mkdir(parents=True, exist_ok=True)
            copy_states(states, target.with_name(state_name(new, sighting)), sighting)
    rows = refused_rows(aside, again.head)
    if rows.exists():
        target = refused_rows(kept.home, manifest)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        rows.rename(target)
    return ReadAgain(new, before.batch_id if before else None, again.source, again.table, again.account,
                     before.rows_landed if before else 0, again.rows_landed)  # fmt: skip
