"""From cell text to typed values: the SQL expressions of the text path, one per column.

A column has a *raw* expression (the cell's text, null tokens gone) and a *value* expression (typed, null
where the text does not convert). A row is refused where a raw value is there and its value is not.
The same expressions serve csv, JSON lines and Parquet; the strict reader replaces the simple ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Literal

from raceway.common.currencies import SIGN
from raceway.common.sql import quoted, text_list
from raceway.common.texts import clean, cleaned_sql, is_plain_sql
from raceway.config.accounts import Account
from raceway.contracts.grammar import ColumnContract, ColumnMeta, TableContract
from raceway.reading.dating import believable, dates_a_row
from raceway.reading.free_text import coarse_date_sql, coarse_ip_sql, device_sql, masked_sql, sentiment_sql
from raceway.reading.personal import hash_sql
from raceway.reading.shape import Shape, normal

# White space that exports put around and into cells: blank, tab, line ends, no-break and narrow no-break.
_SPACE: Final = " \t\r\n\u00a0\u202f\ufeff"
_ISO_DATES: Final = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S")
_ISO_TIMES: Final = (
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S.%f",
    "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%d", "%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %H:%M:%S%z",
    "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f%z",
)  # fmt: skip
# How a workbook's typed times are written out, whatever the contract's formats; midnight shows as the bare day.
_SHEET_TIMES: Final = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d")

# SQL for a column itself.
_COLUMN: Final = re.compile(r"\w+|\"[^\"]*\"")
NONE: Final = "cast(null as varchar)"
# What stands before a masked number: the figure itself is withheld, and the bound is all that is known.
_MASK: Final = r"^\s*([<>])\s*=?"
# A number that is grouped in one format and a fraction of three digits in the other: 1.234, 12,345.
_EITHER: Final = {"point": r"[+-]?[1-9]\d{0,2}\.\d{3}", "comma": r"[+-]?[1-9]\d{0,2},\d{3}"}
# An amount that can be read in one way only, whatever the format: not 1.234, which may be a thousand.
_AMOUNT: Final = r"-?(?:\d+(?:\.(?:\d{1,2}|\d{4,}))?|(?:0|\d{4,})\.\d{3})"
# An id of 12 and more digits that a spreadsheet turned into a power of ten: its last digits are gone.
SPOILT_ID: Final = r"\d(?:[.,]\d+)?[eE]\+?\d{2,}"


def cell_macro(table: TableContract) -> str:
    """The statement that makes `rw_cell(x)`, a clean text without the table's null tokens."""
    tokens = ", ".join(quoted(token) for token in sorted({clean(token) for token in table.meta.nulls} | {""}))
    return (
        f"create or replace temp macro rw_cell(x) as case when {is_plain_sql('x')} "
        f"then case when x not in ({tokens}) then x end "
        f"else case when {cleaned_sql('x')} not in ({tokens}) then {cleaned_sql('x')} end end"
    )


