"""The truth about customers who come again: after how many days, after how long away, and with how much money."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from raceway.sample.truth.identities import Identity
from raceway.sample.truth.orders import Order
from raceway.sample.truth.tally import Tally


@dataclass
class _Buyer:
    """Of one person the days of counted orders, and what moved the sales on which day."""

    market: str
    days: list[dt.date] = field(default_factory=list)
    moved: list[tuple[dt.date, int]] = field(default_factory=list)


def tally_comebacks(
    tally: Tally,
    orders: list[Order],
    churn_window_days: int,
    periods: Callable[[], Iterable[tuple[str, dt.date, dt.date]]],
) -> None:
    """Adds the measures. `orders` are those that count, in order of time; `periods` gives kind, first and last day."""
    buyers: dict[Identity, _Buyer] = {}
    for order in orders:
        if order.person is None:
            continue
        buyer = buyers.setdefault(order.person, _Buyer(order.market))
        if buyer.days:
            away = (order.day - buyer.days[-1]).days
            tally.look("days_between_orders", order.day, max(away, 0), order.channel, order.market)
            if away > churn_window_days:
                tally.see("reactivated_customers", order.day, order.person, order.channel, order.market)
        buyer.days.append(order.day)
        buyer.moved.append((order.day, order.gross - order.discount))
        buyer.moved.extend((day, -amount) for day, amount in order.refunds)
    for period, start, end in periods():
        for market, before, now in _held_against(buyers.values(), start, end):
            tally.state("revenue_before", period, start, before, market)
            tally.state("revenue_retained", period, start, now, market)
            tally.state("revenue_retained_capped", period, start, min(before, now), market)


def _held_against(buyers: Iterable[_Buyer], start: dt.date, end: dt.date) -> Iterator[tuple[str, int, int]]:
    """Market, sales then and sales now of everybody who ordered in as many days before `start` as there are now."""
    first = start - (end - start) - dt.timedelta(days=1)
    for buyer in buyers:
        if any(first <= day < start for day in buyer.days):
            before = sum(amount for day, amount in buyer.moved if first <= day < start)
            yield buyer.market, before, sum(amount for day, amount in buyer.moved if start <= day <= end)
