"""Random rows, written as a source writes them, come back as they were: for every table that lands text or JSON.

Delimited text is written twice, as text and as a workbook with typed cells, JSON as lines, as an array and, where
the contract names `records`, as a document. The furniture (preamble, header, encoding, delimiter) is the sample
file's own; the rows below it are invented, cell by cell, as the contract says that such cells look. What must land
is known before anything is written.

Left out, because what lands of them is no plain copy of a cell: tables with `unpivot`, `sections`, `below_header`
(their rows are cut out of records), columns with `masked`, `words`, `free_text`, `coarse`, `only_with`, `sentiment_of`
and `qualifier_of`, moments whose zone or time of day stands in a cell of its own, and cells that two columns share. Also
Parquet, whose values come typed, `also` and `also_paths`, and the other encodings that one header may come in,
and delimited tables of which the sample holds no file (16, such as google_ads.ad_daily and seo.ahrefs_keywords).
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import hmac
import io
import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path, PurePath
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl.cell import WriteOnlyCell

from raceway.common.home import Home
from raceway.config.accounts import Account, load_accounts
from raceway.config.settings import Settings, load_settings
from raceway.contracts.files import source_names
from raceway.contracts.grammar import ColumnContract, SourceContract
from raceway.contracts.load import load_contract
from raceway.landing.batch import write_batch
from raceway.reading.furniture import Span
from raceway.reading.macros import make_macros
from raceway.reading.members import Member, open_members
from raceway.reading.personal import give_key
from raceway.reading.recognise import recognise
from raceway.reading.shape import Shape
from tests.fuzz.spoilt_files import EXPORTED, fixtures, sample_to_spoil
from tests.support.length import SPOILT_FILES
from tests.support.once import once

EXAMPLES = max(2, SPOILT_FILES // 1000)
"""Files of each table and layout: of two, the first has the simplest cells and the second any."""
_BESIDE = Span(dt.date(2026, 3, 1), dt.date(2026, 3, 7))
_NOT_INVENTED = ("params_unless", "masked", "qualifier_of", "words", "free_text", "sentiment_of", "coarse", "only_with")
_SPECIAL = ("unpivot", "sections", "below_header")
CellRow = tuple[tuple[str, Any], ...]
"""Of each invented column: what the cell holds, and what must land of it."""
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
    """One file for each table and header of the delimited files in the sample's inbox, and one for each JSON table."""
    found: dict[str, Template] = {}
    accounts, company = load_accounts(home), load_settings(home)
    for source, files in fixtures(home).items():
        contract = load_contract(source, home)
        for number, file in enumerate(files):
            folder = scratch / f"{source}{number}"
            folder.mkdir()
            raw = folder / Path(file.name).name
            raw.write_bytes(file.data)
            for member in open_members(raw, raw.name, folder, True):
                is_sibling = any(
                    table.meta.sibling and re.search(table.meta.sibling.files, member.file_name)
                    for table in contract.tables
                )
                shape = recognise(contract, member) if not is_sibling else None
                if not isinstance(shape, Shape):
                    continue
                account = accounts[source, file.account]
                if member.kind == "csv" and not any(getattr(shape.table.meta, name, None) for name in _SPECIAL):
                    records = list(csv.reader(io.StringIO(member.text), delimiter=shape.delimiter))
                    top = records[: shape.header_at + 1]
                    found.setdefault(
                        f"{shape.table.full_name}, {' '.join(shape.header)}",
                        Template(member.file_name, shape, top, account, contract, company),
                    )
        for table in (table for table in contract.tables if "json" in table.meta.formats):  # no furniture: no sample
            raw = scratch / f"{table.name}.json"
            shape = Shape(Member(raw.name, raw, raw, "json"), table)
            account = accounts[source, files[0].account]
            found[f"{table.full_name}, JSON"] = Template(raw.name, shape, [], account, contract, company)
    return found


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
        table = template.shape.table
        # days that are all a week apart are none (`day_by_day`): such a report has days of one week
        a_week = table.meta.day_by_day and column.name == table.scope.day
        first, last = (
            (dt.date(2024, 3, 4), dt.date(2024, 3, 9)) if a_week else (dt.date(2001, 1, 1), dt.date(2026, 12, 31))
        )
        return st.dates(first, last).map(
            lambda day: (day.strftime(form), dt.datetime.strptime(day.strftime(form), form).date())  # noqa: DTZ007  # a month is its first day
        )
    if column.data_type == "timestamp":
        return st.datetimes(dt.datetime(2001, 1, 2), dt.datetime(2026, 12, 30)).map(
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
    return plain.map(lambda text: (text, unicodedata.normalize("NFC", text).replace("\t", " ")))


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
    home = Home(once(tmp_path_factory, "fuzz", sample_to_spoil))
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
        make_macros(connection)
        give_key(connection, home)
        for name, template in mine.items():
            _check(connection, name, template, key, tmp_path)


def _check(connection: duckdb.DuckDBPyConnection, name: str, template: Template, key: bytes, scratch: Path) -> None:
    columns = _columns(template.shape)
    row = st.tuples(*(cells(column, template, key) for column in columns))

    def check(layout: str) -> None:
        @settings(
            max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate],
        )  # fmt: skip
        @given(st.lists(row, min_size=1, max_size=12))
        def round_trip(rows: list[CellRow]) -> None:
            raw = _LAYOUTS[layout](template, columns, rows, scratch)
            landed = _landed(connection, template, raw, [column.name for column in columns], scratch)
            assert landed == [tuple(value for _, value in values) for values in rows], (name, layout)

        round_trip()

    for layout in _layouts(template):
        check(layout)


