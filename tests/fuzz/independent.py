"""What a spoilt file holds, read with Python's csv, json and zip modules, openpyxl and pyarrow.

No line of raceway's reader is used.

The contract is data and may be read; how cells become values is said once more here, from
docs/reference/contract-language.md, so that two readings can prove each other wrong.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import gzip
import hashlib
import hmac
import io
import ipaddress
import json
import re
import string
import unicodedata
import warnings
import zipfile
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import cached_property
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

import openpyxl
import pyarrow.parquet

from raceway.contracts.grammar import ColumnContract, TableContract
from raceway.reading.zones import RAILS_ZONES

_SPACE: Final = " \t\r\n\u00a0\u202f\ufeff"
_ZONES: Final = frozenset(available_timezones())
_POWER: Final = re.compile(r"[+-]?\d+(\.\d*)?[eE][+-]?\d+", re.ASCII)
_SIGNS: Final = r"(?:US\$|CA\$|A\$|S\$|R\$|[A-Z]{3}|[$€£¥₫đ₹৳₩฿])"
_ISO: Final = (
    "%Y-%m-%d",
    *(f"%Y-%m-%d{t}%H:%M{s}{zone}" for t in " T" for s in ("", ":%S", ":%S.%f") for zone in ("", "Z", "%z", " %z")),
)


class Unreadable(Exception):
    """The cell holds no value of the column's type."""


class JsonText(str):
    """An array or object that a varchar column takes: equal where it holds the same, however it is spaced."""


class Number(str):
    """A number as JSON spells it: 1.50 and 1.5 are the same."""


@dataclass
class Table:
    """The records of one table, and where each column stands in them."""

    kind: str
    """The reader: csv, json, openpyxl, pyarrow."""
    records: list[Any]
    places: dict[str, list[int]] = field(default_factory=dict)
    language: str = "en"
    extras: dict[str, int] = field(default_factory=dict)
    """Further headers that columns name: the time of day, the zone."""
    refused: int = 0
    """What is refused beside the records: a JSON line without the list of records that others have."""

    def has(self, column: ColumnContract) -> bool:
        """Whether the file names the column."""
        return column.name in self.places if self.kind in ("csv", "openpyxl") else column.in_cells

    def cells(self, column: ColumnContract, number: int) -> list[str]:
        """The texts that the column may take its value from, its own first; `number` counts from 1."""
        record = self.records[number - 1]
        if self.kind in ("csv", "openpyxl"):
            return [record[at] for at in self.places[column.name] if at < len(record)]
        found = _params(record, column.meta.param) if column.meta.param else []
        found += [_inside(record, path) for path in (column.meta.path, *column.meta.also_paths) if path]
        return [text for item in found if (text := _text(item)) is not None]

    def beside(self, header: str, number: int) -> str | None:
        """The cell under a further header; None where the file has no such header."""
        at, record = self.extras.get(header), self.records[number - 1]
        return None if at is None else record[at] if at < len(record) else ""


# ---------------------------------------------------------------- from bytes to a member


def member(data: bytes, inner: str) -> tuple[bytes, str] | None:
    """The bytes of a file inside archives, and the sheet where it is one of a workbook; None where it is not plain.

    `inner` is what raceway calls it, without the name of the raw file.
    """
    if data[:2] == b"\x1f\x8b":
        return gzip.decompress(data), ""
    if data[:4] != b"PK\x03\x04":
        return data, ""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        if "[Content_Types].xml" in names:
            return data, inner
        fits = [name for name in names if f"{inner}/".startswith(f"{unicodedata.normalize('NFC', name)}/")]
        if len(fits) != 1:
            return None
        return member(archive.read(fits[0]), inner.removeprefix(unicodedata.normalize("NFC", fits[0])).lstrip("/"))


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


def delimited(text: str, table: TableContract, delimiter: str) -> Table | None:
    """Delimited text as Python's csv reads it; None where it reads none, or no header."""
    csv.field_size_limit(1 << 27)
    plain = _plain_ends(text.replace("\0", ""))
    try:
        records = list(csv.reader(io.StringIO(plain, newline=""), delimiter=delimiter, strict=True))
        if any(re.match(' +"', cell) for record in records for cell in record):  # quotes after blanks are quotes
            text = io.StringIO(plain, newline="")
            records = list(csv.reader(text, delimiter=delimiter, strict=True, skipinitialspace=True))
    except csv.Error:
        return None
    return _below_header("csv", records, table)


