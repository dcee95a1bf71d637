"""The truth about mentions: each once per account and subject, compared only on days when all were followed."""

from __future__ import annotations

import datetime as dt

from raceway.sample.truth.tally import Tally
from raceway.sample.world.listening import FORUM, QUERIES, Listened, Mention
from raceway.sample.world.world import World


def count_mentions(world: World, tally: Tally) -> None:
    """Adds the measures of social listening to the tally."""
    alike = _alike_days(world)
    judged: dict[tuple[str, str, str], tuple[dt.date, str, int | None]] = {}
    for export in sorted(world.listening.exports, key=lambda export: export.at):
        zone = world.accounts["listening", export.account].zone
        for mention in export.mentions:
            feeling = mention.first_feeling if export.is_first else mention.feeling
            day = mention.at.astimezone(zone).date()
            judged[export.account, QUERIES[mention.query], mention.url] = (day, feeling, _told_reach(export, mention))
    for (account, subject, _), (day, feeling, reach) in judged.items():
        market = world.accounts["listening", account].market
        tally.add("tracked_mentions", day, day in alike, None, market)
        if not subject:
            tally.add("brand_mentions", day, 1, None, market)
            tally.add("brand_mentions_with_sentiment", day, bool(feeling), None, market)
            tally.add("negative_mentions", day, feeling == "negative", None, market)
            tally.add("positive_mentions", day, feeling == "positive", None, market)
            tally.add("mention_reach", day, reach or 0, None, market)


def _told_reach(export: Listened, mention: Mention) -> int | None:
    """The forum's tool estimates none."""
    return None if export.account == FORUM else mention.reach


def incomparable_days(world: World) -> set[dt.date]:
    """Days of which mentions of the brand are told, and not of a competitor by every tool that listened."""
    return {
        day
        for day, tools in _listening(world).items()
        if any(True in subjects for subjects in tools.values()) and not _is_alike(tools)
    }


def _alike_days(world: World) -> set[dt.date]:
    """Days on which every tool and account that was listening followed the brand and a competitor."""
    return {day for day, tools in _listening(world).items() if _is_alike(tools)}


def _is_alike(tools: dict[tuple[str, str], set[bool]]) -> bool:
    return all(len(subjects) == 2 for subjects in tools.values())


def _listening(world: World) -> dict[dt.date, dict[tuple[str, str], set[bool]]]:
    """By day and tool's account: whether the brand (True) and others (False) were followed."""
    listening: dict[dt.date, dict[tuple[str, str], set[bool]]] = {}
    for export in world.listening.exports:
        for day in _days(world, export):
            subjects = listening.setdefault(day, {}).setdefault((export.tool, export.account), set())
            subjects |= {QUERIES[mention.query] == "" for mention in export.mentions}
    return listening


def _days(world: World, export: Listened) -> list[dt.date]:
    """From the first mention of an export to its last."""
    zone = world.accounts["listening", export.account].zone
    days = [mention.at.astimezone(zone).date() for mention in export.mentions]
    if not days:
        return []
    first, last = min(days), max(days)
    return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
