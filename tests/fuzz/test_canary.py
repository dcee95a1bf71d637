"""One address and one phone number in every text of every source's files: they are found in archive/ and quarantine/,
and nowhere else below the home.

`make test` puts them into the texts of each file; `make test-all` also into every cell, one column after the other, so
that numbers, dates and currencies hold them, too, and the gate quotes what breaks its checks.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from raceway.common.home import Home
from raceway.config.init import init_home
from raceway.contracts.files import source_names
from raceway.inbox.exports import find_exports
from raceway.landing.land import land
from tests.fuzz.mutations import _rows, _written
from tests.fuzz.spoilt_files import Fixture, fixtures, sample_to_spoil
from tests.support.length import ALL
from tests.support.once import once
from tests.support.search import found_below

MAIL, PHONE = "canary.bird@example.com", "0912 345 678"
TEXTS = (MAIL, PHONE, PHONE.replace(" ", ""), "canary.bird%40example.com")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, dict[str, list[Fixture]]]:
    home = Home(once(tmp_path_factory, "fuzz", sample_to_spoil))
    return home, fixtures(home)


@pytest.mark.parametrize("everywhere", [False, True] if ALL else [False])
def test_an_address_and_a_number_stay_in_the_archive_and_the_quarantine(
    everywhere: bool, sample: tuple[Home, dict[str, list[Fixture]]], tmp_path: Path
) -> None:
    known, files = sample
    home = init_home(tmp_path / "home")
    shutil.copyfile(known.accounts, home.accounts)
    for fixture in (fixture for of_source in files.values() for fixture in of_source):
        path = home.inbox / fixture.source / fixture.account / fixture.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_with_canary(fixture.data, everywhere))
        os.utime(path, (1_773_000_000, 1_773_000_000))
    landed = set()
    gate = None if everywhere else (lambda *_: [])
    for source in source_names():
        for export in find_exports(home, source):
            outcome = land(home, export, gate=gate)
            landed |= {source} if outcome.batches else set()
            assert not any(text in outcome.reason for text in TEXTS), outcome.reason
    kept = (home.archive, home.quarantine)
    assert {text for folder in kept for held in found_below(folder, TEXTS).values() for text in held} >= {MAIL, PHONE}
    assert len(landed) > len(files) * 0.6, sorted(set(files) - landed)
    leaks = found_below(home.root, TEXTS, apart_from=(*kept, home.inbox))
    assert not leaks, "\n".join(f"{path}: {held}" for path, held in leaks.items())


def _with_canary(data: bytes, everywhere: bool) -> bytes:
    """A file with an address and a number in its texts; those that no text is read from stay as they are."""
    if data[:2] == b"\x1f\x8b":
        return gzip.compress(_with_canary(gzip.decompress(data), everywhere), 1, mtime=0)
    for encoding in ("utf-8-sig", "utf-8", "utf-16"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        has_mark = data[:3] == b"\xef\xbb\xbf" or encoding == "utf-16"
        return _text_with_canary(text, everywhere).encode(encoding if has_mark else "utf-8")
    return data


def _text_with_canary(text: str, everywhere: bool) -> str:
    if text.lstrip()[:1] == "{":
        records = [json.loads(line) for line in text.splitlines() if line.strip()]
        return "\n".join(json.dumps(_in_json(record), ensure_ascii=False) for record in records) + "\n"
    if text.lstrip()[:1] == "[":
        return json.dumps([_in_json(record) for record in json.loads(text)], ensure_ascii=False)
    table = _rows(text)
    if table is None:
        return text
    rows, delimiter = table
    widest = max(map(len, rows), default=0)
    header = next((number for number, row in enumerate(rows) if len(row) == widest), 0)
    for number, row in enumerate(rows[header + 1 :]):
        for place in range(len(row)):
            said = (MAIL, PHONE)[(number + place) % 2]
            if everywhere:
                row[place] = said if place == number % max(len(row), 1) else row[place]
            elif _is_free(row[place]) and (number + place // 2) % 3 == 0:
                row[place] = f"{row[place]} {said}"
    return _written(rows, delimiter)


def _is_free(cell: str) -> bool:
    """Whether a cell is more than a code, a number or a date: words, or an address of the web."""
    return any(sign.isalpha() for sign in cell) and (" " in cell or "/" in cell or len(cell) > 12)


def _in_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _in_json(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_in_json(member) for member in value]
    if isinstance(value, str) and _is_free(value) and not value[:4].isdigit():
        return f"{value} {MAIL}" if len(value) % 2 else f"{value} {PHONE}"
    return value
