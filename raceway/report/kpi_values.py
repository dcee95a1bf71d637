"""What a KPI was, by whatever it can be sliced by: from race_kpi, else by MetricFlow from the published facts.

race_kpi holds every KPI by channel and market, worked out by the night. Slices that it has not (campaign, device,
segment …) are asked of the facts, and held against it: a period that it has no row for is not covered and gets no
slices, a side that it does not know stays unknown, and slices that do not add up to it are told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import duckdb
from rapidfuzz import process

from raceway.build.semantic_models import semantic_layer
from raceway.common.faults import PermanentFault
from raceway.common.kpi_formula import measures_of, terms
from raceway.common.sql import quoted
from raceway.report.metric_sql import GRAINS, Metrics, program_metrics

PERIODS: Final = tuple(GRAINS)
_CELL: Final = ("channel", "market")
_UNCROSSED: Final = ("day", "week")
"""Periods at which race_kpi holds channels and markets, and no channel in a market."""


@dataclass(frozen=True)
class Question:
    """Which KPIs, sliced by what, over which periods."""

    kpis: tuple[str, ...]
    by: tuple[str, ...] = ()
    period: str = "month"
    first: dt.date | None = None
    """Periods that begin on this day or later."""
    last: dt.date | None = None
    """Periods that begin on this day or earlier."""
    channel: str = ""
    """That channel alone; empty: all."""
    market: str = ""


@dataclass(frozen=True)
class KpiValues:
    """The answer: kpi, period, period_start, one column per slice, numerator, denominator, value, is_complete."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    notes: list[str] = field(default_factory=list)
    """What to know of these numbers, a sentence each."""


def kpi_values(mart: duckdb.DuckDBPyConnection, question: Question) -> KpiValues:
    """Answers from an open mart. Money is in the reporting currency; an unknown side is null, and so is its value.

    Raises PermanentFault with what is there instead, where a KPI, a period or a slice is not.
    """
    catalog = _catalog(mart)
    for kpi in question.kpis:
        _refuse_unknown("KPI", kpi, list(catalog))
    _refuse_unknown("period", question.period, PERIODS)
    columns = ["kpi", "period", "period_start", *question.by, "numerator", "denominator", "value", "is_complete"]
    answer = KpiValues(columns, [])
    for kpi in dict.fromkeys(question.kpis):
        _refuse_cell(mart, catalog[kpi], question)
        if _stands_in_race_kpi(question):
            answer.rows.extend(_from_race_kpi(mart, catalog[kpi], question))
        else:
            sliced = sliced_values(mart, catalog[kpi], question, program_metrics())
            answer.rows.extend(sliced.rows)
            answer.notes.extend(sliced.notes)
    return answer


