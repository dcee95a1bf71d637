"""What the customers of the invented world are expected to bring: BG/NBD and Gamma-Gamma by formulas of its own.

The definitions stand in docs/decisions.md. The likelihoods are written as the papers print them, the search needs no
slopes (Nelder and Mead's), and expected orders come from the hypergeometric function, so that a slip in
`raceway.fitting` would show.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, hyp2f1, loggamma

from raceway.sample.truth.identities import Identity
from raceway.sample.truth.orders import Order
from raceway.sample.truth.tally import Tally

_LEAST_REPEATING: Final = 100
_SHAPE: Final = (-float(np.log(1000)), float(np.log(1000)))  # customers are alike beyond it
_LEVEL: Final = (-12.0, 12.0)


@dataclass(frozen=True)
class _Buyer:
    """A customer as known at a month end; times in weeks, money in đồng."""

    person: Identity
    market: str
    x: int
    recency: float
    age: float
    mean: float


@dataclass(frozen=True)
class Forecast:
    """What a month end's fit expects of everybody known by then."""

    month_end: dt.date
    totals: Mapping[str, tuple[float, float, int]]  # by market: 12-month value, buyers within 90 days, customers
    first_years: Mapping[Identity, float]  # sales in what is left of the 365 days from the first order on


def tally_clv(
    tally: Tally,
    orders: Iterable[Order],
    market_of: Callable[[Identity], str],
    last: dt.date,
    periods: Iterable[tuple[str, dt.date, dt.date]],
) -> tuple[set[tuple[str, dt.date]], Forecast | None]:
    """Adds the fitted measures: of the latest month end in each period that is over and has a fit.

    Gives the periods, by kind and start, that have one, and the newest.
    """
    told = set()
    bought: dict[Identity, list[Order]] = defaultdict(list)
    for order in orders:
        if order.person is not None:
            bought[order.person].append(order)
    fitted: dict[dt.date, Forecast | None] = {}
    for period, start, end in periods:
        for month_end in _month_ends(start, min(end, last)):
            if month_end not in fitted:
                known = (_known(person, mine, market_of(person), month_end) for person, mine in bought.items())
                fitted[month_end] = _expected(month_end, [buyer for buyer in known if buyer is not None])
            if (forecast := fitted[month_end]) is not None:
                told.add((period, start))
                for market, (value, buyers, customers) in forecast.totals.items():
                    tally.state("predicted_clv_total", period, start, _decimal(value), market)
                    tally.state("expected_buyers_90d", period, start, _decimal(buyers), market)
                    tally.state("customers_fitted", period, start, customers, market)
                break
    newest = max((day for day, forecast in fitted.items() if forecast is not None), default=None)
    return told, None if newest is None else fitted[newest]


def _decimal(value: float) -> Decimal:
    return Decimal(f"{value:.6f}")


