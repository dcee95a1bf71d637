"""One export to immutable Parquet batches: read → type → land → gate → accept.

    inbox file(s) ──► members ──► table and header ──► typed rows in DuckDB ──► landing/_tmp/<id>/
                                                                    │ checks of the whole file
                                                                    ▼
    ledger: landed ◄── rename to landing/<source>/<table>/<batch_id>/ ──► gate ──► ledger: accepted | refused
                                                                    ▼
                                       raw files to archive/ (mode 600), or to quarantine/files/ with the reason

Everything is written aside and renamed: a kill at any point leaves nothing half-visible, and landing the
same export again goes on where it broke off. Every row ends landed, refused (with file, row, column, reason
and text) or as furniture; a file that cannot be understood is refused whole, with a sentence.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from raceway.common.faults import ExportRefused
from raceway.common.files import move
from raceway.common.home import Home
from raceway.common.masks import masked
from raceway.common.moments import utc_text
from raceway.common.texts import legible
from raceway.config.accounts import Account
from raceway.config.settings import Settings, load_settings
from raceway.contracts.grammar import SourceContract, TableContract
from raceway.contracts.load import load_contract
from raceway.inbox.exports import Export, ExportFile, is_same
from raceway.inbox.raw_files import Area, RawFiles, new_columns, private, refused_rows
from raceway.landing.batch import Batch, write_batch
from raceway.landing.content import content_hash
from raceway.landing.dated import exported_at_of
from raceway.landing.whose import account_of, refuse_links
from raceway.landing.workbench import workbench
from raceway.ledger.data_file import marks_of
from raceway.ledger.effect import copy_states, in_effect
from raceway.ledger.ledger import BatchState, Ledger, LedgerState, state_name
from raceway.reading.forgotten import Forgotten
from raceway.reading.furniture import Span
from raceway.reading.members import Member, open_members
from raceway.reading.personal import check_key

if TYPE_CHECKING:
    from raceway.history.records import Check
from raceway.landing.aside import held, make_all_durable, one_at_a_time, sweep, sweep_unheld
from raceway.landing.jobs import Job, jobs_of
from raceway.landing.outcome import Outcome, Status

Gate = Callable[[Home, TableContract, Path, Account, dt.datetime, dt.date], "list[Check]"]


def land(
    home: Home,
    export: Export,
    *,
    gate: Gate | None = None,
    as_of: dt.date | None = None,
    threads: int | None = None,
    aside: str = "",
) -> Outcome:
    """Lands one export and gives its outcome; a refused one too, after recording it.

    `gate` checks each batch (default: raceway.gate.batch_gate.check_batch); `as_of` is the day it checks against
    (default: today in the business zone); `threads` limits DuckDB; `aside` names the folder
    for what is unfinished. Raises BadSettings and BadContract,
    which no file can mend, and duckdb.IOException where a disk fails.
    """
    started = time.monotonic()
    sweep_unheld(home.scratch)
    with held(home.scratch) as scratch:
        landing = Landing(home, export, gate, as_of, threads, scratch, aside)
        try:
            outcome = landing.run()
        finally:
            shutil.rmtree(landing.aside, ignore_errors=True)
    outcome.reason = legible(masked(outcome.reason))
    outcome.seconds = round(time.monotonic() - started, 3)
    return outcome


class Landing:
    """One export on its way; lives as long as one call of `land`."""

    def __init__(
        self,
        home: Home,
        export: Export,
        gate: Gate | None,
        as_of: dt.date | None,
        threads: int | None,
        scratch: Path,
        aside: str,
    ) -> None:
        self.home = home
        self.export = export
        self.settings: Settings = load_settings(home)
        self.contract: SourceContract = load_contract(export.source, home, export.account)
        self.gate = gate
        self.as_of = as_of or self.settings.business_day(dt.datetime.now(dt.UTC))
        self.threads = threads
        self.ledger = Ledger(home)
        self.key = check_key(home)
        self.forgotten = Forgotten(home)
        self.scratch = scratch
        """Where raw rows lie in the clear while they are read."""
        self.aside = home.landing / "_tmp" / (aside or uuid.uuid4().hex)
        """Where batches are written, on the disk where they go."""
        self.raw = RawFiles(home, export)
        self.again = False
        """Whether files that landed are read once more; see raceway.landing.read_again."""
        self.beside: Span | None = None
        """Days of a daily table that was landed from this export."""
        self.noted = [file.noted for file in export.files if file.noted]
        """Sentences about the files themselves; warnings of each batch."""
        self.outcome = Outcome(export.source, export.account, "landed", [file.path for file in export.files])

    # ------------------------------------------------------------ the way

    def run(self) -> Outcome:
        """Goes the whole way and gives what became of the export."""
        missing = [file for file in self.export.files if not os.path.lexists(self.export.located(self.home, file))]
        gone = [file for file in missing if not file.kept_at]
        if gone:  # landed by a run that was broken off after the move, or taken away by a person
            self.outcome.status = "duplicate"
            self.outcome.reason = f"{gone[0].path}: not in the inbox any more; nothing was done"
            return self.outcome
        if missing:
            return self._part_alone(missing)
        moving = [f for f in self.export.files if not is_same(self.export.located(self.home, f), f)]
        if moving:
            return self._still_written(moving[0])
        try:
            sweep(self.aside.parent)
            self.aside.mkdir(parents=True)
            copies = self.raw.take(self.scratch)
            changed = self.raw.has_moved()
            if changed is not None:
                return self._still_written(changed)
            refuse_links(self.home, self.export)
            account = account_of(self.home, self.export)
            jobs, aside = jobs_of(self.contract, self.export, self._members(copies), self.scratch)
            if self._waits_for_sibling(jobs):
                return self.outcome
            self.outcome.rows_read += aside
            self.outcome.rows_furniture += aside
        except ExportRefused as fault:
            return self._refused_whole(str(fault))
        statuses: list[Status] = []
        reasons: list[str] = []
        state = self.ledger.state()
        for job in jobs:
            try:
                status, reason = self._land_table(job, account, state)
            except ExportRefused as fault:
                status, reason = "refused", str(fault)
                self.outcome.tables[job.table.name] = {"status": "refused", "batch_id": None}
            statuses += [status] if status else []  # none where all rows are another table's
            reasons += [reason] if reason and reason not in reasons else []
        self.outcome.reason = "; ".join(reasons)
        self.outcome.status = "refused" if "refused" in statuses else "landed" if "landed" in statuses else "duplicate"
        if self.outcome.status == "refused" and (len(statuses) > 1 or not self.outcome.batches):
            return self._refused_whole(self.outcome.reason)  # of several tables one may have landed: the files wait
        return self._put_away("quarantine" if self.outcome.status == "refused" else "archive")

    def _put_away(self, area: Area) -> Outcome:
        for path in self.raw.put_away(area, self.outcome.reason):
            left = f"{path}: was replaced or appended to while it was read; what lies there now waits for the next run"
            self.outcome.reason = "; ".join(filter(None, (self.outcome.reason, left)))
        return self.outcome

    def _waits_for_sibling(self, jobs: Sequence[Job]) -> bool:
        """Whether the file that says what was filtered may still come. Raises ExportRefused where it is late."""
        for job in jobs:
            if job.lacks is None:
                continue
            within = dt.timedelta(minutes=job.lacks.within_minutes)
            if max(file.modified_at for file in self.export.files) > dt.datetime.now(dt.UTC) - within:
                self.outcome.status = "duplicate"
                self.outcome.reason = (
                    f"{job.shapes[0].member.name}: waits for {job.lacks.called}; it is left for the next run"
                )
                return True
            raise ExportRefused(
                f"{job.shapes[0].member.name}: lies without {job.lacks.called}, which says whether its rows are all or "
                "filtered; put it into the same folder, and they land together"
            )
        return False

    def _still_written(self, file: ExportFile) -> Outcome:
        self.outcome.status = "duplicate"
        self.outcome.reason = f"{file.path}: still being written; it is left for the next run"
        return self.outcome

    def _part_alone(self, swept: list[ExportFile]) -> Outcome:
        """Refuses a part that came so late that an earlier part of its export is kept no longer."""
        self.export = replace(self.export, files=tuple(file for file in self.export.files if file not in swept))
        self.raw = RawFiles(self.home, self.export)
        return self._refused_whole(
            f"{self.export.account}/{self.export.files[0].path}: a part of an export whose other part {swept[0].path} "
            "landed earlier and is not in archive/ any more (raw files are kept for retention.archive_days = "
            f"{self.settings.retention.archive_days} days); put all parts into the inbox again, together"
        )

    def _members(self, copies: Sequence[tuple[ExportFile, Path]]) -> list[Member]:
        cp1252 = any("cp1252" in table.meta.encodings for table in self.contract.tables)
        members: list[Member] = []
        for file, copy in copies:
            members += open_members(copy, file.path, copy.parent, cp1252, self.settings.limits)
        return members

    # ------------------------------------------------------------ one table

    def _land_table(self, job: Job, account: Account, state: LedgerState) -> tuple[Status | None, str]:
        table = job.table
        exported_at, noted = exported_at_of(self.export, job.table)
        self.noted += noted
        with ThreadPoolExecutor(1, thread_name_prefix="hash") as pool:
            content: Future[str] = pool.submit(content_hash, job, self.raw)
            if self._may_be_known(job, state):  # a file of this size is known: look before reading it
                known = self._known(table, content.result(), exported_at, state)
                if known is not None:
                    return self._sighted(known, exported_at)
            folder = self.aside / f"out-{table.name}"
            folder.mkdir()
            with workbench(self.home, self.threads) as connection:
                batch = write_batch(
                    connection, job.shapes, account, self.settings, folder, self.scratch,
                    exported_at=exported_at, content_hash=content.result, filters=job.filters, beside=self.beside,
                    forgotten=self.forgotten,
                    again=self.again,
                )  # fmt: skip
        if batch is None:
            return None, ""
        if known := self._known(table, batch.content_hash, exported_at, state):
            return self._sighted(known, exported_at)
        target = self._target(batch)
        with one_at_a_time(self.aside.parent / batch.batch_id):
            if target.exists():  # by another task a moment ago, or by a run that broke off before it decided
                state = self.ledger.state()
                known = self._known(table, batch.content_hash, exported_at, state)
                if known is not None:
                    return self._sighted(known, exported_at)
            return self._land_batch(batch, account, state)

    def _target(self, batch: Batch) -> Path:
        return self.home.landing / self.export.source / batch.table.name / batch.batch_id

    def _may_be_known(self, job: Job, state: LedgerState) -> bool:
        size = sum(file.bytes for file in self.export.files)
        return any(
            batch.table == job.table.name
            and batch.account == self.export.account
            and sum(file["bytes"] for file in batch.files) == size
            for batch in state.accepted(self.export.source)
        )

    def _known(
        self, table: TableContract, content_hash: str, exported_at: dt.datetime, state: LedgerState
    ) -> BatchState | None:
        """The accepted batch of the same content that is in effect for all its scope, or was this very export.

        One whose data is gone is not known: it lands again.
        """
        for batch in state.accepted(self.export.source, table.name, self.export.account):
            if batch.content_hash != content_hash or not batch.path.is_file():
                continue
            if exported_at in batch.sightings or in_effect(batch, state):
                return batch
        return None

    def _sighted(self, known: BatchState, exported_at: dt.datetime) -> tuple[Status, str]:
        self._note_days(known.head)
        if known.state_files() and exported_at not in known.sightings:
            folder = known.state_files()[0].parent
            copy_states(known.state_files()[0], folder / state_name(known.batch_id, exported_at), exported_at)
        self.ledger.append(
            "duplicate", batch_id=known.batch_id, exported_at=utc_text(exported_at), source=self.export.source,
            account=self.export.account, files=self.raw.records("archive"),
        )  # fmt: skip
        self.outcome.tables[known.table] = {"status": "duplicate", "batch_id": known.batch_id}
        return "duplicate", ""

    def _land_batch(self, batch: Batch, account: Account, state: LedgerState) -> tuple[Status | None, str]:
        table = batch.table
        self._note_days(batch.manifest)
        self._complete(batch)
        target = self._target(batch)
        before = state.batches.get(batch.batch_id)
        if before is not None and before.status == "rejected":
            raise ExportRefused(
                f"{self.export.files[0].path}: this very export was landed as {batch.batch_id} and taken out by "
                f"{before.who}{': ' + before.reason if before.reason else ''}; put it back with raceway accept"
            )
        again = before is not None and before.is_accepted
        if again:
            lost = f"{self.export.files[0].path}: the Parquet file of {batch.batch_id} was gone or damaged"
            batch.manifest["findings"].append({"severity": "warning", "name": "landed_again", "message": masked(lost)})
        self._show(batch, target)
        where = f"{self.export.account}/{self.export.files[0].path}"
        self._count(batch)
        self.ledger.append("landed", manifest=batch.manifest, source=self.export.source,
                           account=self.export.account, files=self.raw.records("archive"))  # fmt: skip
        stopping = [c.message for c in self._checked(batch, target, account) if c.stops]
        if again:  # what was decided about it holds
            return "landed", batch.said
        if stopping:
            reason = f"{where}: refused by the landing gate (batch {batch.batch_id}): {'; '.join(stopping)}"
            self.ledger.append("refused", batch_id=batch.batch_id, reason=reason, source=self.export.source,
                               account=self.export.account, files=self.raw.records("quarantine"))  # fmt: skip
            self.outcome.tables[table.name]["status"] = "refused"
            return "refused", reason
        self.ledger.append("accepted", batch_id=batch.batch_id, who="gate", why="")
        return "landed", batch.said

    def _complete(self, batch: Batch) -> None:
        """Adds to a manifest which files it is of, the key, and what was noted about the files."""
        batch.manifest["files"] = [
            {key: record[key] for key in ("path", "sha256", "bytes", "modified_at")}
            for record in self.raw.records(None)
        ]
        batch.manifest["key_fingerprint"] = self.key
        batch.manifest["findings"] += [
            {"severity": "warning", "name": "file_time", "message": message} for message in dict.fromkeys(self.noted)
        ]
        for finding in batch.manifest["findings"]:
            finding["message"] = legible(masked(finding["message"]))

    def _note_days(self, manifest: Mapping[str, Any]) -> None:
        if manifest["scope_kind"] == "days" and manifest["covers_from"]:
            self.beside = Span(*(dt.date.fromisoformat(manifest[key]) for key in ("covers_from", "covers_to")))

    def _show(self, batch: Batch, target: Path) -> None:
        """Makes the batch visible: quarantined rows and states first, then the folder in one rename."""
        if batch.refused_rows is not None:
            kept = refused_rows(self.home, batch.manifest)
            private(kept.parent)
            batch.refused_rows.chmod(0o600)
            move(batch.refused_rows, kept)
        if batch.new_columns is not None:
            kept = new_columns(self.home, batch.manifest)
            private(kept.parent)
            batch.new_columns.chmod(0o600)
            move(batch.new_columns, kept)
        if batch.states is not None:
            folder = target.parent.parent / f"{batch.table.name}__states"
            folder.mkdir(parents=True, exist_ok=True)
            batch.states.replace(folder / state_name(batch.batch_id, batch.exported_at))
        batch.manifest |= marks_of(batch.folder / "data.parquet")
        (batch.folder / "manifest.json").write_text(
            json.dumps(batch.manifest, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8"
        )
        make_all_durable(batch.folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():  # undecided or refused before: read again with today's contract
            target.rename(self.aside / f"replaced-{batch.batch_id}")
        batch.folder.rename(target)

    def _checked(self, batch: Batch, target: Path, account: Account) -> list[Check]:
        gate = self.gate
        if gate is None:
            from raceway.gate.batch_gate import check_batch

            gate = check_batch
        return gate(self.home, batch.table, target / "data.parquet", account, batch.exported_at, self.as_of)

    def _count(self, batch: Batch) -> None:
        rows = {key: batch.manifest[key] for key in ("rows_read", "rows_landed", "rows_refused", "rows_furniture")}
        self.outcome.tables[batch.table.name] = {"status": "landed", "batch_id": batch.batch_id, **rows}
        self.outcome.batches.append(batch.batch_id)
        for key, value in rows.items():
            setattr(self.outcome, key, getattr(self.outcome, key) + value)

    def _refused_whole(self, reason: str) -> Outcome:
        self.outcome.status, self.outcome.reason = "refused", reason
        self.ledger.append("refused", source=self.export.source, account=self.export.account, reason=reason,
                           files=self.raw.records("quarantine"))  # fmt: skip
        return self._put_away("quarantine")