def sheet(data: bytes, name: str, table: TableContract) -> Table | None:
    """A sheet of a workbook as openpyxl reads it; None where it does not open it."""
    try:
        with warnings.catch_warnings(action="ignore"):  # of styles that it does not know
            workbook = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
        rows = [[_of_cell(cell) for cell in row] for row in workbook[name].iter_rows(min_row=1, min_col=1)]
    except Exception:  # openpyxl says in a hundred ways that a workbook is none
        return None
    while rows and not any(rows[-1]):  # cells that were only formatted
        del rows[-1]
    return _below_header("openpyxl", rows, table)


def _of_cell(typed: Any) -> str:
    """A workbook's typed cell as text: what it holds, not how it is shown; an error is no value."""
    cell = typed.value
    if cell is None or typed.data_type == "e":
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        if cell == int(cell):  # a workbook keeps 15 digits: a longer number shows that it is not whole
            return Number(int(cell)) if abs(cell) < 1e15 else f"{cell:.5E}"
        return Number(repr(cell)) if "e" not in repr(cell) else repr(cell)
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    return str(cell)


def _below_header(kind: str, records: list[list[str]], table: TableContract) -> Table | None:
    """The first row with all required headers, and the records below it."""
    for number, record in enumerate(records[: table.meta.header_rows]):
        places, languages = _places(table, record)
        if all(column.name in places for column in table.required):
            below = [row for row in records[number + 1 :] if row]
            others = [language for language in languages if language not in ("en", "own")]
            names = [_normal(cell) for cell in record]
            moments = [column.meta.moment for column in table.columns]
            wanted = [moment.time or moment.zone.removeprefix("column ") for moment in moments]
            extras = {header: names.index(_normal(header)) for header in wanted if _normal(header) in names}
            return Table(kind, below, places, max(set(others), key=others.count) if others else "en", extras)
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
    return " ".join(cleaned(text).split()).casefold()


def cleaned(text: str) -> str:
    """A text in one spelling: composed, its line ends plain, nothing invisible inside and no blanks around."""
    plain = re.sub("[\u2028\u2029\x85\x0b\x0c]", "\n", _plain_ends(text)).replace("\t", " ")
    seen = [sign for sign in plain if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cf")]
    return unicodedata.normalize("NFC", "".join(seen).replace("\u034f", "")).strip()


# ---------------------------------------------------------------- JSON and Parquet


def json_file(text: str, table: TableContract) -> Table | None:
    """JSON lines, an array, documents: as Python's json reads them. None where it reads none.

    A record that is no object is None, so that the others keep their places.
    """
    found = _json_values(text)
    if found is None:
        return None
    values = [value if isinstance(value, dict) else None for value in found]
    path = table.meta.records
    lists = [_inside(value, path) for value in values] if path else []
    if not any(isinstance(listed, list) for listed in lists):
        return Table("json", values)
    inside = [
        item | {"_holder": value} if isinstance(item, dict) else None
        for value, listed in zip(values, lists, strict=True)
        if isinstance(listed, list)
        for item in listed
    ]
    return Table("json", inside, refused=sum(not isinstance(listed, list) for listed in lists))


def _json_values(text: str) -> list[Any] | None:
    lines = [line for line in _plain_ends(text.replace("\0", "")).split("\n") if line.strip()]
    if not lines:
        return None
    if text.lstrip()[:1] == "[":
        whole = _loaded(text)
        return whole if isinstance(whole, list) else None
    if isinstance(_loaded(lines[0]), dict):
        return [_loaded(line) for line in lines]
    documents, rest = [], text.lstrip()
    while rest:  # one document, or one after the other
        try:
            document, end = _DECODER.raw_decode(rest)
        except (ValueError, RecursionError):
            return [_loaded(line) for line in lines]
        documents.append(document)
        rest = rest[end:].lstrip()
    return documents


def _loaded(text: str) -> Any:
    """The value of a JSON text; a text of raceway's own sort, no JSON value, where it is none."""
    try:
        document, end = _DECODER.raw_decode(text.strip())
    except (ValueError, RecursionError):
        return None
    return None if text.strip()[end:] else document


_DECODER: Final = json.JSONDecoder(parse_int=Number, parse_float=Number, parse_constant=Number)


def parquet(data: bytes) -> Table | None:
    """Parquet as pyarrow reads it; None where it does not."""
    try:
        rows = pyarrow.parquet.read_table(io.BytesIO(data)).to_pylist()
    except Exception:  # damage shows in many ways
        return None
    return Table("pyarrow", rows)


def _inside(record: Any, path: str) -> Any:
    for part in path.split("."):
        record = record.get(part) if isinstance(record, dict) else None
    return record


def _params(record: Any, key: str) -> list[Any]:
    """GA4's event_params: the values of the first one with this key, by type."""
    params = record.get("event_params") if isinstance(record, dict) else None
    for param in params if isinstance(params, list) else []:
        if isinstance(param, dict) and param.get("key") == key:
            return [_inside(param, f"value.{kind}_value") for kind in ("string", "int", "float", "double")]
    return []


def _text(item: Any) -> str | None:
    if item is None or isinstance(item, str):
        return item
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, dict | list):
        return JsonText(json.dumps(item))
    if isinstance(item, float):
        return Number(repr(item))
    return str(item)


