"""The orders of the invented world as they must be counted: money, dates, persons, channels."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Final

from raceway.sample.invent.store import ZONE
from raceway.sample.truth.identities import Identity, Links, order_identity
from raceway.sample.truth.sessions import Session
from raceway.sample.world import company
from raceway.sample.world.things import DAY, Rate, ShopOrder, TillSale, micros
from raceway.sample.world.world import World

_VAT: Final = 1 + Fraction(company.VAT)


def half_up(amount: Fraction) -> int:
    """Rounded to whole đồng, halves away from zero."""
    whole = (2 * abs(amount.numerator) + amount.denominator) // (2 * amount.denominator)
    return whole if amount >= 0 else -whole


def six_decimals(amount: Fraction) -> Decimal:
    """Rounded to millionths of a đồng, halves away from zero: costs and fees are kept so."""
    return Decimal(half_up(amount * 1_000_000)).scaleb(-6)


class Exchange:
    """The company's rates: of two for one day the one written down later."""

    def __init__(self, rates: list[Rate], max_age_days: int) -> None:
        self.max_age_days = max_age_days
        self._rates = {rate.day: rate.rate_x100 for rate in sorted(rates, key=lambda rate: rate.exported_at)}

    def dong(self, amount: int, currency: str, day: dt.date) -> int:
        """An amount in its currency's smallest unit, in whole đồng at the rate of `day` (or the latest before)."""
        return half_up(self._converted(amount, currency, day))

    def cost(self, amount: int, currency: str, day: dt.date) -> Decimal:
        """The same of a cost or fee, to six decimals of a đồng."""
        return six_decimals(self._converted(amount, currency, day))

    def _converted(self, amount: int, currency: str, day: dt.date) -> Fraction:
        return Fraction(amount) if currency == "VND" else Fraction(amount, 100) * self.rate(currency, day)

    def rate(self, currency: str, day: dt.date) -> Fraction:
        """How many đồng one of a currency is on `day`."""
        if currency == "VND":
            return Fraction(1)
        for age in range(self.max_age_days + 1):
            rate = self._rates.get(day - dt.timedelta(days=age))
            if rate is not None:
                return Fraction(rate, 100)
        raise LookupError(f"the invented world has no rate for {currency} on {day}")


@dataclass(frozen=True, slots=True)
class SoldLine:
    """What was sold of one article; `gross` in đồng, net of VAT."""

    sku: str
    quantity: int
    gross: int


@dataclass(slots=True)
class Order:
    """An order that was placed; money in đồng, net of VAT."""

    id: str
    at: int
    day: dt.date
    place: str
    person: Identity | None
    market: str
    gross: int
    discount: int
    refunds: list[tuple[dt.date, int]]
    lines: tuple[SoldLine, ...]  # without gift cards; their gross adds up to the order's
    cancelled_on: dt.date | None = None
    undelivered_on: dt.date | None = None
    names: tuple[str, ...] = ()
    shop_channel: str | None = None  # that the place of sale is itself
    channel: str = ""
    ad_source: str | None = None
    fees: Decimal | None = None  # with the shipping that the shop bears; None: nobody states them
    number: int = field(default=0)  # of its person, among counted orders

    @property
    def is_counted(self) -> bool:
        """Neither cancelled nor refused at the door."""
        return self.cancelled_on is None and self.undelivered_on is None

    @property
    def net(self) -> int:
        """Sales after discount and all refunds to date."""
        return self.gross - self.discount - sum(amount for _, amount in self.refunds)


def placed_orders(world: World, links: Links, exchange: Exchange, more: Iterable[Order] = ()) -> list[Order]:
    """All orders but tests, of shop and till and `more`, in the order of time."""
    orders = [_shop_order(world, links, order) for order in world.orders if not order.is_test]
    orders += [_till_order(world, links, exchange, sale) for sale in world.sales if sale.lines]
    orders += more
    orders.sort(key=lambda order: (order.at, order.id))
    counts: dict[Identity, int] = {}
    for order in orders:
        if order.is_counted and order.person is not None:
            counts[order.person] = order.number = counts.get(order.person, 0) + 1
    return orders


def without_vat(order: ShopOrder) -> Fraction:
    """Which part of the order's prices is left without VAT: by the tax that it states over goods and shipping, else by
    the rate."""
    held = order.goods - order.goods_discount + order.shipping
    if not order.taxes_x100:
        return 1 / _VAT
    return (held - Fraction(order.taxes_x100, 100)) / held


