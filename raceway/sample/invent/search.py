"""Invents what search tools tell: searches a month of the brand's and of other terms, and scores of domains."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from raceway.sample.world.chance import Chance

if TYPE_CHECKING:
    from raceway.sample.world.world import World
from raceway.sample.world.search import BUCKETS, DOMAIN, QUERIES, SITE, STORE, Query, Reading, Volume

_TERMS: Final = {
    SITE: {"sông hồng": 40, "giày sông hồng": 260, "giaysonghong": 70, "giày bến thành": 480, "giày chạy bộ": 5400},
    STORE: {"giày sông hồng": 10, "running shoes new york": 900},
}
_MONTHS: Final = 13


def months_before(day: dt.date, count: int) -> list[dt.date]:
    """First days of the `count` whole months before the one that holds `day`, oldest first."""
    months = []
    first = day.replace(day=1)
    for _ in range(count):
        first = (first - dt.timedelta(days=1)).replace(day=1)
        months.append(first)
    return months[::-1]


def _invent_queries(world: World) -> None:
    """The queries of each whole month; the search engine keeps the rare ones to itself."""
    for month in sorted({day.day.replace(day=1) for day in world.searches}):
        days = [day for day in world.searches if day.day.replace(day=1) == month]
        last = (month + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
        if (days[0].day, days[-1].day) != (month, last) or last + dt.timedelta(days=3) > world.last:
            continue
        clicks, impressions = sum(day.clicks for day in days), sum(day.impressions for day in days)
        for number, query in enumerate(QUERIES):
            world.search.queries.append(
                Query(month, query, clicks // (8 + 2 * number), impressions // (7 + 2 * number))
            )


def invent_search(world: World) -> None:
    """Fills `world.search`."""
    _invent_queries(world)
    chance = Chance(world.seed, "search tools")
    for account, terms in _TERMS.items():
        for keyword, usual in terms.items():
            for month in months_before(world.last, _MONTHS):
                searches = chance.count(usual / 10, 20) * 10  # the tool rounds to tens
                if account == STORE:
                    searches = min(BUCKETS, key=lambda bucket: abs(bucket - usual))
                early = searches if account == STORE or chance.hit(0.7) else searches + 10
                world.search.volumes.append(Volume(account, keyword, month, searches, early))
    score, day = 31, world.first + dt.timedelta(days=2)
    while day <= world.last:
        early = score - 1 if chance.hit(0.4) else score
        world.search.readings.append(Reading("moz", DOMAIN, day, score, early))
        world.search.readings.append(Reading("moz", "giaybenthanh.example", day, score + 9, score + 9))
        world.search.readings.append(Reading("ahrefs", DOMAIN, day, score + 14, score + 14))
        score, day = score + chance.randrange(1, 4), day + dt.timedelta(days=17)
