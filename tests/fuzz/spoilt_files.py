"""Spoilt files by the thousand: every kind of file of the sample, mutated, landed, and held against Python's readers."""

from __future__ import annotations

import collections
import csv
import datetime as dt
import gzip
import random
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import duckdb

from raceway.common.faults import ExportRefused
from raceway.common.home import PROJECT, Home
from raceway.config.accounts import Account, load_accounts
from raceway.config.settings import load_settings
from raceway.contracts.files import source_names
from raceway.contracts.grammar import SourceContract
from raceway.contracts.load import load_contract
from raceway.landing.batch import Batch, write_batch
from raceway.reading.macros import make_macros
from raceway.reading.members import open_members
from raceway.reading.personal import give_key
from raceway.reading.recognise import recognise
from raceway.reading.shape import Shape
from raceway.sample.write import write_sample
from tests.fuzz import independent
from tests.fuzz.mutations import NAMES, mutate
from tests.models.awkward_files import lay_sources_without

EXPORTED: Final = dt.datetime(2026, 3, 9, 1, 0, tzinfo=dt.UTC)
SECONDS_A_FILE: Final = 20.0
"""Of CPU."""
_EXAMPLES: Final = Path(__file__).parent / "files"
"""By source: files of those that the invented company does not use and that have no template."""
_TEMPLATES: Final = PROJECT.root / "docs" / "templates"
_LINES: Final = 40
"""Of a fixture: a mutation shows in few lines as in many."""


@dataclass(frozen=True)
class Fixture:
    """A file as the sample writes it, shortened."""

    source: str
    account: str
    name: str
    data: bytes


@dataclass
class Tally:
    """What became of the files. `faults` is what must be empty."""

    files: int = 0
    refused: int = 0
    landed: int = 0
    rows: int = 0
    held: collections.Counter[str] = field(default_factory=collections.Counter)
    """Tables that were held row by row against another reader, by reader."""
    unheld: collections.Counter[str] = field(default_factory=collections.Counter)
    """Tables that were not, by why."""
    slowest: float = 0.0
    faults: list[str] = field(default_factory=list)


def sample_to_spoil(root: Path) -> None:
    """Writes the sample whose files are spoilt, and an example of each source that the invented company does not use."""
    home = Home(root)
    write_sample(home, days=28, scale=0.05, end=dt.date(2026, 3, 8))
    lay_sources_without(home, {path.name for path in home.inbox.iterdir()})
    used = {path.name for path in home.inbox.iterdir()}
    with home.accounts.open(encoding="utf-8", newline="") as file:
        columns = next(csv.reader(line for line in file if not line.startswith("#")))
    with home.accounts.open("a", encoding="utf-8", newline="") as file:
        accounts = csv.DictWriter(file, columns, lineterminator="\n")
        for source in (source for source in source_names() if source not in used):
            folder = home.inbox / source / "main"
            folder.mkdir(parents=True)
            for example in [
                *(_EXAMPLES / source).glob("*"),
                *_TEMPLATES.glob(f"{source}_*"),
                *_TEMPLATES.glob(f"{source}.*"),
            ]:
                shutil.copyfile(example, folder / example.name)
            place = {"market": "VN", "time_zone": "Asia/Ho_Chi_Minh", "currency": "VND"}
            accounts.writerow({"source": source, "account": "main", "name": source} | place)


def fixtures(home: Home) -> dict[str, list[Fixture]]:
    """One file of each shape that the sample's inbox holds, by source."""
    found: dict[str, dict[tuple[str, str], Fixture]] = collections.defaultdict(dict)
    for path in sorted(path for path in home.inbox.rglob("*") if path.is_file()):
        source, account, *rest = path.relative_to(home.inbox).parts
        data = _short(path.read_bytes())
        shape = "".join(sign for sign in path.name if not sign.isdigit())
        found[source].setdefault((shape, path.suffix), Fixture(source, account, "/".join(rest), data))
    return {source: list(files.values()) for source, files in found.items()}


def spoilt(files: list[Fixture], count: int) -> Iterator[tuple[Fixture, str]]:
    """Which files of a source are spoilt, and how: every file before any comes again, each time in another way.

    Every file begins with another kind, and every source too, so that a few hundred files know all kinds.
    """
    begin = random.Random(files[0].source).randrange(len(NAMES))
    for number in range(max(count, len(files))):
        again, which = divmod(number, len(files))
        yield files[which], NAMES[(begin + 7 * which + again) % len(NAMES)]