def value_macros() -> list[str]:
    """The statements that make the macros from clean texts to values; once per database."""
    space = quoted(_SPACE)
    # a blank between digits stands between thousands or makes two numbers of one
    blank = r"[\s\x{00A0}\x{202F}\x{2009}]"
    plain = (
        f"case when not regexp_matches(x, '[0-9.,]{blank}+[0-9.,]') "
        f"or regexp_full_match(x, '[^0-9.,]*[1-9][0-9]{{0,2}}(?:{blank}[0-9]{{3}})+(?:[.,][0-9]*)?[^0-9.,]*') "
        f"then regexp_replace(x, '{blank}+', '', 'g') end"
    )
    signed = f"regexp_replace({plain}, '^\\((.+)\\)$', '-\\1')"
    bare = (
        f"regexp_replace({signed}, '^([+-]?){SIGN}?([+-]?)([0-9.,]+){SIGN}?%?$', '\\1\\2\\3')"
    )  # fmt: skip
    point = r"[+-]?(?:(?:[1-9]\d{0,2}(?:,\d{3})+|\d+)(?:\.\d*)?|\.\d+)"
    comma = r"[+-]?(?:(?:[1-9]\d{0,2}(?:\.\d{3})+|\d+)(?:,\d*)?|,\d+)"
    whole = r"[+-]?\d{1,18}"
    power = r"[+-]?\d+(?:\.\d*)?[eE][+-]?\d+"
    return [
        f"create or replace macro rw_bare(x) as {bare}",
        f"create or replace macro rw_bare_point(x) as case when regexp_full_match(x, '{point}') "
        "then replace(x, ',', '') end",
        f"create or replace macro rw_bare_comma(x) as case when regexp_full_match(x, '{comma}') "
        "then replace(replace(x, '.', ''), ',', '.') end",
        # most numbers are written plainly, and are known at a glance
        "create or replace macro rw_point(x) as case when regexp_full_match(x, '-?[0-9]+(?:\\.[0-9]+)?') then x "
        "else rw_bare_point(rw_bare(x)) end",
        "create or replace macro rw_comma(x) as case when regexp_full_match(x, '-?[0-9]+') then x "
        "else rw_bare_comma(rw_bare(x)) end",
        f"create or replace macro rw_whole(clean) as case when regexp_full_match(clean, '{whole}(?:\\.0*)?') "
        "then try_cast(split_part(clean, '.', 1) as bigint) end",
        "create or replace macro rw_finite(x) as case when isfinite(x) then x end",
        f"create or replace macro rw_power(x) as case when regexp_full_match(trim(x, {space}), '{power}') "
        f"then rw_finite(try_cast(trim(x, {space}) as double)) end",
        # DuckDB's %Y takes 202 for a year; a year that lost a digit is no date
        "create or replace macro rw_dated(x) as case when year(x) between 1000 and 9999 then x end",
        "create or replace macro rw_between(x, a, b) as case when cast(x as date) between a and b then x end",
        "create or replace macro rw_boolean(x) as case when lower(trim(x)) in "
        "('true', 'yes', 'y', '1', 'có', 'x') then true when lower(trim(x)) in ('false', 'no', 'n', '0', 'không') "
        "then false end",
    ]  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """One column of one file: its raw text, its typed value, and what a reader may read it as."""

    column: ColumnContract
    raw: str
    value: str
    reader_type: str | None = None
    """Type under which the strict csv reader may read it; None: text only."""
    strict: str = ""
    """The value where the reader has typed it."""
    doubt: str = ""
    """A condition under which the reader's value is not to be trusted."""
    unbelievable: str = ""
    """A condition under which the text is a day, and one that dates no row; empty where every day may stand."""


