"""The truth's KPIs: ratios of the truth's measures by the catalogue's formulas."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Final

from raceway.common.home import PROJECT
from raceway.common.kpi_formula import terms
from raceway.sample.truth.tally import Key, Number, declared_measures, grains, read_rows

# period, period start, channel, market
Place = tuple[str, dt.date, str, str]


PLANNED: Final = (
    "marketing_budget",
    "marketing_cost",
    "acquisition_cost",
    "initiatives_due",
    "initiatives_on_schedule",
)


_TOLD_AS_NOTHING: Final = {"customer_campaign_gross_profit", "mrr_churned", "member_orders", "tickets_reopened"}
"""Measures that are fed also where a small world has nothing of them."""


def kpi_rows(
    values: Mapping[Key, Number], is_unknown: Callable[[Key], bool] = lambda _: False
) -> Iterator[tuple[Key, Number | None, Number | None, str]]:
    """Every KPI whose measures are all fed: key, numerator, denominator (None: it has none), value as text.

    Where only some of its measures are zero a KPI has a row here: its value is then 0, or empty (null) where
    the denominator is 0. A side with an unknown measure is None, and the value is empty. Before any measure of the
    same kind had a channel or market, it is no place of a measure.
    """
    declared = declared_measures()
    known = {key[0] for key in values} | _TOLD_AS_NOTHING
    by_measure: dict[str, dict[Place, Number]] = {}
    began: dict[tuple[str, str], dict[tuple[str, str, str], dt.date]] = {}
    happened: dict[str, dt.date] = {}  # the latest period of each kind that holds more than plans
    for key, value in values.items():
        by_measure.setdefault(key[0], {})[key[1:]] = value
        kind = (declared[key[0]].channel_by, declared[key[0]].market_by)
        if key[0] not in PLANNED:
            happened[key[1]] = max(key[2], happened.get(key[1], key[2]))
        first = began.setdefault(kind, {})
        first[key[3], key[4], key[1]] = min(key[2], first.get((key[3], key[4], key[1]), key[2]))
    for row in read_rows(PROJECT.dbt_project / "seeds" / "kpi_catalog.csv"):
        top, bottom = terms(row["numerator"]), terms(row["denominator"])
        used = [name for name, _ in top + bottom]
        if not known.issuperset(used):
            continue
        places = {place for name in used for place in by_measure.get(name, {}) if place[0] in grains(row["grains"])}
        for name in used:
            channels, markets, periods = declared[name].channels(), declared[name].markets(), declared[name].periods
            first = began.get((declared[name].channel_by, declared[name].market_by), {})
            places = {
                place
                for place in places
                if place[0] in periods
                and (name in PLANNED or place[1] <= happened[place[0]])
                # what orders leave after the ads is unknown before an ad account was loaded
                and (
                    (place[2:] == ("all", "all") and declared[name].channel_by != "platform")
                    or first.get((place[2], place[3], place[0]), dt.date.max) <= place[1]
                )
                and (channels is None or place[2] in channels)
                and (markets is None or place[3] in markets)
            }
        scale = Decimal(row["scale"])
        for place in sorted(places):
            numerator, denominator = (
                None if any(is_unknown((name, *place)) for name, _ in side) else _sum(side, by_measure, place)
                for side in (top, bottom)
            )
            if not bottom:
                denominator = None
            text = ""
            if numerator is not None and not bottom:
                text = repr(float(scale * numerator))
            elif numerator is not None and denominator:
                text = repr(float(scale * numerator / denominator))
            yield (row["kpi"], *place), numerator, denominator, text


def _sum(
    side: list[tuple[str, Decimal]],
    values: Mapping[str, Mapping[Place, Number]],
    place: Place,
) -> Number:
    total: Number = 0
    for name, coefficient in side:
        total += coefficient * values.get(name, {}).get(place, 0)
    return total
