"""What the ad platforms and the search engine report: rows, restatements and which export bears them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from raceway.sample.invent.store import last_till_day
from raceway.sample.world.chance import Chance
from raceway.sample.world.seasons import demand
from raceway.sample.world.things import AdReport, AdRow, KeywordRow, SearchDay
from raceway.sample.world.world import World


@dataclass(frozen=True)
class Campaign:
    """A campaign and its plain day. `cpc` in the smallest unit of its account's currency."""

    name: str
    type: str
    channel: str
    impressions: float
    ctr: float
    cpc: float
    conversion: float  # purchases claimed per click


GOOGLE_VN: Final = (
    Campaign("Giày chạy – Tìm kiếm", "Search", "paid_search", 2600, 0.052, 3_100, 0.036),
    Campaign("Thương hiệu Sông Hồng", "Search", "paid_search", 900, 0.11, 1_900, 0.07),
    Campaign("Mua sắm toàn danh mục", "Shopping", "paid_search", 5200, 0.016, 2_600, 0.028),
    Campaign("PMax giày dép", "Performance Max", "cross_network", 6100, 0.013, 2_400, 0.03),
    Campaign("Demand Gen người mới", "Demand Gen", "cross_network", 2100, 0.009, 1_700, 0.008),
    Campaign("Hiển thị, tiếp thị lại", "Display", "display", 9800, 0.004, 1_100, 0.006),
    Campaign("Video Tết quê nhà", "Video", "paid_video", 4300, 0.003, 900, 0.002),
)
GOOGLE_US: Final = (
    Campaign("Canal Street store", "", "paid_search", 700, 0.045, 62, 0.05),
    Campaign("Viet shoes NYC, near me", "", "paid_search", 420, 0.06, 48, 0.04),
)
META: Final = (
    Campaign("CB | Lookalike 2%", "", "paid_social", 5400, 0.012, 2_300, 0.022),
    Campaign("CB | Tiếp thị lại", "", "paid_social", 2600, 0.019, 2_000, 0.045),
    Campaign("TT Tương tác bài viết", "", "paid_social", 3800, 0.02, 800, 0.004),
)
ADS_OF_A_SET: Final = (
    ("Nam 25-44", "Video chạy bộ"),
    ("Nam 25-44", "12.23.2024"),
    ("Nữ 25-44", "Ảnh sandal, nền xanh"),
)
TWIN_AD: Final = "Video chạy bộ"  # a second ad of the same name runs in the same set: equal keys on a day

_KEYWORDS: Final = (
    ("giày chạy bộ nam", "Broad match", "Giày chạy – Tìm kiếm", "Giày chạy", 7),
    ('"giày địa hình"', "Phrase match", "Giày chạy – Tìm kiếm", "Giày chạy", 6),
    ("[giày chạy bộ nữ]", "Exact match", "Giày chạy – Tìm kiếm", "Giày chạy", 8),
    ("dép trẻ em", "Broad match", "Giày chạy – Tìm kiếm", "Trẻ em", None),
    ("[sông hồng]", "Exact match", "Thương hiệu Sông Hồng", "Thương hiệu", 10),
    ("giày sông hồng", "Broad match", "Thương hiệu Sông Hồng", "Thương hiệu", 9),
    ("giay song hong, chính hãng", "Broad match", "Thương hiệu Sông Hồng", "Thương hiệu", None),
)


def invent_campaigns(world: World) -> None:
    """Fills `world.ad_reports`, `world.keywords` and `world.searches`."""
    _google(world)
    _meta(world)
    chance = Chance(world.seed, "keywords")
    for day in world.days:
        world.keywords += [_keyword(chance, world, day, *cells) for cells in _KEYWORDS]
    chance = Chance(world.seed, "search")
    for day in world.days[:-2]:  # the engine is two days behind
        impressions = chance.count(5200 * world.scale * demand(day), 40) + 20
        clicks = min(chance.count(impressions * chance.uniform(0.03, 0.05)), impressions)
        position = round(impressions * 100 * chance.uniform(7, 14))
        world.searches.append(SearchDay(day, clicks, impressions, position))


def _google(world: World) -> None:
    """An early report, and one of the last 30 days in which clicks were credited anew."""
    chance = Chance(world.seed, "google")
    days = world.days
    rows = [_row(chance, world, campaign, day) for day in days for campaign in GOOGLE_VN]
    if world.traps:
        _google_twice(world, chance, rows)
    else:
        world.ad_reports.append(_report("google_ads", "vn-main", world.night, days[0], days[-1], rows, "excel"))
    last = last_till_day(world)
    us_rows = [_row(chance, world, campaign, day) for day in days if day <= last for campaign in GOOGLE_US]
    world.ad_reports.append(_report("google_ads", "us-store", world.night, days[0], last, us_rows, "csv"))


def _google_twice(world: World, chance: Chance, rows: list[AdRow]) -> None:
    days = world.days
    early_end = days[-min(len(days), 11)]
    restated_from = days[-min(len(days), 30)]
    world.ad_reports += [
        _report(
            "google_ads",
            "vn-main",
            world.moment(early_end + dt.timedelta(days=1), 7),
            days[0],
            early_end,
            rows,
            "excel",
        ),
        _report("google_ads", "vn-main", world.night, restated_from, days[-1], _restated(chance, rows), "excel-us"),
    ]


