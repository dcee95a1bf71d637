"""Batches whose raw files are read once more with today's contract, and what stands in their place then.

    archive/… ──► rows by today's contract ──► the same rows as landed: nothing changes but a note in the ledger
                                           └─► other rows ──► gate ──► a batch of its own in the earlier one's place

The new batch has the moment of export, the sightings and the decision of the earlier one, so it is in effect exactly
where that one was. What its rows are follows from files and contract alone. The earlier one's folder is left as it is.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import duckdb

from raceway.common.faults import ExportRefused
from raceway.common.home import Home
from raceway.common.sql import parquet_of
from raceway.config.accounts import Account
from raceway.contracts.load import load_contract
from raceway.inbox.exports import Export, ExportFile, is_bundle
from raceway.landing.aside import held
from raceway.landing.batch import Batch
from raceway.landing.land import Gate, Landing
from raceway.landing.outcome import Outcome, Status
from raceway.ledger.ledger import BatchState, Ledger, LedgerState

What = Literal["replaced", "unchanged", "kept"]

_OWN: Final = ("_batch_id",)
"""Columns by which a batch that says the same may differ."""


@dataclass(frozen=True)
class ReadAgain:
    """What became of one batch: `sentence` says it, `by` is the batch in its place."""

    batch_id: str
    what: What
    sentence: str
    by: str = ""


def read_again(
    home: Home,
    batches: Sequence[BatchState],
    who: str,
    *,
    refused_rows_only: bool = False,
    gate: Gate | None = None,
    as_of: dt.date | None = None,
) -> list[ReadAgain]:
    """Reads the files of accepted batches with today's contracts; gives what became of each, in their order.

    `refused_rows_only`: only what lands more rows than before takes its place. Where the files are kept no longer, or
    today's contract or gate refuses them, the batch stays as it is, and the sentence says why. Raises BadContract,
    BadSettings.
    """
    found: dict[str, ReadAgain] = {}
    for batch in batches:
        if batch.batch_id in found:
            continue
        state = Ledger(home).state()
        mates = [
            other for other in state.accepted(batch.source, account=batch.account) if _files(other) == _files(batch)
        ]
        wanted = [mate for mate in mates if mate.batch_id in {b.batch_id for b in batches}]
        export = _export(home, batch, state)
        if isinstance(export, str):
            found[batch.batch_id] = ReadAgain(batch.batch_id, "kept", f"batch {batch.batch_id}: {export}")
            continue
        with held(home.scratch) as scratch:
            landing = _Again(home, export, gate, as_of, scratch, wanted, who, refused_rows_only)
            try:
                outcome = landing.run()
            finally:
                shutil.rmtree(landing.aside, ignore_errors=True)
        for mate in wanted:
            why = outcome.reason or f"no row of its files is {mate.source}.{mate.table}'s by today's contract"
            stays = ReadAgain(mate.batch_id, "kept", f"batch {mate.batch_id} stays as it landed: {why}")
            found[mate.batch_id] = landing.done.get(mate.batch_id, stays)
    return [found[batch.batch_id] for batch in batches]


def files_are_kept(batch: BatchState, state: LedgerState) -> bool:
    """Whether all raw files of a batch still lie in the archive."""
    return not isinstance(_export(batch.home, batch, state), str)


def _files(batch: BatchState) -> frozenset[tuple[str, str]]:
    return frozenset((file["path"], file["sha256"]) for file in batch.files)


def _export(home: Home, batch: BatchState, state: LedgerState) -> Export | str:
    """The export that a batch came from, in the archive; a sentence where a file of it is kept no longer."""
    files = []
    for said in batch.files:
        known = state.files.get((batch.source, batch.account, said["path"]))
        kept_at = known.kept_at if known is not None and known.sha256 == said["sha256"] else ""
        if not kept_at.startswith("archive/") or not (home.root / kept_at).is_file():
            return (
                f"its file {said['path']} is not in archive/ any more (retention.archive_days), so it stays as it "
                "landed; put the file into the inbox again to have it read by today's contract"
            )
        modified_at = dt.datetime.fromisoformat(said["modified_at"])
        files.append(ExportFile(said["path"], said["bytes"], modified_at, kept_at))
    contract = load_contract(batch.source, home, batch.account)
    return Export(batch.source, batch.account, tuple(files), is_bundle(contract, files))


class _Again(Landing):
    """An export from the archive on its way: nothing is put away, and a batch takes the place of an earlier one."""

    def __init__(
        self, home: Home, export: Export, gate: Gate | None, as_of: dt.date | None, scratch: Path,
        wanted: Sequence[BatchState], who: str, refused_rows_only: bool,
    ) -> None:  # fmt: skip
        super().__init__(home, export, gate, as_of, None, scratch, "")
        self.again = True
        self.earlier = {batch.table: batch for batch in wanted}
        self.who = who
        self.refused_rows_only = refused_rows_only
        self.done: dict[str, ReadAgain] = {}

    def _put_away(self, area: object) -> Outcome:
        return self.outcome

    def _refused_whole(self, reason: str) -> Outcome:
        self.outcome.status, self.outcome.reason = "refused", reason
        return self.outcome

    def _may_be_known(self, job: object, state: object) -> bool:
        return False

    def _known(self, *_: object) -> None:
        return None

    def _land_batch(self, batch: Batch, account: Account, state: LedgerState) -> tuple[Status | None, str]:
        earlier = self.earlier.get(batch.table.name)
        self._note_days(batch.manifest)
        if earlier is None:  # of a table that was not asked for, or whose batch is not in effect
            return None, ""
        self._complete(batch)
        contract = batch.manifest["contract"]
        more = batch.manifest["rows_landed"] - earlier.rows_landed
        if (self.refused_rows_only and more <= 0) or _says_the_same(earlier.path, batch.folder / "data.parquet"):
            self._note(earlier, "unchanged", "today's contract reads the same rows")
            if earlier.head.get("contract") != contract and not self.refused_rows_only:
                self.ledger.append("unchanged", batch_id=earlier.batch_id, contract=contract)
            return "duplicate", ""
        (batch.folder / "manifest.json").write_text(json.dumps(batch.manifest, ensure_ascii=False), encoding="utf-8")
        stopping = [check.message for check in self._checked(batch, batch.folder, account) if check.stops]
        if stopping:
            raise ExportRefused(f"refused by the landing gate: {'; '.join(stopping)}")
        self._show(batch, self._target(batch))
        self._count(batch)
        self.ledger.append(
            "read_again", batch_id=earlier.batch_id, manifest=batch.manifest, who=self.who, source=self.export.source,
            account=self.export.account, files=self.raw.records("archive"),
        )  # fmt: skip
        refused = batch.manifest["rows_refused"]
        self._note(
            earlier, "replaced",
            f"read again as {batch.batch_id}: {batch.manifest['rows_landed']} rows landed ({earlier.rows_landed} "
            f"before), {refused} refused ({earlier.head['rows_refused']} before)", batch.batch_id,
        )  # fmt: skip
        return "landed", batch.said

    def _note(self, earlier: BatchState, what: What, sentence: str, by: str = "") -> None:
        self.done[earlier.batch_id] = ReadAgain(earlier.batch_id, what, f"batch {earlier.batch_id}: {sentence}", by)


def _says_the_same(before: Path, after: Path) -> bool:
    """Whether two Parquet files hold the same rows in the same columns of the same types."""
    with duckdb.connect() as connection:
        shapes = [
            {name: kind for name, kind, *_ in connection.execute(f"describe from {parquet_of(path)}").fetchall()}
            for path in (before, after)
        ]
        if not before.is_file() or shapes[0] != shapes[1]:
            return False
        rows = [f"select * exclude ({', '.join(_OWN)}) from {parquet_of(path)}" for path in (before, after)]
        [(differ,)] = connection.execute(
            f"select count(*) from (({rows[0]} except all {rows[1]}) union all ({rows[1]} except all {rows[0]}))"
        ).fetchall()
        return not differ


def with_refused_rows(home: Home, batch_id: str | None = None) -> list[BatchState]:
    """Accepted batches with refused rows, oldest export first; only the one asked for, where one is."""
    found = [
        batch
        for batch in Ledger(home).state().accepted()
        if int(batch.head["rows_refused"]) and (batch_id is None or batch.batch_id.startswith(batch_id))
    ]
    return sorted(found, key=lambda batch: (batch.rank, batch.batch_id))
