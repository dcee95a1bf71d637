"""The invented company's exports night by night: what each account would export in the night after a day.

A world is cut into worlds of one day each, and the sample's own traces write their files (without traps). The night
after a day brings that day; the till and the ads in New York, where it is still running, bring the day before, the
search engine the day two before. An order comes in each night in which something about it is new.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from raceway.config.accounts import Account
from raceway.config.settings import Night, Required, Settings
from raceway.sample.invent.everything import invent_world
from raceway.sample.invent.store import ZONE, last_till_day
from raceway.sample.traces.further_ads import write_ads_file, write_linkedin_ads, write_microsoft_ads, write_zalo_ads
from raceway.sample.traces.ga4 import write_ga4
from raceway.sample.traces.google_ads import write_google_ads
from raceway.sample.traces.marketplaces import write_tiktok_shop
from raceway.sample.traces.meta_ads import write_meta_ads
from raceway.sample.traces.search_console import write_search_console
from raceway.sample.traces.segment import write_segment
from raceway.sample.traces.shopify import write_shopify
from raceway.sample.traces.square import write_square
from raceway.sample.traces.tiktok_ads import write_tiktok_ads
from raceway.sample.world import company
from raceway.sample.world.things import AdReport, AdRow, ShopOrder, micros
from raceway.sample.world.trade import Sale
from raceway.sample.world.world import World

WRITERS: Final = {
    "google_ads": write_google_ads,
    "meta_ads": write_meta_ads,
    "tiktok_ads": write_tiktok_ads,
    "microsoft_ads": write_microsoft_ads,
    "linkedin_ads": write_linkedin_ads,
    "zalo_ads": write_zalo_ads,
    "ads_file": write_ads_file,
    "ga4": write_ga4,
    "segment": write_segment,
    "search_console": write_search_console,
    "shopify": write_shopify,
    "square": write_square,
    "tiktok_shop": write_tiktok_shop,
}
LAGS: Final = {"google_ads": 2, "square": 2, "search_console": 3}
"""How many days before a night's `as_of` the newest day lies that a source brings, where it is not one."""
SECOND_SHOP: Final = "vn-kids"
"""A second shop of the same shop system: another world's orders."""
_BY_THE_COMPANYS_DAY: Final = ("microsoft_ads", "linkedin_ads")
_OTHER_SEED: Final = 5_000
_SECOND_SIZE: Final = 0.6
_OTHER_IDS: Final = 2_220_000_000


def settings() -> Settings:
    """The sample's settings; every source is required, so that what did not come is told."""
    every = tuple(Required(source=source, lag_days=LAGS.get(source, 1)) for source in WRITERS)
    return company.sample_settings().model_copy(update={"night": Night(required=every)})


def accounts(history_start: dt.date) -> list[Account]:
    """The sample's accounts of these sources, and a second shop.

    Two platforms tell New York's campaigns by the company's day, which is over when they export it.
    """
    known = [account for account in company.sample_accounts(history_start) if account.source in WRITERS]
    [shop] = [account for account in known if account.source == "shopify"]
    by_company = {"time_zone": settings().business.zone}
    return [
        *(a.model_copy(update=by_company) if a.source in _BY_THE_COMPANYS_DAY else a for a in known),
        shop.model_copy(update={"account": SECOND_SHOP, "name": "Cửa hàng trẻ em", "site": None}),
    ]


