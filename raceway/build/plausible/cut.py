"""What a cut file shows: it breaks off, lacks its totals or its last line end, or took rows and lines away.

Landing notes in the manifest what a file shows by itself (it breaks off, has no totals or no line end at its end, the
rows of each day, orders whose lines are worth less than their subtotal); here it is compared with the earlier batches
of its table that are not held. A batch that landed before these notes were made is not held for lack of them.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

import duckdb

from raceway.build.plausible.limits import CLOSED_DAYS
from raceway.common.sql import name, parquet_of
from raceway.config.settings import Settings
from raceway.contracts.load import load_contract
from raceway.landing.read_table import day_sql
from raceway.ledger.states import BatchState

_SIDES: Final = ("_is_old", "not _is_old")


@dataclass
class Before:
    """What the earlier batches of a table that are not held said."""

    rows: dict[dt.date, int | None] = field(default_factory=dict)
    """Rows in effect by day; None where the batch did not note them."""
    of_day: dict[dt.date, BatchState] = field(default_factory=dict)
    """The batch in effect by day."""
    totals: list[bool] = field(default_factory=list)
    lines: list[bool] = field(default_factory=list)
    """Whether each ended with a line end."""
    batches: list[BatchState] = field(default_factory=list)
    orders: dict[str, list[tuple[str, int, Decimal | None]]] = field(default_factory=dict)
    """What all batches, later ones too, tell of the orders that are short in one of them."""


def doubts(batch: BatchState, before: Before, zone: ZoneInfo, settings: Settings) -> Iterator[str]:
    """Why a batch is implausible beside what was before it; nothing where it is not."""
    breaks_off = batch.head.get("breaks_off")
    if breaks_off:
        yield str(breaks_off)
    if batch.head.get("ends_with_total") is False and before.totals and all(before.totals):
        yield "its totals row is missing, which every earlier file of this account had"
    if not breaks_off and batch.head.get("ends_with_line") is False and before.lines and all(before.lines):
        yield (
            "its last row has no line end, which every earlier file of this account had, so it may be cut inside its "
            "last cell"
        )
    yield from _days_lost(batch, before, zone, settings)
    yield from _lines_lost(batch, before)


def _days_lost(batch: BatchState, before: Before, zone: ZoneInfo, settings: Settings) -> Iterator[str]:
    """A stated period without a row where there were rows, or too many rows of closed days gone."""
    rows = batch.rows_by_day
    if batch.scope_kind != "days" or rows is None:
        return
    known = {day: count for day in claimed(batch) if (count := before.rows.get(day))}
    if not batch.rows_landed and known:
        first, last = min(known), max(known)
        yield f"it has no rows for {first} to {last}, of which {sum(known.values())} rows are in effect"
        return
    exported_on = batch.exported_at.astimezone(zone).date()
    closed = [day for day in known if (exported_on - day).days > CLOSED_DAYS]
    old, new = sum(known[day] for day in closed), sum(rows.get(day, 0) for day in closed)
    most = settings.gate.rows_taken
    if old and (old - new) / old > most:
        names = _at_common_level(batch, {day: before.of_day[day] for day in closed}, zone)
        old, new, what = (*names, "names") if names else (old, new, "rows")
    if old and (old - new) / old > most:
        yield (
            f"it takes {old - new} of {old} {what} of days that were over for {CLOSED_DAYS} days ({min(closed)} to "
            f"{max(closed)}), more than {most:.0%} (gate.rows_taken)"
        )


def _at_common_level(batch: BatchState, in_effect: dict[dt.date, BatchState], zone: ZoneInfo) -> tuple[int, int] | None:
    """Of exports at unlike levels (ads and campaigns, with a breakdown and without): how many names each has by day.

    Rows of unlike levels cannot be compared, the names of the level that both tell can: campaigns, or days alone.
    None where both tell the same names: their rows are alike.
    """
    table = load_contract(batch.source, batch.home).table(batch.table)
    day = day_sql(table.by_name[table.scope.day or ""], zone.key)
    texts = [name(column.name) for column in table.columns if column.data_type == "varchar"]
    paths = [batch.path, *{other.path for other in in_effect.values()}]
    with duckdb.connect() as connection:
        connection.execute(
            f"create temp table told as select {', '.join(texts)}, {day} as _day, _batch_id <> $1 as _is_old "
            f"from {parquet_of(paths, by_name=True)} inner join (select unnest($2) as _on, unnest($3) as _by) "
            f"on {day} = _on and _batch_id in ($1, _by)",
            [batch.batch_id, list(in_effect), [other.batch_id for other in in_effect.values()]],
        )
        counts = ", ".join(f"count({text}) filter (where {side}) > 0" for text in texts for side in _SIDES)
        told = connection.execute(f"select [{counts}] from told").fetchone()
        assert told is not None
        old, new = ({text for text, said in zip(texts, told[0][n::2], strict=True) if said} for n in (0, 1))
        if old == new:
            return None
        names = ", ".join(["_day", *sorted(old & new)])
        counted = connection.execute(
            f"select {', '.join(f'count(distinct ({names})) filter (where {side})' for side in _SIDES)} from told"
        ).fetchone()
        assert counted is not None
        return counted[0], counted[1]


def _lines_lost(batch: BatchState, before: Before) -> Iterator[str]:
    """Orders that lost lines which their own subtotal still includes; a subtotal that fell with them is an edit."""
    rank = {other.batch_id: other.rank for other in before.batches}
    lost = []
    for entity, lines, stated, goods in sorted(batch.head.get("short_orders", ())):
        known = [told for told in before.orders.get(entity, ()) if told[0] in rank]
        if known:
            _, had, had_stated = max(known, key=lambda told: rank[told[0]])
            # a discount on shipping makes a sum look short; then it is the subtotal that stayed as it was
            if had > int(lines) and (Decimal(stated) > Decimal(goods) or Decimal(stated) >= (had_stated or 0)):
                lost.append(entity)
    if lost:
        more = f" and {len(lost) - 1} more orders" if len(lost) > 1 else ""
        yield f"order {lost[0].partition('|')[0]}{more} lost lines that its own subtotal still includes"


def told_of_short_orders(batches: list[BatchState]) -> dict[str, list[tuple[str, int, Decimal | None]]]:
    """What each batch tells of the orders that are short in one of them: batch, lines and subtotal, by order.

    Read once for all batches of a table: an order with a discount on shipping looks short in every export.
    """
    short = {order[0] for batch in batches for order in batch.head.get("short_orders", ())}
    if not short or len(batches) < 2:
        return {}
    meta = load_contract(batches[0].source, batches[0].home).table(batches[0].table).meta
    if meta.goods is None:
        return {}
    told: dict[str, list[tuple[str, int, Decimal | None]]] = defaultdict(list)
    with duckdb.connect() as connection:
        for entity, *rest in connection.execute(
            f"select {meta.scope.entity} as entity, _batch_id, count(*), max({name(meta.goods.stated)}) "
            f"from {parquet_of([batch.path for batch in batches], by_name=True)} "
            "where entity in (select unnest($1)) group by all",
            [sorted(short)],
        ).fetchall():
            told[entity].append((rest[0], rest[1], rest[2]))
    return told


def take(batch: BatchState, before: Before) -> None:
    """Adds a batch that is not held to what later ones are judged against."""
    rows = batch.rows_by_day
    if batch.scope_kind == "days":
        for day in claimed(batch):
            before.rows[day] = None if rows is None else rows.get(day, 0)
            before.of_day[day] = batch
    if batch.head.get("ends_with_total") is not None:
        before.totals.append(batch.head["ends_with_total"])
    if batch.head.get("ends_with_line") is not None:
        before.lines.append(batch.head["ends_with_line"])
    if batch.scope_kind == "entities":
        before.batches.append(batch)


def claimed(batch: BatchState) -> set[dt.date]:
    """The days that a batch speaks for; one that covers everything up to its export takes none after its last row."""
    days = set(batch.covered_days())
    if batch.covers_through_zone and batch.rows_by_day is not None:
        last = max(batch.rows_by_day, default=dt.date.min)
        days = {day for day in days if day <= last}
    return days
