"""Exports of listening tools: Brandwatch below its block of report data, Meltwater in utf-16, a forum's by template."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Final

from raceway.sample.traces.drop import Drop, header, table
from raceway.sample.world.listening import AMERICA, FORUM, VIETNAM, Listened, Mention
from raceway.sample.world.world import World

_BRANDWATCH: Final = header(
    "Query Id,Query Name,Date,Title,Snippet,Url,Domain,Sentiment,Page Type,Language,Country Code,Author,Full Text,"
    "X Followers,Engagement Score,Reach (new)"
)
_MELTWATER: Final = header(
    "Date|Headline|URL|Opening Text|Hit Sentence|Source|Influencer|Country|Subregion|Language|Reach|Desktop Reach|"
    "Mobile Reach|Engagement|AVE|Sentiment|Key Phrases|Input Name|Keywords|Document Tags",
    "|",
)


def write_listening(world: World, inbox: Path) -> int:
    """Writes each tool's exports; gives the number of files."""
    drops = {account: Drop(inbox, "listening", account) for account in (VIETNAM, AMERICA, FORUM)}
    for export in world.listening.exports:
        day = export.at.astimezone(world.settings.zone).date()
        drop = drops[export.account]
        if not export.mentions:
            continue
        if export.tool == "brandwatch":
            drop.put(f"bulk-mentions-{day}.csv", _brandwatch(export), export.at)
        elif export.tool == "meltwater":
            drop.put(f"Meltwater export {day}.csv", _meltwater(world, export), export.at)
        else:
            drop.put(f"nhac-den-{day}.csv", _template(world, export), export.at)
    return sum(drop.files for drop in drops.values())


def _brandwatch(export: Listened) -> bytes:
    """UTC; the newest mention first, and one of them twice, as it was found on two pages of the download."""
    block = "Report:,Bulk Mentions Download\nBrand:,Giày Sông Hồng\nLabel:,All mentions\n\n"
    rows = [
        [
            str(2_000_100 + len(m.query)), m.query, f"{m.at:%Y-%m-%d %H:%M:%S}.0", "", m.words.split("\n")[0], m.url,
            "dien-dan.example", (m.first_feeling if export.is_first else m.feeling) or "not rated", "forum", "vi",
            "VNM", "user1", m.words, "", "0", "" if m.reach is None else str(m.reach),
        ]
        for m in reversed(export.mentions)
    ]  # fmt: skip
    return b"\xef\xbb\xbf" + (block + table([_BRANDWATCH, *rows, *rows[:1]])).encode()


def _meltwater(world: World, export: Listened) -> bytes:
    """Tabs in utf-16, the account's time, ratings with capitals."""
    zone = world.accounts["listening", export.account].zone
    rows = [
        [
            f"{m.at.astimezone(zone):%d-%b-%Y %I:%M%p}", m.words.split("\n")[0], m.url, m.words, m.words, "Forum", "",
            "United States", "", "Vietnamese", "" if m.reach is None else str(m.reach), "", "", "0", "12.5 USD",
            m.feeling.title() or "Not Rated", "", m.query, m.query, "",
        ]
        for m in export.mentions
    ]  # fmt: skip
    return table([_MELTWATER, *rows], delimiter="\t").encode("utf-16")


def _template(world: World, export: Listened) -> bytes:
    zone = world.accounts["listening", export.account].zone
    rows = [[m.query, _local(m, zone), _VIETNAMESE[m.feeling], "", m.url] for m in export.mentions]
    return table([["Từ khóa", "Thời gian", "Sắc thái", "Lượt tiếp cận", "Liên kết"], *rows]).encode()


def _local(mention: Mention, zone: dt.tzinfo) -> str:
    return f"{mention.at.astimezone(zone):%d/%m/%Y %H:%M}"


_VIETNAMESE: Final = {"positive": "Tích cực", "negative": "Tiêu cực", "neutral": "Trung tính", "": ""}
