"""What one example file says of a new source's columns: names, types, what looks personal, what to decide."""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from raceway.common.currencies import SIGN
from raceway.common.faults import BadSettings
from raceway.reading.json_head import first_objects
from raceway.reading.members import Member
from raceway.reading.recognise import csv_records
from raceway.reading.shape import without_currency

_LOOKED_AT: Final = 500  # records of the example that decide on types


NUMBER: Final = re.compile(rf"\(?[-+]?{SIGN}?\s?-?[\d.,\u00a0\u202f ]*\d\)?\s?(?:%|{SIGN})?")


EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


PHONE: Final = re.compile(r"'?\+?[\d ().-]{9,20}")


PERSONAL: Final = re.compile(
    r"\b(first|last|full|customer|buyer|reviewer|billing|shipping)[ _]?name\b|address|street|birth|\bip\b"
    r"|họ tên|tên khách|địa chỉ|ngày sinh",
    re.IGNORECASE,
)


_PHONE_HEADER: Final = re.compile(r"phone|mobile|tel\b|điện thoại|sđt", re.IGNORECASE)


_MONEY_HEADER: Final = re.compile(
    r"amount|price|cost|revenue|total|spend|fee|tiền|giá|phí|doanh thu|thành tiền|betrag|montant", re.IGNORECASE
)


ID_HEADER: Final = re.compile(r"(^|[ _])(id|no|code|mã|number)($|[ _.])", re.IGNORECASE)


_DATE_FORMATS: Final = (
    "%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d", "%Y%m%d", "%d %b %Y", "%b %d, %Y",
)  # fmt: skip


_TIME_PARTS: Final = (" %H:%M:%S", " %H:%M", "T%H:%M:%S", "T%H:%M:%S.%f", " %I:%M:%S %p", " %I:%M %p")


_ZONES: Final = ("", "Z", "%z", " %z")


@dataclass
class DraftColumn:
    """One column of the draft: where it stands in the file, and what was guessed of it."""

    name: str
    header: str
    data_type: str = "varchar"
    meta: dict[str, object] = field(default_factory=dict)
    decide: str = ""


def columns_of(member: Member) -> tuple[str, list[DraftColumn], list[str]]:
    """The file's format, its columns, and decisions about the file as a whole."""
    if member.kind == "csv":
        headers, rows, decisions = table_of(member)
        values = [[row[place].strip() for row in rows if place < len(row)] for place in range(len(headers))]
        places = list(zip(headers, values, strict=True))
    elif member.kind == "json":
        places, decisions = _members_of(member)
    else:
        raise BadSettings(f"{member.name}: write a contract for Parquet by hand: its columns are typed already")
    columns: list[DraftColumn] = []
    for header, texts in places:
        if not header.strip():
            continue
        column = DraftColumn(_column_name(header, [c.name for c in columns]), header)
        _guess(column, [text for text in texts if text not in ("", "-", "--")])
        columns.append(column)
    if not columns:
        raise BadSettings(f"{member.name}: no header was found; is it a table with one line of column names?")
    return member.kind, columns, decisions


def table_of(member: Member) -> tuple[list[str], list[list[str]], list[str]]:
    """The header, the rows below it, and what is strange about the lines above."""
    best: tuple[int, int, list[list[str]]] = (0, 0, [])
    for delimiter in (",", "\t", ";", "|"):
        records = csv_records(member.text, delimiter, _LOOKED_AT)
        at = _header_at(records)
        width = len([cell for cell in records[at] if cell.strip()]) if records else 0
        if width > best[0]:
            best = (width, at, records)
    _, at, records = best
    if not records:
        return [], [], []
    decisions = []
    if at:
        above = " ".join(" ".join(record) for record in records[:at]).strip()
        decisions.append(
            f"above the header stands “{above[:60]}”: if that states the period of a report without a day column, "
            "write `period: {of: preamble}`"
        )
    return records[at], [row for row in records[at + 1 :] if any(cell.strip() for cell in row)], decisions


def _header_at(records: Sequence[Sequence[str]]) -> int:
    """The first of the widest rows whose cells are words: a header has no numbers."""
    widths = [len([cell for cell in record if cell.strip()]) for record in records[:30]]
    widest = max(widths, default=0)
    for at, record in enumerate(records[:30]):
        words = [cell for cell in record if cell.strip() and not NUMBER.fullmatch(cell.strip())]
        if widths[at] >= max(2, widest * 0.7) and len(words) == widths[at]:
            return at
    return 0


def _members_of(member: Member) -> tuple[list[tuple[str, list[str]]], list[str]]:
    """The members of JSON records with their values, two levels deep."""
    found: dict[str, list[str]] = {}
    for record in first_objects(member.text, _LOOKED_AT):
        for path, value in _flat(record):
            found.setdefault(path, []).append(value)
    return list(found.items()), []


