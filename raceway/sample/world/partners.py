"""Who recommends for a reward: customers who invite friends, and publishers of the affiliate network."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Referral:
    """An invitation from one address to another; `order_name` where the tool knows the friend's order."""

    id: str
    at: dt.datetime
    inviter: str
    invited: str  # empty: a link that was passed on
    order_name: str = ""
    ordered_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class AffiliateSale:
    """A transaction of the network, in đồng; `decided_at` is when its status stopped being pending."""

    id: str
    at: dt.datetime
    publisher: int
    amount: int
    commission: int
    status: str  # as the network writes it: 0 pending, 1 approved, 2 declined
    decided_at: dt.datetime | None
    sku: str


@dataclass(slots=True)
class Partners:
    """All of them."""

    referrals: list[Referral] = field(default_factory=list)
    affiliate_sales: list[AffiliateSale] = field(default_factory=list)
