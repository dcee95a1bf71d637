"""What TikTok reports of the company's ads: three reports, the last one restating four weeks."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Final

from raceway.sample.world.chance import Chance
from raceway.sample.world.seasons import demand
from raceway.sample.world.things import AdReport, AdRow
from raceway.sample.world.world import World

_VALUE: Final = 640_000  # đồng that a purchase is worth to TikTok
MASKED_BELOW: Final = 5  # of so few clicks TikTok only says that they are fewer

# campaign, ad group, ad, impressions of a plain day, click rate, đồng per click, purchases claimed per click
_ADS: Final = (
    ("TT_Prospecting", "18-24", "Video_03", 5_200, 0.012, 1_200, 0.006),
    ("TT_Prospecting", "25-34", "Video_03", 3_900, 0.010, 1_300, 0.008),
    ("TT_Retarget", "Đã xem, 14 ngày", "Video_01", 900, 0.011, 1_900, 0.030),
    ("TT_Retarget", "Đã xem, 14 ngày", "Spark – Fansipan", 260, 0.008, 1_700, 0.020),
)


def invent_tiktok(world: World) -> None:
    """Adds TikTok's reports to `world.ad_reports`: csv in English, csv in Vietnamese, and a workbook."""
    chance = Chance(world.seed, "tiktok")
    days = world.days
    rows = [_row(chance, world, day, *cells) for day in days for cells in _ADS]
    if not world.traps:
        world.ad_reports.append(AdReport("tiktok_ads", "vn-main", world.night, days[0], days[-1], tuple(rows), "csv"))
        return
    later = [_restated(chance, row) for row in rows]
    third = max(1, len(days) // 3)
    for flavour, source_rows, first, last in (
        ("csv", rows, days[0], days[third - 1]),
        ("csv-vi", rows, days[third], days[-7]),
        ("xlsx", later, days[-min(len(days), 28)], days[-1]),
    ):
        exported_at = world.night if last == days[-1] else world.moment(last + dt.timedelta(days=1), 8)
        inside = tuple(row for row in source_rows if first <= row.day <= last)
        world.ad_reports.append(AdReport("tiktok_ads", "vn-main", exported_at, first, last, inside, flavour))


def _row(
    chance: Chance, world: World, day: dt.date, campaign: str, ad_set: str, ad: str, impressions: int,
    rate: float, price: int, conversion: float,
) -> AdRow:  # fmt: skip
    shown = chance.count(impressions * world.scale * demand(day), 12)
    clicks = min(shown, chance.count(shown * rate))
    purchases = chance.poisson(clicks * conversion)
    if ad_set == _ADS[0][1]:
        purchases += 1  # so that every day states purchases; `-` elsewhere means none
    cost = round(clicks * price * chance.uniform(0.8, 1.25))
    return AdRow(
        day, campaign, "", "paid_social", shown, _told(clicks), cost, purchases * 100, ad_set=ad_set, ad=ad,
        purchase_value=purchases * _VALUE,
    )  # fmt: skip


def _told(clicks: int) -> int | None:
    """The clicks that the report tells: None where it says `<5`. None at all is told."""
    return clicks if clicks >= MASKED_BELOW or clicks == 0 else None


def _restated(chance: Chance, row: AdRow) -> AdRow:
    """The same row seen later: purchases credited anew, a little less cost."""
    purchases = (row.purchases_x100 or 0) + 100 * chance.hit(0.15)
    cost = row.cost - row.cost * chance.randrange(0, 3) // 100
    return replace(row, cost=cost, purchases_x100=purchases, purchase_value=purchases // 100 * _VALUE)
