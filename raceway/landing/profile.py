"""A batch's profile: what its days look like in numbers, beside its manifest for the freeze to compare.

One statement over the landed Parquet makes `profile.parquet` with the columns day, aspect, part and value:

    rows                          rows of the day
    sum:<number>  max:<number>    of each number column
    some:<column>                 rows in which it is filled; of a number: filled and not 0
    null:<number>                 rows in which it is empty
    uniq:<text>  top:<text>       distinct values, and the rows of the most frequent one
    round:<id>                    rows whose long id ends in a zero where a spreadsheet's 15 digits end, or is a float
    long:<id>                     how many characters the ids have, on average
    print                         a hash of the day's rows without their dates: equal for a copy under another date
    rows@<text>  sum:<number>@<text>   by part (campaign, status, product …), for the parts with the most rows
    rows@hour                     by hour of the account's day, where the table has a time
    key                           a sample of the keys: the smallest hashes; value is a hash of the key with its time

What is profiled follows from the contract: a text that lands in the clear and is no id is a part, a number is summed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import duckdb

from raceway.common.sql import name, parquet_of, quoted, text_list
from raceway.contracts.grammar import ColumnContract, TableContract
from raceway.landing.read_table import day_sql

PROFILE: Final = "profile.parquet"
"""Beside a batch's data.parquet."""

_MOST_PARTS: Final = 24
"""Parts of a column that are kept, by rows."""
_MOST_VALUES: Final = 60
"""A text with more distinct values in a batch (an address of a page) has no parts."""
_MOST_NUMBERS: Final = 10
_MOST_TEXTS: Final = 24
"""Columns that are looked at, in the contract's order; what matters stands first."""
_SAMPLE: Final = 200
"""Keys that are kept of a batch."""


def write_profile(
    connection: duckdb.DuckDBPyConnection, table: TableContract, zone: str, data: Path, target: Path
) -> None:
    """Writes the profile of the landed `data` to `target`; of a table without days it has no rows."""
    connection.execute(f"copy ({_select(table, zone, data)}) to {quoted(str(target))} (format parquet)")


def day_column(table: TableContract) -> ColumnContract | None:
    """The column that dates a row of a table; None where nothing does."""
    dated = table.scope.day or next(iter(table.meta.covers.by), None)
    return table.by_name.get(dated) if dated else None


def _moment(table: TableContract, dated: ColumnContract) -> ColumnContract | None:
    """The column that says at which hour of its day a row belongs; None where there is none."""
    if dated.data_type == "timestamp":
        return dated
    times = [c for c in table.columns if c.data_type == "timestamp"]
    return times[0] if times and table.scope.kind != "entities" else None  # an entity's other times are of later days


def number_columns(table: TableContract) -> list[ColumnContract]:
    """The columns whose sums by day are compared: amounts, counts, quantities, and numbers whose mean tells.

    In a table of events a whole number is a moment or the number of a session more often than a count.
    """
    is_counted = table.scope.kind != "events"
    return [
        c
        for c in table.columns
        if c.is_number
        and c.in_cells
        and c.name not in table.scope.keys
        and (is_counted or c.meta.money or c.meta.counts or not c.data_type.endswith("int"))
    ][:_MOST_NUMBERS]


def _texts(table: TableContract) -> list[ColumnContract]:
    """Texts by which rows are grouped; what people wrote, and what tells one entity from another, are no groups."""
    unwanted = (*(table.scope.keys if table.scope.kind == "entities" else ()), table.scope.own_id)
    return [
        c
        for c in table.columns
        if c.data_type in ("varchar", "boolean")
        and c.in_cells
        and not (c.meta.free_text or c.meta.sentiment_of or c.meta.coarse or c.meta.params_unless)
        and c.name not in unwanted
    ][:_MOST_TEXTS]


def _is_part(column: ColumnContract) -> bool:
    """Whether a text's values may be named: neither ids nor what stands for a person."""
    return not (column.meta.ident or column.meta.hash or column.meta.excluded_by)


