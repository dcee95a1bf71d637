"""The truth about social networks: figures between two exports, daily reports, followers, shares."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final

from raceway.sample.truth.sessions import Session
from raceway.sample.truth.tally import Tally
from raceway.sample.world.periods import PERIODS, Calendar
from raceway.sample.world.social import Counters, Snapshot
from raceway.sample.world.world import World

_CARRIED: Final = dt.timedelta(days=31)  # how long a reading of followers counts


def count_social(world: World, tally: Tally, sessions: list[Session]) -> None:
    """Adds the measures of social networks, and shares made on the site, to the tally."""
    reported = {(day.network, day.account) for day in world.social.days}
    for network, account, day, counters in _figures(world):
        if (network, account) in reported:
            continue
        _add(world, tally, account, day, counters)
    for report in world.social.days:
        _add(world, tally, report.account, report.day, report.counters)
    for session in sessions:
        market = world.accounts["ga4", "vn-shop"].market
        tally.add("content_shares", session.day, len(session.times(("share",))), None, market)
    _followers(world, tally)


def _add(world: World, tally: Tally, account: str, day: dt.date, counters: Counters) -> None:
    market = world.accounts["social", account].market
    tally.add("social_impressions", day, max(0, counters.impressions), "organic_social", market)
    tally.add("social_engagements", day, counters.engagements, "organic_social", market)
    # every network of the sample states both
    tally.add("social_impressions_with_engagements", day, max(0, counters.impressions), "organic_social", market)
    tally.add("social_engagements_with_impressions", day, counters.engagements, "organic_social", market)
    tally.add("content_shares", day, counters.shares, None, market)


def _figures(world: World) -> Iterator[tuple[str, str, dt.date, Counters]]:
    """What each post gained between two exports that show it, at the day of the later one."""
    snapshots: dict[tuple[str, str], list[Snapshot]] = {}
    for snapshot in sorted(world.social.snapshots, key=lambda snapshot: snapshot.at):
        snapshots.setdefault((snapshot.network, snapshot.account), []).append(snapshot)
    for (network, account), exports in snapshots.items():
        zone = world.accounts["social", account].zone
        seen: dict[str, Counters] = {}
        before: dt.date | None = None
        for export in exports:
            day = export.at.astimezone(zone).date()
            for post, now in export.posts:
                published_on = post.published_at.astimezone(world.settings.zone).date()  # as the file writes it
                if post.id in seen:
                    yield network, account, day, _gain(seen[post.id], now)
                elif before is not None and published_on >= before:
                    yield network, account, day, now
                seen[post.id] = now
            before = day


def _gain(before: Counters, now: Counters) -> Counters:
    """A counter that fell gained nothing."""
    return Counters(
        max(0, now.impressions - before.impressions),
        max(0, now.likes - before.likes),
        max(0, now.comments - before.comments),
        max(0, now.shares - before.shares),
        max(0, now.saves - before.saves),
    )


def _followers(world: World, tally: Tally) -> None:
    """Each profile's last reading up to the day, no older than 31 days, summed."""
    calendar = Calendar(world.settings.business.fiscal_year_start_month, world.settings.business.cycle_start)
    profiles: dict[tuple[str, str, str], dict[dt.date, int]] = {}
    for reading in world.social.readings:
        profiles.setdefault((reading.account, reading.network, reading.handle), {})[reading.day] = reading.followers
    for (account, _, _), readings in profiles.items():
        market = world.accounts["social", account].market
        for period in PERIODS:
            start = calendar.start(period, world.first)
            while start <= world.last:
                end = min(calendar.end(period, start), world.last)
                now = _last(readings, end)
                before = _last(readings, start - dt.timedelta(days=1))
                tally.state("followers", period, start, now or 0, market)
                tally.state("followers_at_start", period, start, before or 0, market)
                if now is not None and before is not None:
                    tally.state("followers_with_start", period, start, now, market)
                    tally.state("followers_at_start_with_end", period, start, before, market)
                start = calendar.end(period, start) + dt.timedelta(days=1)


def _last(readings: dict[dt.date, int], day: dt.date) -> int | None:
    """The last reading up to a day; None where there is none or it is too old."""
    found = max((read_on for read_on in readings if read_on <= day), default=None)
    return readings[found] if found is not None and day - found <= _CARRIED else None