def cell(column: ColumnContract, raw: str, shape: Shape, account: Account, extras: dict[str, str]) -> Cell:
    """The expressions of one column over `raw`, a SQL expression that gives its text.

    `extras` gives the expressions of further headers that the contract names (time of day, zone).
    """
    meta = column.meta
    if meta.qualifier_of:
        return Cell(column, raw, f"nullif(regexp_extract({raw}, {quoted(_MASK)}, 1), '')")
    if meta.words or meta.masked or meta.extract:
        without = {"words": {}, "masked": False, "extract": None}
        bare = column.model_copy(update={"meta": meta.model_copy(update=without)})
        # the reader cannot know such cells as numbers: they are typed from their text
        return Cell(column, raw, cell(bare, _told(raw, meta), shape, account, extras).value)
    number = f"rw_{shape.number_locale}({raw})"
    private = _private(column, raw, account)
    if private:
        return Cell(column, raw, private)
    if column.data_type == "varchar":
        value = _spared(column, raw, shape.table, account)
        value = f"coalesce({value}, {quoted(meta.default)})" if meta.default else value
        return Cell(column, raw, value, "varchar", value)
    if column.data_type == "date":
        return _believable(_date(column, raw, shape), shape)
    if column.data_type == "timestamp":
        moment = _timestamp(column, raw, account, extras, shape.member.sheet is not None)
        return _believable(Cell(column, raw, moment), shape)
    if column.data_type == "boolean":
        return Cell(column, raw, f"rw_boolean({raw})")
    if column.data_type == "bigint":
        counted = f"case when not regexp_matches({raw}, '%|[0-9] [0-9]') then rw_whole({number}) end"
        return _number(Cell(column, raw, counted), r"-?\d{1,18}", shape)
    if column.data_type == "double":
        typed = f"rw_finite(try_cast({number} as double))"
        if shape.number_locale == "point":  # the strict reader takes powers of ten, so this path does
            typed = f"coalesce({typed}, rw_power({raw}))"
        if meta.percent:
            hundredth = f"rw_finite(try_cast({number} || 'e-2' as double))"  # exact: 2.05 / 100 is not 0.0205
            return Cell(column, raw, f"case when ends_with(trim({raw}), '%') then {hundredth} else {typed} end")
        plain = _AMOUNT if column.is_amount else r"-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
        return _number(Cell(column, raw, typed), plain, shape)
    amount = f"case when not contains({raw}, '%') then try_cast({number} as {column.data_type}) end"
    return _number(Cell(column, raw, amount), _AMOUNT, shape)


def permitted(
    column: ColumnContract, raw: str, raw_of: Callable[[str], str], shape: Shape, account: Account,
    extras: dict[str, str],
) -> str:  # fmt: skip
    """SQL for `raw`, or for nothing where the row has no yes in the column that the contract names (`only_with`).

    `raw_of` gives the raw text of a column that the file has.
    """
    by = column.meta.only_with
    if not by:
        return raw
    if by not in shape.places:
        return NONE
    said = cell(shape.table.by_name[by], raw_of(by), shape, account, extras).value
    return f"case when {said} then {raw} end"


def _number(typed: Cell, plain: str, shape: Shape) -> Cell:
    """A number as the file writes it. The strict reader takes what `plain` describes, a number that can be read in one
    way only: DuckDB's casts take 1_000 and 1e3 for a count, round 12.5 to 13, and 150.000 would be 150 to them. Any
    other cell sends the file to the text path, which looks at all its numbers.
    """
    if shape.number_locale == "comma":
        return replace(typed, doubt=_in_braces(reads_as_fraction("@", "comma")) if typed.column.is_amount else "")
    cast = f"try_cast({{0}} as {typed.column.data_type})"
    doubt = f"(not {_in_braces(f'regexp_full_match(@, {quoted(plain)})')} or ({cast} is null and {{0}} is not null))"
    return replace(typed, reader_type="varchar", strict=cast, doubt=doubt)


def _in_braces(sql: str) -> str:
    """SQL over `@` as a format string over `{0}`."""
    return sql.replace("{", "{{").replace("}", "}}").replace("@", "{0}")


def _private(column: ColumnContract, raw: str, account: Account) -> str:
    """SQL for what lands of a cell with personal data; empty for any other column."""
    meta = column.meta
    if meta.hash:
        return hash_sql(raw, meta.hash, account.market)
    if meta.sentiment_of:
        return sentiment_sql(raw)
    if meta.free_text:
        return masked_sql(raw)
    if meta.coarse == "device":
        return device_sql(raw)
    if meta.coarse == "year" or meta.coarse == "month":
        return coarse_date_sql(raw, meta.coarse, meta.moment.formats)
    return coarse_ip_sql(raw) if meta.coarse else ""


def _spared(column: ColumnContract, raw: str, table: TableContract, account: Account) -> str:
    """SQL for a text without the addresses and numbers that anybody may have written into it.

    A page's address, a campaign, a product, a tag: they are masked. Ids, and keys of entities,
    which must stay apart, land as a keyed hash where they are one.
    """
    if not _COLUMN.fullmatch(raw):  # a macro writes its text out for each use of it: what is worked out is named first
        return f"list_transform([{raw}], lambda told: {_spared(column, 'told', table, account)})[1]"
    meta = column.meta
    keeps_apart = column.names_in_clear or meta.ident
    if keeps_apart or (table.scope.kind == "entities" and column.name in table.scope.keys):
        return f"case when rw_named({raw}) then {hash_sql(raw, 'id', account.market)} else {raw} end"
    return f"rw_spared({raw})"


