"""The company's own posts on social networks: how they grow, when they were exported, who follows."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Final

from raceway.sample.world.chance import Chance
from raceway.sample.world.seasons import demand

if TYPE_CHECKING:
    from raceway.sample.world.world import World
from raceway.sample.world.social import BRAND, STORE, Counters, Post, Reading, Snapshot, SocialDay

_OLD_POSTS: Final = 5  # published before the first day, on each network


def invent_social(world: World) -> None:
    """Fills `world.social`: posts that grow between exports, daily reports of X and LinkedIn, followers."""
    chance = Chance(world.seed, "social")
    middle = world.days[len(world.days) // 2]
    dawn, noon = world.moment(world.first, 7), world.moment(middle, 12)
    for network, account, every, impressions, moments in (
        ("facebook", BRAND, 2, 5200, (dawn, noon, world.night)),
        ("youtube", BRAND, 6, 2600, (dawn, world.night)),
        ("x", BRAND, 3, 700, (world.night,)),
        ("instagram", STORE, 3, 1900, (noon - dt.timedelta(days=3), world.night)),
    ):
        posts = _posts(world, chance, network, every, impressions * world.scale)
        for moment in moments:
            shown = [(post, _grown(post, moment)) for post in posts if post.published_at < moment]
            if network == "facebook" and moment == noon:
                shown = shown[1:]  # an export with a limit: its oldest post comes back in the next one
            if moment == world.night and network != "x":
                shown[0] = (shown[0][0], _fallen(shown[0][1]))
            world.social.snapshots.append(Snapshot(network, account, moment, tuple(shown)))
    for day in world.days:
        for network, impressions in (("x", 420), ("linkedin", 180)):
            counters = _counters(chance, impressions * world.scale * demand(day), network == "x")
            if network == "linkedin" and day == middle:
                counters = Counters(-3, 0, 0, 0, 0)  # a correction of an earlier day
            world.social.days.append(SocialDay(network, BRAND, day, counters))
    _readings(world, chance)


def _posts(world: World, chance: Chance, network: str, every: int, impressions: float) -> list[Post]:
    posts = []
    days = [world.first - dt.timedelta(days=8 * n) for n in range(_OLD_POSTS, 0, -1)] + world.days[::every]
    for number, day in enumerate(days, start=1):
        at = world.moment(day, chance.randrange(8, 21), chance.randrange(60))
        post_id = (
            chance.token(11)
            if network == "youtube"
            else f"{chance.randrange(10**17, 10**18)}{number:02d}"[: 19 if network == "x" else 18]
        )
        title = f"Đôi giày thứ {number},\nđi cùng bạn #songhong" if number % 3 else f"Chuyện “làng nghề” {number}"
        posts.append(Post(post_id, title, at, _counters(chance, impressions, network in ("x", "instagram"))))
    return posts


def _counters(chance: Chance, impressions: float, has_saves: bool) -> Counters:
    shown = chance.count(impressions, 4)
    return Counters(
        shown,
        chance.poisson(shown * 0.04),
        chance.poisson(shown * 0.006),
        chance.poisson(shown * 0.008),
        chance.poisson(shown * 0.004) if has_saves else 0,
    )


def _grown(post: Post, moment: dt.datetime) -> Counters:
    """What a post had at a moment: most comes in the first days, then it hardly grows."""
    age = (moment - post.published_at) / dt.timedelta(days=1)
    share = 1 - math.exp(-age / 4)
    of = post.final
    return Counters(*(int(n * share) for n in (of.impressions, of.likes, of.comments, of.shares, of.saves)))


def _fallen(counters: Counters) -> Counters:
    """After the network took out spam: fewer likes than an export before showed."""
    return Counters(
        counters.impressions, max(0, counters.likes // 2), counters.comments, counters.shares, counters.saves
    )


def _readings(world: World, chance: Chance) -> None:
    """Facebook is read every day, others once a week, and one profile was given up after its first reading."""
    for account, network, handle, followers, every in (
        (BRAND, "facebook", "giaysonghong", 18_400, 1),
        (BRAND, "youtube", "@giaysonghong", 3_150, 7),
        (BRAND, "x", "giaysonghong", 870, 7),
        (BRAND, "zalo", "Giày Sông Hồng", 5_200, 10_000),
        (STORE, "instagram", "songhong.nyc", 2_480, 7),
    ):
        for number, day in enumerate(world.days):
            followers += chance.poisson(0.0008 * followers) - chance.poisson(0.0003 * followers)
            if number % every == 0:
                late = chance.randrange(1, 20) if number == 7 else 0
                world.social.readings.append(Reading(account, network, handle, day, followers, followers - late))