def _layouts(template: Template) -> tuple[str, ...]:
    """The ways in which a table's file may be written."""
    if template.shape.member.kind == "json":
        return ("lines", "array", "document") if template.shape.table.meta.records else ("lines", "array")
    return ("text", "workbook")


def _columns(shape: Shape) -> list[ColumnContract]:
    """The columns whose cells are invented, each with a place that no other has."""
    invented = [column for column in shape.table.columns if _is_invented(column)]
    if shape.member.kind == "json":
        paths = [column.meta.path or f"event_params.{column.meta.param}" for column in invented]
        return [c for c, path in zip(invented, paths, strict=True) if paths.count(path) == 1]
    placed = [column for column in invented if len(shape.places.get(column.name, [])) == 1]
    places = [shape.places[column.name][0] for column in placed]
    return [column for column, at in zip(placed, places, strict=True) if places.count(at) == 1]


def _records(template: Template, columns: list[ColumnContract], rows: list[CellRow]) -> list[list[str]]:
    """The records of a delimited file: what stands above the rows, and the rows."""
    shape = template.shape
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
    return written


def _as_text(template: Template, columns: list[ColumnContract], rows: list[CellRow], scratch: Path) -> Path:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=template.shape.delimiter, lineterminator="\n")
    writer.writerows(_records(template, columns, rows))
    encoding = "utf-16" if template.shape.member.encoding.startswith("utf-16") else "utf-8"
    raw = scratch / template.name
    raw.write_bytes(text.getvalue().encode(encoding))
    return raw


def _as_workbook(template: Template, columns: list[ColumnContract], rows: list[CellRow], scratch: Path) -> Path:
    """A sheet that has the file's name, by which sheets are known; numbers, dates and truths are typed cells."""
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet(re.sub(r"[\[\]:*?/\\]", "_", template.name)[:31])
    for number, record in enumerate(_records(template, columns, rows), start=-len(template.top)):
        typed: list[Any] = [_text_cell(sheet, text) for text in record]
        for column, (text, value) in zip(columns, rows[number] if number >= 0 else (), strict=False):
            cell = _typed(column, text, value)
            if cell is not None:
                typed[template.shape.places[column.name][0]] = cell
        sheet.append(typed)
    raw = scratch / f"{PurePath(template.name).stem}.xlsx"
    workbook.save(raw)
    return raw


