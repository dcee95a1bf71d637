"""Which visits earned the invented orders, and how much of each, under every attribution model."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Final

from raceway.sample.truth.identities import Identity
from raceway.sample.truth.orders import Order
from raceway.sample.truth.sessions import Session
from raceway.sample.world.things import DAY

MODELS: Final = ("first", "last", "last_non_direct", "linear", "position", "time_decay", "data_driven")

_MILLION: Final = 1_000_000
_HALF_LIFE: Final = 7 * DAY
_FIT_DAYS: Final = 90
_FEWEST_CONVERSIONS: Final = 100

# Channel by channel where a path goes next; "order" ends it well.
_Chain = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Credit:
    """What one visit (or none) earned of an order."""

    channel: str
    ad_source: str | None
    millionths: int
    revenue: int  # in đồng
    utm_campaign: str = ""


class Attribution:
    """The credits of all counted orders."""

    def __init__(self, counted: Sequence[Order], sessions: Sequence[Session], lookback_days: int) -> None:
        self._orders = counted
        self._sessions = sessions
        self._reach = lookback_days * DAY
        self._by_person: dict[Identity, list[int]] = {}
        self._by_name: dict[str, list[int]] = {}
        for number, session in enumerate(sessions):
            self._by_person.setdefault(session.person, []).append(number)
            for name in {event.transaction for event in session.events if event.transaction is not None}:
                self._by_name.setdefault(name, []).append(number)
        self._touches = {order.id: self._touches_of(order) for order in counted}
        self._shares: dict[dt.date, dict[str, int] | None] = {}

    def credits(self, order: Order, model: str) -> list[Credit]:
        """Who earned the order; without any visit that counts it is the shop's own (direct, store, marketplace)."""
        touches = [self._sessions[number] for number in self._touches[order.id]]
        weights = self._weights(model, order, touches)
        if not any(weights):
            channel = order.shop_channel or ("direct" if order.place == "online" else "store")
            return [Credit(channel, None, _MILLION, order.net)]
        parts = apportioned(_MILLION, weights)
        paid = apportioned(order.net, parts)
        return [
            Credit(touch.channel, touch.ad_source, part, money, touch.utm_campaign)
            for touch, part, money in zip(touches, parts, paid, strict=True)
            if part
        ]

    def _touches_of(self, order: Order) -> list[int]:
        """Visits of the buyer in the days before, the earliest first; of a guest those that name the order."""
        if order.shop_channel is not None:
            return []
        if order.person is not None:
            found = self._by_person.get(order.person, [])
        else:
            found = sorted({number for name in order.names for number in self._by_name.get(name, [])})
        return [n for n in found if order.at - self._reach <= self._sessions[n].start <= order.at]

    def _weights(self, model: str, order: Order, touches: list[Session]) -> list[Fraction]:
        """How much each touch weighs among those of its order; all 0 where none of them counts."""
        if model == "data_driven":
            shares = self._fitted(order.day.replace(day=1)) or {}
            weights = [Fraction(shares.get(touch.channel, 0)) for touch in touches]
            if any(weights):
                return weights
        many = len(touches)
        if model == "linear" or (model == "position" and many < 3):
            return [Fraction(1)] * many
        if model == "position":
            return [Fraction(2, 5), *[Fraction(1, 5 * (many - 2))] * (many - 2), Fraction(2, 5)]
        if model == "time_decay":
            ages = [(touches[-1].start - touch.start) / _HALF_LIFE for touch in touches]
            return [Fraction(round(0.5**age * 1_000_000_000)) for age in ages]  # to the ninth decimal
        chosen = {"first": [0], "last": [many - 1]}.get(
            model, [number for number, touch in enumerate(touches) if touch.channel != "direct"][-1:]
        )
        return [Fraction(number in chosen) for number in range(many)]

    # data-driven

    def _fitted(self, month: dt.date) -> dict[str, int] | None:
        """Millionths of all removal effects by channel, as the days before the month show them; None: too few."""
        if month not in self._shares:
            self._shares[month] = self._fit(month)
        return self._shares[month]

    def _fit(self, month: dt.date) -> dict[str, int] | None:
        ends: list[tuple[list[str], str]] = [(path, "order") for path in self._bought(month)]
        if len(ends) < _FEWEST_CONVERSIONS:
            return None
        ends += [(path, "nothing") for path in self._left(month)]
        moves: dict[str, Counter[str]] = {}
        for path, end in ends:
            for here, there in zip(["start", *path], [*path, end], strict=True):
                moves.setdefault(here, Counter())[there] += 1
        chain = {here: {there: many / there_all.total() for there, many in there_all.items()}
                 for here, there_all in moves.items()}  # fmt: skip
        whole = _chance_of_order(chain, "")
        lost = {channel: 1 - _chance_of_order(chain, channel) / whole for channel in chain if channel != "start"}
        all_lost = sum(lost.values())
        return {channel: round(part / all_lost * _MILLION) for channel, part in lost.items()}

    def _bought(self, month: dt.date) -> Iterator[list[str]]:
        first = month - dt.timedelta(days=_FIT_DAYS)
        for order in self._orders:
            if first <= order.day < month and (numbers := self._touches[order.id]):
                yield [self._sessions[number].channel for number in numbers]

    def _left(self, month: dt.date) -> Iterator[list[str]]:
        """Visits on the way to no order before the month; a person's between two orders are one path."""
        first = month - dt.timedelta(days=_FIT_DAYS)
        earning = {number for order in self._orders if order.day < month for number in self._touches[order.id]}
        for person, numbers in self._by_person.items():
            paths: dict[int, list[str]] = {}
            for number in numbers:
                session = self._sessions[number]
                if first <= session.day < month and number not in earning:
                    before = sum(at < session.start for at in self._bought_at.get(person, []))
                    paths.setdefault(before, []).append(session.channel)
            yield from paths.values()

    @cached_property
    def _bought_at(self) -> Mapping[Identity, list[int]]:
        moments: dict[Identity, list[int]] = {}
        for order in self._orders:
            if order.person is not None:
                moments.setdefault(order.person, []).append(order.at)
        return moments


def _chance_of_order(chain: _Chain, without: str) -> float:
    """How likely a path ends with an order when whoever comes to the channel `without` leaves."""
    chances = dict.fromkeys(chain, 0.0)
    for _ in range(10_000):
        moved = 0.0
        for here, moves in chain.items():
            chance = sum(
                part * (1.0 if there == "order" else chances.get(there, 0.0))
                for there, part in moves.items()
                if there != without
            )
            moved = max(moved, chance - chances[here])
            chances[here] = chance
        if moved < 1e-16:
            break
    return chances["start"]


def apportioned(amount: int, weights: Sequence[int | Fraction]) -> list[int]:
    """A whole amount in whole parts by the largest remainder, of equal ones the earlier first."""
    exact = [abs(amount) * Fraction(weight) / sum(weights) for weight in weights]
    parts = [int(part) for part in exact]
    open_places = sorted(range(len(exact)), key=lambda place: (parts[place] - exact[place], place))
    for place in open_places[: abs(amount) - sum(parts)]:
        parts[place] += 1
    return [part if amount >= 0 else -part for part in parts]