def _shop_order(world: World, links: Links, order: ShopOrder) -> Order:
    account = world.accounts["shopify", "vn-shop"]
    identity = order_identity(order.email, order.phone)
    cancelled, refused = order.cancelled_at, order.refused_at
    left = without_vat(order)
    gross = sum(half_up(line.price * line.quantity * left) for line in order.lines if not line.is_gift_card)
    seen = [moment for moment in world.order_exports if refused is not None and moment >= refused]
    return Order(
        id=f"shopify:vn-shop:{order.name}",
        at=micros(order.created_at),
        day=order.created_at.astimezone(account.zone).date(),
        place="online",
        person=None if identity is None else links.person(identity),
        market=order.shipping_country or order.billing_country or account.market,
        gross=gross,
        # goods that are given away bring nothing, and not one đồng less because lines are rounded one by one
        discount=min(half_up(order.goods_discount * left), gross),
        refunds=_refunds(world, order),
        lines=tuple(
            SoldLine(line.sku, line.quantity, half_up(line.price * line.quantity * left))
            for line in order.lines
            if not line.is_gift_card
        ),
        cancelled_on=None if cancelled is None else cancelled.astimezone(account.zone).date(),
        undelivered_on=seen[0].astimezone(account.zone).date() if seen else None,
        names=(order.name, order.id),
    )


def _refunds(world: World, order: ShopOrder) -> list[tuple[dt.date, int]]:
    """What each export shows more than the one before, dated by it; by the order date where the first shows it.

    Of what was paid back goods have the share that they have in the order's total.
    """
    zone = world.accounts["shopify", "vn-shop"].zone
    rows = []
    shown = Fraction(0)
    exports = [moment for moment in world.order_exports if moment >= order.created_at]
    for number, exported_at in enumerate(exports):
        total = [0, *(total for moment, total in order.refunds if moment <= exported_at)][-1]
        goods = order.goods - order.goods_discount
        items = Fraction(min(total, order.total) * goods, order.total) if order.total else Fraction(0)
        if items != shown:
            moment = order.created_at if number == 0 else exported_at
            rows.append((moment.astimezone(zone).date(), half_up((items - shown) * without_vat(order))))
            shown = items
    return rows


def _till_order(world: World, links: Links, exchange: Exchange, sale: TillSale) -> Order:
    account = world.accounts["square", "us-store"]
    identity: Identity | None = None
    if sale.customer is not None:
        identity = ("square_customer", sale.customer)
    elif sale.reference is not None:
        identity = ("login", sale.reference)
    day = sale.at.astimezone(ZONE).date()
    sold = [line for line in sale.lines if not line.is_gift_card]
    gross = sum(exchange.dong(line.price * line.quantity, account.currency, day) for line in sold)
    return Order(
        id=f"square:us-store:{sale.transaction}",
        at=micros(sale.at),
        day=day,
        place="offline",
        person=None if identity is None else links.person(identity),
        market=account.market,
        gross=gross,
        discount=min(exchange.dong(sum(line.discount for line in sold), account.currency, day), gross),
        refunds=till_refunds(exchange, sale),
        lines=tuple(
            SoldLine(line.sku, line.quantity, exchange.dong(line.price * line.quantity, account.currency, day))
            for line in sold
        ),
    )


def till_refunds(exchange: Exchange, sale: TillSale) -> list[tuple[dt.date, int]]:
    """What was given back over the counter: one row each, at the rate of its own day."""
    rows = []
    for refund in sale.refunds:
        day = refund.at.astimezone(ZONE).date()
        rows.append((day, exchange.dong(refund.amount, "USD", day)))
    return rows


def find_channels(orders: list[Order], sessions: list[Session], lookback_days: int) -> None:
    """Gives every order the channel of the last session that is not direct and began within the look-back.

    A known buyer's sessions are the person's; a guest's is the one whose purchase names the order.
    """
    touches: dict[Identity, list[Session]] = {}
    named: dict[str, list[Session]] = {}
    for session in sessions:
        if session.channel == "direct":
            continue
        touches.setdefault(session.person, []).append(session)
        for event in session.events:
            if event.transaction is not None:
                named.setdefault(event.transaction, []).append(session)
    for order in orders:
        if order.shop_channel is not None:
            order.channel = order.shop_channel
            continue
        if order.person is not None:
            candidates = touches.get(order.person, [])
        else:
            candidates = sorted((s for name in order.names for s in named.get(name, [])), key=lambda s: s.start)
        before = bisect_right([session.start for session in candidates], order.at)
        touch = candidates[before - 1] if before else None
        if touch is not None and order.at - touch.start <= lookback_days * DAY:
            order.channel, order.ad_source = touch.channel, touch.ad_source
        else:
            order.channel = "direct" if order.place == "online" else "store"
