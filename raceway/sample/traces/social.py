"""Exports of the social networks: Meta Business Suite, YouTube Studio, X, LinkedIn, and follower counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from raceway.sample.traces.drop import Drop, header, table, zipped
from raceway.sample.world.social import BRAND, STORE, Counters, Post, Reading, Snapshot, SocialDay
from raceway.sample.world.world import World

_FACEBOOK: Final = header(
    "Post ID|Page ID|Page name|Title|Description|Duration (sec)|Publish time|Caption type|Permalink|Is crosspost|"
    "Is share|Post type|Languages|Custom labels|Funded content status|Data comment|Date|Views|Reach|"
    "Reactions, Comments and Shares|Reactions|Comments|Shares|Total clicks|Other Clicks",
    "|",
)
_INSTAGRAM: Final = header(
    "Post ID|Account ID|Account username|Account name|Description|Duration (sec)|Publish time|Permalink|Post type|"
    "Data comment|Date|Views|Reach|Likes|Shares|Follows|Comments|Saves",
    "|",
)
_YOUTUBE: Final = header(
    "Content|Video title|Video publish time|Duration|Likes|Dislikes|Shares|Comments added|Average view duration|"
    "Engaged views|Views|Watch time (hours)|Subscribers|Impressions|Impressions click-through rate (%)",
    "|",
)
_X_POSTS: Final = header(
    "Post id,Date,Post text,Post Link,Impressions,Likes,Engagements,Bookmarks,Shares,New follows,Replies,Reposts,"
    "Profile visits,Detail Expands,URL Clicks,Hashtag Clicks,Permalink Clicks"
)
_X_DAYS: Final = header(
    "Date,Impressions,Likes,Engagements,Bookmarks,Shares,New follows,Unfollows,Replies,Reposts,Profile visits,"
    "Create Post,Video views,Media views"
)
_LINKEDIN: Final = header(
    "Date|Impressions (organic)|Impressions (sponsored)|Impressions (total)|Unique impressions (organic)|"
    "Clicks (organic)|Clicks (sponsored)|Clicks (total)|Reactions (organic)|Reactions (sponsored)|Reactions (total)|"
    "Comments (organic)|Comments (sponsored)|Comments (total)|Reposts (organic)|Reposts (sponsored)|Reposts (total)|"
    "Engagement rate (organic)|Engagement rate (sponsored)|Engagement rate (total)",
    "|",
)
_Row = Callable[[World, Post, Counters], list[str]]
_PAGE, _INSTAGRAM_ID = "100064512345678", "17841400000000001"


def write_social(world: World, inbox: Path) -> int:
    """Writes each network's exports as it writes them; gives the number of files."""
    drops = {account: Drop(inbox, "social", account) for account in (BRAND, STORE)}
    for snapshot in world.social.snapshots:
        drop = drops[snapshot.account]
        local = snapshot.at.astimezone(world.settings.zone)
        if snapshot.network == "facebook":
            name, content = f"{local:%b-%d-%Y}_facebook.csv", _meta(world, _FACEBOOK, _facebook, snapshot)
        elif snapshot.network == "instagram":
            name, content = f"{local:%b-%d-%Y}_instagram.csv", _meta(world, _INSTAGRAM, _instagram, snapshot)
        elif snapshot.network == "youtube":
            since = snapshot.posts[0][0].published_at.date()
            name, content = f"Content {since}_{local.date()} Giay Song Hong.zip", _youtube(world, snapshot)
        else:
            name = f"account_analytics_content_{world.first}_{world.last}.csv"
            rows = [_x_post(world, post, now) for post, now in reversed(snapshot.posts)]
            content = table([_X_POSTS, *rows]).encode()
        drop.put(name, content, snapshot.at)
    x_days = [day for day in world.social.days if day.network == "x"]
    rows = [_x_day(day) for day in reversed(x_days)]
    drops[BRAND].put("account_overview_analytics.csv", table([_X_DAYS, *rows]).encode(), world.night)
    linkedin = [_linkedin_day(day) for day in world.social.days if day.network == "linkedin"]
    note = ["Aggregated engagement metrics for the organic and sponsored posts over time."]
    drops[BRAND].put("giaysonghong_content.csv", table([note, _LINKEDIN, *linkedin]).encode(), world.night)
    _write_followers(world, drops)
    return sum(drop.files for drop in drops.values())


def _meta(world: World, names: list[str], row: _Row, snapshot: Snapshot) -> bytes:
    """With a byte order mark, newest first."""
    rows = [row(world, post, now) for post, now in reversed(snapshot.posts)]
    return b"\xef\xbb\xbf" + table([names, *rows]).encode()


def _published(world: World, post: Post) -> str:
    return post.published_at.astimezone(world.settings.zone).strftime("%m/%d/%Y %H:%M")