def _text_cell(sheet: Any, text: str) -> Any:
    """A cell with this very text, which openpyxl would else take for a formula or an error."""
    cell = WriteOnlyCell(sheet, value=text or None)
    if text:
        cell.data_type = "s"
    return cell


def _typed(column: ColumnContract, text: str, value: Any) -> Any:
    """What a workbook holds where it types the value; None where it holds text."""
    moment = column.meta.moment
    if column.data_type == "timestamp":
        form = moment.formats[0] if moment.formats else "%Y-%m-%d %H:%M:%S"
        # a workbook's times have no offset
        if moment.epoch or "%z" in form or form.endswith("Z"):
            return None
        return dt.datetime.strptime(text, form)  # noqa: DTZ007  # a workbook's typed time has no zone
    return None if column.is_text else value


def _as_lines(template: Template, columns: list[ColumnContract], rows: list[CellRow], scratch: Path) -> Path:
    return _json(template, scratch, "".join(f"{json.dumps(record)}\n" for record in _objects(columns, rows, template)))


def _as_array(template: Template, columns: list[ColumnContract], rows: list[CellRow], scratch: Path) -> Path:
    return _json(template, scratch, json.dumps(_objects(columns, rows, template), ensure_ascii=False))


def _as_document(template: Template, columns: list[ColumnContract], rows: list[CellRow], scratch: Path) -> Path:
    document: Any = _objects(columns, rows, template)
    for part in reversed((template.shape.table.meta.records or "").split(".")):
        document = {"count": len(rows), part: document}
    return _json(template, scratch, json.dumps(document, indent=1))


def _json(template: Template, scratch: Path, text: str) -> Path:
    raw = scratch / template.name
    raw.write_text(text, encoding="utf-8")
    return raw


def _objects(columns: list[ColumnContract], rows: list[CellRow], template: Template) -> list[dict[str, Any]]:
    """The rows as JSON objects: numbers as numbers, and what is required but not invented as null."""
    records = []
    for values in rows:
        record: dict[str, Any] = {}
        for column, (text, value) in zip(columns, values, strict=True):
            member = value if isinstance(value, bool | int | float) else text
            if column.meta.param:
                kind = {"bigint": "int_value", "double": "double_value"}.get(column.data_type, "string_value")
                param = {"key": column.meta.param, "value": {kind: member}}
                record.setdefault("event_params", []).append(param)
                continue
            *parents, leaf = (column.meta.path or "").split(".")
            inside = record
            for parent in parents:
                inside = inside.setdefault(parent, {})
            inside[leaf] = member
        for column in template.shape.table.required:
            if column.meta.path:
                record.setdefault(column.meta.path.split(".")[0], None)
        records.append(record)
    return records


_LAYOUTS: dict[str, Callable[[Template, list[ColumnContract], list[CellRow], Path], Path]] = {
    "text": _as_text, "workbook": _as_workbook, "lines": _as_lines, "array": _as_array, "document": _as_document,
}  # fmt: skip


def _landed(
    connection: duckdb.DuckDBPyConnection, template: Template, raw: Path, columns: list[str], scratch: Path
) -> list[tuple[Any, ...]]:
    (member,) = open_members(raw, raw.name, scratch, False)
    assert isinstance(member, Member)
    shape = recognise(template.contract, member)
    assert isinstance(shape, Shape), f"{raw.name}: recognised as {shape}"
    assert shape.table.name == template.shape.table.name
    batch = write_batch(
        connection, [shape], template.account, template.settings, scratch, scratch,
        exported_at=EXPORTED, content_hash=lambda: "0" * 64, beside=_BESIDE,
    )  # fmt: skip
    refused = batch.refused_rows.read_text(encoding="utf-8") if batch.refused_rows else ""
    assert batch.manifest["rows_refused"] == 0, refused
    names = ", ".join(f'"{name}"' for name in columns)
    return connection.execute(f"select {names} from read_parquet('{scratch}/data.parquet') order by _row").fetchall()
