"""Random rows, written as a source writes them, come back as they were: for every delimited file of the sample.

The furniture (preamble, header, encoding, delimiter) is the sample file's own; the rows below it are invented,
cell by cell, as the contract says that such cells look. What must land is known before anything is written.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import hmac
import io
import os
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from raceway.batch import write_batch
from raceway.contracts import ColumnContract, SourceContract, load_contract, source_names
from raceway.furniture import Span
from raceway.home import Home
from raceway.personal import give_key
from raceway.reading import Member, Shape, open_members, recognise
from raceway.sample import write_sample
from raceway.settings import Account, Settings, load_accounts, load_settings
from tests.fuzz.spoilt_files import EXPORTED, fixtures

EXAMPLES = int(os.environ.get("RACEWAY_FUZZ", "2000")) // 400
_BESIDE = Span(dt.date(2026, 3, 1), dt.date(2026, 3, 7))
_NOT_INVENTED = ("masked", "qualifier_of", "words", "free_text", "sentiment_of", "coarse", "param")
_SPECIAL = ("unpivot", "sections", "below_header", "records")
_WORDS = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"], include_characters="\n,;|\"'\té"),
    min_size=1,
    max_size=20,
)


@dataclass(frozen=True)
class Template:
    """A file of the sample: what stands above its rows, and which account it is of."""

    name: str
    shape: Shape
    top: list[list[str]]
    account: Account
    contract: SourceContract
    settings: Settings


def templates(home: Home, scratch: Path) -> dict[str, Template]:
    """One file for each table and header of the delimited files in the sample's inbox."""
    found: dict[str, Template] = {}
    accounts, company = load_accounts(home), load_settings(home)
    for source, files in fixtures(home).items():
        contract = load_contract(source, home)
        for number, file in enumerate(files):
            folder = scratch / f"{source}{number}"
            folder.mkdir()
            raw = folder / Path(file.name).name
            raw.write_bytes(file.data)
            for member in open_members(raw, raw.name, folder, True) if _is_text(file.data) else ():
                is_sibling = any(
                    table.meta.sibling and re.search(table.meta.sibling.files, member.file_name)
                    for table in contract.tables
                )
                shape = recognise(contract, member) if member.kind == "csv" and not is_sibling else None
                if isinstance(shape, Shape) and not any(getattr(shape.table.meta, name, None) for name in _SPECIAL):
                    records = list(csv.reader(io.StringIO(member.text), delimiter=shape.delimiter))
                    top = records[: shape.header_at + 1]
                    found.setdefault(
                        f"{shape.table.full_name}, {' '.join(shape.header)}",
                        Template(member.file_name, shape, top, accounts[source, file.account], contract, company),
                    )
    return found


def _is_text(data: bytes) -> bool:
    """Not JSON lines in a gz, which may begin with empty lines."""
    return data[:2] != b"\x1f\x8b"


def _is_invented(column: ColumnContract) -> bool:
    """Whether what lands of a cell can be said before it is written."""
    meta = column.meta
    zoned_by_column = meta.moment.zone.startswith("column ") or meta.moment.time
    other = any(getattr(meta, name, None) for name in _NOT_INVENTED)
    return bool(meta.hash) or (column.in_cells and not zoned_by_column and not other)


def cells(column: ColumnContract, template: Template, key: bytes) -> st.SearchStrategy[tuple[str, Any]]:
    """What a cell of the column may hold, and what must land of it."""
    meta, locale = column.meta, template.shape.number_locale
    if meta.currency or meta.row_currency:
        return st.just((template.account.currency, template.account.currency))
    if meta.hash:
        return _hashed(meta.hash, key)
    if column.data_type == "date":
        form = meta.moment.formats[0] if meta.moment.formats else "%Y-%m-%d"
        return st.dates(dt.date(2001, 1, 1), dt.date(2099, 12, 31)).map(
            lambda day: (day.strftime(form), dt.datetime.strptime(day.strftime(form), form).date())  # noqa: DTZ007  # a month is its first day
        )
    if column.data_type == "timestamp":
        return st.datetimes(dt.datetime(2001, 1, 2), dt.datetime(2099, 12, 30)).map(
            lambda at: _moment(column, at, template)
        )  # naive UTC, as it lands
    if column.data_type == "boolean":
        return st.booleans().map(lambda yes: ("true" if yes else "false", yes))
    if column.data_type == "bigint":
        return st.tuples(st.integers(0, 10**12), st.booleans()).map(
            lambda pair: (_grouped(Decimal(pair[0]), locale) if pair[1] else str(pair[0]), pair[0])
        )
    if column.data_type == "double":
        if meta.percent:
            return st.integers(0, 10_000).map(lambda n: (f"{_pointed(Decimal(n) / 100, locale)}%", n / 10_000))
        return st.integers(0, 10**9).map(lambda n: (_pointed(Decimal(n) / 1000, locale), n / 1000))
    if column.data_type.startswith("decimal"):
        return st.tuples(st.integers(-(10**9), 10**11), st.booleans()).map(
            lambda pair: (
                (_grouped if pair[1] else _pointed)(Decimal(pair[0]) / 100, locale),
                Decimal(pair[0]) / 100,
            )
        )
    if meta.ident:
        return st.integers(10**11, 10**17).map(lambda number: (str(number), str(number)))
    tokens = {token.strip() for token in template.shape.table.meta.nulls}
    totals = template.shape.table.meta.totals
    labels = tuple(totals.labels) if totals else ()
    plain = _WORDS.filter(lambda text: text == text.strip() and text not in tokens and not text.startswith(labels))
    return plain.map(lambda text: (text, text))