def _short(data: bytes) -> bytes:
    if data[:2] == b"\x1f\x8b":
        return gzip.compress(_short(gzip.decompress(data)), 1, mtime=0)
    if data[:4] == b"PK\x03\x04":
        return data
    for encoding in ("utf-8", "utf-16"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return "".join(text.splitlines(keepends=True)[:_LINES]).encode(encoding)
    return data


class Bench:
    """Lands spoilt files of one source and looks at what came of them."""

    def __init__(self, home: Home, scratch: Path, source: str) -> None:
        self.home, self.scratch = home, scratch
        self.contract: SourceContract = load_contract(source, home)
        self.accounts = {name: account for (of, name), account in load_accounts(home).items() if of == source}
        self.settings = load_settings(home)
        self.cp1252 = any("cp1252" in table.meta.encodings for table in self.contract.tables)
        self.key = home.hash_key.read_text(encoding="utf-8").strip().encode()
        self.tally = Tally()
        self._connect()

    def _connect(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("set timezone = 'UTC'; set threads = 1; set enable_progress_bar = false")
        make_macros(self.connection)
        give_key(self.connection, self.home)

    def run(self, files: list[Fixture], count: int) -> Tally:
        """Lands `count` mutations spread over the fixtures and kinds, at least one of each fixture."""
        for number, (fixture, kind) in enumerate(spoilt(files, count)):
            luck = random.Random(f"{fixture.source}/{fixture.name}/{kind}/{number}")
            self._one(fixture, kind, mutate(fixture.data, kind, luck), number)
            if number % 200 == 199:  # temporary tables pile up
                self.connection.close()
                self._connect()
        self.connection.close()
        return self.tally

    def _one(self, fixture: Fixture, kind: str, data: bytes, number: int) -> None:
        began = time.process_time()
        where = f"{fixture.source}/{fixture.name}, {kind}, number {number}"
        self.tally.files += 1
        raw = self.scratch / Path(fixture.name).name
        raw.write_bytes(data)
        try:
            self._land(fixture, raw, data, where)
        except ExportRefused as refused:
            self.tally.refused += 1
            if len(str(refused)) < 20:
                self.tally.faults.append(f"{where}: refused with hardly a word: {refused}")
        except Exception as fault:  # whatever else is raised is what this test looks for
            self.tally.faults.append(f"{where}: {type(fault).__name__}: {str(fault)[:300]}")
            self.connection.close()
            self._connect()
        seconds = time.process_time() - began  # of CPU: others may share the machine
        self.tally.slowest = max(self.tally.slowest, seconds)
        if seconds > SECONDS_A_FILE:
            self.tally.faults.append(f"{where}: took {seconds:.1f} CPU seconds")
        for left in self.scratch.iterdir():
            if left.is_file():
                left.unlink()

    def _land(self, fixture: Fixture, raw: Path, data: bytes, where: str) -> None:
        members = open_members(raw, raw.name, self.scratch, self.cp1252)
        for path in self.scratch.rglob("*"):
            if not path.resolve().is_relative_to(self.scratch.resolve()):
                self.tally.faults.append(f"{where}: wrote {path}")
        for member in members:
            found = recognise(self.contract, member)
            if not isinstance(found, Shape):
                self.tally.refused += 1
                continue
            account = self.accounts[fixture.account]
            folder = self.scratch / "out"
            folder.mkdir(exist_ok=True)
            batch = write_batch(
                self.connection, [found], account, self.settings, folder, self.scratch,
                exported_at=EXPORTED, content_hash=lambda: "0" * 64,
            )  # fmt: skip
            self.tally.landed += 1
            self.tally.rows += batch.manifest["rows_landed"]
            self._hold(found, batch, folder / "data.parquet", data, account, where)

    def _hold(self, shape: Shape, batch: Batch, parquet: Path, data: bytes, account: Account, where: str) -> None:
        read, landed = batch.manifest["rows_read"], batch.manifest["rows_landed"]
        if read != landed + batch.manifest["rows_refused"] + batch.manifest["rows_furniture"]:
            self.tally.faults.append(f"{where}: the rows do not add up")
        for message in self._differences(shape, batch, parquet, data, account):
            self.tally.faults.append(f"{where}: {message}")

    def _differences(self, shape: Shape, batch: Batch, parquet: Path, data: bytes, account: Account) -> Iterator[str]:
        table = self._independently(shape, data)
        if isinstance(table, str):
            self.tally.unheld[table] += 1
            return
        manifest = batch.manifest
        if len(table.records) + table.refused != manifest["rows_read"]:
            yield f"{manifest['rows_read']} rows read, {table.kind} sees {len(table.records) + table.refused}"
            return
        self.tally.held[table.kind] += 1
        values = independent.Values(shape.table, table, account.time_zone, account.market, self.key, account.currency)
        columns = values.columns()
        names = ", ".join(f'"{column.name}"' for column in columns)
        rows = self.connection.execute(f"select _row, {names} from read_parquet('{parquet}') order by _row").fetchall()
        for number, *landed in rows:
            for column, found in zip(columns, landed, strict=True):
                try:
                    wanted = values.of(column, number)
                except independent.Unreadable:
                    wanted = independent.Unreadable
                if not independent.same(column, wanted, found):
                    cells = table.cells(shape.table.by_name[column.meta.qualifier_of or column.name], number)
                    yield f"row {number}, {column.name}: {cells!r} landed as {found!r}, {table.kind} reads {wanted!r}"
                    return

    def _independently(self, shape: Shape, data: bytes) -> independent.Table | str:
        """The same table by another reader; else why not."""
        meta = shape.table.meta
        for name in ("unpivot", "sections"):
            if getattr(meta, name):
                return name
        name = shape.member.name
        found = independent.member(data, name.partition("/")[2])
        if found is None:
            return "namesakes in a zip"
        inside, sheet = found
        if sheet:
            table = independent.sheet(inside, sheet, shape.table)
        elif shape.member.kind == "parquet":
            table = independent.parquet(inside)
        else:
            text = independent.decoded(inside, self.cp1252)
            if text is None:
                return "no text"
            if shape.member.kind == "json":
                table = independent.json_file(text, shape.table)
            else:
                table = independent.delimited(text, shape.table, shape.delimiter)
        return table or f"{'workbook' if sheet else shape.member.kind} that Python cannot read"
