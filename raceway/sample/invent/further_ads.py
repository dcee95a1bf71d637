"""What the further ad platforms report: Microsoft in New York, LinkedIn for wholesale, Zalo and Cốc Cốc in Viet Nam."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Final

from raceway.sample.invent.campaigns import Campaign
from raceway.sample.world.chance import Chance
from raceway.sample.world.seasons import demand
from raceway.sample.world.things import AdReport, AdRow
from raceway.sample.world.world import World

# source, account, how its file looks, what a purchase is worth to it (None: its report has no value), campaigns
_PLATFORMS: Final = (
    ("microsoft_ads", "us-store", "us", 9_400, (
        Campaign("Canal Street store", "Search & content", "paid_search", 310, 0.05, 41, 0.05),
        Campaign("NYC shoe lovers", "Audience", "display", 900, 0.004, 22, 0.01),
    )),
    ("linkedin_ads", "us-b2b", "us", None, (
        Campaign("Wholesale | Buyers", "", "paid_social", 80, 0.008, 610, 0.02),
        Campaign("Wholesale | Owners", "", "paid_social", 40, 0.011, 740, 0.03),
    )),
    ("zalo_ads", "vn-main", "vi", 710_000, (
        Campaign("Zalo | Khách quen", "", "paid_social", 1_900, 0.013, 1_100, 0.02),
        Campaign("Zalo | Người mới", "", "paid_social", 2_700, 0.009, 900, 0.006),
    )),
    ("ads_file", "vn-coccoc", "template", 690_000, (
        Campaign("Cốc Cốc – Giày chạy", "", "paid_search", 640, 0.03, 1_300, 0.02),
        Campaign("Cốc Cốc – Biểu ngữ", "", "display", 1_500, 0.003, 700, 0.004),
    )),
)  # fmt: skip


def invent_further_ads(world: World) -> None:
    """Adds their reports to `world.ad_reports`: one of all days, then one that restates the last two weeks."""
    days = world.days
    for source, account, flavour, worth, campaigns in _PLATFORMS:
        chance = Chance(world.seed, source)
        rows = [_row(chance, world, day, campaign, worth) for day in days for campaign in campaigns]
        twice = ((world.moment(days[-6], 8), days[0], days[-7]), (world.night, days[-14], days[-1]))
        for exported_at, first, last in twice if world.traps else ((world.night, days[0], days[-1]),):
            inside = tuple(row for row in rows if first <= row.day <= last)
            world.ad_reports.append(AdReport(source, account, exported_at, first, last, inside, flavour))
            rows = [_restated(chance, row, worth) for row in rows]


def _row(chance: Chance, world: World, day: dt.date, campaign: Campaign, worth: int | None) -> AdRow:
    shown = chance.count(campaign.impressions * world.scale * demand(day), 10)
    clicks = min(shown, chance.count(shown * campaign.ctr))
    purchases = chance.poisson(clicks * campaign.conversion)
    cost = round(clicks * campaign.cpc * chance.uniform(0.8, 1.25))
    return AdRow(
        day, campaign.name, campaign.type, campaign.channel, shown, clicks, cost, purchases * 100,
        purchase_value=None if worth is None else purchases * worth,
    )  # fmt: skip


def _restated(chance: Chance, row: AdRow, worth: int | None) -> AdRow:
    """The same row seen later: a purchase more where one is credited late."""
    purchases = (row.purchases_x100 or 0) // 100 + chance.hit(0.1)
    return replace(row, purchases_x100=purchases * 100, purchase_value=None if worth is None else purchases * worth)
