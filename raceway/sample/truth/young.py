"""Where nobody can know who came before: the shops' histories are loaded from a day on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Final

from raceway.sample.truth.orders import Order
from raceway.sample.truth.tally import ALL, Key
from raceway.sample.world.periods import Calendar

UNREADY: Final = (
    "referred_customers",
    "referral_revenue",
    "referrals_converted",
    "friends_invited",
    "customers_with_two_orders",
    "lifetime_gross_profit",
    "onboarding_tickets",
    "leads_created_cohort",
    "leads_won_cohort",
    "leads_with_value",
    "new_customers",
    "active_customers_at_start",
    "retained_customers",
    "returning_customers",
    "existing_customer_orders",
    "upsell_orders",
    "cross_sell_orders",
    "active_customers_at_end",
    "advocates",
    "customer_campaign_gross_profit",
    "cac_payback_months",
    "reactivated_customers",
    "days_between_orders",
    "revenue_before",
    "revenue_retained",
    "revenue_retained_capped",
)
"""What nobody can know while the history is young."""


class YoungHistory:
    """The periods and markets in doubt until `ready_from`; `orders` are those that count."""

    def __init__(self, calendar: Calendar, ready_from: dt.date, orders: Iterable[Order]) -> None:
        self._calendar = calendar
        self._ready_from = ready_from
        self._first_sold: dict[str, dt.date] = {}
        for order in orders:
            self._first_sold[order.market] = min(order.day, self._first_sold.get(order.market, order.day))

    def holds(self, key: Key) -> bool:
        """Whether a period is in doubt: over all markets, and in one that the shops have sold to by its end."""
        _, period, start, _, market = key
        if start >= self._ready_from:
            return False
        return market == ALL or self._first_sold.get(market, dt.date.max) <= self._calendar.end(period, start)
