"""Persons and their orders in the online shop, with what becomes of them."""

from __future__ import annotations

import datetime as dt
from typing import Final

from raceway.sample.invent.names import invent_email, invent_name, invent_phone
from raceway.sample.world import company
from raceway.sample.world.chance import Chance
from raceway.sample.world.seasons import demand
from raceway.sample.world.things import Country, Line, Person, ShopOrder
from raceway.sample.world.world import World

_ORDERS_A_DAY: Final = 34.0
_ORDERS_A_DAY_BEFORE: Final = 12.0
_HOURS: Final = (0.4, 0.1, 0, 0, 0, 0.1, 0.5, 1.2, 2, 2.6, 2.8, 2.6, 3.2, 2.4, 2, 2.2, 2.4, 2.4, 2.4, 3.2, 4.2, 4.6,
                 3.2, 1.4)  # fmt: skip
_DISCOUNTS: Final = {"CHAOBAN": 10, "SONGHONG15": 15, "FREESHIP5": 5, "BANBE20": 20}
_COUNTRIES: Final[dict[Country, float]] = {"VN": 0.9, "US": 0.06, "SG": 0.04}
_GIFTS_TO: Final[dict[Country, float]] = {"VN": 3, "US": 1, "SG": 1}
# Free orders occur (a full voucher, collected in the shop); refunds of them cannot.
_FREE: Final = 0.004


