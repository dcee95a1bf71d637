"""A member's rows as a typed temporary table, and the text path that fills it from cell texts.

Every reader ends here: each cell is cleaned and cast by itself, and each row that does not convert is named
with column, reason and text. Rows never become Python objects.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import duckdb

from raceway.common.sql import name, quoted, text_list
from raceway.config.accounts import Account
from raceway.contracts.grammar import ColumnContract
from raceway.reading.aliases import extra_at, first_at, name_at, new_at, text_of
from raceway.reading.cells import NONE, SPOILT_ID, Cell, cell, permitted, total_label, why_not
from raceway.reading.dating import why_not_believable
from raceway.reading.members import LONGEST_RECORD
from raceway.reading.shape import Shape

MAX_LINE: Final = LONGEST_RECORD
NO_NAME: Final = "(total without a name)"
"""What the label of a total row is that bears none."""

_NUMBERS = itertools.count()


@dataclass
class Rows:
    """A member's rows, typed, as a temporary table with the columns that stand in cells.

    `number`, `total`, `bad` and `spoilt` are SQL over that table: the record's number, the label of a total
    row, whether the row is refused, and an id that a spreadsheet spoilt. What the strict reader read has
    none of the last three: where one of its `doubts` holds, the member has to be read again as text.
    """

    shape: Shape
    relation: str
    read: int
    refused: int = 0
    furniture: int = 0
    refusals: str | None = None
    """Temporary table of refused rows: row, column, reason, raw."""
    breaks_off: str = ""
    """How the file ends inside a row, in words; empty for a whole one."""
    noticed: list[str] = field(default_factory=list)
    """What was not read though the rows land, as sentences."""
    broken_total_at: int = 0
    """Number of the last total that is too short or too long for a row; 0 where there is none."""
    broken_totals: list[str] = field(default_factory=list)
    """The first cells of such totals."""
    symbols: dict[str, list[str]] = field(default_factory=dict)
    """Currency signs seen in amounts, by header."""
    number: str = "_n"
    total: str = "_total"
    bad: str = "_bad"
    spoilt: str = "_spoilt"
    doubts: list[str] = field(default_factory=list)
    """Conditions over the landed columns that no row of a clean file meets."""
    only: str = "true"
    """Condition of the rows that are this table's; the others land in another one."""
    records: int = 0
    """Records of the file where some of them are another table's and are not among `read`."""

    @property
    def landed(self) -> int:
        """Rows that land."""
        return self.read - self.refused - self.furniture

    @property
    def converts(self) -> str:
        """SQL condition of the rows that land, in this table or another."""
        return "true" if self.bad == "false" else f"{self.total} is null and not {self.bad}"

    @property
    def lands(self) -> str:
        """SQL condition of the rows that land in this table."""
        return self.converts if self.only == "true" else f"{self.converts} and {self.only}"


def fresh(prefix: str) -> str:
    """A name that no table has yet."""
    return f"{prefix}_{next(_NUMBERS)}"


def columns_in(shape: Shape) -> list[ColumnContract]:
    """The columns that a file has, in the contract's order."""
    return [column for column in shape.table.columns if column.name in shape.places]


def label_places(shape: Shape) -> list[int]:
    """Positions of the cells that may hold the label of a total: the first of a row, and those behind the last header.

    GA4 writes a label behind the last column: in a file that row is too long, in a sheet the label has a column.
    Where somebody has moved the columns, it stands with what the table's rows are called, or with their day.
    """
    totals = shape.table.meta.totals
    if totals is None:
        return []
    width = len(shape.header)
    named = max((place + 1 for place, header in enumerate(shape.header) if header.strip()), default=width)
    if totals.anywhere:
        return list(range(width))
    first = [*range(min(totals.cells, named)), *range(named, width)]
    texts = (column.name for column in shape.table.columns if column.data_type == "varchar")
    called = next((shape.places[text][:1] for text in texts if text in shape.places), [])
    dated = shape.places.get(shape.table.scope.day or "day", [])[:1]
    return first + [place for place in dict.fromkeys([*called, *dated]) if place not in first]


