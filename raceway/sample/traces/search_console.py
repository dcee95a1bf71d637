"""Search Console's performance exports: folders and zips of Chart, Queries and Filters, English and French."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from raceway.sample.traces.drop import Drop, table, zipped
from raceway.sample.world import company
from raceway.sample.world.search import QUERIES
from raceway.sample.world.things import SearchDay
from raceway.sample.world.world import World


def printed_position(day: SearchDay) -> str:
    """A day's average position as the export prints it: one decimal on even days of the month, else two."""
    average = day.position_sum_x100 / 100 / day.impressions
    return f"{average:.{1 if day.day.day % 2 == 0 else 2}f}".rstrip("0").rstrip(".")


def write_search_console(world: World, inbox: Path) -> int:
    """Writes a French zip, two English folders, and between them a newer look at one page alone.

    That look lists the same days with smaller numbers. It bears no totals, so the older exports keep theirs.
    """
    drop = Drop(inbox, "search_console", "vn-shop")
    days = world.searches
    if not days:
        return 0
    header = "Date,Clicks,Impressions,CTR,Position"
    queries = "Top queries,Clicks,Impressions,CTR,Position"
    many = len(days)
    if not world.traps:
        folder = _folder(world.last)
        drop.put(f"{folder}/Chart.csv", _days(days, header), world.night)
        drop.put(f"{folder}/Queries.csv", _queries(days, queries), world.night)
        drop.put(f"{folder}/Filters.csv", b"Filter,Value\nSearch type,Web\nDate,Last 3 months", world.night)
        return drop.files

    french = days[: max(1, many * 6 // 10)]
    exported_on = french[-1].day + dt.timedelta(days=3)
    members = {
        "Dates.csv": _days(french[::-1], "Date,Clics,Impressions,CTR,Position"),  # newest first, unlike English
        "Requêtes.csv": _queries(french, "Requêtes les plus fréquentes,Clics,Impressions,CTR,Position"),
        "Filtres.csv": b"Filtre,Valeur\nType de recherche,Web\nDate,Les 3\xc2\xa0derniers mois",
    }
    drop.put(f"{_folder(exported_on)}.zip", zipped(members), world.moment(exported_on, 10))

    for part, lag, is_blog in (
        (days[many // 2 : max(many // 2 + 1, many - 6)], 3, False),
        (days[many // 2 : max(many // 2 + 1, many - 6)], 2, True),
        (days[-min(many, 10) :], 0, False),
    ):
        exported_on = world.last - dt.timedelta(days=lag) if lag < many else world.last
        folder, moment = _folder(exported_on), world.moment(exported_on, 10) if lag else world.night
        if is_blog:
            shown = [
                SearchDay(d.day, d.clicks // 7, d.impressions // 5 + 1, d.position_sum_x100 // 5 + 100) for d in part
            ]
            period = f"{part[0].day.day} {part[0].day:%b %Y}-{part[-1].day.day} {part[-1].day:%b %Y}"
            filters = f"Filter,Value\nSearch type,Web\nDate,{period}\nPage,+/blogs/"
        else:
            shown, filters = list(part), "Filter,Value\nSearch type,Web\nDate,Last 3 months"
        drop.put(f"{folder}/Chart.csv", _days(shown, header), moment)
        drop.put(f"{folder}/Queries.csv", _queries(shown, queries), moment)
        drop.put(f"{folder}/Filters.csv", filters.encode(), moment)
    _months(world, drop)
    return drop.files


def _months(world: World, drop: Drop) -> None:
    """One export over each whole month, three days after it."""
    for month in sorted({query.month for query in world.search.queries}):
        days = [day for day in world.searches if day.day.replace(day=1) == month]
        exported_on = days[-1].day + dt.timedelta(days=3)
        folder, moment = f"{_folder(exported_on)} (1)", world.moment(exported_on, 9)
        rows = [
            [query.query, str(query.clicks), str(query.impressions), _share(query.clicks, query.impressions), "2"]
            for query in world.search.queries
            if query.month == month
        ]
        period = f"{days[0].day.day} {days[0].day:%b %Y}-{days[-1].day.day} {days[-1].day:%b %Y}"
        top = ["Top queries", "Clicks", "Impressions", "CTR", "Position"]
        drop.put(f"{folder}/Chart.csv", _days(days, "Date,Clicks,Impressions,CTR,Position"), moment)
        drop.put(f"{folder}/Queries.csv", table([top, *rows], last_line_end=False).encode("utf-8"), moment)
        drop.put(f"{folder}/Filters.csv", f"Filter,Value\nSearch type,Web\nDate,{period}".encode(), moment)


def _folder(day: dt.date) -> str:
    return f"{company.SITE}-Performance-on-Search-{day.isoformat()}"


def _share(clicks: int, impressions: int) -> str:
    return f"{100 * clicks / impressions:.2f}".rstrip("0").rstrip(".") + "%"


def _days(days: Sequence[SearchDay], header: str) -> bytes:
    rows = [
        [d.day.isoformat(), str(d.clicks), str(d.impressions), _share(d.clicks, d.impressions), printed_position(d)]
        for d in days
    ]
    return table([header.split(","), *rows], last_line_end=False).encode("utf-8")


def _queries(days: Sequence[SearchDay], header: str) -> bytes:
    clicks, impressions = sum(d.clicks for d in days), sum(d.impressions for d in days)
    rows = [
        [
            query,
            str(clicks // (9 + n)),
            str(impressions // (7 + n)),
            _share(clicks // (9 + n), impressions // (7 + n)),
            f"{n + 2}.{n}",
        ]
        for n, query in enumerate(QUERIES)
    ]
    return table([header.split(","), *rows], last_line_end=False).encode("utf-8")
