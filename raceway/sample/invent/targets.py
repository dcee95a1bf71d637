"""What the company wants to reach: targets for KPIs of all stages by month, quarter and 90-day cycle.

Rates are wanted as they stand. Counts and amounts are those of a company at scale 1 and grow and shrink with the
sample, so that at every size some targets are met, some are at risk and some are missed.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from raceway.sample.world.chance import Chance
from raceway.sample.world.periods import Calendar
from raceway.sample.world.things import Target
from raceway.sample.world.world import World

_MONTH_SUMS: Final = (  # at scale 1
    ("unique_visitors", 4_350),
    ("sessions", 5_700),
    ("ad_impressions", 1_850_000),
    ("organic_search_clicks", 5_950),
    ("brand_mentions", 800),
    ("leads", 102),
    ("signups", 128),
    ("new_customers", 790),
    ("reviews", 236),
    ("referred_customers", 22),
    ("referral_revenue", 20_000_000),
)
_MONTH_RATES: Final = (
    ("ctr", "0.0145"),
    ("cpc", "3400"),
    ("value_per_visit", "210000"),
    ("engagement_rate", "0.78"),
    ("share_of_voice", "0.45"),
    ("email_delivery_rate", "0.99"),
    ("visitor_interaction_rate", "0.68"),
    ("cart_abandonment_rate", "0.46"),
    ("checkout_completion_rate", "0.85"),
    ("lcp_p75", "2500"),
    ("visitor_conversion_rate", "0.16"),
    ("average_order_value", "1400000"),
    ("gross_margin", "0.65"),
    ("roas", "3"),
    ("customer_retention_rate", "0.8"),
    ("repeat_purchase_rate", "0.46"),
    ("csat", "0.85"),
    ("return_rate", "0.05"),
    ("email_click_rate", "0.042"),
    ("first_response_time", "180"),
    ("nps_response_rate", "0.38"),
    ("average_rating", "4.2"),
    ("advocate_rate", "0.055"),
)
_QUARTER_SUMS: Final = (  # at scale 1
    ("net_sales", 8_600_000_000),
    ("orders", 6_600),
    ("gross_profit", 5_900_000_000),
    ("unique_visitors", 11_800),
    ("leads", 320),
    ("new_customers", 2_400),
    ("referred_customers", 72),
)
_QUARTER_RATES: Final = (
    ("cart_abandonment_rate", "0.47"),
    ("visitor_conversion_rate", "0.17"),
    ("customer_retention_rate", "0.35"),
    ("repeat_purchase_rate", "0.46"),
    ("net_promoter_score", "25"),
)
_CYCLE_SUMS: Final = (  # at scale 1
    ("net_sales", 8_100_000_000),
    ("orders", 5_850),
    ("unique_visitors", 9_000),
)
_CYCLE_RATES: Final = (
    ("session_conversion_rate", "0.12"),
    ("cart_abandonment_rate", "0.48"),
    ("email_click_rate", "0.04"),
)


def month_targets(world: World, chance: Chance, month: dt.date) -> list[Target]:
    """What a month should reach, over all and for two single channels; counts grow within four months."""
    million = world.scale * 1_000_000
    found = [
        Target("net_sales", "month", month, "", "", _whole(chance.randrange(2_200, 3_200) * million)),
        Target("orders", "month", month, "", "", _whole(chance.randrange(1_700, 2_200) * world.scale)),
        Target("customer_acquisition_cost", "month", month, "", "", f"{chance.randrange(150, 260)}000"),
        Target("email_open_rate", "month", month, "email", "", "0.25"),
        Target("ad_spend", "month", month, "paid_search", "VN", _whole(130 * million)),
        Target("net_promoter_score", "month", month, "", "", "35"),
    ]
    if month < world.as_of.replace(day=1):  # in a month that has just begun no initiative is due yet
        found.append(Target("initiatives_on_schedule_rate", "month", month, "", "", "0.8"))
    growth = 1 + (month.month % 4) * 0.02
    found += [Target(kpi, "month", month, "", "", _whole(size * world.scale * growth)) for kpi, size in _MONTH_SUMS]
    return found + [Target(kpi, "month", month, "", "", target) for kpi, target in _MONTH_RATES]


def longer_targets(world: World) -> list[Target]:
    """What the quarters and 90-day cycles that touch the days of the world should reach."""
    business = world.settings.business
    calendar = Calendar(business.fiscal_year_start_month, business.cycle_start)
    days = (*world.days, world.as_of)
    quarters = sorted({calendar.start("quarter", day) for day in days})
    cycles = sorted({calendar.start("cycle", day) for day in days if day >= business.cycle_start})
    return [
        Target(kpi, period, start, "", "", target)
        for period, starts, sums, rates in (
            ("quarter", quarters, _QUARTER_SUMS, _QUARTER_RATES),
            ("cycle", cycles, _CYCLE_SUMS, _CYCLE_RATES),
        )
        for start in starts
        for kpi, target in [*((kpi, _whole(size * world.scale)) for kpi, size in sums), *rates]
    ]


def _whole(amount: float) -> str:
    return str(max(1, round(amount)))