def _hashed(kind: str, key: bytes) -> st.SearchStrategy[tuple[str, Any]]:
    """Personal cells as systems write them, and the keyed hash of what they mean."""
    names = st.text("abcdefgxyz0123456789", min_size=1, max_size=8)
    if kind == "email":
        return names.map(lambda name: (f" {name.upper()}@Example.com", _hmac(key, f"{name}@example.com")))
    if kind == "phone":
        digits = st.text("0123456789", min_size=8, max_size=8)
        return digits.map(lambda rest: (f"+849{rest}", _hmac(key, f"+849{rest}")))
    return names.map(lambda name: (f"{name} ", _hmac(key, name)))


def _moment(column: ColumnContract, at: dt.datetime, template: Template) -> tuple[str, dt.datetime]:
    """A UTC moment as the column writes it; what the format leaves out is not in the moment either."""
    moment = column.meta.moment
    if moment.epoch:
        at = at.replace(microsecond=0)
        seconds = int((at - dt.datetime(1970, 1, 1)).total_seconds())  # naive UTC, as it lands
        return str(seconds * {"s": 1, "ms": 1_000, "us": 1_000_000}[moment.epoch]), at
    form = moment.formats[0] if moment.formats else "%Y-%m-%d %H:%M:%S"
    local = at.replace(tzinfo=dt.UTC, microsecond=0)
    is_utc = form.endswith("Z")
    if not is_utc and ("%z" in form or moment.zone == "account"):
        local = local.astimezone(ZoneInfo(template.account.time_zone))
    text = local.strftime(form)
    back = dt.datetime.strptime(text, form)  # noqa: DTZ007  # the zone is put on below
    if back.tzinfo is None and moment.zone == "account" and not is_utc:
        back = back.replace(tzinfo=ZoneInfo(template.account.time_zone))
    return text, back.astimezone(dt.UTC).replace(tzinfo=None) if back.tzinfo else back


def _hmac(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _pointed(number: Decimal, locale: str) -> str:
    return f"{number:f}" if locale == "point" else f"{number:f}".replace(".", ",")


def _grouped(number: Decimal, locale: str) -> str:
    text = f"{number:,f}"
    return text if locale == "point" else text.translate(str.maketrans(",.", ".,"))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, dict[str, Template]]:
    root = tmp_path_factory.mktemp("round")
    home = Home(root / "home")
    write_sample(home, days=28, scale=0.05, end=dt.date(2026, 3, 8))
    scratch = root / "scratch"
    scratch.mkdir()
    return home, templates(home, scratch)


@pytest.mark.parametrize("source", source_names())
def test_random_rows_come_back_equal(source: str, world: tuple[Home, dict[str, Template]], tmp_path: Path) -> None:
    home, found = world
    mine = {name: template for name, template in found.items() if name.startswith(f"{source}.")}
    key = home.hash_key.read_text(encoding="utf-8").strip().encode()
    with duckdb.connect() as connection:  # to open one costs more than to land a few rows
        connection.execute("set timezone = 'UTC'; set threads = 1; set enable_progress_bar = false")
        give_key(connection, home)
        for name, template in mine.items():
            _check(connection, name, template, key, tmp_path)


def _check(connection: duckdb.DuckDBPyConnection, name: str, template: Template, key: bytes, scratch: Path) -> None:
    shape = template.shape
    columns = [c for c in shape.table.columns if len(shape.places.get(c.name, [])) == 1 and _is_invented(c)]
    places = [shape.places[column.name][0] for column in columns]
    columns = [column for column, at in zip(columns, places, strict=True) if places.count(at) == 1]
    row = st.tuples(*(cells(column, template, key) for column in columns))

    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.lists(row, min_size=1, max_size=12))
    def round_trip(rows: list[tuple[tuple[str, Any], ...]]) -> None:
        written = [*template.top]
        for values in rows:
            record = [""] * len(shape.header)
            for column in shape.table.columns:  # a time of day and a zone that stand in cells of their own
                moment = column.meta.moment
                if moment.time in shape.extras:
                    record[shape.extras[moment.time]] = "10:00:00"
                if moment.zone.removeprefix("column ") in shape.extras:
                    record[shape.extras[moment.zone.removeprefix("column ")]] = template.account.time_zone
            for column, (text, _) in zip(columns, values, strict=True):
                record[shape.places[column.name][0]] = text
            written.append(record)
        landed = _landed(connection, template, written, [column.name for column in columns], scratch)
        assert landed == [tuple(value for _, value in values) for values in rows], name

    round_trip()


def _landed(
    connection: duckdb.DuckDBPyConnection,
    template: Template,
    records: list[list[str]],
    columns: list[str],
    scratch: Path,
) -> list[tuple[Any, ...]]:
    text = io.StringIO()
    csv.writer(text, delimiter=template.shape.delimiter, lineterminator="\n").writerows(records)
    encoding = "utf-16" if template.shape.member.encoding.startswith("utf-16") else "utf-8"
    raw = scratch / template.name
    raw.write_bytes(text.getvalue().encode(encoding))
    (member,) = open_members(raw, raw.name, scratch, False)
    assert isinstance(member, Member)
    shape = recognise(template.contract, member)
    assert isinstance(shape, Shape), f"{raw.name}: recognised as {shape}"
    assert shape.table.name == template.shape.table.name
    batch = write_batch(
        connection, [shape], template.account, template.settings, scratch, scratch,
        exported_at=EXPORTED, content_hash=lambda: "0" * 64, beside=_BESIDE,
    )  # fmt: skip
    assert batch.manifest["rows_refused"] == 0
    names = ", ".join(f'"{name}"' for name in columns)
    return connection.execute(f"select {names} from read_parquet('{scratch}/data.parquet') order by _row").fetchall()