# ---------------------------------------------------------------- from texts to values


@dataclass(frozen=True)
class Values:
    """How cells become values in one file of one account."""

    contract: TableContract
    table: Table
    time_zone: str
    market: str
    key: bytes
    currency: str = "VND"

    def columns(self) -> list[ColumnContract]:
        """The columns of the file whose values follow from cells, by rules that are said here."""
        return [
            column
            for column in self.contract.columns
            if not (column.meta.sentiment_of or column.meta.params_unless)
            and column.name not in self.contract.unpivoted
            if self.table.has(self.contract.by_name[column.meta.qualifier_of or column.name])
        ]

    def of(self, column: ColumnContract, number: int) -> Any:
        """The value that a column of a record must land. Raises Unreadable where its cells hold none."""
        if column.meta.qualifier_of:
            text = self._text(self.contract.by_name[column.meta.qualifier_of], number)
            return text.strip()[0] if text and text.strip()[0] in "<>" else None
        text = self._text(column, number)
        if text is None:
            return column.meta.default if column.is_text and not column.meta.hash else None
        return self._read(column, text, number)

    def _text(self, column: ColumnContract, number: int) -> str | None:
        nulls = {cleaned(token) for token in self.contract.meta.nulls} | {""}
        cells = [cell if isinstance(cell, Number | JsonText) else cleaned(cell)
                 for cell in self.table.cells(column, number)]  # fmt: skip
        return next((cell for cell in cells if cell.strip() not in nulls), None)

    def _read(self, column: ColumnContract, text: str, number: int) -> Any:
        meta = column.meta
        if meta.masked:
            text = re.sub(r"^\s*[<>]\s*=?", "", text)
        if meta.words:
            words = {_normal(word): said for word, said in meta.words.items()}
            text = words.get(unicodedata.normalize("NFC", text.strip(" ")).lower(), text)
        if meta.hash:
            plain = hashed(text, meta.hash, self.market)
            return hmac.new(self.key, plain.encode(), hashlib.sha256).hexdigest() if plain else None
        if meta.coarse:
            return _device(text.strip(" ")) if meta.coarse == "device" else _coarse(text)  # no file has year or month
        if column.is_text:
            return text
        if column.data_type == "date":
            formats = (*meta.moment.formats, "%Y-%m-%d", "%Y-%m-%d %H:%M:%S")
            return _moment(text.strip(_SPACE), formats).date()
        if column.data_type == "timestamp":
            return self._timestamp(column, text.strip(_SPACE), number)
        if column.data_type == "boolean":
            return _boolean(text)
        return self._amount(column, text)

    def _amount(self, column: ColumnContract, text: str) -> Any:
        locale = self.locale
        if column.data_type == "double" and locale == "point" and _POWER.fullmatch(text.strip(_SPACE)):
            return float(text.strip(_SPACE))
        number = _number(text, locale)
        if column.data_type == "double":
            percent = column.meta.percent and text.strip(_SPACE).endswith("%")
            return float(number / 100 if percent else number)
        if column.data_type == "bigint":
            if number != number.to_integral_value() or abs(number) >= 10**18 or re.search("%|[0-9] [0-9]", text):
                raise Unreadable(text)
            return int(number)
        if "%" in text:
            raise Unreadable(text)
        scale = Decimal(1).scaleb(-int(column.data_type.rstrip(")").split(",")[1]))
        return number.quantize(scale, ROUND_HALF_UP)

    @cached_property
    def locale(self) -> str:
        """The sign of decimals: the contract's, or the other one where the file's numbers can only be read with it."""
        meta = self.contract.meta
        own = meta.number_locale_of.get(self.table.language, meta.number_locale)
        if self.table.kind not in ("csv", "openpyxl"):
            return own
        other = {"point": "comma", "comma": "point"}[own]
        proved_by_weight = proved = is_open = False
        for column in self.contract.columns:
            if column.meta.ident or not re.match("bigint|double|decimal", column.data_type):
                continue
            if not self.table.places.get(column.name):
                continue
            weighs = column.data_type == "bigint" or column.meta.money
            for number in range(1, len(self.table.records) + 1):
                text = self._text(column, number)
                if text is None or isinstance(text, Number):
                    continue
                mine, others = (self._is_valid(column, text, number, way) for way in (own, other))
                if mine and not others:
                    return own  # whatever proves the other one refuses the file
                proved = proved or (others and not mine)
                proved_by_weight = proved_by_weight or (weighs and others and not mine)
                is_open = is_open or (weighs and mine and others and _is_fraction(text, own))
        return other if proved_by_weight or (proved and is_open) else own

    def _is_valid(self, column: ColumnContract, text: str, number: int, locale: str) -> bool:
        try:
            value = _number(text, locale)
        except Unreadable:
            return False
        if column.data_type == "bigint":
            return value == value.to_integral_value()
        of_row = next((c for c in self.contract.columns if c.meta.row_currency and c.name in self.table.places), None)
        currency = (self._text(of_row, number) or "").upper() if of_row else self.currency
        whole = currency in ("VND", "JPY", "KRW")
        return not (column.meta.money and whole and _is_fraction(text, locale))

    def _timestamp(self, column: ColumnContract, text: str, number: int) -> dt.datetime:
        moment = column.meta.moment
        if moment.epoch:
            return _since_1970(text, moment.epoch)
        if moment.time and (time := self.table.beside(moment.time, number)) is not None:
            text = f"{text} {time.strip(' ')}"
        if moment.serial and re.fullmatch(r"[2-9][0-9]{4}(\.[0-9]+)?", text):
            found = dt.datetime(1970, 1, 1) + dt.timedelta(seconds=round((float(text) - 25569) * 86400))
        else:
            found = _moment(text, moment.formats or _ISO)
        if text.endswith("Z") and found.tzinfo is None:  # Zulu: UTC, whatever the contract's zone
            return found
        if found.tzinfo is not None:
            return found.astimezone(dt.UTC).replace(tzinfo=None)
        if moment.zone in ("utc", "local"):
            return found
        zone = self.time_zone
        if moment.zone.startswith("column "):
            named = self.table.beside(moment.zone.removeprefix("column "), number)
            zone = zone if named is None else RAILS_ZONES.get(named.strip(" "), named.strip(" "))
        if zone not in _ZONES:
            raise Unreadable(zone)
        return found.replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC).replace(tzinfo=None)