def total_of(shape: Shape, texts: list[str], at: Callable[[int], str], cells: list[Cell]) -> str:
    """SQL for a row's total label: one of its first cells starts with a label, or all names are empty. A row with a
    valid day or key is never a total, whatever its names begin with.
    """
    label = total_label(texts, shape.table)
    keyed = _keyed(shape, cells)
    if keyed and label != NONE:
        label = f"case when not ({keyed}) then {label} end"
    totals = shape.table.meta.totals
    names = [at(place) for c in (totals.blank if totals else ()) for place in shape.places.get(c, [])]
    unnamed = [f"{' and '.join(f'{n} is null' for n in names)}"] if names and all(names) else []
    unnamed += [nameless(shape, name_at)] if shape.names else []
    whens = [f"when {condition} then '{NO_NAME}'" for condition in unnamed]
    whens += [f"when {condition} then '(subtotal)'" for condition in not_one(shape, name_at)]
    return f"coalesce({label}, case {' '.join(whens)} end)" if whens else label


def nameless(shape: Shape, at: Callable[[int], str]) -> str:
    """SQL condition that all cells that name something are empty; `at` gives a cell by its position."""
    return " and ".join(f"nullif(trim({at(place)}), '') is null" for place in shape.names)


def not_one(shape: Shape, at: Callable[[int], str]) -> list[str]:
    """SQL conditions that a row is about no single one (`All`, or nothing, where a day should stand)."""
    return [
        f"list_contains({text_list(['', *words])}, coalesce(trim({at(place)}), ''))"
        for place, words in unless_places(shape).items()
    ]


def unless_places(shape: Shape) -> dict[int, tuple[str, ...]]:
    """Positions of the cells that must tell one thing, and the words that do not."""
    totals = shape.table.meta.totals
    return {
        places[0]: words
        for column, words in (totals.unless if totals else {}).items()
        if (places := shape.places.get(column))
    }


def _keyed(shape: Shape, cells: list[Cell]) -> str:
    """SQL condition that a row has a valid date, time or id; in a report without dates, a second name beside the one
    that may be a label.
    """
    totals = shape.table.meta.totals
    # what a header says it says of every row, of a total, too
    cells = [c for c in cells if c.column.name not in shape.table.unpivoted and not c.column.meta.header_of]
    dated = [c for c in cells if c.column.data_type in ("date", "timestamp")]
    ids = [c for c in cells if c.column.meta.ident and c.column.data_type == "varchar"]
    keys = [f"{c.value} is not null" for c in dated]
    keys += [f"coalesce(regexp_full_match({c.raw}, '[0-9]{{4,}}'), false)" for c in ids]
    if not dated and totals is not None:
        names = [
            f"(({c.raw}) is not null and ({total_label([c.raw], shape.table)}) is null)"
            for c in cells
            if c.column.data_type == "varchar" and c.column.name not in totals.segments and not c.column.meta.hash
            and not (c.column.meta.currency or c.column.meta.row_currency or c.column.meta.ident)
        ]  # fmt: skip
        keys += names
    return " or ".join(keys)


def spoilt_of(shape: Shape, at: Callable[[int], str]) -> str:
    """SQL for the first spoilt id of a row; empty where the file has no id columns."""
    places = {
        place for column in shape.table.columns if column.meta.ident for place in shape.places.get(column.name, [])
    } | {shape.extras[header] for header in shape.table.meta.ids if header in shape.extras}
    whens = [f"when regexp_full_match({at(p)}, '{SPOILT_ID}') then {at(p)}" for p in sorted(places)]
    return f"case {' '.join(whens)} end" if whens else ""


def _spoilt_by_name(shape: Shape) -> str:
    whens = [
        f"when regexp_full_match({text_of(number)}, '{SPOILT_ID}') then {text_of(number)}"
        for number, column in enumerate(shape.table.columns)
        if column.meta.ident and column.name in shape.places
    ]
    return f"case {' '.join(whens)} end" if whens else NONE


