"""What a person downloads from GA4's pages: a report, an overview of several tables, and an exploration.

They count as GA4 counts (its own session ids), so they come near the events and do not equal
them. They are detail to compare with; nothing is added from them.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from typing import Final

from raceway.sample.traces.drop import Drop, table
from raceway.sample.world.world import World

_RULE: Final = "# ----------------------------------------"
_GROUPS: Final = {"Organic Search": 34, "Direct": 27, "Paid Social": 17, "Paid Search": 13, "Email": 9}
_MOST_DAYS: Final = 28


def write_ga4_reports(world: World, drop: Drop) -> None:
    """Writes three csv files with Windows line ends into GA4's inbox, over the last whole days."""
    days = world.days[-_MOST_DAYS - 1 : -1]
    devices: dict[dt.date, set[str]] = defaultdict(set)
    sessions: dict[dt.date, set[tuple[str, int]]] = defaultdict(set)
    pages: Counter[str] = Counter()
    for event in world.events:
        day = dt.datetime.fromtimestamp(event.at // 1_000_000, tz=world.settings.zone).date()
        devices[day].add(event.device.client)
        sessions[day].add((event.device.client, event.session_id))
        if event.name == "page_view" and days[0] <= day <= days[-1]:
            pages[event.path] += 1
    daily = [len(sessions[day]) for day in days]
    stated = [f"# Start date: {days[0]:%Y%m%d}", f"# End date: {days[-1]:%Y%m%d}"]
    above = ["# Account: Giày Sông Hồng, Hà Nội", "# Property: giaysonghong.example - GA4", _RULE]

    report = [_RULE, "# Traffic acquisition: Session default channel group", *above, "# ", "# All Users", *stated]
    header = "Session default channel group,Sessions,Engaged sessions,Engagement rate"
    rows = [
        [group, str(count), str(count * 6 // 10), repr(count * 6 // 10 / count)]
        for group, count in _split(sum(daily)).items()
        if count
    ]
    drop.put(
        "Traffic_acquisition_Session_default_channel_group.csv", _file(report, header, rows), world.night,
    )  # fmt: skip

    overview = [
        _file([_RULE, "# Report CSV Export", *above, "#  ", *stated], "Nth day,Users",
              [[f"{n:04d}", str(len(devices[day]))] for n, day in enumerate(days)]),
        _file(stated, "Nth day,Sessions", [[f"{n:04d}", str(count)] for n, count in enumerate(daily)]),
        _file(["# Which pages do visitors open?", *stated], "Page title and screen class,Views", []),
        _file(["#  ", f"# Start date: {days[-1]:%Y%m%d}", stated[1]], "Country,Users",
              [["Vietnam", str(len(devices[days[-1]]))]]),
    ]  # fmt: skip
    drop.put("data-export.csv", b"\r\n".join(overview), world.night)

    exploration = [_RULE, "# giaysonghong.example - GA4", "# Trang, xem nhiều-Free form 1"]
    exploration += [f"# {days[0]:%Y%m%d}-{days[-1]:%Y%m%d}", _RULE, ""]
    seen = [["", str(sum(pages.values())), "Grand total"], *([page, str(n)] for page, n in pages.most_common(20))]
    drop.put("download (3).csv", _file(exploration, "Page path + query string,Views", seen), world.night)


def _split(total: int) -> dict[str, int]:
    """A total over the channel groups; what rounding leaves goes to the first."""
    parts = {group: total * weight // 100 for group, weight in _GROUPS.items()}
    first = next(iter(parts))
    parts[first] += total - sum(parts.values())
    return parts


def _file(above: list[str], header: str, rows: list[list[str]]) -> bytes:
    text = "".join(f"{line}\r\n" for line in above) + table([header.split(","), *rows], line_end="\r\n")
    return text.encode("utf-8")
