"""Invents the sales of the till in Hà Nội, of marketplaces and of shop systems."""

from __future__ import annotations

import datetime as dt
from typing import Final

from raceway.sample.invent.names import invent_phone
from raceway.sample.world import company
from raceway.sample.world.chance import Chance
from raceway.sample.world.seasons import demand
from raceway.sample.world.things import Person
from raceway.sample.world.trade import MARKETPLACES, TILL, Item, Message, Return, Sale
from raceway.sample.world.world import World

# Sales a day at scale 1: before the first day of everything else, and from it on.
_A_DAY: Final = {
    "kiotviet": (2.0, 5.0),
    "shopee": (1.0, 3.0),
    "tiktok_shop": (0.8, 2.0),
    "lazada": (0.2, 0.5),
    "haravan": (0.2, 0.5),
    "sapo": (0.2, 0.5),
    "woocommerce": (0.2, 0.5),
}
_FIRST_STRANGER: Final = 7_000_000  # telephones of people that only these shops know
_NAMES: Final = {
    "kiotviet": "HD",
    "shopee": "2603SH",
    "tiktok_shop": "5761",
    "lazada": "4019",
    "haravan": "#H",
    "sapo": "SON",
    "woocommerce": "",
}
_CHANNELS: Final = {"Bán trực tiếp": 88, "": 4, "Facebook": 8}


