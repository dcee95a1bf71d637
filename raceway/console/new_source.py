"""Drafts a source's folder from one example file: contract, staging model and suite, and what is left to decide.

A draft is a beginning, not a contract: what a file cannot say (whose zone its times are in, what a new export
replaces, whether a column is somebody's name) is guessed carefully, marked in the contract with `# decide`,
and listed for the person who goes on. It loads as it stands, and the example file lands with it.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import tempfile
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from raceway.common.currencies import SIGN
from raceway.common.faults import BadContract, BadSettings
from raceway.common.home import PROJECT, Home
from raceway.contracts.files import source_names
from raceway.contracts.load import load_contract
from raceway.gate.landing_suites import landing_suite
from raceway.reading.json_head import first_objects
from raceway.reading.members import Member, open_members
from raceway.reading.recognise import csv_records, normal, without_currency

_LOOKED_AT: Final = 500  # records of the example that decide on types
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{1,30}")
_NUMBER: Final = re.compile(rf"\(?[-+]?{SIGN}?\s?-?[\d.,\u00a0\u202f ]*\d\)?\s?(?:%|{SIGN})?")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE: Final = re.compile(r"'?\+?[\d ().-]{9,20}")
_PERSONAL: Final = re.compile(
    r"\b(first|last|full|customer|buyer|reviewer|billing|shipping)[ _]?name\b|address|street|birth|\bip\b"
    r"|họ tên|tên khách|địa chỉ|ngày sinh",
    re.IGNORECASE,
)
_PHONE_HEADER: Final = re.compile(r"phone|mobile|tel\b|điện thoại|sđt", re.IGNORECASE)
_MONEY_HEADER: Final = re.compile(
    r"amount|price|cost|revenue|total|spend|fee|tiền|giá|phí|doanh thu|thành tiền|betrag|montant", re.IGNORECASE
)
_ID_HEADER: Final = re.compile(r"(^|[ _])(id|no|code|mã|number)($|[ _.])", re.IGNORECASE)
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


@dataclass
class Draft:
    """What was written, and what a person must decide before the source feeds anything."""

    source: str
    folder: Path
    files: list[Path]
    decisions: list[str]


def draft_source(home: Home, source: str, example: Path, table: str = "rows", into_project: bool = False) -> Draft:
    """Writes the folder of a new source from `example` and says what is left to decide.

    The folder lies in the home's `sources/`, or with `into_project` among the shipped ones. Raises BadSettings
    where the name is taken or cannot be one, or the file is not there; ExportRefused where it cannot be read.
    """
    if not _NAME.fullmatch(source) or not _NAME.fullmatch(table):
        raise BadSettings(f"{source}/{table}: a source's and a table's name are small letters, digits and _: kiosk")
    if source in source_names(home):
        raise BadSettings(f"{source}: there is such a source already; extend its contract, or choose another name")
    if not example.is_file():
        raise BadSettings(f"{example}: no such file")
    folder = (PROJECT.contracts if into_project else home.sources) / source
    if folder.exists():
        raise BadSettings(f"{folder}: is there already; remove it, or choose another name")
    with tempfile.TemporaryDirectory() as scratch:
        member = _one_member(example, Path(scratch))
        form, columns, decisions = _columns_of(member)
    scope = _scope(columns, decisions)
    decisions += [f"column {column.name}: {column.decide}" for column in columns if column.decide]
    decisions += _always(source, table)
    folder.mkdir(parents=True)
    contract = folder / f"_{source}__sources.yml"
    contract.write_text(_contract_text(source, table, form, columns, scope, example.name), encoding="utf-8")
    model = folder / f"stg_{source}__{table}.sql"
    model.write_text(_model_text(source, table, columns, into_project), encoding="utf-8")
    try:
        landed = load_contract(source, home).tables[0]
    except BadContract as fault:  # a draft must load: one that does not is a fault of this module
        raise AssertionError(f"the draft does not load: {fault}") from fault
    described = folder / f"_{source}__models.yml"
    described.write_text(_models_text(source, table, columns), encoding="utf-8")
    suite = landing_suite(landed)
    suites = PROJECT.expectations / "expectations" if into_project else folder
    suite_file = suites / f"{suite.name}.json"
    suite_file.write_text(suite.to_json(), encoding="utf-8")
    return Draft(source, folder, [contract, model, described, suite_file], decisions)


def _one_member(example: Path, scratch: Path) -> Member:
    members = open_members(example, example.name, scratch, cp1252=True)
    if len(members) > 1:
        names = ", ".join(member.file_name for member in members)
        raise BadSettings(f"{example}: holds {len(members)} tables ({names}); draft from one of them, the others after")
    return members[0]


# ---------------------------------------------------------------- what the file says


def _columns_of(member: Member) -> tuple[str, list[DraftColumn], list[str]]:
    """The file's format, its columns, and decisions about the file as a whole."""
    if member.kind == "csv":
        headers, rows, decisions = _table_of(member)
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


def _table_of(member: Member) -> tuple[list[str], list[list[str]], list[str]]:
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
        words = [cell for cell in record if cell.strip() and not _NUMBER.fullmatch(cell.strip())]
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
    if all(_EMAIL.fullmatch(text) for text in texts):
        column.meta["hash"] = "email"
        column.name = column.name if column.name.endswith("_hash") else f"{column.name}_hash"
        return True
    digits = [re.sub(r"\D", "", text) for text in texts]
    if _PHONE_HEADER.search(column.header) and all(_PHONE.fullmatch(text) for text in texts):
        column.meta["hash"] = "phone"
        column.name = f"{column.name}_hash"
        return True
    if _PERSONAL.search(column.header):
        column.meta["personal"] = True
        column.decide = "looks like personal data: it is listed under `personal` and does not land"
        return True
    if _ID_HEADER.search(column.header) and any(len(text) >= 12 for text in digits):
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
    if not all(_NUMBER.fullmatch(text) and digits.strip(".,-") for text, digits in zip(texts, bare, strict=True)):
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