def _facebook(world: World, post: Post, now: Counters) -> list[str]:
    link = f"https://www.facebook.com/{_PAGE}/posts/{post.id}"
    whole = str(now.likes + now.comments + now.shares)
    return [
        post.id, _PAGE, "Giày Sông Hồng", "", post.title, "0", _published(world, post), "", link, "0", "0", "Photos",
        "", "", "", "", "Lifetime", str(now.impressions), str(now.impressions * 7 // 10), whole, str(now.likes),
        str(now.comments), str(now.shares), str(now.likes // 2), "",
    ]  # fmt: skip


def _instagram(world: World, post: Post, now: Counters) -> list[str]:
    return [
        post.id, _INSTAGRAM_ID, "songhong.nyc", "Sông Hồng NYC", post.title, "0", _published(world, post),
        f"https://www.instagram.com/p/{post.id}/", "IG image", "", "Lifetime", str(now.impressions),
        str(now.impressions * 8 // 10), str(now.likes), str(now.shares), "0", str(now.comments), str(now.saves),
    ]  # fmt: skip


def _youtube(world: World, snapshot: Snapshot) -> bytes:
    """Table data with its Total first, a chart and the totals by day: one download."""
    rows = [_video(world, post, now) for post, now in snapshot.posts]
    places = [_YOUTUBE.index(name) for name in ("Likes", "Shares", "Comments added", "Views", "Impressions")]
    total = ["Total"] + [""] * (len(_YOUTUBE) - 1)
    for place in places:
        total[place] = str(sum(int(row[place]) for row in rows))
    last = snapshot.at.astimezone(world.settings.zone).date() - dt.timedelta(days=1)
    days = [day for day in world.days if day <= last][-28:]
    chart = [["Date", "Subscription status", "Views"]]
    for number, day in enumerate(days):
        chart += [[day.isoformat(), "Not subscribed", str(40 + number % 9)], [day.isoformat(), "Subscribed", "11"]]
    sums = [["Date", "Views"], *([day.isoformat(), str(53 + number % 9)] for number, day in enumerate(days))]
    members = {"Table data.csv": table([_YOUTUBE, total, *rows]).encode()}
    if days:
        members |= {"Chart data.csv": table(chart).encode(), "Totals.csv": table(sums).encode()}
    return zipped(members)


def _video(world: World, post: Post, now: Counters) -> list[str]:
    published = post.published_at.astimezone(world.settings.zone)
    return [
        post.id, post.title.replace("\n", " "), f"{published:%b} {published.day}, {published.year}", "58",
        str(now.likes), "0", str(now.shares), str(now.comments), "0:00:21", str(now.impressions // 2),
        str(now.impressions * 2), f"{now.impressions / 180:.4f}", "0", str(now.impressions), "3.1",
    ]  # fmt: skip


def _x_day_name(day: dt.date) -> str:
    return f"{day:%a}, {day:%b} {day.day}, {day.year}"


def _x_post(world: World, post: Post, now: Counters) -> list[str]:
    link_shares = now.shares // 3
    day = post.published_at.astimezone(world.settings.zone).date()
    return [
        post.id, _x_day_name(day), post.title, f"https://x.com/giaysonghong/status/{post.id}", str(now.impressions),
        str(now.likes), str(now.engagements + 5), str(now.saves), str(link_shares), "0", str(now.comments),
        str(now.shares - link_shares), "1", "2", "0", "0", "0",
    ]  # fmt: skip


def _x_day(report: SocialDay) -> list[str]:
    now = report.counters
    link_shares = now.shares // 3
    return [
        _x_day_name(report.day), str(now.impressions), str(now.likes), str(now.engagements + 9), str(now.saves),
        str(link_shares), "2", "1", str(now.comments), str(now.shares - link_shares), "4", "0", "0", "0",
    ]  # fmt: skip


def _linkedin_day(report: SocialDay) -> list[str]:
    now = report.counters
    cells = [report.day.strftime("%m/%d/%Y"), *_split(now.impressions, 40), str(max(0, now.impressions)), "7", "1", "8"]
    cells += [*_split(now.likes, 2), *_split(now.comments, 0), *_split(now.shares, 1)]
    return [*cells, "0.05", "0.01", "0.04"]


def _split(organic: int, sponsored: int) -> list[str]:
    """Organic, sponsored, total."""
    return [str(organic), str(sponsored), str(organic + sponsored)]


def _write_followers(world: World, drops: dict[str, Drop]) -> None:
    """The whole list each time; the earlier file is English and has a number that was mended later."""
    middle = world.days[len(world.days) // 2]
    for account, drop in drops.items():
        ours = [reading for reading in world.social.readings if reading.account == account]
        early = [reading for reading in ours if reading.day < middle]
        names = ["day", "network", "handle", "followers"]
        rows = table([names, *_counts(early, True)])
        if account == BRAND:
            drop.put("followers-1.csv", rows.encode(), world.moment(middle, 9))
        names = ["Ngày", "Mạng xã hội", "Tên trang", "Người theo dõi"]
        drop.put("followers-2.csv", table([names, *_counts(ours, False)]).encode(), world.night)


def _counts(readings: Iterable[Reading], is_first: bool) -> list[list[str]]:
    return [[r.day.isoformat(), r.network, r.handle, str(r.first_said if is_first else r.followers)] for r in readings]
