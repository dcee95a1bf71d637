"""Which visitors of the invented world became customers."""

from __future__ import annotations

import datetime as dt

from raceway.sample.truth.identities import Identity
from raceway.sample.truth.orders import Order
from raceway.sample.truth.sessions import Session
from raceway.sample.truth.tally import ALL, Key, Number, Tally
from raceway.sample.world.periods import PERIODS

Stretch = tuple[str, dt.date]


def converting_visitors(tally: Tally, sessions: list[Session], counted: list[Order]) -> dict[Key, Number]:
    """Visitors with an online order in the period, or a visit that names one; `counted` are the orders that count.

    At a channel only those count whose visit by it began before the last such order; in `all` any order does.
    """
    bought: dict[Stretch, dict[Identity, int]] = {}
    came: dict[tuple[Stretch, str, str], dict[Identity, int]] = {}
    for order in counted:
        if order.place == "online" and order.person is not None:
            for stretch in _stretches(tally, order.day):
                _latest(bought.setdefault(stretch, {}), order.person, order.at)
    for session in sessions:
        for stretch in _stretches(tally, session.day):
            if session.named_at is not None:
                _latest(bought.setdefault(stretch, {}), session.person, session.named_at)
            for channel in (session.channel, ALL):
                for market in (session.market, ALL):
                    began = came.setdefault((stretch, channel, market), {})
                    began[session.person] = min(session.start, began.get(session.person, session.start))
    found: dict[Key, Number] = {}
    for (_, period, start, channel, market), _seen in tally.persons("visitors"):
        orders, began = bought.get((period, start), {}), came[(period, start), channel, market]
        many = sum(who in orders and (channel == ALL or at <= orders[who]) for who, at in began.items())
        if many:
            found["converting_visitors", period, start, channel, market] = many
    return found


def _stretches(tally: Tally, day: dt.date) -> list[Stretch]:
    return [(period, tally.calendar.start(period, day)) for period in PERIODS]


def _latest(of_persons: dict[Identity, int], who: Identity, at: int) -> None:
    of_persons[who] = max(at, of_persons.get(who, at))