def _scope(columns: list[DraftColumn], decisions: list[str]) -> dict[str, object]:
    landed = [column for column in columns if "personal" not in column.meta]
    day = next((column for column in landed if column.data_type == "date"), None)
    if day is not None:
        decisions.append(
            f"scope: a new export replaces the days it holds (`kind: days, day: {day.name}`). Write `kind: entities` "
            "with `keys` where rows change later (orders, contacts), `kind: events` where rows only ever come"
        )
        return {"kind": "days", "day": day.name}
    key = next((c for c in landed if _ID_HEADER.search(c.header)), landed[0] if landed else None)
    if key is None:
        raise BadSettings("every column of the example looks like personal data: nothing is left to land")
    decisions.append(
        f"scope: a new export replaces the rows with the same {key.name} (`kind: entities`). Is it the key? A file "
        "that says everything has `full_snapshot: true`"
    )
    return {"kind": "entities", "keys": [key.name]}


def _always(source: str, table: str) -> list[str]:
    return [
        "descriptions: say in a sentence what each column is, with its unit; they are shown to analysts",
        "owner and schedule of the source, and whether the mart waits for it (`[[night.required]]`)",
        "expectations: which columns are never empty, which values are possible (`expect`)",
        f"accounts.csv: a line for each account of {source}, with its market, time zone and currency",
        f"what stg_{source}__{table} feeds: read it in an own model, or map it into the conformed models",
    ]


# ---------------------------------------------------------------- what is written


def _contract_text(
    source: str, table: str, form: str, columns: list[DraftColumn], scope: dict[str, object], example: str
) -> str:
    personal = [column.header for column in columns if "personal" in column.meta]
    landed = [column for column in columns if "personal" not in column.meta]
    dated = [c.name for c in landed if c.data_type in ("date", "timestamp")][:1]
    lines = [
        f"# Drafted from {example}. Its language: docs/contract-language.md. `decide` marks what a person must settle.",
        "version: 2",
        "",
        "sources:",
        f"  - name: {source}",
        f"    description: Exports of {source}.  # decide: what it is",
        "    schema: landing",
        "    config:",
        "      meta:",
        "        owner: marketing  # decide",
        '        schedule: "0 3 * * *"',
        "    tables:",
        f"      - name: {table}",
        f"        description: One row per record of {example}.  # decide",
        "        config:",
        "          meta:",
    ]
    lines += ["            formats: [json]"] if form == "json" else []
    if any(column.meta.get("locale") == "comma" for column in landed):
        lines.append("            number_locale: comma")
    lines.append(f"            scope: {_flow(scope)}  # decide: what a new export replaces")
    lines += [f"            covers: {{by: [{dated[0]}]}}"] if dated else []
    lines += [f"            personal: {_flow(personal)}"] if personal else []
    lines.append("        columns:")
    for column in landed:
        lines += [
            f"          - name: {column.name}",
            f"            description: {_text(column.header)}.  # decide: what it is, in which unit",
            f"            data_type: {column.data_type}",
            f"            config: {{meta: {_flow(_meta_of(column, form, scope))}}}"
            + (f"  # decide: {column.decide}" if column.decide else ""),
        ]
    return "\n".join(lines) + "\n"


def _meta_of(column: DraftColumn, form: str, scope: dict[str, object]) -> dict[str, object]:
    meta: dict[str, object] = {"path": column.header} if form == "json" else {"aliases": {"en": [column.header]}}
    meta |= {key: value for key, value in column.meta.items() if key != "locale"}
    keys = [scope.get("day"), *_names(scope.get("keys"))]
    if column.name in keys:
        meta["expect"] = {"not_null": "critical"}
    else:
        meta["optional"] = True
    return meta


def _names(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []


def _model_text(source: str, table: str, columns: list[DraftColumn], into_project: bool) -> str:
    names = ",\n        ".join(column.name for column in columns if "personal" not in column.meta)
    config = "" if into_project else "{{ config(tags=['staging'], materialized='view') }}\n"
    return (
        f"-- Grain: one record of {source}'s {table}.\n"
        f"-- depends_on: {{{{ source('{source}', '{table}') }}}}\n{config}with\n\n"
        f"landed as (select * from {{{{ landed('{source}', '{table}') }}}}),\n\n"
        f"final as (\n    select\n        '{source}' as source,\n        account,\n        {names}\n"
        "    from landed\n)\n\n"
        "select * from final\n"
    )


def _models_text(source: str, table: str, columns: list[DraftColumn]) -> str:
    lines = [
        "version: 2",
        "",
        "models:",
        f"  - name: stg_{source}__{table}",
        f"    description: Records of {source}'s {table}. Grain - one record.",
        "    columns:",
        "      - {name: source, description: Source that exported the row}",
        "      - {name: account, description: Account of the source}",
    ]
    for column in columns:
        if "personal" not in column.meta:
            lines += [f"      - name: {column.name}", f"        description: {_text(column.header)}"]
    return "\n".join(lines) + "\n"


def _flow(value: object) -> str:
    """A value as YAML in one line; JSON is YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return text if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", text) else json.dumps(text, ensure_ascii=False)


def _text(header: str) -> str:
    """A header as the text of a description."""
    plain = re.sub(r"[^\w ()%/-]", " ", normal(header))
    return " ".join(plain.split()).capitalize() or "Unnamed column"
