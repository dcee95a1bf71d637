"""What ad platforms' reports say of the invented world, and which of them count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal

from raceway.sample.truth.orders import Exchange
from raceway.sample.truth.tally import Tally
from raceway.sample.world.things import AdRow
from raceway.sample.world.world import World


def claims_purchases(world: World, source: str, account: str) -> bool:
    """Whether an account's report states purchases: some platforms' do, others' where accounts.csv says so."""
    told = source in ("meta_ads", "tiktok_ads", "zalo_ads", "ads_file")
    return told or world.accounts[source, account].conversions_are_purchases


def bearing_rows(world: World) -> Iterator[tuple[str, str, AdRow]]:
    """Of each account and day the rows of the newest daily report."""
    newest: dict[tuple[str, str, dt.date], int] = {}
    reports = sorted(world.ad_reports, key=lambda report: report.exported_at)
    for number, report in enumerate(reports):
        for row in report.rows:
            newest[report.source, report.account, row.day] = number
    for number, report in enumerate(reports):
        for row in report.rows:
            if newest[report.source, report.account, row.day] == number:
                yield report.source, report.account, row


def count_ads(world: World, tally: Tally, exchange: Exchange, rows: Iterable[tuple[str, str, AdRow]]) -> None:
    """Impressions, clicks, cost and claimed purchases of `rows` (source, account, row), and Google's keywords."""
    for source, account, row in rows:
        at = world.accounts[source, account]
        cost = exchange.cost(row.cost, at.currency, row.day)
        place = (row.channel, at.market)
        tally.add("ad_impressions", row.day, row.impressions, *place)
        for name in ("ad_spend", "marketing_cost", "acquisition_cost"):
            tally.add(name, row.day, cost, *place)
        if row.clicks is not None:
            tally.add("ad_impressions_with_clicks", row.day, row.impressions, *place)
            tally.add("ad_spend_with_clicks", row.day, cost, *place)
            tally.add("ad_clicks", row.day, row.clicks, *place)
        if row.purchases_x100 is not None and claims_purchases(world, source, account):
            tally.add("platform_conversions", row.day, Decimal(row.purchases_x100) / 100, *place)
        if row.purchase_value is not None and claims_purchases(world, source, account):
            value = exchange.cost(row.purchase_value, at.currency, row.day)
            tally.add("platform_purchase_value", row.day, value, *place)
            tally.add("ad_spend_with_purchase_value", row.day, cost, *place)
    place = ("paid_search", world.accounts["google_ads", "vn-main"].market)
    for keyword in world.keywords:
        if keyword.quality_score is not None:
            scored = keyword.quality_score * keyword.impressions
            tally.add("quality_score_x_impressions", keyword.day, scored, *place)
            tally.add("quality_score_impressions", keyword.day, keyword.impressions, *place)


def count_organic_search(world: World, tally: Tally) -> None:
    """Clicks, impressions and positions of the search console."""
    place = ("organic_search", world.accounts["search_console", "vn-shop"].market)
    for day in world.searches:
        tally.add("search_clicks", day.day, day.clicks, *place)
        tally.add("search_impressions", day.day, day.impressions, *place)
        tally.add("search_position_x_impressions", day.day, Decimal(day.position_sum_x100) / 100, *place)
