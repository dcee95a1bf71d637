"""Whether anything of a home names a person at all: looked at before anything is erased."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import duckdb

from raceway.common.home import Home
from raceway.landing.person import Person, landed_files
from raceway.landing.raw_traces import raw_file_names, sqlite_names, text_names
from raceway.landing.renaming import holds, person_columns
from raceway.reading.forgotten import Forgotten

_OWN_LISTS: Final = ("*.csv", "*.toml", "sources/*")


def is_known(home: Home, person: Person) -> bool:
    """Whether the mart, a landed row, a raw or refused file, one that waits in the inbox, a log or a sentence names the
    person, or she was forgotten before. The dearest look comes last: every raw file is read."""
    return bool(
        person.person_ids
        or Forgotten(home).renamed(person.ids)
        or _in_landing(home, person)
        or any(text_names(path, person) for path in text_files(home))
        or any(sqlite_names(path, person) for path in sorted(home.airflow.glob("*.db")))
        or any(raw_file_names(path, person) for path in _raw_files(home))
    )


def text_files(home: Home) -> Iterator[Path]:
    """The files of sentences and logs."""
    for folder in (home.runs, home.alerts, home.airflow / "logs", home.landing):
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.is_file() and not path.is_symlink() and path.suffix != ".parquet" and path != home.forgotten:
                yield path


def own_files(home: Home, person: Person) -> list[str]:
    """The company's own lists that name her: what follows from taking a line out is not raceway's to decide."""
    found = []
    for pattern in _OWN_LISTS:
        for path in sorted(path for path in home.root.glob(pattern) if path.is_file()):
            if person.named_in(path.read_text(encoding="utf-8", errors="replace")):
                found.append(path.relative_to(home.root).as_posix())
    return found


def _in_landing(home: Home, person: Person) -> bool:
    with duckdb.connect() as connection:
        for table, files in landed_files(home):
            for path in files:
                if holds(connection, path, person.ids, person_columns(table)):
                    return True
                for beside in path.parent.glob("*.parquet"):
                    if beside != path and holds(connection, beside, person.ids):
                        return True
        others = [*home.runs.rglob("*.parquet"), *home.landing.glob("*/*__states/*.parquet")]
        return any(holds(connection, path, person.ids) for path in others)


def _raw_files(home: Home) -> Iterator[Path]:
    for area in (home.quarantine, home.inbox, home.archive):
        yield from sorted(path for path in area.rglob("*") if path.is_file() and not path.is_symlink())
