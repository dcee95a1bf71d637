"""What the invitations of customers brought: sent, converted, new customers and their sales."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final

from raceway.sample.truth.identities import Identity, order_identity
from raceway.sample.truth.orders import Order
from raceway.sample.truth.tally import Tally
from raceway.sample.world import company
from raceway.sample.world.partners import Referral
from raceway.sample.world.things import micros
from raceway.sample.world.world import World

_WITHIN: Final = dt.timedelta(days=90) // dt.timedelta(microseconds=1)


def tally_referrals(
    world: World,
    tally: Tally,
    orders: list[Order],
    person: Callable[[Identity], Identity],
    market: Callable[[Identity | None, str], str],
) -> list[tuple[Identity, dt.date]]:
    """Adds the measures; gives who invited somebody else, and when.

    `orders` are those that count; `person` resolves an identity, `market` gives its market.
    """
    account = world.accounts["referral", "vn-program"]
    by_person: dict[Identity, list[Order]] = {}
    names: dict[str, list[Order]] = {}
    for order in orders:
        if order.person is not None:
            by_person.setdefault(order.person, []).append(order)
        for name in order.names[:1]:
            names.setdefault(name.removeprefix("#"), []).append(order)
    brought: set[str] = set()
    known: set[Identity] = set()  # friends whom an earlier invitation named
    inviters: list[tuple[Identity, dt.date]] = []
    for referral in sorted(world.partners.referrals, key=lambda referral: (referral.at, referral.id)):
        if company.STAFF_EMAIL in (referral.inviter, referral.invited):
            continue
        inviter = order_identity(referral.inviter, None)
        day = referral.at.astimezone(account.zone).date()
        place = market(inviter, account.market)
        tally.add("referrals_sent", day, 1, None, place)
        friend = _friend(referral, person, by_person, names)
        if inviter is None or friend == person(inviter):
            continue
        inviters.append((person(inviter), day))
        if friend is None:
            continue
        after = [order for order in by_person.get(friend, []) if order.at > micros(referral.at)]
        soon = any(order.at <= micros(referral.at) + _WITHIN for order in after)
        is_customer = any(order.at <= micros(referral.at) for order in by_person.get(friend, []))
        if friend not in known and not is_customer:
            tally.add("friends_invited", day, 1, None, place)
            tally.add("referrals_converted", day, soon, None, place)
        known.add(friend)
        brought |= {order.id for order in after if order.number == 1}
    for order in orders:
        if order.id in brought:
            tally.add("referred_customers", order.day, 1, None, order.market)
            tally.add("referral_revenue", order.day, order.gross - order.discount, None, order.market)
            for day, amount in order.refunds:
                tally.add("referral_revenue", day, -amount, None, order.market)
    return inviters


def _friend(
    referral: Referral,
    person: Callable[[Identity], Identity],
    by_person: dict[Identity, list[Order]],
    names: dict[str, list[Order]],
) -> Identity | None:
    """Who was invited: by the address, where an order knows it, else by the one order that the tool names."""
    invited = person(("email", referral.invited.lower())) if referral.invited else None
    if invited in by_person:
        return invited
    named = names.get(referral.order_name.removeprefix("#"), [])
    return (named[0].person if len(named) == 1 else None) or invited
