"""Invents webinars and live sessions with their guests, and what happens in the forum and the group."""

from __future__ import annotations

import datetime as dt

from raceway.sample.world.chance import Chance
from raceway.sample.world.circle import FORUM, GROUP, Headcount, Registration, Topic
from raceway.sample.world.world import World


def invent_circle(world: World) -> None:
    """Fills `world.circle`; persons are there already."""
    _gatherings(world, Chance(world.seed, "circle/gatherings"))
    _community(world, Chance(world.seed, "circle/community"))


def _gatherings(world: World, chance: Chance) -> None:
    """A gathering every tenth day; of each third one, a live session, nobody notes who came."""
    for number, day in enumerate(world.days[5::10], start=1):
        starts_at = world.moment(day, 19)
        is_live = number % 3 == 0
        name = f"Live số {number}" if is_live else f"Hội thảo số {number}"
        for guest in chance.sample(world.persons, min(len(world.persons), max(4, round(40 * world.scale)))):
            is_cancelled = chance.hit(0.15)
            came = chance.hit(0.55)
            world.circle.registrations.append(
                Registration(
                    f"R-{len(world.circle.registrations) + 1:05d}", name, starts_at,
                    starts_at - dt.timedelta(minutes=chance.randrange(60, 7_000)), guest.email, is_cancelled,
                    None if is_live or is_cancelled else came,
                )
            )  # fmt: skip


def _community(world: World, chance: Chance) -> None:
    members, group = 400 + round(800 * world.scale), 150
    for day in world.days:
        members += chance.randrange(0, 6)
        group += chance.randrange(0, 3)
        world.circle.headcounts.append(Headcount(FORUM, day, members, members * chance.randrange(20, 35) // 100))
        world.circle.headcounts.append(Headcount(GROUP, day, group, None))
        for _ in range(chance.count(1 + 4 * world.scale, 12)):
            at = world.moment(day, chance.randrange(7, 23), chance.randrange(60))
            answered_at = at + dt.timedelta(minutes=chance.randrange(3, 2_600)) if chance.hit(0.85) else None
            if answered_at is not None and answered_at > world.night:
                answered_at = None
            world.circle.topics.append(Topic(f"T-{len(world.circle.topics) + 1:05d}", at, answered_at))
