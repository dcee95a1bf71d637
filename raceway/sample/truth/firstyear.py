"""The truth about the first year of customers: what it brings, and when it has paid for what it cost to win them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from raceway.sample.truth.clv import Forecast
from raceway.sample.truth.identities import Identity
from raceway.sample.truth.margin import Movement
from raceway.sample.truth.orders import Order, half_up
from raceway.sample.truth.tally import ALL, Key, Number, Tally
from raceway.sample.world.world import World

_YEAR: Final = dt.timedelta(days=365)
_MONTH_DAYS: Final = 30


def days_with_costs(world: World) -> set[dt.date]:
    """The days of which an ad report or the plan's list of costs, from its first day to its last, tells a cost."""
    told = {row.day for report in world.ad_reports for row in report.rows}
    if world.costs:
        first, last = min(cost.first for cost in world.costs), max(cost.last for cost in world.costs)
        told |= {first + dt.timedelta(days=number) for number in range((last - first).days + 1)}
    return told


@dataclass(frozen=True)
class _Newcomer:
    """A person's first order, and the profits that came from it on."""

    first: Order
    profits: list[tuple[dt.date, Decimal]]


class FirstYears:
    """`orders` are those that count, in order of time; `forecast` is the newest fit."""

    def __init__(self, orders: Iterable[Order], movements: Iterable[Movement], forecast: Forecast | None) -> None:
        self._forecast = forecast
        self._newcomers: dict[Identity, _Newcomer] = {}
        for order in orders:
            if order.person is not None:
                self._newcomers.setdefault(order.person, _Newcomer(order, []))
        gained, sold = Decimal(0), 0
        for move in movements:
            if move.cost is None:
                continue
            if move.order.person is not None:
                self._newcomers[move.order.person].profits.append((move.day, move.net - move.cost))
            if forecast is not None and forecast.month_end - _YEAR < move.day <= forecast.month_end:
                gained, sold = gained + move.net - move.cost, sold + move.net
        self._margin = float(gained) / sold if sold else 0.0

    def tally(self, tally: Tally, as_of: dt.date) -> set[dt.date]:
        """Adds what each brings in a year; gives the days of first orders of whom nobody can know."""
        untold = set()
        for person, newcomer in self._newcomers.items():
            order = newcomer.first
            ahead: int | None = 0
            until = order.day + _YEAR - dt.timedelta(days=1)
            if until >= as_of:
                sales = None if self._forecast is None else self._forecast.first_years.get(person)
                ahead = None if sales is None else half_up(Fraction(sales * self._margin))
                until = as_of if self._forecast is None else self._forecast.month_end
            if ahead is None:
                untold.add(order.day)
                continue
            earned = sum((profit for day, profit in newcomer.profits if day <= until), Decimal(0))
            tally.add("first_year_gross_profit", order.day, earned + ahead, order.channel, order.market)
        return untold

    def paybacks(
        self,
        costs: Mapping[Key, Number],
        periods: Iterable[tuple[str, dt.date, dt.date]],
        told_days: set[dt.date],
        as_of: dt.date,
    ) -> dict[Key, Number]:
        """After how many times 30 days the newcomers of a period had earned its acquisition cost, where they have."""
        found: dict[Key, Number] = {}
        for period, start, end in periods:
            if not all(start + dt.timedelta(days=n) in told_days for n in range((end - start).days + 1)):
                continue
            over = (as_of - end).days // _MONTH_DAYS
            gained: dict[tuple[str, str], dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
            for newcomer in self._newcomers.values():
                if start <= newcomer.first.day <= end:
                    for number, profit in self._months(newcomer):
                        if number <= over:
                            for place in _places(newcomer.first):
                                gained[place][number] += profit
            for place, by_month in gained.items():
                cost = costs.get(("acquisition_cost", period, start, *place), 0)
                to_date = Decimal(0)
                for number in sorted(by_month):
                    to_date += by_month[number]
                    if 0 < cost <= to_date:
                        found["cac_payback_months", period, start, *place] = number
                        break
        return found

    def _months(self, newcomer: _Newcomer) -> Iterator[tuple[int, Decimal]]:
        for day, profit in newcomer.profits:
            yield 1 + max((day - newcomer.first.day).days, 0) // _MONTH_DAYS, profit


def _places(order: Order) -> Iterator[tuple[str, str]]:
    for channel in (ALL, order.channel):
        for market in (ALL, order.market):
            yield channel, market
