"""The oracle's rules for social networks and mentions, on a few things put into an empty world by hand."""

from __future__ import annotations

import datetime as dt

from raceway.sample.truth.truth import measures
from raceway.sample.world.listening import FORUM, VIETNAM, Listened, Mention
from raceway.sample.world.social import BRAND, Counters, Post, Reading, Snapshot, SocialDay
from raceway.sample.world.world import World
from tests.sample.hand_made import at, world

MARCH = dt.date(2026, 3, 1)


def value(place: World, measure: str, *key: object) -> object:
    """One number; key: period, start, channel, market (default: March, all, all)."""
    full = tuple(key) + ("month", MARCH, "all", "all")[len(key) :]
    return measures(place).get((measure, *full), 0)  # type: ignore[arg-type]  # the key is spelled out by the tests


def post(name: str, when: str) -> Post:
    return Post(name, name, at(when), Counters(0, 0, 0, 0, 0))


def snapshot(when: str, *posts: tuple[Post, int, int], network: str = "facebook") -> Snapshot:
    """An export: posts with their impressions and likes."""
    shown = tuple((one, Counters(impressions, likes, 0, 0, 0)) for one, impressions, likes in posts)
    return Snapshot(network, BRAND, at(when), shown)


def test_what_stood_in_the_first_export_belongs_to_no_day_and_a_new_post_counts_whole() -> None:
    place = world()
    old, new, late = post("old", "02-01 10:00"), post("new", "03-03 10:00"), post("late", "03-04 10:00")
    place.social.snapshots = [
        snapshot("03-02 15:00", (old, 100, 9)),
        snapshot("03-06 15:00", (old, 130, 9), (new, 40, 4)),
        snapshot("03-09 15:00", (old, 131, 9), (new, 45, 4), (late, 70, 7)),
    ]
    assert value(place, "social_impressions", "day", dt.date(2026, 3, 6)) == 30 + 40
    assert value(place, "social_impressions", "day", dt.date(2026, 3, 9)) == 1 + 5
    assert value(place, "social_impressions") == 76
    assert value(place, "social_engagements") == 4


def test_a_counter_that_fell_counts_nothing_for_that_step() -> None:
    place, one = world(), post("one", "02-01 10:00")
    place.social.snapshots = [snapshot(f"03-0{n} 15:00", (one, shown, 0)) for n, shown in ((2, 10), (3, 8), (4, 12))]
    assert value(place, "social_impressions") == 4


def test_a_daily_report_bears_and_its_posts_are_detail() -> None:
    place, one = world(), post("one", "03-03 10:00")
    place.social.snapshots = [snapshot("03-02 15:00", network="x"), snapshot("03-09 15:00", (one, 500, 5), network="x")]
    place.social.days = [SocialDay("x", BRAND, dt.date(2026, 3, 4), Counters(70, 1, 2, 3, 4))]
    assert value(place, "social_impressions") == 70
    assert value(place, "social_engagements") == 10
    assert value(place, "content_shares") == 3


def test_a_reading_of_followers_is_carried_31_days() -> None:
    place = world()
    place.social.readings = [
        Reading(BRAND, "x", "a", dt.date(2026, 2, 26), 100, 100),
        Reading(BRAND, "x", "b", dt.date(2026, 3, 10), 7, 7),
        Reading(BRAND, "x", "b", dt.date(2026, 3, 12), 8, 8),
    ]
    assert value(place, "followers", "day", dt.date(2026, 3, 29)) == 108
    assert value(place, "followers") == 108, "as_of is 30 March: the month is read on the 29th"
    assert value(place, "followers_at_start", "day", dt.date(2026, 3, 11)) == 107


def mention(account: str, query: str, when: str, url: str, feeling: str = "neutral") -> Mention:
    return Mention(account, query, at(when), url, "", feeling, feeling, None)


def test_a_day_compares_where_every_tool_followed_brand_and_competitor() -> None:
    place = world()
    place.listening.exports = [
        Listened(
            "brandwatch",
            VIETNAM,
            at("03-09 10:00"),
            (
                mention(VIETNAM, "Giày Sông Hồng", "03-02 10:00", "u1", "negative"),
                mention(VIETNAM, "giaysonghong", "03-02 10:00", "u1", "negative"),
                mention(VIETNAM, "Giày Bến Thành", "03-02 10:00", "u1"),
                mention(VIETNAM, "Hồng Hà Shoes", "03-04 10:00", "u2"),
            ),
        ),
        Listened(
            "brand24", FORUM, at("03-09 10:00"), (mention(FORUM, "giaysonghong", "03-04 10:00", "u3", "positive"),)
        ),
    ]
    assert value(place, "brand_mentions") == 2, "one address found by two queries of the brand is one mention"
    assert value(place, "tracked_mentions", "day", dt.date(2026, 3, 2)) == 2
    assert value(place, "tracked_mentions") == 0, "on the 4th a forum's tool knew the brand alone: March has no whole"
    assert (value(place, "negative_mentions"), value(place, "positive_mentions")) == (1, 1)