def typed_rows(
    connection: duckdb.DuckDBPyConnection, shape: Shape, account: Account, raw_select: str,
    extras: dict[str, str], csv: bool,
) -> Rows:  # fmt: skip
    """The typed table over raw texts (`text_0` …) and record number `_n`, and the table of its refused rows."""
    cells: list[tuple[int, Cell]] = []
    numbers = {column.name: number for number, column in enumerate(shape.table.columns)}
    for number, column in enumerate(shape.table.columns):
        if column.name in shape.places:
            of = numbers[column.meta.qualifier_of] if column.meta.qualifier_of else number
            raw = permitted(column, text_of(of), lambda by: text_of(numbers[by]), shape, account, extras)
            cells.append((number, cell(column, raw, shape, account, extras)))
    failing = [(n, c) for n, c in cells if c.column.data_type != "varchar" and not c.column.meta.sentiment_of]
    texts = [first_at(place) for place in label_places(shape)] if csv else []
    at = {place: c.raw for _, c in cells for place in shape.places[c.column.name][:1]}
    at |= {place: extra_at(place) for place in shape.extras.values()}
    relation, refusals = fresh("typed"), fresh("refusals")
    flags = [f"({c.raw} is not null and {name(c.column.name)} is null)" for _, c in failing]
    bad = f"coalesce({' or '.join(flags) or 'false'}, false)"
    if shape.wide:  # a record of which one cell does not convert is refused whole
        bad = f"bool_or({bad}) over (partition by _n)"
    wide = ", _header" if shape.wide else ""
    aside = "".join(f", {new_at(place)}" for place in shape.new_columns) if csv else ""
    connection.execute(
        f"create temp table {relation} as select *, {bad} as _bad from ("
        f"select {', '.join(f'{c.value} as {name(c.column.name)}' for _, c in cells)}, _n{wide}{aside}, "
        f"{total_of(shape, texts, lambda p: at.get(p, ''), [c for _, c in cells])} as _total, "
        f"{spoilt_of(shape, lambda p: at[p]) or NONE if csv else _spoilt_by_name(shape)} as _spoilt, "
        f"{''.join(f'({c.unbelievable}) as _far_{n}, ' for n, c in failing if c.unbelievable)}"
        f"{', '.join(c.raw for _, c in failing) or 'null as none'} from ({raw_select}))"
    )
    connection.execute(f'create temp table {refusals} (row bigint, "column" varchar, reason varchar, raw varchar)')
    for n, c in failing:
        why = quoted(why_not(c.column))
        if c.unbelievable:
            why = f"case when _far_{n} then {quoted(why_not_believable(shape))} else {why} end"
        called = "_header" if shape.wide and c.column.name in shape.table.unpivoted else quoted(shown(shape, c.column))
        connection.execute(
            f"insert into {refusals} select distinct _n, {called}, "
            f"{why}, {c.raw} "
            f"from {relation} where _bad and _total is null and {c.raw} is not null and {name(c.column.name)} is null"
        )
    read, furniture, refused = _counted(connection, relation)
    return Rows(shape, relation, read, refused, furniture, refusals)


def _counted(connection: duckdb.DuckDBPyConnection, relation: str) -> tuple[int, int, int]:
    """Rows in all, total rows, and rows that do not convert."""
    row = connection.execute(
        f"select count(*), count(_total), count(*) filter (where _bad and _total is null) from {relation}"
    ).fetchone()
    assert row is not None
    return row[0], row[1], row[2]


def shown(shape: Shape, column: ColumnContract) -> str:
    """A column as the file calls it."""
    places = shape.places[column.name]
    return " ".join(shape.header[places[0]].split()) if shape.header and places else column.meta.path or column.name


def first_line(fault: Exception) -> str:
    """What DuckDB says of a fault, in one line."""
    text = re.sub(r"\s+", " ", str(fault).strip().split("\n")[0])
    return text[:200]
