"""The truth about the loyalty programme: members at the end of each period, their orders, and what points did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator

from raceway.sample.truth.identities import Identity, order_identity
from raceway.sample.truth.orders import Order
from raceway.sample.truth.tally import Tally
from raceway.sample.world.loyalty import Member
from raceway.sample.world.periods import LONG_PERIODS
from raceway.sample.world.world import World


def tally_loyalty(
    world: World,
    tally: Tally,
    person: Callable[[Identity], Identity],
    market: Callable[[Identity | None, str], str],
    periods: Callable[[dt.date, tuple[str, ...]], Iterator[tuple[str, dt.date, dt.date]]],
    orders: Iterable[Order],
) -> None:
    """Adds the measures. `person` resolves an identity, `market` gives its market; `periods` those from a day on.

    `orders` are those that count.
    """
    account = world.accounts["loyalty", "vn-club"]
    identities = {
        member.id: order_identity(member.email or None, member.phone or None) for member in world.loyalty.members
    }
    markets = {card: market(identity, account.market) for card, identity in identities.items()}
    for posting in world.loyalty.postings:
        if posting.kind in ("earned", "redeemed", "expired"):
            day = posting.at.astimezone(account.zone).date()
            name = f"loyalty_points_{posting.kind}"
            tally.add(name, day, abs(posting.points), None, markets[posting.member])
            if posting.kind == "earned":  # both files name kinds
                tally.add(f"{name}_with_kinds", day, posting.points, None, markets[posting.member])
    cards: dict[Identity, list[Member]] = {}
    for member in world.loyalty.members:
        identity = identities[member.id]
        if identity is not None:
            cards.setdefault(person(identity), []).append(member)
    for order in orders:
        held = cards.get(order.person, []) if order.person is not None else []
        if any(card.joined_on <= order.day < (card.left_on or dt.date.max) for card in held):
            tally.add("member_orders", order.day, 1, order.channel, order.market)
    for period, start, end in periods(world.first, LONG_PERIODS):
        # whoever has several cards is one member, whose card nobody knows is one by itself
        present: dict[object, str] = {}
        for member in world.loyalty.members:
            if member.joined_on <= end and (member.left_on is None or member.left_on > end):
                identity = identities[member.id]
                present[member.id if identity is None else person(identity)] = markets[member.id]
        for of in present.values():
            tally.state("loyalty_members", period, start, 1, of)