def _select(table: TableContract, zone: str, data: Path) -> str:
    dated = day_column(table)
    if dated is None or table.scope.full_snapshot:
        return "select null::date as day, '' as aspect, '' as part, 0.0 as value where false"
    numbers, texts = number_columns(table), _texts(table)
    ids = [
        c for c in table.columns if c.is_text and (c.meta.ident or "device" in c.meta.excluded_by) and not c.meta.hash
    ]
    moments = [c for c in table.columns if c.data_type in ("timestamp", "date")]
    day, at = day_sql(dated, zone), name(dated.name)
    said = [name(c.name) for c in table.columns if c not in moments and c.in_cells]
    parted = [(c.name, f"coalesce(cast({name(c.name)} as varchar), '')", _is_part(c)) for c in texts]
    moment = _moment(table, dated)
    if moment is not None:
        time = name(moment.name)
        local = time if moment.meta.moment.zone == "local" else f"timezone({quoted(zone)}, timezone('UTC', {time}))"
        parted.append(("hour", f"coalesce(strftime({local}, '%H'), '')", True))
    parts = ", ".join(["''", *(sql for _, sql, _ in parted)])
    figures = [
        "count(*) as _rows",
        *(f"cast(sum({name(c.name)}) as double) as s{n}" for n, c in enumerate(numbers)),
        *(f"cast(max({name(c.name)}) as double) as m{n}" for n, c in enumerate(numbers)),
        *(f"count(nullif({name(c.name)}, 0)) as c{n}" for n, c in enumerate(numbers)),
        *(f"count({name(c.name)}) as k{n}" for n, c in enumerate(numbers)),
        *(f"count(*) filter (where regexp_matches({name(c.name)}, '{_ROUND}')) as r{n}" for n, c in enumerate(ids)),
        *(f"avg(length({name(c.name)})) as l{n}" for n, c in enumerate(ids)),
        f"sum(hash({', '.join(said) or '0'}) >> 12) % {_LARGEST} as _print",
    ]
    whole = [
        ("rows", "_rows"),
        *((f"sum:{c.name}", f"s{n}") for n, c in enumerate(numbers)),
        *((f"max:{c.name}", f"m{n}") for n, c in enumerate(numbers)),
        *((f"some:{c.name}", f"c{n}") for n, c in enumerate(numbers)),
        *((f"null:{c.name}", f"_rows - k{n}") for n, c in enumerate(numbers)),
        *((f"round:{c.name}", f"r{n}") for n, c in enumerate(ids)),
        *((f"long:{c.name}", f"l{n}") for n, c in enumerate(ids)),
        ("print", "_print"),
    ]
    of = f"{text_list(['', *(column for column, _, _ in parted)])}[_of]"
    shown = text_list([str(n) for n, (_, _, is_part) in enumerate(parted, 2) if is_part])
    summed = numbers if table.scope.kind != "events" else []
    of_part = [("rows@", "_rows"), *((f"sum:{c.name}@", f"s{n}") for n, c in enumerate(summed))]
    selects = [
        f"select day, {_unnested(whole)} from counted where _of = 1",
        f"select day, {_unnested(of_part, of)} from counted "
        f"where _rank <= {_MOST_PARTS} and _parts <= {_MOST_VALUES} and list_contains({shown}, cast(_of as varchar))",
        f"select day, {_unnested(_OF_TEXTS, of)} from (select day, _of, '' as part, "
        "count(*) as _uniq, max(_rows) as _top, sum(_rows) as _some from counted "
        f"where _of between 2 and {len(texts) + 1} and part <> '' group by all)",
    ]
    keys = [table.by_name[key] for key in table.scope.keys if key in table.by_name]
    if len(keys) == len(table.scope.keys) and (table.scope.made_at or any(key.meta.ident for key in keys)):
        # words and days are keys of any account
        joined = ", ".join(map(name, table.scope.keys))
        key = "_entity" if table.scope.kind == "entities" else f"concat_ws('|', {joined})"
        selects.append(
            f"(select min({day}), 'key', cast(hash({key}) as varchar), cast(hash({key}, min({at})) >> 12 as double) "
            f"from {parquet_of(data)} where {at} is not null group by {key} order by hash({key}) limit {_SAMPLE})"
        )
    return (
        f"with told as (select *, {day} as _day, unnest([{parts}]) as _part, "
        f"unnest(range(1, {len(parted) + 2})) as _of from {parquet_of(data)}), "
        f"summed as (select _day as day, _of, _part as part, {', '.join(figures)} from told where _day is not null "
        "group by _day, _of, _part), "
        "ranked as (select *, sum(_rows) over (partition by _of, part) as _all from summed), "
        "placed as (select *, dense_rank() over (partition by _of order by _all desc, part) as _rank from ranked), "
        "counted as materialized (select *, max(_rank) over (partition by _of) as _parts from placed) "
        f"select day, aspect, part, value from ({' union all '.join(selects)}) as found(day, aspect, part, value) "
        "where value <> 0"
    )


_ROUND: Final = r"^[0-9]{4,}00000$|^[0-9]{15}0+$|^[0-9][.,][0-9]+[eE][+]?[0-9]+$"


_LARGEST: Final = 2**52
"""A hash below it is a whole number that a double holds."""
_OF_TEXTS: Final = [("uniq:", "_uniq"), ("top:", "_top"), ("some:", "_some")]


def _unnested(pairs: list[tuple[str, str]], of: str = "") -> str:
    """SQL for the rows (aspect, part, value) of one row; with `of`, SQL for the column whose parts they are, behind the
    aspect."""
    aspects = f"unnest({text_list([aspect for aspect, _ in pairs])}){f' || {of}' if of else ''}"
    values = ", ".join(f"cast({sql} as double)" for _, sql in pairs)
    return f"{aspects}, {'part' if of else quoted('')}, unnest([{values}])"
