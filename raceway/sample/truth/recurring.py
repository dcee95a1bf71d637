"""The truth about recurring revenue: what the club's running terms bring in a month, and what changed for whom."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Final

from raceway.sample.truth.identities import Identity, order_identity
from raceway.sample.truth.orders import Exchange, six_decimals
from raceway.sample.truth.tally import Number, Tally
from raceway.sample.world.lists import Subscription
from raceway.sample.world.world import World

_A_MONTH: Final = {"week": Fraction(52, 12), "month": Fraction(1), "quarter": Fraction(1, 3), "year": Fraction(1, 12)}

_Term = tuple[Subscription, Number | None]


def tally_recurring(
    world: World,
    tally: Tally,
    exchange: Exchange,
    person: Callable[[Identity], Identity],
    market: Callable[[Identity | None, str], str],
    periods: Iterable[tuple[str, dt.date, dt.date]],
) -> None:
    """Adds the measures. `periods` gives kind, first day and the last one that is over."""
    home = world.accounts["plan", "company"].market
    members: dict[object, list[_Term]] = defaultdict(list)
    markets: dict[object, str] = {}
    for term in world.lists.subscriptions:
        if not term.is_trial:
            identity = order_identity(term.email or None, term.phone or None)
            who: object = term.id if identity is None else person(identity)
            members[who].append((term, _a_month(exchange, term)))
            markets[who] = market(identity, home)
    for period, start, end in periods:
        for who, terms in members.items():
            before = _running(terms, start - dt.timedelta(days=1))
            now = _running(terms, end)
            if not before and not now:
                continue
            at_start: Number = sum(one or 0 for one in before)
            at_end: Number = sum(one or 0 for one in now)
            counts: dict[str, Number] = {"mrr": at_end}
            if None not in before + now:
                counts["mrr_at_start"] = at_start
                if not at_start:
                    counts["mrr_new"] = at_end
                elif not at_end:
                    counts["mrr_churned"] = at_start
                elif at_end > at_start:
                    counts["mrr_expansion"] = at_end - at_start
                else:
                    counts["mrr_contraction"] = at_start - at_end
            for name, value in counts.items():
                tally.state(name, period, start, value, markets[who])


def _a_month(exchange: Exchange, term: Subscription) -> Number | None:
    """What a term brings in a month in the reporting currency, to six decimals."""
    if term.amount_x100 is None:
        return None
    rate = exchange.rate(term.currency, term.started_on)
    return six_decimals(Fraction(term.amount_x100, 100) * _A_MONTH[term.interval] * rate)


def _running(terms: list[_Term], day: dt.date) -> list[Number | None]:
    return [amount for term, amount in terms if term.started_on <= day <= term.ends_on]
