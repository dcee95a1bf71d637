"""What the till in Hà Nội, marketplaces and shop systems add to the truth."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

from raceway.config.accounts import Account
from raceway.sample.truth.identities import Identity, Links, order_identity
from raceway.sample.truth.orders import Order, SoldLine, half_up
from raceway.sample.truth.tally import Tally
from raceway.sample.world.things import micros
from raceway.sample.world.trade import ACCOUNTS, ITEMS_EXPORT, MARKETPLACES, TILL, Sale
from raceway.sample.world.world import World


def reveal_buyers(world: World, links: Links) -> None:
    """Joins what one sale names together: telephone and e-mail, telephone and the till's customer code."""
    for sale in _told(world):
        named = [identity for identity in _identities(sale) if identity is not None]
        for other in named[1:]:
            links.join(named[0], other)


def trade_orders(world: World, links: Links) -> list[Order]:
    """The orders of these sources; copies of a marketplace's orders are none."""
    return [_order(world, links, sale) for sale in _told(world)]


def count_loose_returns(world: World, tally: Tally) -> None:
    """What was given back at the till without its invoice: the store's, at its own day."""
    for _, day, market, amount in loose_returns(world):
        tally.add("refunded_sales", day, amount, "store", market)
        tally.add("net_sales", day, -amount, "store", market)


def loose_returns(world: World) -> list[tuple[tuple[str, str], dt.date, str, int]]:
    """Those returns: account, day, market, amount without VAT."""
    account = world.accounts[TILL, ACCOUNTS[TILL]]
    return [
        ((account.source, account.account), back.at.astimezone(account.zone).date(), account.market,
         half_up(back.amount / _vat(account)))
        for back in world.trade.loose_returns
    ]  # fmt: skip


def _vat(account: Account) -> Fraction:
    """What an amount of the account is divided by to be net."""
    return 1 + Fraction(account.vat_rate) if account.prices_include_vat else Fraction(1)


def _told(world: World) -> list[Sale]:
    return [sale for sale in world.trade.sales if not sale.is_copy]


def _identities(sale: Sale) -> tuple[Identity | None, ...]:
    code = None if sale.customer is None else ("kiotviet_customer", sale.customer)
    return (order_identity(sale.email, None), order_identity(None, sale.phone), code)


def _order(world: World, links: Links, sale: Sale) -> Order:
    account = world.accounts[sale.source, ACCOUNTS[sale.source]]
    identity = next((identity for identity in _identities(sale) if identity is not None), None)
    day = sale.at.astimezone(account.zone).date()
    vat = _vat(account)

    def local(moment: dt.datetime) -> dt.date:
        return moment.astimezone(account.zone).date()

    lines = _lines(world, sale, vat)
    gross = sum(line.gross for line in lines)
    return Order(
        id=f"{sale.source}:{account.account}:{sale.name}",
        at=micros(sale.at),
        day=day,
        place=sale.place,
        person=None if identity is None else links.person(identity),
        market=account.market,
        gross=gross,
        discount=min(half_up((sum(item.discount for item in sale.items) + sale.discount) / vat), gross),
        refunds=_refunds(world, sale, local(sale.at)) if sale.source != TILL else [
            (local(back.at), half_up(back.amount / vat)) for back in sale.returns if not back.is_cancelled
        ],
        lines=lines,
        cancelled_on=_cancelled_on(world, sale),
        undelivered_on=None if sale.refused_at is None else local(world.trade.seen(sale, sale.refused_at)),
        shop_channel="marketplace" if sale.source in MARKETPLACES else None,
        fees=None if sale.settled_at is None else Decimal(sum(sale.fees) + sale.shop_shipping),
    )  # fmt: skip


def _lines(world: World, sale: Sale, vat: Fraction) -> tuple[SoldLine, ...]:
    """The rows of an order: Lazada writes one for each piece, WooCommerce's report one for all and no article."""
    if sale.source == "woocommerce" and not _is_told_by_items(world, sale):
        return (
            SoldLine(
                "", sum(item.quantity for item in sale.items), sum(half_up(item.amount / vat) for item in sale.items)
            ),
        )
    if sale.source == "lazada":
        return tuple(
            SoldLine(item.sku, 1, half_up(item.price / vat)) for item in sale.items for _ in range(item.quantity)
        )
    return tuple(SoldLine(item.sku, item.quantity, half_up(item.amount / vat)) for item in sale.items)


def _is_told_by_items(world: World, sale: Sale) -> bool:
    """Whether the export that lists items (WooCommerce's second) has the order, newest or not."""
    return sale in world.trade.exported(sale.source, world.trade.exports[ITEMS_EXPORT])


def _cancelled_on(world: World, sale: Sale) -> dt.date | None:
    """TikTok and Haravan write the moment; of the others the first export that shows it, or nobody knows better
    than the day of the order."""
    if sale.cancelled_at is None:
        return None
    zone = world.accounts[sale.source, ACCOUNTS[sale.source]].zone
    if sale.source in ("tiktok_shop", "haravan"):
        return sale.cancelled_at.astimezone(zone).date()
    shown = world.trade.seen(sale, sale.cancelled_at)
    return (sale.at if shown == world.trade.seen(sale, sale.at) else shown).astimezone(zone).date()


def _refunds(world: World, sale: Sale, day: dt.date) -> list[tuple[dt.date, int]]:
    """Each change of the running total, dated by the export that shows it; by the order's day if the first does."""
    account = world.accounts[sale.source, ACCOUNTS[sale.source]]
    rows = []
    shown = 0
    first = world.trade.seen(sale, sale.at)
    for export in world.trade.exports:
        refunded = min([0, *(total for at, total in sale.refunds if at <= export)][-1], sale.total)
        if export >= first and refunded != shown:
            items = Fraction((refunded - shown) * sale.subtotal, sale.total)
            rows.append(
                (day if export == first else export.astimezone(account.zone).date(), half_up(items / _vat(account)))
            )
            shown = refunded
    return rows