def hashed(text: str, kind: str, market: str) -> str:
    """What is hashed of a personal cell; empty where it says nothing."""
    if kind == "email":
        return cleaned(text).lower()
    if kind == "id":
        return cleaned(text)
    raw = re.sub(r"\.0+$", "", cleaned(cleaned(text).lstrip("'")))
    if re.fullmatch(r"\d+([.,]\d+)?[eE]\+?\d+|[1-9]\d*[.,]\d+", raw):  # a spreadsheet's number
        return ""
    raw = re.sub(r"^((?:\+|00)[^()]*)\(0\)", r"\1", raw)
    digits = re.sub(r"[^0-9]", "", raw)
    code, length = {"VN": ("84", 9), "US": ("1", 10), "SG": ("65", 8)}[market]
    if raw.startswith("+"):
        whole = digits
    elif digits.startswith("00"):
        whole = digits[2:]
    elif digits.startswith("0"):
        whole = code + digits[1:]
    else:
        whole = digits if digits.startswith(code) and len(digits) >= len(code) + length else code + digits
    own = (whole[len(code) :] if whole.startswith(code) else whole).lstrip("0")
    named = 8 <= len(whole) <= 15 and len(own) >= 7 and len(set(own)) > 1 and own not in ("123456789", "1234567890")
    return f"+{whole}" if named else ""


def _device(text: str) -> str | None:
    number, _, moment = text.partition(".")
    is_google = f"{number}{moment}".isascii() and number.isdigit() and moment.isdigit()
    is_google = is_google and len(number) >= 4 and len(moment) >= 8
    is_own = re.fullmatch(r"oeu[0-9]+r[0-9.]+", text) is not None
    groups = text.split("-")
    is_uuid = [len(group) for group in groups] == [8, 4, 4, 4, 12] and not "".join(groups).strip(string.hexdigits)
    return text if is_google or is_own or is_uuid else None