def _catalog(mart: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    cursor = mart.execute(
        "select kpi, numerator, coalesce(denominator, '') as denominator, scale, grains from kpi_catalog order by kpi"
    )
    columns = [column[0] for column in cursor.description or []]
    return {row[0]: dict(zip(columns, row, strict=True)) for row in cursor.fetchall()}


def _refuse_unknown(what: str, name: str, known: Sequence[str]) -> None:
    if name in known:
        return
    near = [match for match, *_ in process.extract(name.lower().replace(" ", "_"), known, limit=3)]
    raise PermanentFault(f"there is no {what} {name!r}; the nearest are {', '.join(near)}")


def _stands_in_race_kpi(question: Question) -> bool:
    crossed = all(place in question.by or getattr(question, place) for place in _CELL)
    return set(question.by) <= set(_CELL) and not (crossed and question.period in _UNCROSSED)


def _from_race_kpi(
    mart: duckdb.DuckDBPyConnection, kpi: Mapping[str, Any], question: Question
) -> list[tuple[Any, ...]]:
    conditions = _periods_of(question)
    for place in _CELL:
        wanted = getattr(question, place)
        if wanted:
            conditions.append(f"{place} = {quoted(wanted)}")
        else:
            conditions.append(f"{place} <> 'all'" if place in question.by else f"{place} = 'all'")
    by = "".join(f", {place}" for place in question.by)
    rows: list[tuple[Any, ...]] = mart.execute(
        f"""
        select kpi, period, period_start{by}, numerator, denominator, value, is_complete
        from race_kpi
        where kpi = {quoted(kpi["kpi"])} and {" and ".join(conditions)}
        order by period_start{by}
        """
    ).fetchall()
    if not rows:
        _refuse_empty(mart, kpi, question)
    return rows


def _periods_of(question: Question) -> list[str]:
    conditions = [f"period = {quoted(question.period)}"]
    if question.first:
        conditions.append(f"period_start >= date {quoted(question.first.isoformat())}")
    if question.last:
        conditions.append(f"period_start <= date {quoted(question.last.isoformat())}")
    return conditions


def _refuse_cell(mart: duckdb.DuckDBPyConnection, kpi: Mapping[str, Any], question: Question) -> None:
    """Lets a channel and a market through that race_kpi has of the KPI: no other text reaches SQL or MetricFlow, whose
    filters are templates."""
    for place in _CELL:
        wanted = getattr(question, place)
        if not wanted:
            continue
        rows = mart.execute(f"select distinct {place} from race_kpi where kpi = ?", [kpi["kpi"]]).fetchall()
        if not rows:
            _refuse_empty(mart, kpi, question)
        known = sorted(row[0] for row in rows)
        if wanted not in known:
            raise PermanentFault(f"{kpi['kpi']} has no {place} {wanted!r}; it has: {_and(known)}")


def _refuse_empty(mart: duckdb.DuckDBPyConnection, kpi: Mapping[str, Any], question: Question) -> None:
    """Says why there is nothing, where that is no matter of the days that were asked for."""
    name = kpi["kpi"]
    found = mart.execute(
        """
        select coalesce(list(distinct period), []), coalesce(list(distinct channel), []),
            coalesce(list(distinct market), [])
        from race_kpi where kpi = ?
        """,
        [name],
    ).fetchone()
    periods, *there = found or ([], [], [])
    if not periods:
        raise PermanentFault(f"{name} has no rows: none of its sources has been loaded yet")
    if question.period not in periods:
        raise PermanentFault(f"{name} does not exist by {question.period}; it has: {_and(sorted(periods))}")
    for place, known in zip(_CELL, there, strict=True):
        if place in question.by and set(known) == {"all"}:
            raise PermanentFault(f"{name} has no {place}s: {_without(mart, kpi, place)}")


def _without(mart: duckdb.DuckDBPyConnection, kpi: Mapping[str, Any], place: str) -> str:
    rows = mart.execute(
        f"select measure from measure_catalog where {place}_by = 'none' and list_contains(?, measure)",
        [measures_of(kpi)],
    ).fetchall()
    return f"it is made of {_and([row[0] for row in rows])}, of which nobody tells a {place}"


def sliced_values(
    mart: duckdb.DuckDBPyConnection, kpi: Mapping[str, Any], question: Question, metrics: Metrics
) -> KpiValues:
    """One KPI by MetricFlow from the facts, whatever the slices. Columns and faults are those of `kpi_values`."""
    layer = semantic_layer()
    name = str(kpi["kpi"])
    if name in layer.missing:
        raise PermanentFault(
            f"{name} stands in race_kpi alone, by channel and market (by both at month and above), and has no other "
            f"slices: {layer.missing[name]}"
        )
    measures = list(dict.fromkeys(measures_of(kpi)))
    by = [_slice_of(name, measures, one, metrics) for one in question.by]
    where = [
        f"{{{{ Entity('{place}') }}}} = {quoted(getattr(question, place))}"
        for place in _CELL
        if getattr(question, place)
    ]
    for place in _CELL:
        if getattr(question, place):
            _slice_of(name, measures, place, metrics)
    inner = metrics.sql(measures, by, question.period, where)
    rows = mart.execute(_held_to_race_kpi(kpi, question, measures, by, inner)).fetchall()
    if not rows:
        _refuse_empty(mart, kpi, Question((name,), (), question.period))
    ends = len(by) + 3
    return KpiValues([], [row[: ends + 4] for row in rows], _unsummed(kpi, question, rows, ends))


def _slice_of(kpi: str, measures: Sequence[str], wanted: str, metrics: Metrics) -> str:
    """MetricFlow's name of a slice: the whole one, or its last part where that is enough."""
    known = metrics.slices(measures)
    found = [one for one in known if wanted in (one, one.split("__")[-1])]
    exact = [one for one in found if one == wanted] or found
    if len(exact) == 1:
        return exact[0]
    if exact:
        raise PermanentFault(f"{kpi}: {wanted!r} may be {' or '.join(exact)}; write one of them")
    facts = sorted({part.fact for measure in measures for part in semantic_layer().measures[measure]})
    alone = "" if len(facts) == 1 else ", and only what all of them hold can slice it"
    raise PermanentFault(
        f"{kpi} has no slice {wanted!r}: it is counted over {_and(facts)}{alone}. It has: {', '.join(_short(known))}"
    )


def _short(known: Sequence[str]) -> list[str]:
    ends = [one.split("__")[-1] for one in known]
    return [end if ends.count(end) == 1 else one for one, end in zip(known, ends, strict=True)]


def _held_to_race_kpi(
    kpi: Mapping[str, Any], question: Question, measures: Sequence[str], by: Sequence[str], inner: str
) -> str:
    """The select of rows with, after the answer's columns, race_kpi's own sides of their cell."""
    cell = {place: quoted(getattr(question, place) or "all") for place in _CELL}
    if "market" in by:
        cell["market"] = "slices.market"
    if question.period in _UNCROSSED and question.channel:
        cell["market"] = "'all'"
    sides = {side: _side(kpi[side]) for side in ("numerator", "denominator")}
    slices = "".join(f', slices."{one}" as "{asked}"' for one, asked in zip(by, question.by, strict=True))
    known = [f"case when cells.{side} is not null then {text} end as {side}" for side, text in sides.items() if text]
    known += [f"cast(null as decimal(38, 6)) as {side}" for side, text in sides.items() if not text]
    # written as int_kpi_window writes it, so that the last digit is the same
    value = f"{float(kpi['scale'])!r} * cast(numerator as double)"
    value += " / nullif(cast(denominator as double), 0)" if sides["denominator"] else ""
    order = ", ".join(str(place) for place in range(3, 4 + len(by)))
    return f"""
        with slices as ({inner}),
        cells as (
            select * from race_kpi
            where kpi = {quoted(str(kpi["kpi"]))} and {" and ".join(_periods_of(question))}
        ),
        sides as (
            select cells.kpi, cells.period, cells.period_start{slices}, {", ".join(known)}, cells.is_complete,
                cells.numerator as whole_numerator, cells.denominator as whole_denominator
            from slices
            inner join cells
                on slices.period_start = cells.period_start
                and cells.channel = {cell["channel"]} and cells.market = {cell["market"]}
        )
        select kpi, period, period_start{"".join(f', "{one}"' for one in question.by)}, numerator, denominator,
            {value} as value, is_complete, whole_numerator, whole_denominator
        from sides
        order by {order}
    """


def _side(formula: str) -> str:
    """One side over the measures' columns: a count of nothing is 0, the median of nothing is unknown."""
    medians = {name for name, parts in semantic_layer().measures.items() if parts[0].aggregate == "percentile"}
    parts = [
        f"cast({factor} as decimal(9, 3)) * " + (f"slices.{name}" if name in medians else f"coalesce(slices.{name}, 0)")
        for name, factor in terms(formula)
    ]
    return f"cast({' + '.join(parts)} as decimal(38, 6))" if parts else ""


def _unsummed(kpi: Mapping[str, Any], question: Question, rows: Sequence[tuple[Any, ...]], ends: int) -> list[str]:
    """A note where slices of a sum do not come to race_kpi's number, whose facts are then no longer all here."""
    layer = semantic_layer()
    found = []
    for side, place in (("numerator", 0), ("denominator", 1)):
        names = [name for name, _ in terms(kpi[side])]
        if not names or any(part.aggregate != "sum" for name in names for part in layer.measures[name]):
            continue
        if "market" in question.by or (question.channel and question.period in _UNCROSSED):
            continue
        sums: dict[dt.date, list[Any]] = {}
        for row in rows:
            if row[ends + place] is not None:
                so_far = sums.setdefault(row[2], [0, row[ends + 4 + place]])
                so_far[0] += row[ends + place]
        off = sorted(day for day, (total, whole) in sums.items() if total != whole)
        if off:
            total, whole = sums[off[0]]
            found.append(
                f"{kpi['kpi']}: in {len(off)} of {len(sums)} periods the slices of the {side} do not come to its "
                f"number in race_kpi (from {off[0]}: {total:f} of {whole:f}); retention.fact_months may keep fewer"
            )
    return found


def _and(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1] if names else ""