def _meta(world: World) -> None:
    """Without link clicks at first, then in Vietnamese, then in English with breakdowns, and the last days anew."""
    chance = Chance(world.seed, "meta")
    days = world.days
    rows = []
    for day in days:
        for campaign in META:
            rows += _ads(chance, world, campaign, day)
    if not world.traps:
        world.ad_reports.append(_report("meta_ads", "vn-main", world.night, days[0], days[-1], rows, "en"))
        return
    third = max(1, len(days) // 3)
    bounds = {
        "no-clicks": (days[0], days[third - 1]),
        "vi": (days[min(third, len(days) - 1)], days[-min(len(days), 8)]),
        "en": (days[-min(len(days), 28)], days[-1]),
        "breakdown": (days[-min(len(days), 14)], days[-min(len(days), 8)]),
    }
    without_clicks = [replace(row, clicks=None) for row in rows]
    restated = _restated(chance, rows)
    by_person = [part for row in restated for part in _by_gender_and_age(chance, row)]
    for flavour, source_rows, exported_at in (
        ("no-clicks", without_clicks, world.moment(bounds["no-clicks"][1] + dt.timedelta(days=1), 7)),
        ("vi", rows, world.moment(bounds["vi"][1] + dt.timedelta(days=1), 7)),
        ("en", restated, world.night),
        ("breakdown", by_person, world.night + dt.timedelta(minutes=5)),
    ):
        world.ad_reports.append(_report("meta_ads", "vn-main", exported_at, *bounds[flavour], source_rows, flavour))


def _report(
    source: str,
    account: str,
    exported_at: dt.datetime,
    first: dt.date,
    last: dt.date,
    rows: Iterable[AdRow],
    flavour: str,
) -> AdReport:
    inside = tuple(row for row in rows if first <= row.day <= last)
    return AdReport(source, account, exported_at, first, last, inside, flavour)


def _row(chance: Chance, world: World, campaign: Campaign, day: dt.date) -> AdRow:
    impressions = chance.count(campaign.impressions * world.scale * demand(day), 15)
    clicks = min(impressions, chance.count(impressions * campaign.ctr))
    cost = round(clicks * campaign.cpc * chance.uniform(0.8, 1.25))
    purchases = round(clicks * campaign.conversion * 100 * chance.uniform(0.6, 1.4))
    return AdRow(day, campaign.name, campaign.type, campaign.channel, impressions, clicks, cost, purchases)


def _ads(chance: Chance, world: World, campaign: Campaign, day: dt.date) -> list[AdRow]:
    """The ads of a Meta campaign on a day; two of them share all their names."""
    rows = []
    for ad_set, ad in (*ADS_OF_A_SET, (ADS_OF_A_SET[0][0], TWIN_AD)):
        row = _row(chance, world, replace(campaign, impressions=campaign.impressions / 4), day)
        purchases = chance.poisson((row.clicks or 0) * campaign.conversion)
        if campaign is META[1] and ad_set == ADS_OF_A_SET[2][0]:
            purchases += 1  # so that every day states purchases; blank elsewhere means none
        rows.append(replace(row, ad_set=ad_set, ad=ad, purchases_x100=purchases * 100 if purchases else None))
    return rows


def _restated(chance: Chance, rows: list[AdRow]) -> list[AdRow]:
    """The same days seen later: more conversions, a little less cost after invalid clicks."""
    return [
        replace(
            row,
            cost=row.cost - row.cost * chance.randrange(0, 3) // 100,
            purchases_x100=None if row.purchases_x100 is None else row.purchases_x100 + 100 * chance.randrange(0, 2),
        )
        for row in rows
    ]


def _by_gender_and_age(chance: Chance, row: AdRow) -> list[AdRow]:
    """The row split over gender and age, adding up to it."""
    groups = (("female", "25-34"), ("female", "35-44"), ("male", "25-34"), ("unknown", "25-34"))
    parts = []
    left = row
    for index, (gender, age) in enumerate(groups):
        share = 1.0 if index == len(groups) - 1 else chance.uniform(0.1, 0.6)
        purchases = left.purchases_x100 or 0
        part = replace(
            left,
            impressions=round(left.impressions * share),
            clicks=None if left.clicks is None else round(left.clicks * share),
            cost=round(left.cost * share),
            purchases_x100=purchases if index == 0 else 0,
            gender=gender,
            age=age,
        )
        parts.append(replace(part, purchases_x100=part.purchases_x100 or None))
        left = replace(
            left,
            impressions=left.impressions - part.impressions,
            clicks=None if left.clicks is None or part.clicks is None else left.clicks - part.clicks,
            cost=left.cost - part.cost,
            purchases_x100=0,
        )
    return parts


def _keyword(
    chance: Chance,
    world: World,
    day: dt.date,
    keyword: str,
    match: str,
    campaign: str,
    ad_group: str,
    score: int | None,
) -> KeywordRow:
    impressions = chance.count(260 * world.scale * demand(day), 8)
    clicks = min(impressions, chance.count(impressions * 0.06))
    cost = round(clicks * 2_700 * chance.uniform(0.8, 1.25))
    if score is not None and chance.hit(0.04):
        score = None  # too little data that day
    elif score is not None:
        score = max(1, min(10, score + chance.choice((-1, 0, 0, 0, 1))))
    return KeywordRow(day, keyword, match, campaign, ad_group, impressions, clicks, cost, score)
