"""The truth about gatherings, the forum and the group."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from raceway.sample.truth.tally import Tally
from raceway.sample.world.circle import EVENTS, FORUM
from raceway.sample.world.periods import PERIODS
from raceway.sample.world.world import World


def tally_circle(
    world: World,
    tally: Tally,
    market_of: Callable[[str | None, str], str],
    periods: Callable[[dt.date, tuple[str, ...]], Iterator[tuple[str, dt.date, dt.date]]],
) -> None:
    """Adds the measures. `market_of` gives the market of whoever has an address; `periods` those from a day on."""
    account = world.accounts["gatherings", EVENTS]
    told = {one.gathering for one in world.circle.registrations if one.came}
    for one in world.circle.registrations:
        if one.is_cancelled:
            continue
        day = one.starts_at.astimezone(account.zone).date()
        market = market_of(one.email, account.market)
        tally.add("gathering_registrations", day, 1, None, market)
        if one.gathering in told:
            tally.add("gathering_registrations_told", day, 1, None, market)
            tally.add("gathering_attendees", day, bool(one.came), None, market)
    forum = world.accounts["community", FORUM]
    for topic in world.circle.topics:
        day = topic.at.astimezone(forum.zone).date()
        soon = topic.answered_at is not None and topic.answered_at - topic.at <= dt.timedelta(days=1)
        tally.add("community_topics", day, 1, None, forum.market)
        tally.add("community_topics_answered", day, soon, None, forum.market)
    counted = {(count.account, count.day): count for count in world.circle.headcounts}
    for period, start, end in periods(world.first, PERIODS):
        for (name, day), count in counted.items():
            if day != end:  # both are counted every day
                continue
            market = world.accounts["community", name].market
            tally.state("community_members", period, start, count.members, market)
            if count.active is not None:
                tally.state("community_members_with_activity", period, start, count.members, market)
                tally.state("community_active_members", period, start, count.active, market)