def _month_ends(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """The last days of months from `last` back to `first`."""
    end = (last + dt.timedelta(days=1)).replace(day=1) - dt.timedelta(days=1)
    while end >= first:
        yield end
        end = end.replace(day=1) - dt.timedelta(days=1)


def _known(person: Identity, orders: list[Order], market: str, until: dt.date) -> _Buyer | None:
    """A customer by the purchase days up to `until`, each worth what was not given back by then; none before the first
    order's."""
    worth: dict[dt.date, int] = defaultdict(int)
    for order in orders:
        bought_on = max(order.day, orders[0].day)
        if bought_on <= until:
            worth[bought_on] += order.gross - order.discount
            worth[bought_on] -= sum(amount for day, amount in order.refunds if day <= until)
    if not worth:
        return None
    first, *later = sorted(worth)
    mean = sum(worth[day] for day in later) / len(later) if later else 0.0
    return _Buyer(person, market, len(later), (max(worth) - first).days / 7, (until - first).days / 7, mean)


def _expected(month_end: dt.date, buyers: list[_Buyer]) -> Forecast | None:
    """What is expected of them; None where too few came back."""
    spending = np.array([(buyer.x, buyer.mean) for buyer in buyers if buyer.x and buyer.mean > 0]).reshape(-1, 2).T
    if sum(buyer.x > 0 for buyer in buyers) < _LEAST_REPEATING:
        return None
    alike = Counter((buyer.x, buyer.recency, buyer.age) for buyer in buyers)
    groups = np.array([(*told, many) for told, many in sorted(alike.items())]).T
    counts, which = np.unique(groups[0], return_inverse=True)
    r, rate, odds, s = _search(_buying, (0.0, -2.0, -1.0, 2.0), (1, 0, 1, 1), (counts, which, *groups[1:]))
    alpha, a, b = r / rate, s * odds / (1 + odds), s / (1 + odds)
    usual = spending[1].mean()
    times, which = np.unique(spending[0], return_inverse=True)
    logs = np.log(spending[1] / usual), spending[0] * np.log(spending[0])
    p, q, level = _search(
        _spending, (0.5, 2.0, 0.0), (1, 1, 0), (times, which, spending[0], spending[0] * spending[1] / usual, *logs)
    )
    v = level * usual * q / p

    x, recency, age = np.array([(buyer.x, buyer.recency, buyer.age) for buyer in buyers]).T
    mean = np.array([max(buyer.mean, 0.0) for buyer in buyers])
    left = np.where(x > 0, a / (b + np.maximum(x, 1) - 1) * ((alpha + age) / (alpha + recency)) ** (r + x), 0)
    year, soon = 365 / 7, 90 / 7

    def orders(within: Any) -> Any:
        series = hyp2f1(r + x, b + x, a + b + x - 1, within / (alpha + age + within))
        stays = ((alpha + age) / (alpha + age + within)) ** (r + x) * series
        return (a + b + x - 1) / (a - 1) * (1 - stays) / (1 + left)

    worth = p * (v + x * mean) / (p * x + q - 1)
    value = orders(year) * worth
    rest = orders(np.maximum(year - age, 0)) * worth
    within = (1 - ((alpha + age) / (alpha + age + soon)) ** (r + x)) / (1 + left)
    totals: dict[str, tuple[float, float, int]] = defaultdict(lambda: (0.0, 0.0, 0))
    for buyer, one, chance in zip(buyers, value, within, strict=True):
        so_far = totals[buyer.market]
        totals[buyer.market] = (so_far[0] + round(float(one)), so_far[1] + float(chance), so_far[2] + 1)
    return Forecast(
        month_end, totals, {buyer.person: float(one) for buyer, one in zip(buyers, rest, strict=True)}
    )  # fmt: skip


def _search(against: Callable[..., float], start: tuple[float, ...], are_shapes: Iterable[int], told: Any) -> Any:
    """The parameters that make what was told likeliest."""
    bounds = [_SHAPE if is_shape else _LEVEL for is_shape in are_shapes]
    sharp = {"xatol": 1e-7, "fatol": 1e-14, "maxiter": 5000, "maxfev": 5000}
    logs: Any = start
    for _ in range(2):  # again from where it ended: a simplex that fell flat at a bound rises anew
        logs = minimize(against, logs, tuple(told), "Nelder-Mead", bounds=bounds, options=sharp).x
    return np.exp(logs)


def _buying(logs: Any, counts: Any, which: Any, recency: Any, age: Any, customers: Any) -> float:
    """Fader, Hardie & Lee (2005), equation 6: they are still customers, or left after the last purchase.

    `which` of the counts a group has: functions that take long are worked out once for each of the few counts.
    """
    r, rate, odds, s = np.exp(logs)
    alpha, a, b = r / rate, s * odds / (1 + odds), s / (1 + odds)
    x = counts[which]
    rates = (loggamma(r + counts) - loggamma(r) + r * np.log(alpha))[which]
    none_left = (betaln(a, b + counts) - betaln(a, b))[which]
    one_left = (betaln(a + 1, b + np.maximum(counts, 1) - 1) - betaln(a, b))[which]
    stays = none_left + rates - (r + x) * np.log(alpha + age)
    leaves = one_left + rates - (r + x) * np.log(alpha + recency)
    likelihood = np.where(x > 0, np.logaddexp(stays, leaves), stays)
    return -float(np.sum(customers * likelihood) / np.sum(customers))


def _spending(logs: Any, counts: Any, which: Any, x: Any, spent: Any, log_mean: Any, x_log_x: Any) -> float:
    """Fader & Hardie (2013), equation 1a; `spent` is `x` times the mean, and the logarithms are those of data alone."""
    p, q, level = np.exp(logs)
    v = level * q / p
    likelihood = (p * x - 1) * log_mean + p * x_log_x + q * np.log(v) - betaln(p * counts, q)[which]
    return -float(np.mean(likelihood - (p * x + q) * np.log(v + spent)))
