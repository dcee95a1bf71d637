"""Files of search tools: Keyword Planner's wide months, Google Trends, Moz' domains and a mapped list of scores."""

from __future__ import annotations

import codecs
import datetime as dt
from pathlib import Path

from raceway.sample.invent.search import months_before
from raceway.sample.traces.drop import Drop, table
from raceway.sample.world.chance import Chance
from raceway.sample.world.search import DOMAIN, SITE, STORE, Volume
from raceway.sample.world.world import World

_PLANNED = ["Three month change", "YoY change", "Competition", "Competition (indexed value)",
            "Top of page bid (low range)", "Top of page bid (high range)", "In account?", "In plan?"]  # fmt: skip


def write_seo(world: World, inbox: Path) -> int:
    """Writes two downloads of Keyword Planner and one in buckets, two of Trends, and three lists of scores."""
    site, store = Drop(inbox, "seo", SITE), Drop(inbox, "seo", STORE)
    months = months_before(world.last, 13)
    early = world.moment(months[-1] + dt.timedelta(days=4), 9)
    lately = world.night - dt.timedelta(hours=9)
    of = {account: [v for v in world.search.volumes if v.account == account] for account in (SITE, STORE)}
    before = [volume for volume in of[SITE] if volume.month != months[-1]]
    for drop, volumes, moment, is_early in ((site, before, early, True), (site, of[SITE], lately, False),
                                            (store, of[STORE], lately, False)):  # fmt: skip
        said = moment.astimezone(world.settings.zone)
        name = f"Keyword Stats {said:%Y-%m-%d at %H_%M_%S}"
        text = _planner(volumes, name if drop is site else "", is_early)
        drop.put(f"{name}.csv", codecs.BOM_UTF16_LE + text.encode("utf-16-le"), moment)

    # every download scales anew: a term's highest week is 100
    chance = Chance(world.seed, "trends")
    weekly = [chance.randrange(0, 40) for _ in world.days[::7]]
    half = len(weekly) // 2
    for weeks, top in ((half, 90), (len(weekly), 60)):
        rows = [
            [day.isoformat(), "<1" if n == 0 else str(n * 100 // top), str(100 - n)]
            for day, n in list(zip(world.days[::7], weekly, strict=True))[:weeks]
        ]
        moment = world.moment(world.days[7 * half], 9) if weeks == half else lately
        header = ["Tuần", "giày sông hồng: (Việt Nam)", '"giày bến thành": (Việt Nam)']
        text = "Danh mục: Tất cả danh mục\n\n" + table([header, *rows])
        site.put(f"multiTimeline{'' if top == 90 else ' (1)'}.csv", text.encode(), moment)

    moz = [reading for reading in world.search.readings if reading.vendor == "moz"]
    first, every = moz[: len(moz) // 2], moz
    for moment, readings, is_early in ((world.night - dt.timedelta(days=3), first, True), (lately, every, False)):
        rows = [
            [f"https://www.{r.domain}/", str(r.early_score if is_early else r.score), "38", "1,204", "2%",
             r.day.isoformat()]
            for r in readings
        ]  # fmt: skip
        head = ["URL", "Domain Authority", "Page Authority", "Linking Domains", "Spam Score", "Date"]
        site.put(f"moz-domains-{len(rows)}.csv", table([head, *rows]).encode(), moment)
    others = [[r.vendor, DOMAIN, r.day.isoformat(), str(r.score)] for r in world.search.readings if r.vendor != "moz"]
    comment = "# vendor: who scores; a list of our own\n"
    site.put("domain_scores.csv", (comment + table([["vendor", "domain", "day", "score"], *others])).encode(), lately)
    return site.files + store.files


def _planner(volumes: list[Volume], title: str, is_early: bool) -> str:
    """A download, tab-separated; without the two lines above the header where a person took them out."""
    months = sorted({volume.month for volume in volumes})
    searches = {(v.keyword, v.month): v.early_searches if is_early else v.searches for v in volumes}
    head = ["Keyword", "Currency", "Avg. monthly searches", *_PLANNED]
    rows = [[*head, *(f"Searches: {month:%b %Y}" for month in months), "Concept: Thương hiệu"]]
    for keyword in sorted({volume.keyword for volume in volumes}):
        own = [searches[keyword, month] for month in months]
        rows.append([keyword, "VND", str(sum(own) // len(own)), "0%", "∞", "Low", "4", "", "", "", "",
                     *(f"{n:,}" for n in own), ""])  # fmt: skip
    rows.append(["giày sông hông", "VND", "", " --", " --", "Unknown", *[""] * (len(rows[0]) - 6)])
    period = f'"{months[0]:%B} 1, {months[0]:%Y} - {months[-1]:%B} 28, {months[-1]:%Y}"'
    above = f"{title}\n{period}\n" if title else ""
    return above + table(rows, delimiter="\t")