@dataclass(frozen=True)
class Nights:
    """A world that can be asked for the files of each of its nights."""

    world: World
    second: World
    rows: dict[tuple[str, str, dt.date], list[AdRow]]
    by_day: dict[str, dict[dt.date, list[Any]]]

    @property
    def days(self) -> list[dt.date]:
        """The days whose nights can be asked for."""
        return self.world.days[3:]

    def write(self, day: dt.date, inbox: Path, sources: tuple[str, ...] = ()) -> None:
        """Puts the files of the night after `day` into an inbox; of some sources alone where they are named."""
        night = self._world_of(day)
        for source, write in WRITERS.items():
            if not sources or source in sources:
                write(night, inbox)
        if not sources or "shopify" in sources:
            aside = inbox.with_name(f"{inbox.name}-second")
            orders = self.by_day["second"].get(day, [])
            write_shopify(replace(night, orders=orders, seed=self.second.seed), aside)
            for file in sorted(path for path in aside.rglob("*") if path.is_file()):
                target = inbox / "shopify" / SECOND_SHOP / file.relative_to(aside / "shopify" / "vn-shop")
                target.parent.mkdir(parents=True, exist_ok=True)
                file.rename(target)

    def _world_of(self, day: dt.date) -> World:
        of_day = {name: days.get(day, []) for name, days in self.by_day.items()}
        night = replace(self.world, first=day, last=day, history_start=day, ad_reports=[], persons=[])
        till_day = last_till_day(night)
        for source, account in {(source, account) for source, account, _ in self.rows}:
            on = till_day if (source, account) == ("google_ads", "us-store") else day
            rows = self.rows.get((source, account, on), [])
            flavour = _FLAVOURS.get((source, account), "csv")
            night.ad_reports.append(AdReport(source, account, night.night, on, on, tuple(rows), flavour))
        night.ad_reports.sort(key=lambda report: (report.source, report.account))
        return replace(
            night,
            history_start=till_day,
            keywords=of_day["keywords"],
            searches=self.by_day["searches"].get(day - dt.timedelta(days=2), []),
            search=replace(self.world.search, queries=[]),
            events=of_day["events"],
            noise=of_day["noise"],
            outlet=replace(
                self.world.outlet,
                events=of_day["outlet"],
                identifies=of_day["identifies"],
                noise=of_day["outlet noise"],
            ),
            orders=of_day["orders"],
            order_exports=[night.night],
            sales=self.by_day["sales"].get(till_day, []),
            trade=replace(self.world.trade, sales=of_day["trade"], exports=[night.night], loose_returns=[]),
        )


_FLAVOURS: Final = {("google_ads", "vn-main"): "excel", ("meta_ads", "vn-main"): "en"}


def invent_nights(days: int, scale: float, seed: int, last: dt.date) -> Nights:
    """Invents a company and lays out its things by the day whose night exports them."""
    world = invent_world(days, scale, seed, last, settings(), traps=False)
    second = invent_world(days, scale * _SECOND_SIZE, seed + _OTHER_SEED, last, settings(), traps=False)
    for order in second.orders:
        order.id = str(int(order.id) + _OTHER_IDS)
    rows: dict[tuple[str, str, dt.date], list[AdRow]] = defaultdict(list)
    for report in world.ad_reports:
        for row in report.rows:
            rows[report.source, report.account, row.day].append(row)
    return Nights(world, second, rows, {**_dated(world), **_events(world), **_sold(world, second)})


ByDay = dict[str, dict[dt.date, list[Any]]]


def _dated(world: World) -> ByDay:
    """What bears its day."""
    by_day: ByDay = {"keywords": defaultdict(list), "searches": defaultdict(list)}
    for keyword in world.keywords:
        by_day["keywords"][keyword.day].append(keyword)
    for search in world.searches:
        by_day["searches"][search.day].append(search)
    return by_day


def _events(world: World) -> ByDay:
    """What happened on the two sites."""
    outlet = world.outlet
    opening = micros(world.moment(world.first, 0))
    by_day: ByDay = {}
    for name, events in (("events", world.events), ("noise", world.noise), ("outlet", outlet.events),
                         ("identifies", outlet.identifies), ("outlet noise", outlet.noise)):  # fmt: skip
        of_day = by_day[name] = defaultdict(list)
        for event in events:
            of_day[world.first + dt.timedelta(days=(event.at - opening) // 86_400_000_000)].append(event)
    return by_day


def _sold(world: World, second: World) -> ByDay:
    """Orders by each night in which something about them is new, sales at the till by their rows' days."""
    by_day: ByDay = {}
    for name, orders in (("orders", world.orders), ("second", second.orders), ("trade", world.trade.sales)):
        of_day = by_day[name] = defaultdict(list)
        for order in orders:
            for day in _nights_of(world, order):
                of_day[day].append(order)
    till = by_day["sales"] = defaultdict(list)
    for sale in world.sales:
        moments = [sale.at] if sale.lines else []
        for day in {at.astimezone(ZONE).date() for at in (*moments, *(refund.at for refund in sale.refunds))}:
            till[day].append(sale)
    return by_day


def _nights_of(world: World, order: ShopOrder | Sale) -> set[dt.date]:
    """The days in whose nights something about an order is new; a night's export is taken at twenty past twelve."""
    late = dt.timedelta(minutes=20)
    return {
        (moment - late).astimezone(world.settings.zone).date()
        for moment in order.changes()
        if moment >= order.changes()[0]
    }
