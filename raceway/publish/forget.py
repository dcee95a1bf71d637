"""Forgetting a person: her identifiers become a random identity, amounts stay, and nothing names her any more.

    who is meant (landing/person.py) ──► a new identity for each identifier (reading/forgotten.py), kept first
       ──► landing: data, states and profiles of every batch rewritten under their batch ids
       ──► archive, quarantine: raw files and refused rows that hold her are removed
       ──► runs, alerts, ledger, logs, Airflow's database: sentences lose her
       ──► warehouse removed, versions but the current one removed; the next publish removes that, too
       ──► ledger: forgotten, with the new hash of each rewritten file, by whom and why

Each step may be done again: a call that was broken off is simply repeated.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import duckdb

from raceway.common.faults import PassingFault, PermanentFault
from raceway.common.files import remove
from raceway.common.home import Home
from raceway.common.lock import alone
from raceway.common.masks import masked
from raceway.common.who import who_decides
from raceway.contracts.files import source_names
from raceway.contracts.load import load_contract
from raceway.inbox.raw_files import note_of
from raceway.landing.person import Person, find_person
from raceway.landing.raw_traces import raw_file_names, take_out_of_sqlite, take_out_of_text, without
from raceway.landing.renaming import person_columns, rename_in, replace_texts
from raceway.ledger.data_file import note_marks
from raceway.ledger.ledger import Ledger
from raceway.publish.current import damage_of_current
from raceway.publish.person_traces import is_known, own_files, text_files
from raceway.publish.version import published_version, published_versions
from raceway.reading.forgotten import Forgotten
from raceway.reading.personal import check_key

SHORTEST_WHY: Final = 5
"""Letters that a reason has at least."""


@dataclass
class Erased:
    """What forgetting a person did."""

    identities: int
    """Identifiers that have a new identity."""
    batches: list[dict[str, Any]] = field(default_factory=list)
    """Landed batches that were rewritten: batch_id, source, table, sha256 of the new file."""
    raw_files: list[str] = field(default_factory=list)
    """Files of archive/ and quarantine/ that were removed, below the home."""
    texts: int = 0
    """Files of sentences and logs that she was taken out of."""
    versions: list[str] = field(default_factory=list)
    """Published versions that were removed."""
    own_files: list[str] = field(default_factory=list)
    """Files of the company's own that name her still: a person must decide."""
    version_left: str | None = None
    """The published version that still shows the old identity until the next one is published."""


def forget(home: Home, said: str, *, why: str, who: str | None = None) -> Erased:
    """Forgets the person that a mail address, a phone number, `source:account:id` or a person_id means.

    Raises PermanentFault where nothing names such a person or no reason is given, HomeIsLocked where a run is at work,
    BadSettings without the home's keys.
    """
    check_reason(why)
    check_key(home)
    with alone(home):
        if damage := damage_of_current(home):
            raise PermanentFault(f"every version would go, and readers would have none: {damage}")
        person = find_person(home, said)
        if not is_known(home, person):
            raise PermanentFault(_nobody(said, own_files(home, person)))
        now = dt.datetime.now(dt.UTC)
        new = Forgotten(home).forget(person.ids, now)
        erased = Erased(len(new))
        try:
            touched = _in_landing(home, new, erased)
            _raw_files(home, person, touched, erased)
            _texts(home, person, new, erased)
            for path in (home.warehouse, home.warehouse.with_name(f"{home.warehouse.name}.wal")):
                path.unlink(missing_ok=True)
            remove(home.packs)
            _read_aside(home)
            _versions(home, erased)
        except (OSError, duckdb.Error, sqlite3.Error) as fault:
            _note(home, erased, new, why, who)  # what is done is on record: the next call finds it done
            raise PassingFault(
                f"forgetting was broken off ({str(fault).splitlines()[0]}); give the same command again: it goes on"
            ) from fault
        erased.own_files = own_files(home, person)
        _note(home, erased, new, why, who)
    return erased


def _nobody(said: str, own: list[str]) -> str:
    listed = f" Only {', '.join(own)} names this person: decide whether to take the line out." if own else ""
    return (
        f"{said}: no such person: no landed row, raw file or log, nothing in the mart or the inbox names one so; "
        f"nothing was changed. Write it as the source has it, or ask by another address, number or id.{listed}"
    )


