"""Invents the referral programme's invitations and the affiliate network's transactions."""

from __future__ import annotations

import datetime as dt

from raceway.sample.invent.names import invent_email, invent_name
from raceway.sample.world import company
from raceway.sample.world.chance import Chance
from raceway.sample.world.partners import AffiliateSale, Referral
from raceway.sample.world.things import Person, ShopOrder
from raceway.sample.world.world import World

_DECIDED_AFTER_DAYS = (12, 40)


def invent_partners(world: World) -> None:
    """Fills `world.partners`; the shop's orders are there already."""
    _referrals(world)
    _affiliate_sales(world)


def _referrals(world: World) -> None:
    """Before some orders the buyer was invited, rarely by oneself or long before; most invitations come to nothing."""
    chance = Chance(world.seed, "referrals")
    opening = world.moment(world.first, 0)
    customers = [person for person in world.persons if person.number % 5 == 0] or world.persons
    found: list[Referral] = []
    buyers = [order for order in world.orders if order.person is not None and order.email is not None]
    for order in buyers:
        if order.created_at < opening or order.is_test or not chance.hit(0.05):
            continue
        found += _invited(chance, order, chance.choice(customers), opening)
    for number in range(max(3, round(220 * world.scale))):
        name = invent_name(chance, "VN")
        at = world.moment(chance.choice(world.days), chance.randrange(7, 23), chance.randrange(60))
        inviter = chance.choice(customers)
        friend = inviter.email if chance.hit(0.03) else invent_email(chance, name, 400_000 + number)
        found.append(Referral("", at, inviter.email, "" if chance.hit(0.1) else friend))
    found.sort(key=lambda referral: (referral.at, referral.inviter, referral.invited))
    world.partners.referrals = [
        Referral(f"R-{number + 1:05d}", r.at, r.inviter, r.invited, r.order_name, r.ordered_at)
        for number, r in enumerate(found)
    ]


def _invited(chance: Chance, order: ShopOrder, inviter: Person, opening: dt.datetime) -> list[Referral]:
    """The invitation, or two, before an order. A friend may order at another address than the invited one."""
    before = chance.choice((0.02, 0.5, 3, 11, 30))
    at = (order.created_at - dt.timedelta(days=before)).replace(second=0, microsecond=0)
    if at < opening or order.email is None or order.person is None:
        return []
    by_link = chance.hit(0.15)
    known = order.name if by_link or chance.hit(0.6) else ""
    invited = "" if by_link else order.email
    referrals = [Referral("", at, inviter.email, invited, known, order.created_at)]
    if before > 2 and not by_link and chance.hit(0.2):
        referrals.append(Referral("", at + dt.timedelta(days=1), inviter.email, invited))
    return referrals


def _affiliate_sales(world: World) -> None:
    """A few sales a day; every second one is declined when it is looked at, weeks later."""
    chance = Chance(world.seed, "affiliate")
    for day in world.days:
        for _ in range(chance.count(2.5 * world.scale)):
            product = chance.choice(company.PRODUCTS)
            at = world.moment(day, chance.randrange(7, 23), chance.randrange(60))
            decided = at + dt.timedelta(days=chance.randrange(*_DECIDED_AFTER_DAYS), minutes=chance.randrange(600))
            is_open = decided >= world.closing
            status = chance.choices(("1", "2"), (54, 46))[0]
            world.partners.affiliate_sales.append(
                AffiliateSale(
                    f"{1_700_000_000 + len(world.partners.affiliate_sales) * 7_919}", at, chance.randrange(6),
                    product.shop_price, product.shop_price * 8 // 100, "0" if is_open else status,
                    None if is_open else decided, product.sku,
                )
            )  # fmt: skip