def _told(raw: str, meta: ColumnMeta) -> str:
    """SQL for what is read of a cell's text: without a mask, the part that counts, and what a word stands for."""
    text = f"regexp_replace({raw}, {quoted(_MASK)}, '')" if meta.masked else raw
    if meta.extract:
        text = f"coalesce(nullif(regexp_extract(trim({text}), {quoted(meta.extract)}, 1), ''), {text})"
    return _worded(text, meta.words)


def _worded(raw: str, words: dict[str, str]) -> str:
    """SQL for a cell's text, or for what the contract's word for it stands for."""
    whens = [f"when {quoted(normal(word))} then {quoted(text)}" for word, text in words.items()]
    return f"case lower({raw}) {' '.join(whens)} else {raw} end" if whens else raw


def _date(column: ColumnContract, raw: str, shape: Shape) -> Cell:
    formats = column.meta.moment.formats
    if column.meta.moment.yearless:
        return Cell(column, raw, _yearless(raw, formats, shape))
    every = [*formats, *(f for f in _ISO_DATES if f not in formats)]
    value = f"rw_dated(cast(try_strptime({_with_a_digit(_trimmed(raw))}, {text_list(every)}) as date))"
    if not formats or formats[0] == "%Y-%m-%d":
        # not read as a date: DuckDB's csv reader takes 2026-03-12xyz for the 12th, and its cast takes 2026/03/12
        doubt = "(length({0}) <> 10 or {0}[5] <> '-' or {0} < '1' or try_cast({0} as date) is null)"
        return Cell(column, raw, value, "varchar", "try_cast({0} as date)", doubt)
    return Cell(column, raw, value)


def _believable(made: Cell, shape: Shape) -> Cell:
    """The same cell, null where it dates the row by a day that is none of its file's time."""
    if not dates_a_row(made.column, shape.table):
        return made
    value = believable(made.value, shape)
    return replace(made, value=value, unbelievable=f"{made.value} is not null and {value} is null")


def _yearless(raw: str, formats: tuple[str, ...], shape: Shape) -> str:
    """SQL for a day and month as the latest such day before the export: no file tells what is still to come."""
    day = shape.exported_on
    if day is None:
        return "cast(null as date)"
    text, with_year = _with_a_digit(_trimmed(raw)), text_list([f"{written} %Y" for written in formats])
    dated = [f"cast(try_strptime({text} || ' {year}', {with_year}) as date)" for year in (day.year, day.year - 1)]
    return f"case when {dated[0]} <= date '{day.isoformat()}' then {dated[0]} else {dated[1]} end"


def _with_a_digit(text: str) -> str:
    """SQL for a text that may be a moment: DuckDB's strptime takes the words epoch and infinity for 1900."""
    return f"case when regexp_matches({text}, '[0-9]') then {text} end"


