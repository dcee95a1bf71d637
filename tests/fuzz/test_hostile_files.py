"""A file made to do harm harms itself only: it gets its sentence, or lands as what it is, and all others land.

One file of each kind here and in `make test`, and all of them in `make fuzz` and `make test-all`.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest

from raceway.common.home import Home
from raceway.common.sql import parquet_of
from raceway.common.texts import clean
from raceway.common.watched import Nursery, Seat
from raceway.config.accounts import Account
from raceway.config.init import init_home
from raceway.console.form import Terminal
from raceway.console.show import print_table
from raceway.inbox.exports import find_exports
from raceway.landing.outcome import Outcome
from raceway.landing.watched import land_watched
from raceway.ledger.decisions import retry
from raceway.ledger.ledger import Ledger
from tests.fuzz.hostile_files import HEADER, HEADER_LINE, LANDED, Hostile, hostile_files, row
from tests.support.length import ALL, SPOILT_FILES
from tests.support.workbooks import packed_workbook

AS_OF = dt.date(2026, 3, 10)
DEAR = ("flood", "long cell", "many columns", "nested")
"""Kinds whose files take seconds to write or to read."""
OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def chosen() -> list[Hostile]:
    """All of them where time is, else the first ones of each kind."""
    files = hostile_files()
    if ALL or SPOILT_FILES > 2_000:
        return files
    seen: dict[str, int] = {}
    some = []
    for file in files:
        seen[file.kind] = seen.get(file.kind, 0) + 1
        if seen[file.kind] <= (1 if file.kind in DEAR else 2) or file.kind in ("workbook", "nothing"):
            some.append(file)
    return [file for file in some if "picture" not in file.what]


@dataclass
class Night:
    """What became of the files, one after the other in one home."""

    home: Home
    outcomes: list[tuple[Hostile, Outcome]] = field(default_factory=list)


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    made = Nursery(["raceway.landing.land", "raceway.gate.gx_duckdb"])
    yield made
    made.close()


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory, nursery: Nursery) -> Night:
    home = home_of(tmp_path_factory.mktemp("hostile"))
    files = chosen()
    for file in files:
        path = home.inbox / file.source / "vn" / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    of = {(file.source, file.name.replace("\udce1", "%E1")): file for file in files}
    seat = Seat(nursery)
    made = Night(home)
    for source in ("google_ads", "ga4"):
        for export in find_exports(home, source):
            outcome = land_watched(seat, home, export, as_of=AS_OF)
            made.outcomes.append((of.pop((source, export.files[0].path)), outcome))
    assert not of, "these never reached a reader"
    return made


def home_of(root: Path, **limits: float) -> Home:
    accounts = [
        Account(source=source, account="vn", name="vn", market="VN", time_zone="Asia/Ho_Chi_Minh", currency="VND")
        for source in ("google_ads", "ga4")
    ]
    home = init_home(root / "home", accounts=accounts)
    text = home.settings.read_text(encoding="utf-8")
    for key, value in limits.items():
        text, found = re.subn(rf"(?m)^#? ?{key} = .*$", f"{key} = {value}", text)
        assert found == 1, key
    home.settings.write_text(text, encoding="utf-8")
    return home


def test_there_are_300_files_of_20_kinds_that_do_different_things() -> None:
    files = hostile_files()
    assert len(files) > 350
    assert len({file.kind for file in files}) > 20
    assert len({(file.source, file.name) for file in files}) == len(files)


def test_each_file_gets_its_sentence_or_lands_as_what_it_is(night: Night) -> None:
    wrong = []
    for file, outcome in night.outcomes:
        if file.becomes == LANDED:
            fits = outcome.status == "landed"
        else:
            fits = outcome.status == "refused" and any(words in outcome.reason for words in file.becomes.split(" | "))
        if not fits:
            wrong.append(f"{file.kind}, {file.what}: {outcome.status}: {outcome.reason[:200]!r}, not {file.becomes!r}")
    assert not wrong, "\n".join(wrong)


def test_what_is_refused_lies_in_the_quarantine_and_what_landed_in_the_archive(night: Night) -> None:
    assert [path for path in night.home.inbox.rglob("*") if path.is_file()] == []
    known = Ledger(night.home).state().files
    for file, outcome in night.outcomes:
        kept_at = known[file.source, "vn", outcome.files[0]].kept_at
        assert kept_at.startswith("quarantine/" if outcome.status == "refused" else "archive/"), file.what
        assert (night.home.root / kept_at).read_bytes() == file.content
    assert list((night.home.landing / "_tmp").iterdir()) == []


def test_a_cell_lands_as_the_text_that_it_is(night: Night) -> None:
    batches = Ledger(night.home).state().batches
    for file, outcome in night.outcomes:
        if file.campaign:
            [batch_id] = outcome.batches
            found = duckdb.connect().sql(f"select campaign from {parquet_of(batches[batch_id].path)}").fetchall()
            assert found == [(clean(file.campaign),)], file.what


def test_no_sentence_holds_what_a_terminal_would_obey_or_is_as_long_as_a_book(night: Night) -> None:
    noted = [path.read_text(encoding="utf-8") for path in night.home.quarantine.rglob("*.reason.txt")]
    said = [outcome.reason for _, outcome in night.outcomes]
    said += [state.reason for state in Ledger(night.home).state().files.values()]
    assert len(noted) > 10
    for sentence in [*noted, *said]:
        assert not OBEYED.search(sentence), ascii(sentence)
        assert len(sentence) < 3_000, sentence[:300]


def test_the_terminal_prints_names_as_text(night: Night) -> None:
    stream = io.StringIO()
    names = [(outcome.files[0], outcome.reason) for _, outcome in night.outcomes]
    print_table(Terminal(file=stream, width=300, force_terminal=False), "files", ("file", "reason"), names)
    assert not OBEYED.search(stream.getvalue())


# what gets past every limit and ends the process that reads it


def far_workbook() -> bytes:
    return packed_workbook([HEADER, row()], blank="XFD1048576")


GOOD = HEADER_LINE + "2026-03-01,A,VND,1,1,1\n"


def put(home: Home, name: str, content: bytes) -> None:
    path = home.inbox / "google_ads" / "vn" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def land_all(home: Home, seat: Seat) -> dict[str, Outcome]:
    return {
        export.files[0].path: land_watched(seat, home, export, as_of=AS_OF)
        for export in find_exports(home, "google_ads")
    }


@pytest.mark.parametrize(
    ("limits", "content", "words"),
    [
        ({"sheet_cells": 10**12}, far_workbook, "reading it broke the process that read it (SIGABRT)"),
        ({"file_seconds": 0.001, "seconds_per_mb": 0}, lambda: (GOOD * 200_000).encode(), "seconds that a file of its"),
        ({"memory_gb": 0.5}, lambda: (HEADER_LINE + "\n" * 15_000_000 + "x\n").encode(), "more than 0.5 GB of memory"),
    ],
)
def test_a_file_that_ends_its_process_is_refused_alone_and_can_be_retried(
    tmp_path: Path, nursery: Nursery, limits: dict[str, float], content: object, words: str
) -> None:
    home = home_of(tmp_path, **limits)
    put(home, "a good.csv", GOOD.encode())
    put(home, "b bad.xlsx", content())  # type: ignore[operator]
    put(home, "c good.csv", GOOD.replace("A", "C").encode())
    seat = Seat(nursery)
    if "file_seconds" in limits:  # no file lands within a millisecond
        (home.inbox / "google_ads/vn/a good.csv").unlink()
        (home.inbox / "google_ads/vn/c good.csv").unlink()
    found = land_all(home, seat)
    bad = found.pop("b bad.xlsx")
    assert bad.status == "refused"
    assert words in bad.reason
    assert "limits." in bad.reason or "SIGABRT" in bad.reason
    assert bad.reason.startswith("vn/b bad.xlsx: ")
    assert bad.reason.endswith("then raceway retry")
    assert {outcome.status for outcome in found.values()} <= {"landed"}
    assert list((home.landing / "_tmp").iterdir()) == []
    assert retry(home) == ["google_ads/vn/b bad.xlsx"]
