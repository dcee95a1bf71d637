"""What the invented world sells beside its own shop and its store in New York: a till in Hà Nội, marketplaces,
shop systems.

Moments are UTC and whole minutes, since these exports write no seconds. Money is in whole đồng, VAT included.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Final, Literal

TILL: Final = "kiotviet"
MARKETPLACES: Final = ("shopee", "tiktok_shop", "lazada")
ITEMS_EXPORT: Final = 1
"""Which of the exports lists the items of WooCommerce's orders; the others are its report."""

ACCOUNTS: Final = {
    "kiotviet": "vn-hanoi",
    "shopee": "vn-mall",
    "tiktok_shop": "vn-mall",
    "lazada": "vn-mall",
    "haravan": "vn-kids",
    "sapo": "vn-outlet",
    "woocommerce": "vn-wholesale",
    "zalo_oa": "vn-oa",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One row of a sale; `discount` is what the shop gives off the whole row."""

    sku: str
    name: str
    price: int
    quantity: int
    discount: int = 0

    @property
    def amount(self) -> int:
        """Price × quantity before discounts."""
        return self.price * self.quantity


@dataclass(frozen=True, slots=True)
class Return:
    """Goods given back at the till in Hà Nội; `amount` is what the customer got."""

    code: str
    at: dt.datetime
    item: Item
    amount: int
    is_cancelled: bool = False


_YOUNG: Final = dt.timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the company's Zalo account, with what has come of it in the end."""

    id: str
    title: str
    kind: str
    sent_at: dt.datetime
    sent: int
    delivered: int
    reads: int
    clicks: int
    opt_outs: int = 0

    def shown(self, at: dt.datetime) -> tuple[int, int, int]:
        """Reads, clicks and opt-outs as an export shows them: a young message is not read to its end yet."""
        share = 1 if at - self.sent_at > _YOUNG else 2
        return self.reads // share, self.clicks // share, self.opt_outs // share


@dataclass(slots=True)
class Sale:
    """An order or invoice and what became of it."""

    source: str
    at: dt.datetime
    items: list[Item]
    discount: int = 0  # on the whole order
    email: str | None = None
    phone: str | None = None
    customer: str | None = None  # the till's own code
    sold_on: str = ""  # as a till or shop system names the place of sale
    place: Literal["online", "offline"] = "online"
    buyer_pays_more: int = 0  # shipping, less what the platform gives off
    cancelled_at: dt.datetime | None = None
    refused_at: dt.datetime | None = None
    refunds: list[tuple[dt.datetime, int]] = field(default_factory=list)  # moment, running total
    returns: list[Return] = field(default_factory=list)
    shop_shipping: int = 0  # that the shop bears
    settled_at: dt.datetime | None = None
    is_copy: bool = False  # of a marketplace's order: that one counts
    name: str = ""

    @property
    def subtotal(self) -> int:
        """Items less the shop's discounts."""
        return sum(item.amount - item.discount for item in self.items) - self.discount

    @property
    def total(self) -> int:
        """What the buyer pays."""
        return self.subtotal + self.buyer_pays_more

    @property
    def fees(self) -> tuple[int, int, int]:
        """Commission, programme and payment fee of a marketplace."""
        return (self.subtotal * 3 // 100, self.subtotal // 100, self.subtotal * 2 // 100)

    @property
    def payout(self) -> int:
        """What the marketplace pays out for it."""
        return self.subtotal - sum(self.fees) - self.shop_shipping

    def changes(self) -> list[dt.datetime]:
        """The moments at which an export of it begins to look different."""
        ends = (self.cancelled_at, self.refused_at, self.settled_at)
        return [self.at, *(moment for moment, _ in self.refunds), *(moment for moment in ends if moment is not None)]


@dataclass(slots=True)
class Trade:
    """All of it, and when it was exported."""

    sales: list[Sale] = field(default_factory=list)
    loose_returns: list[Return] = field(default_factory=list)  # at the till, without their invoice
    messages: list[Message] = field(default_factory=list)
    exports: list[dt.datetime] = field(default_factory=list)  # of every one of these sources

    def of(self, source: str) -> list[Sale]:
        """The sales of one source, in order of time."""
        return [sale for sale in self.sales if sale.source == source]

    def exported(self, source: str, at: dt.datetime) -> list[Sale]:
        """What the export taken at `at` holds: what is new or has changed since the one before."""
        before = max((moment for moment in self.exports if moment < at), default=None)
        return [
            sale
            for sale in self.of(source)
            if sale.at <= at and any(m <= at and (before is None or m > before) for m in sale.changes())
        ]

    def seen(self, sale: Sale, moment: dt.datetime) -> dt.datetime:
        """The first export that shows what happened to a sale at `moment`."""
        return min(export for export in self.exports if export >= max(moment, sale.at))
