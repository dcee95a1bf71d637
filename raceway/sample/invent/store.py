"""What is sold over the counter in New York."""

from __future__ import annotations

import datetime as dt
from typing import Final
from zoneinfo import ZoneInfo

from raceway.sample.invent.shop import Population
from raceway.sample.world import company
from raceway.sample.world.chance import Chance
from raceway.sample.world.seasons import demand
from raceway.sample.world.things import Line, Person, TillRefund, TillSale
from raceway.sample.world.world import World

_SALES_A_DAY: Final = 36.0
_SALES_A_DAY_BEFORE: Final = 13.0
ZONE: Final = ZoneInfo("America/New_York")


def last_till_day(world: World) -> dt.date:
    """The last day that is over in New York when the night's export is taken."""
    return world.night.astimezone(ZONE).date() - dt.timedelta(days=1)


def invent_sales(world: World, population: Population) -> None:
    """Fills `world.sales`: members with and without a login, strangers, refunds, gift cards."""
    chance = Chance(world.seed, "store")
    last = last_till_day(world)
    for day in world.order_days:
        if day > last:
            break
        base = _SALES_A_DAY if day >= world.first else _SALES_A_DAY_BEFORE
        many = chance.count(base * world.scale * demand(day), 25)
        for _ in range(max(many, 1) if day == world.history_start else many):
            world.sales.append(_sale(chance, population, day, last))
    for day in (world.days[0], world.days[len(world.days) // 2]):
        # The shoes were bought before the till's history begins: only the refund is known.
        item = company.PRODUCTS[chance.randrange(6)]
        line = Line(item.sku, item.name, item.category, item.till_price, 1)
        back = TillRefund(_moment(chance, day), line, item.till_price)
        world.sales.append(TillSale(back.at, chance.token(25), [], refunds=[back]))


def _sale(chance: Chance, population: Population, day: dt.date, last: dt.date) -> TillSale:
    sale = TillSale(_moment(chance, day), chance.token(25), _lines(chance))
    if chance.hit(0.5):
        member = population.pick("US", 0.6)
        _join(member, chance)
        sale.customer, sale.reference = member.till_customer, member.login
    if chance.hit(0.04):
        back_on = day + dt.timedelta(days=chance.randrange(0, 40))
        line = chance.choice([line for line in sale.lines if not line.is_gift_card])
        amount = line.price * line.quantity - line.discount
        # Later on the same day at the earliest.
        at = _moment(chance, back_on) if back_on > day else sale.at + dt.timedelta(minutes=25)
        if back_on <= last:
            sale.refunds.append(TillRefund(at, line, amount))
    return sale


def _join(member: Person, chance: Chance) -> None:
    if member.till_customer is None:
        member.till_customer = chance.token(26).upper()


def _moment(chance: Chance, day: dt.date) -> dt.datetime:
    """Between nine in the morning and half past eight in the evening, New York."""
    local = dt.datetime.combine(day, dt.time(9), tzinfo=ZONE) + dt.timedelta(seconds=chance.randrange(41_400))
    return local.astimezone(dt.UTC)


def _lines(chance: Chance) -> list[Line]:
    lines = []
    for item in chance.sample(company.PRODUCTS, chance.choices((1, 2, 3), (70, 24, 6))[0]):
        quantity = chance.choices((1, 2), (92, 8))[0]
        discount = item.till_price * quantity // 10 if chance.hit(0.12) else 0
        lines.append(Line(item.sku, item.name, item.category, item.till_price, quantity, discount))
    if chance.hit(0.008):
        card = company.GIFT_CARD
        lines.append(Line(card.sku, "Gift Card", card.category, card.till_price, 1, is_gift_card=True))
    return lines
