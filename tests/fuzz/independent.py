"""What a spoilt file holds, read with Python's own csv, json and zip modules: no line of raceway's reader is used.

The contract is data and may be read; how cells become values is said once more here, from
docs/contract-language.md, so that two readings can prove each other wrong.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import json
import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final
from zoneinfo import ZoneInfo

from raceway.contracts import ColumnContract, TableContract

_SPACE: Final = " \t\r\n\u00a0\u202f\ufeff"
_SIGNS: Final = r"(?:US\$|CA\$|A\$|S\$|R\$|[A-Z]{3}|[$€£¥₫đ₹৳₩฿])"
_ISO: Final = (
    "%Y-%m-%d",
    *(f"%Y-%m-%d{t}%H:%M{s}{zone}" for t in " T" for s in ("", ":%S", ":%S.%f") for zone in ("", "Z", "%z", " %z")),
)
_NOT_COMPARED: Final = ("masked", "qualifier_of", "words", "free_text", "sentiment_of", "coarse", "param")


class Unreadable(Exception):
    """The cell holds no value of the column's type."""


@dataclass
class Table:
    """The records below the header, and where each column stands in them."""

    records: list[list[str]]
    places: dict[str, list[int]]
    language: str


def decoded(data: bytes, cp1252: bool) -> str | None:
    """The text of a file as its byte order mark, else UTF-8, else cp1252 gives it; None where none does."""
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        encoding = "utf-16"
    elif data[1:200:2].count(0) > 20:
        encoding = "utf-16-le"
    else:
        encoding = "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace") if cp1252 and encoding == "utf-8-sig" else None


def csv_table(text: str, table: TableContract, delimiter: str) -> Table | None:
    """The first row with all required headers, and the records below it; None where Python's csv sees none."""
    csv.field_size_limit(1 << 27)
    plain = text.replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    try:
        records = list(csv.reader(io.StringIO(plain, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    for number, record in enumerate(records[: table.meta.header_rows]):
        places, languages = _places(table, record)
        if all(column.name in places for column in table.required):
            below = [row for row in records[number + 1 :] if row]
            others = [language for language in languages if language not in ("en", "own")]
            return Table(below, places, max(set(others), key=others.count) if others else "en")
    return None


def _places(table: TableContract, header: list[str]) -> tuple[dict[str, list[int]], list[str]]:
    names = [_normal(cell) for cell in header]
    bare = [_normal(re.sub(r"\s*\(([A-Z]{3})\)$", "", cell.strip())) for cell in header]
    places: dict[str, list[int]] = {}
    languages: list[str] = []
    for column in table.columns:
        for language, aliases in column.meta.aliases.items():
            at = next((p for alias in aliases if (p := _find(alias, names, bare)) is not None), None)
            if at is not None:
                places[column.name] = [at]
                languages += [] if column.meta.optional else [language]
                break
        for also in column.meta.also:
            if _normal(also) in names:
                places.setdefault(column.name, []).append(names.index(_normal(also)))
    return places, languages


def _find(alias: str, names: list[str], bare: list[str]) -> int | None:
    if alias.startswith("~"):
        return next((at for at, name in enumerate(names) if re.search(alias[1:].casefold(), name)), None)
    wanted = _normal(alias)
    return names.index(wanted) if wanted in names else bare.index(wanted) if wanted in bare else None


def _normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text.replace("\ufeff", "")).split()).casefold()


def json_records(text: str) -> list[dict[str, Any]]:
    """The objects of JSON lines; other lines are left out."""
    found = []
    for line in text.split("\n"):
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            found.append(record)
    return found


def is_compared(column: ColumnContract) -> bool:
    """Whether the column's value follows from its own cell alone, by rules that are said here."""
    meta = column.meta
    zoned_by_column = meta.moment.zone.startswith("column ") or meta.moment.time
    return column.in_cells and not meta.hash and not zoned_by_column and not any(
        getattr(meta, name, None) for name in _NOT_COMPARED
    )  # fmt: skip


def value(column: ColumnContract, cells: list[str], table: TableContract, language: str, zone: str) -> Any:
    """The value of a column over its cells (its own, then those of `also`). Raises Unreadable."""
    nulls = {token.strip(_SPACE) for token in table.meta.nulls} | {""}
    text = next((cell for cell in cells if cell.strip(_SPACE) not in nulls), None)
    if text is None:
        return column.meta.default if column.is_text else None
    locale = table.meta.number_locale_of.get(language, table.meta.number_locale)
    if column.is_text:
        return text
    if column.data_type == "date":
        return _moment(text.strip(_SPACE), (*column.meta.moment.formats, "%Y-%m-%d", "%Y-%m-%d %H:%M:%S")).date()
    if column.data_type == "timestamp":
        return _timestamp(column, text.strip(_SPACE), zone)
    if column.data_type == "boolean":
        return _boolean(text)
    number = _number(text, locale)
    if column.data_type == "double":
        percent = column.meta.percent and text.strip(_SPACE).endswith("%")
        return float(number / 100 if percent else number)
    if column.data_type == "bigint":
        if number != number.to_integral_value() or abs(number) >= 10**18:
            raise Unreadable(text)
        return int(number)
    scale = Decimal(1).scaleb(-int(column.data_type.rstrip(")").split(",")[1]))
    return number.quantize(scale, ROUND_HALF_UP)


def _number(text: str, locale: str) -> Decimal:
    plain = re.sub(r"[\s\u00a0\u202f\ufeff]+", "", text)
    plain = re.sub(r"^\((.+)\)$", r"-\1", plain)
    plain = re.sub(rf"^([+-]?){_SIGNS}?([+-]?)([0-9.,]+){_SIGNS}?%?$", r"\1\2\3", plain)
    group, point = (",", ".") if locale == "point" else (".", ",")
    g, p = re.escape(group), re.escape(point)
    if not re.fullmatch(rf"[+-]?(?:(?:\d{{1,3}}(?:{g}\d{{3}})+|\d+)(?:{p}\d*)?|{p}\d+)", plain):
        raise Unreadable(text)
    try:
        return Decimal(plain.replace(group, "").replace(point, "."))
    except InvalidOperation as fault:
        raise Unreadable(text) from fault


def _moment(text: str, formats: tuple[str, ...]) -> dt.datetime:
    for form in formats:
        try:
            return dt.datetime.strptime(text, form)  # noqa: DTZ007  # the zone is put on by the caller
        except ValueError:
            continue
    raise Unreadable(text)


def _timestamp(column: ColumnContract, text: str, zone: str) -> dt.datetime:
    moment = column.meta.moment
    if moment.epoch:
        if not re.fullmatch(r"-?\d{1,18}(\.0*)?", text):
            raise Unreadable(text)
        unit = {"s": 1_000_000, "ms": 1_000, "us": 1}[moment.epoch]
        try:
            return dt.datetime(1970, 1, 1) + dt.timedelta(microseconds=int(text.split(".")[0]) * unit)
        except OverflowError as fault:
            raise Unreadable(text) from fault
    found = _moment(text, moment.formats or _ISO)
    if text.endswith("Z") and found.tzinfo is None:  # Zulu: UTC, whatever the contract's zone
        return found
    if found.tzinfo is not None:
        return found.astimezone(dt.UTC).replace(tzinfo=None)
    if moment.zone in ("utc", "local"):
        return found
    return found.replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC).replace(tzinfo=None)


def _boolean(text: str) -> bool:
    word = text.strip(" ").lower()
    if word in ("true", "yes", "y", "1", "có", "x"):
        return True
    if word in ("false", "no", "n", "0", "không"):
        return False
    raise Unreadable(text)