def _note(home: Home, erased: Erased, new: Mapping[str, str], why: str, who: str | None) -> None:
    """Records what was erased, by whom and why; `why` may name her, and is masked."""
    Ledger(home).append(
        "forgotten", who=who_decides(who), why=masked(why),
        identities=len(new), batches=erased.batches, raw_files_removed=len(erased.raw_files),
    )  # fmt: skip


def check_reason(why: str) -> None:
    """Raises PermanentFault where a reason says nothing."""
    if len(why.strip()) < SHORTEST_WHY:
        raise PermanentFault(f"--why: say by whose request and when, in at least {SHORTEST_WHY} letters")


def _in_landing(home: Home, new: Mapping[str, str], erased: Erased) -> set[str]:
    """Rewrites what has landed; gives the ids of the batches that hold her."""
    shutil.rmtree(home.landing / "_tmp", ignore_errors=True)  # copies that a killed landing left
    touched: set[str] = set()

    def renames(values: Any) -> Mapping[str, str]:
        return {value: new[value] for value in values if value in new}

    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        for source in source_names(home):
            for table in load_contract(source, home).tables if (home.landing / source).is_dir() else ():
                columns = person_columns(table)
                for path in sorted((home.landing / source / table.name).glob("*/*.parquet")):
                    if rename_in(connection, path, renames, columns if path.name == "data.parquet" else None):
                        touched.add(path.parent.name)
                        if path.name == "data.parquet":
                            note_marks(path)
                        erased.batches.append(
                            {"batch_id": path.parent.name, "source": source, "table": table.name, "file": path.name,
                             "sha256": _sha256(path)}
                        )  # fmt: skip
                for path in sorted((home.landing / source / f"{table.name}__states").glob("*.parquet")):
                    rename_in(connection, path, renames)
        for path in [*home.runs.rglob("*.parquet"), *home.ledger.rglob("*.parquet")]:
            if path.name != "events.parquet":
                rename_in(connection, path, renames)
    return touched


def _raw_files(home: Home, person: Person, touched: set[str], erased: Erased) -> None:
    """Removes the raw files of the batches that held her, and every other one that names her."""
    state = Ledger(home).state()
    known = {file.kept_at for file in state.files.values() if file.kept_at and touched & set(file.batches)}
    for event in Ledger(home).events():
        if event.fields.get("batch_id") in touched or (event.fields.get("manifest") or {}).get("batch_id") in touched:
            known |= {file["kept_at"] for file in event.fields.get("files", []) if file.get("kept_at")}
    for area in (home.archive, home.quarantine):
        for path in sorted(path for path in area.rglob("*") if path.is_file() and not path.is_symlink()):
            if not path.exists():  # the reason of a file that has just gone
                continue
            below = path.relative_to(home.root).as_posix()
            if below in known or raw_file_names(path, person):
                for gone in (path, note_of(path)):
                    gone.unlink(missing_ok=True)
                erased.raw_files.append(below)


def _texts(home: Home, person: Person, new: Mapping[str, str], erased: Erased) -> None:
    """Takes her out of sentences and logs."""
    for path in text_files(home):
        erased.texts += take_out_of_text(path, person, new)
    with duckdb.connect() as connection:
        for path in home.ledger.rglob("*.parquet"):
            erased.texts += _in_column_of_texts(connection, path, person, new)
    for path in sorted(home.airflow.glob("*.db")):
        erased.texts += bool(take_out_of_sqlite(path, person, new))


def _in_column_of_texts(
    connection: duckdb.DuckDBPyConnection, path: Path, person: Person, new: Mapping[str, str]
) -> bool:
    """Takes her out of a Parquet file whose texts are sentences, such as the ledger's compacted events."""

    def told(text: str) -> str:
        named = person.named_in(text)
        return without(text, named, new) if named else text

    return replace_texts(connection, path, told)


def _read_aside(home: Home) -> None:
    """Removes what is only there to be compared: backfills that nobody has decided hold files that were read again."""
    for landed in home.backfills.glob("*/landing"):
        shutil.rmtree(landed.parent)
    for folder in home.scratch.glob("*"):
        shutil.rmtree(folder, ignore_errors=True)


def _versions(home: Home, erased: Erased) -> None:
    current = published_version(home)
    for version in published_versions(home):
        if current is None or version.name != current.name:
            shutil.rmtree(version.path)
            erased.versions.append(version.name)
    erased.version_left = current.name if current else None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