def _flat(record: dict[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in record.items():
        if isinstance(value, dict) and not above:
            yield from _flat(value, f"{key}.")
        elif isinstance(value, dict | list):
            yield f"{above}{key}", json.dumps(value, ensure_ascii=False)
        elif value is not None:
            yield f"{above}{key}", str(value).lower() if isinstance(value, bool) else str(value)


def _column_name(header: str, taken: Sequence[str]) -> str:
    """A header as a column's name: `Ngày bán` → ngay_ban."""
    plain = unicodedata.normalize("NFD", without_currency(header)[0].replace("đ", "d").replace("Đ", "D"))
    ascii_only = "".join(sign for sign in plain if not unicodedata.combining(sign)).lower()
    name = re.sub(r"[^a-z0-9]+", "_", ascii_only).strip("_")[:40] or "column"
    if name[0].isdigit():
        name = f"c_{name}"
    number = 2
    unique = name
    while unique in taken:
        unique, number = f"{name}_{number}", number + 1
    return unique


def _guess(column: DraftColumn, texts: list[str]) -> None:
    """Type and meaning of a column, from its header and cells."""
    guesses: tuple[Callable[[DraftColumn, list[str]], bool], ...] = (_as_person, _as_date, _as_number, _as_word)
    if not texts:
        column.decide = "empty in the example: which type is it?"
        return
    for guess in guesses:
        if guess(column, texts):
            return


def _as_person(column: DraftColumn, texts: list[str]) -> bool:
    if all(EMAIL.fullmatch(text) for text in texts):
        column.meta["hash"] = "email"
        column.name = column.name if column.name.endswith("_hash") else f"{column.name}_hash"
        return True
    digits = [re.sub(r"\D", "", text) for text in texts]
    if _PHONE_HEADER.search(column.header) and all(PHONE.fullmatch(text) for text in texts):
        column.meta["hash"] = "phone"
        column.name = f"{column.name}_hash"
        return True
    if PERSONAL.search(column.header):
        column.meta["personal"] = True
        column.decide = "looks like personal data: it is listed under `personal` and does not land"
        return True
    if ID_HEADER.search(column.header) and any(len(text) >= 12 for text in digits):
        column.meta["ident"] = True
        return True
    return False


def _as_date(column: DraftColumn, texts: list[str]) -> bool:
    days = [form for form in _DATE_FORMATS if all(_parses(text, form) for text in texts)]
    if days:
        column.data_type = "date"
        if days[0] != "%Y-%m-%d":
            column.meta["moment"] = {"formats": [days[0]]}
        if len(days) > 1:
            column.decide = f"its dates can be read as {' or '.join(days)}; {days[0]} is written"
        return True
    times = [
        f"{day}{time}{zone}"
        for day in _DATE_FORMATS
        for time in _TIME_PARTS
        for zone in _ZONES
        if all(_parses(text, f"{day}{time}{zone}") for text in texts)
    ]
    if not times:
        return False
    column.data_type = "timestamp"
    zoned = "%z" in times[0] or times[0].endswith("Z")
    column.meta["moment"] = {"formats": [times[0]]} | ({} if zoned else {"zone": "account"})
    if not zoned:
        column.decide = "its times name no zone: `zone: account` is written; `utc` where the system writes UTC"
    if len({form[:8] for form in times}) > 1:
        column.decide += f"; they can be read as {' or '.join(times[:2])}"
    return True


def _parses(text: str, form: str) -> bool:
    try:
        moment = dt.datetime.strptime(text, form)  # noqa: DTZ007  # only whether it parses counts
    except ValueError:
        return False
    return 1990 <= moment.year <= 2100


def _as_number(column: DraftColumn, texts: list[str]) -> bool:
    bare = [re.sub(r"[^\d.,-]", "", text) for text in texts]
    if not all(NUMBER.fullmatch(text) and digits.strip(".,-") for text, digits in zip(texts, bare, strict=True)):
        return False
    if any(re.fullmatch(r"0\d+", text) for text in texts) or any(len(re.sub(r"\D", "", t)) > 15 for t in texts):
        column.meta["ident"] = True  # leading zeros and long numbers are names, not amounts
        return True
    if all(text.endswith("%") for text in texts):
        column.data_type, column.meta["percent"] = "double", True
        return True
    is_money = bool(_MONEY_HEADER.search(column.header)) or any(re.search(SIGN, text) for text in texts)
    both = [text for text in bare if "," in text and "." in text]
    comma = any(text.rfind(",") > text.rfind(".") for text in both)
    grouped = [text for text in bare if re.fullmatch(r"-?\d{1,3}([.,]\d{3})+", text)]
    if comma:
        column.meta["locale"] = "comma"
    elif grouped and not both:
        column.decide = f"“{grouped[0]}”: does the sign group thousands or begin decimals? `number_locale` decides"
    if is_money:
        column.data_type, column.meta["money"] = "decimal(18,6)", True
    elif any("." in text or "," in text for text in bare) and not grouped:
        column.data_type = "double"
    else:
        column.data_type = "bigint"
    return True


def _as_word(column: DraftColumn, texts: list[str]) -> bool:
    if {text.lower() for text in texts} <= {"true", "false", "yes", "no", "có", "không"}:
        column.data_type = "boolean"
    elif any(len(text) > 80 for text in texts):
        column.decide = "long texts: if people write them, they may hold names and numbers; drop it under `known`"
    return True