def _timestamp(column: ColumnContract, raw: str, account: Account, extras: dict[str, str], of_sheet: bool) -> str:
    """UTC without a zone: what names an offset is converted, what does not is local to the contract's zone."""
    moment = column.meta.moment
    if moment.epoch:
        factor = {"s": 1_000_000, "ms": 1_000, "us": 1}[moment.epoch]
        return f"make_timestamp(rw_whole(rw_point({raw})) * {factor})"
    text = _trimmed(raw)
    if moment.time:
        text = f"trim({raw}) || ' ' || trim({extras[moment.time]})" if moment.time in extras else f"trim({raw})"
    text = _with_a_digit(text)
    formats = moment.formats or _ISO_TIMES
    with_offset = [f for f in formats if "%z" in f]
    zulu = [f for f in formats if f.endswith("Z")]  # the letter says UTC, whatever the contract's zone
    without = [f for f in formats if f not in with_offset and f not in zulu]
    values = []
    if zulu:
        # nanoseconds (%n) would make a type of their own, which not every engine reads
        values.append(f"cast(try_strptime({text}, {text_list(zulu)}) as timestamp)")
    if without and of_sheet and not moment.time:
        without += [f for f in _SHEET_TIMES if f not in without]
    if without:
        parsed = f"cast(try_strptime({text}, {text_list(without)}) as timestamp)"
        values.append(_in_utc(parsed, moment.zone, account, extras))
    if moment.serial:
        values.append(_in_utc(_day_number(raw), moment.zone, account, extras))
    if with_offset:
        values.append(f"timezone('UTC', try_strptime({text}, {text_list(with_offset)}))")
    return f"rw_dated(coalesce({', '.join(values)}))"


def _trimmed(raw: str) -> str:
    """Without white space around it: some exports end their times with a tab, so that Excel leaves them alone."""
    return f"trim({raw}, {quoted(_SPACE)})"


def _day_number(raw: str) -> str:
    """A spreadsheet's day number as the local time that it stands for, to the second."""
    text = _trimmed(raw)
    micros = f"cast(round((try_cast({text} as double) - 25569) * 86400) as bigint) * 1000000"
    return f"case when regexp_full_match({text}, '[2-9][0-9]{{4}}(\\.[0-9]+)?') then make_timestamp({micros}) end"


def _in_utc(local: str, zone: str, account: Account, extras: dict[str, str]) -> str:
    if zone in ("utc", "local"):
        return local
    if zone == "account":
        return f"timezone('UTC', timezone({quoted(account.time_zone)}, {local}))"
    header = zone.removeprefix("column ")
    if header not in extras:
        return f"timezone('UTC', timezone({quoted(account.time_zone)}, {local}))"
    named = f"(select zones.iana from zones where zones.name = trim({extras[header]}))"
    return f"timezone('UTC', timezone({named}, {local}))"


def reads_as_fraction(text: str, locale: Literal["point", "comma"]) -> str:
    """SQL condition that a format reads a text as a fraction of three digits, which may be thousands in the other."""
    return bare_reads_as_fraction(f"rw_bare({text})", locale)


def bare_reads_as_fraction(bare: str, locale: Literal["point", "comma"]) -> str:
    """The same over a text that `rw_bare` has bared."""
    return f"regexp_full_match({bare}, '{_EITHER[locale]}')"


def why_not(column: ColumnContract) -> str:
    """What is wrong with a cell of this column that did not convert, to follow the quoted text."""
    moment = column.meta.moment
    if column.data_type == "date":
        return f"is no date ({' or '.join(moment.formats or ('%Y-%m-%d',))})"
    if column.data_type == "timestamp":
        if moment.epoch:
            return f"is no count of {moment.epoch} since 1970"
        return f"is no time ({' or '.join(moment.formats or ('%Y-%m-%d %H:%M:%S',))}), or its zone is not known"
    return {
        "bigint": "is no whole number",
        "double": "is no number",
        "boolean": "is neither true nor false",
    }.get(column.data_type, "is no amount")


def total_label(cells: list[str], table: TableContract) -> str:
    """SQL for the label of a total row (null in other rows), over the texts of a row's first cells."""
    totals = table.meta.totals
    if totals is None or not totals.labels or not cells:
        return NONE
    # one cheap look at the first letter spares comparing every label in every row
    letters = sorted({label[0] for label in totals.labels})
    whens = [
        f"when ({' or '.join(f'starts_with({cell}, {quoted(letter)})' for letter in letters)}) "
        f"and ({' or '.join(f'starts_with({cell}, {quoted(label)})' for label in totals.labels)}) then {cell}"
        for cell in cells
    ]
    return f"case {' '.join(whens)} end"