class Population:
    """The persons so far; hands out new ones and, with a taste for recent ones, known ones."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.chance = Chance(world.seed, "persons")
        self.by_country: dict[str, list[Person]] = {"VN": [], "US": [], "SG": []}

    def new(self, country: Country) -> Person:
        """A person that nobody has met."""
        chance, number = self.chance, len(self.world.persons) + 12
        name = invent_name(chance, country)
        peers = self.by_country[country]
        phone = invent_phone(country, number)
        if peers and chance.hit(0.006):
            phone = chance.choice(peers).phone  # a family that shares one telephone
        login = f"U{number:06d}" if chance.hit(0.3) else None
        person = Person(number, name, country, invent_email(chance, name, number), phone, login)
        self.world.persons.append(person)
        peers.append(person)
        return person

    def pick(self, country: Country, returning: float) -> Person:
        """Someone known with probability `returning`, else someone new."""
        peers = self.by_country[country]
        if peers and self.chance.hit(returning):
            return peers[int(len(peers) * self.chance.random() ** 0.6)]
        return self.new(country)


def invent_orders(world: World, population: Population) -> None:
    """Fills `world.orders` in order of their creation and names them as the shop does."""
    chance = Chance(world.seed, "orders")
    for day in world.order_days:
        base = _ORDERS_A_DAY if day >= world.first else _ORDERS_A_DAY_BEFORE
        for _ in range(chance.count(base * world.scale * demand(day), 25)):
            world.orders.append(_order(world, population, chance, day))
    _call_the_counter(world, Chance(world.seed, "shop/counter"))
    _favour_cards(world, Chance(world.seed, "shop/cards"))
    _favour_shipping(world, Chance(world.seed, "shop/shipping"))
    world.orders += _test_orders(world, chance)
    world.orders.sort(key=lambda order: order.created_at)
    for number, order in enumerate(world.orders):
        order.name, order.id = f"#{1001 + number}", f"{5_550_000_100 + number * 37}"
    world.order_exports = _exports(world)


def _call_the_counter(world: World, chance: Chance) -> None:
    """Orders that clerks took down with the shop's own number; of a few they know nothing else."""
    known = [order for order in world.orders if order.email is not None and order.phone is not None]
    for number, order in enumerate(chance.sample(known, min(len(known), max(16, len(known) // 100)))):
        order.phone = company.COUNTER_PHONE
        if number % 5 == 4:
            order.email = None


def _favour_cards(world: World, chance: Chance) -> None:
    """Clerks give something off some orders with a gift card, and pay some back: the card, or all of the order."""
    bought = [order for order in world.orders if any(line.is_gift_card for line in order.lines)]
    for number, order in enumerate(bought):
        if number % 3 == 0:
            order.discount = 50_000
        if number % 4 < 2:
            card = order.lines[-1].price
            paid_back = order.total if number % 4 else min(card, order.total)
            order.refunds = [(_later(order.created_at, chance.uniform(1, 30)), paid_back)]
            _forget_future(order, world.night)


def _favour_shipping(world: World, chance: Chance) -> None:
    """Codes that pay the shipping of some orders: their amount stands in the order's discount."""
    for order in world.orders:
        if order.shipping and not order.refunds and order.cancelled_at is None and chance.hit(0.03):
            order.free_shipping, order.shipping = order.shipping, 0


def _exports(world: World) -> list[dt.datetime]:
    """The first export holds all orders before; then one a week; the last one in the night after the last day."""
    weekly = [world.moment(day, 6) for day in world.days[::7] if (world.last - day).days >= 2]
    return [*weekly, world.night]


def _order(world: World, population: Population, chance: Chance, day: dt.date) -> ShopOrder:
    country = chance.one_of(_COUNTRIES)
    person = population.pick(country, 0.4)
    is_guest = chance.hit(0.05)
    order = ShopOrder(
        created_at=_moment(world, chance, day),
        person=None if is_guest else person,
        email=None if is_guest or chance.hit(0.18) else _email(chance, person),
        phone=None if is_guest or chance.hit(0.25) else person.phone,
        lines=_lines(chance),
        discount=0,
        shipping=0 if chance.hit(0.3) else 30_000,
        billing_country=country,
        shipping_country=country if chance.hit(0.95) else chance.one_of(_GIFTS_TO),
        is_cod=country == "VN" and chance.hit(0.55),
        tags=["khách quen"] if chance.hit(0.1) else ["đã kiểm tra, không bom hàng"] if chance.hit(0.01) else [],
        source_name="web" if chance.hit(0.93) else "580111",
    )
    if not is_guest and order.email is None and order.phone is None:
        order.phone = person.phone
    if chance.hit(0.03):
        order.shipping_country = ""  # collected in the shop
        if chance.hit(0.3):
            order.billing_country = ""
    _become_of(order, chance)
    _forget_future(order, world.night)
    return order


def _forget_future(order: ShopOrder, night: dt.datetime) -> None:
    """What would happen after the last export has not happened."""
    order.refunds = [(at, total) for at, total in order.refunds if at <= night]
    if order.cancelled_at is not None and order.cancelled_at > night:
        order.cancelled_at = None
    if order.refused_at is not None and order.refused_at > night:
        order.refused_at = None


def _email(chance: Chance, person: Person) -> str:
    """Mostly the person's address; a few have a second one, known by the same telephone."""
    if person.number % 40 == 0 and chance.hit(0.4):
        return person.email.replace("@", ".work@")
    return person.email


def _moment(world: World, chance: Chance, day: dt.date) -> dt.datetime:
    hour = chance.choices(range(24), _HOURS)[0]
    return world.moment(day, hour, chance.randrange(60)) + dt.timedelta(seconds=chance.randrange(60))


def _lines(chance: Chance) -> list[Line]:
    picked = chance.sample(company.PRODUCTS, chance.choices((1, 2, 3, 4), (55, 28, 12, 5))[0])
    return [
        Line(item.sku, item.name, item.category, item.shop_price, chance.choices((1, 2, 3), (88, 9, 3))[0])
        for item in picked
    ]


def _become_of(order: ShopOrder, chance: Chance) -> None:
    """Discount, gift card, cancellation, refusal at the door, refunds."""
    if chance.hit(0.012):
        # What becomes of gift cards: `_favour_cards`.
        card = company.GIFT_CARD
        order.lines.append(Line(card.sku, card.name, card.category, card.shop_price, 1, is_gift_card=True))
        if chance.hit(0.3):
            del order.lines[:-1]
        order.is_cod = False
        return
    if chance.hit(_FREE):
        order.discount, order.shipping, order.is_cod = order.subtotal, 0, False
        return
    if chance.hit(0.22):
        order.discount = order.subtotal * chance.choice(list(_DISCOUNTS.values())) // 100 // 1000 * 1000
    if chance.hit(0.05):
        days = chance.uniform(70, 75) if chance.hit(0.02) else chance.uniform(0.05, 3)
        order.cancelled_at = _later(order.created_at, days)
        if not order.is_cod:
            order.refunds = [(order.cancelled_at, order.total)]
    elif order.is_cod and chance.hit(0.12):
        order.refused_at = _later(order.created_at, chance.uniform(2, 9))
        order.refusal_tag = chance.choice(("cod_refused", "cod_refused", "bom hàng", "Bom Hàng"))
    elif chance.hit(0.075):
        order.refunds = _refunds(order, chance)


def _refunds(order: ShopOrder, chance: Chance) -> list[tuple[dt.datetime, int]]:
    """Running totals of what was given back; at times in two steps, at times partly taken back."""
    at = _later(order.created_at, chance.uniform(62, 80) if chance.hit(0.05) else chance.uniform(0.3, 30))
    if chance.hit(0.45):
        return [(at, order.total)]
    first = max(1000, int(order.total * chance.uniform(0.15, 0.6)) // 1000 * 1000)
    refunds = [(at, first)]
    if chance.hit(0.2):
        refunds.append((_later(at, chance.uniform(4, 14)), order.total))
    elif chance.hit(0.08):
        refunds.append((_later(at, chance.uniform(8, 14)), first - first // 3))
    return refunds


def _later(moment: dt.datetime, days: float) -> dt.datetime:
    return moment + dt.timedelta(seconds=int(days * 86_400))


def _test_orders(world: World, chance: Chance) -> list[ShopOrder]:
    """What exclusions.csv takes out: the shop's very first order, staff orders, orders tagged test."""
    orders = []
    days = [world.history_start, *chance.sample(world.order_days[1:], min(12, len(world.order_days) - 1))]
    for number, day in enumerate(days):
        is_staff = number % 2 == 1
        orders.append(
            ShopOrder(
                created_at=world.moment(day, 0 if number == 0 else 10),
                person=None,
                email=company.STAFF_EMAIL if is_staff else f"tester{number}@example.com",
                phone=None,
                lines=_lines(chance),
                discount=0,
                shipping=0,
                billing_country="VN",
                shipping_country="VN",
                is_cod=False,
                tags=[] if is_staff or number == 0 else ["nội bộ", company.TEST_TAG],
                is_test=True,
            )
        )
    return orders