def invent_trade(world: World) -> None:
    """Fills `world.trade`; needs the persons who ordered in the company's own shop."""
    middle = world.days[len(world.days) // 2]
    world.trade.exports = [world.moment(world.first, 6), world.moment(middle, 6), world.night]
    known = [person for person in world.persons if person.country == "VN"]
    for number, source in enumerate(_A_DAY):
        chance = Chance(world.seed, f"trade/{source}")
        shop = _Shop(world, chance, source, known, _FIRST_STRANGER + 100_000 * number)
        sales = shop.sales()
        for count, sale in enumerate(sales):
            sale.name = f"{_NAMES[source]}{_digits(source, count)}"
        world.trade.sales += sales
    _copy_into_till(world)
    _return_without_invoice(world)
    _send_messages(world)


def _digits(source: str, count: int) -> str:
    if source == "woocommerce":
        return str(1_040 + count)
    return f"{count + 1:06d}" if source in (TILL, "haravan", "sapo") else f"{10**9 + count * 7_919:012d}"


class _Shop:
    """One source: who buys in it and what becomes of it."""

    def __init__(self, world: World, chance: Chance, source: str, known: list[Person], stranger: int) -> None:
        self.world, self.chance, self.source, self.known, self.stranger = world, chance, source, known, stranger
        self.regulars: list[tuple[str | None, str | None, str | None]] = []

    def sales(self) -> list[Sale]:
        """All of them in order of time; at least one on the first day of the history and one lately."""
        world, chance = self.world, self.chance
        before, since = _A_DAY[self.source]
        sales = []
        for day in world.order_days:
            base = since if day >= world.first else before
            many = chance.count(base * world.scale * demand(day), 25)
            if day in (world.history_start, world.days[-3]):
                many = max(many, 1)
            sales += [self._sale(day) for _ in range(many)]
        return sorted(sales, key=lambda sale: sale.at)

    def _sale(self, day: dt.date) -> Sale:
        chance = self.chance
        at = self.world.moment(day, chance.randrange(8, 21), chance.randrange(60))
        sale = Sale(self.source, at, _items(chance))
        if self.source == "woocommerce":  # net amounts only, no buyer, no parcel
            sale.items = [Item(item.sku, item.name, item.price, item.quantity * 5) for item in sale.items]
            if chance.hit(0.1):
                sale.cancelled_at = _later(at, chance.uniform(0.05, 20))
            self._forget_future(sale)
            return sale
        if chance.hit(0.2):
            sale.discount = sale.subtotal * chance.choice((5, 10)) // 100 // 1000 * 1000
        if self.source == TILL:
            sale.sold_on = chance.one_of(_CHANNELS)
            sale.place = "online" if sale.sold_on == "Facebook" else "offline"
            if chance.hit(0.6):
                sale.email, sale.phone, sale.customer = self._buyer()
                sale.email = None
        elif self.source in MARKETPLACES:
            sale.buyer_pays_more = -20_000 if chance.hit(0.3) else 0
            sale.shop_shipping = 12_000 if chance.hit(0.5) else 0
        else:
            sale.email, sale.phone, _ = self._buyer()
            if self.source == "sapo":
                sale.email = None
                sale.sold_on = chance.choice(("Web", "POS"))
                sale.place = "offline" if sale.sold_on == "POS" else "online"
            sale.buyer_pays_more = 30_000
        self._become_of(sale)
        self._forget_future(sale)
        return sale

    def _buyer(self) -> tuple[str | None, str | None, str]:
        """Address, telephone and customer code: of a regular, of a customer of the own shop, or of a stranger."""
        chance = self.chance
        if self.regulars and chance.hit(0.45):
            email, phone, code = chance.choice(self.regulars)
            return email, phone, str(code)
        code = f"KH{len(self.regulars) + 1:06d}"
        if self.known and chance.hit(0.35):
            person = chance.choice(self.known)
            buyer = (person.email, person.phone, code)
        else:
            self.stranger += 1
            buyer = (f"khach{self.stranger}@example.net", invent_phone("VN", self.stranger), code)
        self.regulars.append(buyer)
        return buyer

    def _become_of(self, sale: Sale) -> None:
        """Cancelled, refused at the door, given back, paid out."""
        chance = self.chance
        if chance.hit(0.05):
            sale.cancelled_at = _later(sale.at, chance.uniform(0.05, 4))
        elif sale.place == "online" and chance.hit(0.08):
            sale.refused_at = _later(sale.at, chance.uniform(2, 8))
        elif self.source == TILL:
            if chance.hit(0.06):
                item = sale.items[0]
                one = Item(item.sku, item.name, item.price, 1)
                amount = min(item.price, sale.subtotal) // 1000 * 1000
                sale.returns = [Return("", _later(sale.at, chance.uniform(0.2, 40)), one, amount, chance.hit(0.1))]
        elif chance.hit(0.06):
            first = sale.total if chance.hit(0.5) else max(1000, sale.total // 3 // 1000 * 1000)
            sale.refunds = [(_later(sale.at, chance.uniform(2, 30)), first)]
            if first < sale.total and chance.hit(0.4):
                sale.refunds.append((_later(sale.refunds[0][0], chance.uniform(10, 30)), sale.total))
        elif self.source in MARKETPLACES:
            sale.settled_at = _later(sale.at, chance.uniform(6, 12))

    def _forget_future(self, sale: Sale) -> None:
        """What would happen after the last export has not happened."""
        night = self.world.night
        sale.refunds = [(at, total) for at, total in sale.refunds if at <= night]
        sale.returns = [back for back in sale.returns if back.at < self.world.closing]
        for name in ("cancelled_at", "refused_at", "settled_at"):
            moment = getattr(sale, name)
            if moment is not None and moment > night:
                setattr(sale, name, None)


def _later(moment: dt.datetime, days: float) -> dt.datetime:
    return moment + dt.timedelta(minutes=int(days * 1440))


def _items(chance: Chance) -> list[Item]:
    picked = chance.sample(company.PRODUCTS, chance.choices((1, 2, 3), (66, 26, 8))[0])
    items = []
    for product in picked:
        quantity = chance.choices((1, 2), (90, 10))[0]
        discount = product.shop_price * quantity // 20_000 * 1000 if chance.hit(0.15) else 0
        items.append(Item(product.sku, product.name, product.shop_price, quantity, discount))
    return items


def _copy_into_till(world: World) -> None:
    """Some Shopee orders stand in the till's invoices, too: Shopee's own export is the one that counts."""
    originals = world.trade.of("shopee")[::9]
    for number, order in enumerate(originals):
        world.trade.sales.append(
            Sale(
                TILL, order.at, order.items, order.discount, sold_on="Shopee", is_copy=True, name=f"HD9{number:05d}",
                cancelled_at=order.cancelled_at,
            )
        )  # fmt: skip


def _return_without_invoice(world: World) -> None:
    """Codes for all returns, and one of a pair of shoes whose invoice is older than the till's history."""
    shoes = company.PRODUCTS[3]
    at = world.moment(world.days[5], 15, 30)
    loose = Return("", at, Item(shoes.sku, shoes.name, shoes.shop_price, 1), shoes.shop_price)
    world.trade.loose_returns = [loose]
    number = 0
    for sale in world.trade.of(TILL):
        for place, back in enumerate(sale.returns):
            number += 1
            sale.returns[place] = Return(f"TH{number:06d}", back.at, back.item, back.amount, back.is_cancelled)
    world.trade.loose_returns = [Return(f"TH{number + 1:06d}", loose.at, loose.item, loose.amount)]


def _send_messages(world: World) -> None:
    """A message to the followers of the Zalo account every tenth day."""
    chance = Chance(world.seed, "trade/zalo_oa")
    leaving = Chance(world.seed, "trade/zalo_oa/opt_outs")
    for number, day in enumerate(world.days[4::10]):
        sent = max(20, round(1_500 * world.scale * chance.uniform(0.8, 1.2)))
        delivered = sent - chance.poisson(sent * 0.02)
        reads = min(delivered, chance.poisson(delivered * 0.55))
        world.trade.messages.append(
            Message(
                f"OA{number + 1:05d}", f"Tin số {number + 1}", chance.choice(("broadcast", "ZNS")),
                world.moment(day, 9, 30), sent, delivered, reads, min(reads, chance.poisson(reads * 0.12)),
                min(reads, leaving.poisson(1 + reads * 0.01)),
            )
        )  # fmt: skip