def _coarse(text: str) -> str | None:
    first = text.lower().split(",")[0].split("%")[0].strip(" ")
    first = re.sub(r"^(?:::ffff:)?((?:\d{1,3}\.){3}\d{1,3})(?::\d+)?$", r"\1", first)
    try:
        ip = ipaddress.ip_address(first)
    except ValueError:
        return None
    if isinstance(ip, ipaddress.IPv4Address):
        return f"{first.rpartition('.')[0]}.0/24"
    return ":".join(f"{int(group, 16):x}" for group in ip.exploded.split(":")[:3]) + "::/48"


def same(column: ColumnContract, wanted: Any, found: Any) -> bool:
    """Whether what landed is what was read."""
    if wanted is None or found is None:
        return wanted is found
    if column.meta.free_text:
        return _is_masked(_plain_ends(wanted), _plain_ends(found))
    if isinstance(wanted, JsonText):
        return bool(_loaded(found) == _loaded(wanted))
    if isinstance(wanted, Number):
        return found == wanted or float(found) == float(wanted)
    if isinstance(wanted, str) and isinstance(found, str):  # a line end in a cell may land as a plain one
        return _plain_ends(wanted) == _plain_ends(found)
    return bool(wanted == found)


def _plain_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _is_masked(text: str, landed: str) -> bool:
    """Whether a landed text is the raw one but for its masks, and shows no address and no long number."""
    if re.search(r"[0-9]{6}|\w@\w", landed):
        return False
    if len(text) > 2_000:
        return True
    pieces = re.split(r"\[(?:email|phone|number)\]", landed)
    return re.fullmatch(".+?".join(map(re.escape, pieces)), text, re.DOTALL) is not None


def _number(text: str, locale: str) -> Decimal:
    if isinstance(text, Number):  # JSON's own spelling, whatever the file's people write
        try:
            return Decimal(text)
        except InvalidOperation as fault:
            raise Unreadable(text) from fault
    grouped = r"[^0-9.,]*[1-9][0-9]{0,2}([\s\u00a0\u202f\u2009][0-9]{3})+([.,][0-9]*)?[^0-9.,]*"
    if re.search(r"[0-9.,]\s+[0-9.,]", text) and not re.fullmatch(grouped, text):
        raise Unreadable(text)  # two numbers in one cell
    plain = re.sub(r"[\s\u00a0\u202f\ufeff]+", "", text)
    plain = re.sub(r"^\((.+)\)$", r"-\1", plain)
    plain = re.sub(rf"^([+-]?){_SIGNS}?([+-]?)([0-9.,]+){_SIGNS}?%?$", r"\1\2\3", plain)
    group, point = (",", ".") if locale == "point" else (".", ",")
    g, p = re.escape(group), re.escape(point)
    if not re.fullmatch(rf"[+-]?(?:(?:[1-9]\d{{0,2}}(?:{g}\d{{3}})+|\d+)(?:{p}\d*)?|{p}\d+)", plain):
        raise Unreadable(text)
    try:
        return Decimal(plain.replace(group, "").replace(point, "."))
    except InvalidOperation as fault:
        raise Unreadable(text) from fault


def _is_fraction(text: str, locale: str) -> bool:
    """Whether a format reads a text as a fraction of three digits: 1.234 or 1,234."""
    sign = re.escape("." if locale == "point" else ",")
    return re.search(rf"(?:^|[^0-9.,])[1-9][0-9]{{0,2}}{sign}[0-9]{{3}}(?:[^0-9.,]|$)", text) is not None


def _moment(text: str, formats: tuple[str, ...]) -> dt.datetime:
    for form in formats:
        try:
            return dt.datetime.strptime(text, form)  # noqa: DTZ007  # the zone is put on by the caller
        except ValueError:
            continue
    raise Unreadable(text)


def _since_1970(text: str, unit: str) -> dt.datetime:
    if not re.fullmatch(r"-?\d{1,18}(\.0*)?", text):
        raise Unreadable(text)
    micros = int(text.split(".")[0]) * {"s": 1_000_000, "ms": 1_000, "us": 1}[unit]
    try:
        return dt.datetime(1970, 1, 1) + dt.timedelta(microseconds=micros)
    except OverflowError as fault:
        raise Unreadable(text) from fault


def _boolean(text: str) -> bool:
    word = text.strip(" ").lower()
    if word in ("true", "yes", "y", "1", "có", "x"):
        return True
    if word in ("false", "no", "n", "0", "không"):
        return False
    raise Unreadable(text)
