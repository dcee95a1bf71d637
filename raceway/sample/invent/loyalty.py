"""Invents the loyalty programme: who joined, and what points they earned, redeemed and lost."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from raceway.sample.world.chance import Chance

if TYPE_CHECKING:  # the world holds this module's programme
    from raceway.sample.world.world import World
from raceway.sample.world.loyalty import Member, Posting

_KINDS: Final = {"earned": 62, "redeemed": 26, "expired": 7, "adjusted": 5}


def invent_loyalty(world: World) -> None:
    """Fills `world.loyalty`; persons are there already."""
    chance = Chance(world.seed, "loyalty")
    climbing = Chance(world.seed, "loyalty/tiers")
    joining = [person for person in world.persons if chance.hit(0.12)][: max(8, round(300 * world.scale))]
    cards = [person for person in joining for _ in range(2 if chance.hit(0.06) else 1)]
    for number, person in enumerate(cards):
        told = chance.choices(("both", "email", "phone", "neither"), (55, 25, 15, 5))[0]
        # the first one joins on the first day and stays: even a small world has one
        joined = chance.choice(world.days) if number else world.first
        left: dt.date | None = joined + dt.timedelta(days=chance.choice((0, 4, 20, 45)))
        if left is not None and (not number or left > world.last or chance.hit(0.85)):
            left = None
        world.loyalty.members.append(
            Member(
                f"M-{number + 1:05d}", person.email if told in ("both", "email") else "",
                person.phone if told in ("both", "phone") else "", joined, left, _tiers(climbing, joined),
            )
        )  # fmt: skip
    for member in world.loyalty.members:
        _postings(world, chance, member)
    world.loyalty.postings = [
        Posting(f"P-{number + 1:06d}", p.member, p.at, p.kind, p.points)
        for number, p in enumerate(sorted(world.loyalty.postings, key=lambda p: (p.at, p.member)))
    ]


def _tiers(chance: Chance, joined: dt.date) -> tuple[tuple[dt.date, str], ...]:
    """Everybody begins as silver; some rise, of whom some fall again."""
    tiers = [(joined, "silver")]
    if chance.hit(0.3):
        tiers.append((joined + dt.timedelta(days=20), "gold"))
        if chance.hit(0.3):
            tiers.append((joined + dt.timedelta(days=50), "silver"))
    return tuple(tiers)


def _postings(world: World, chance: Chance, member: Member) -> None:
    """Welcome points, and what follows while the card is valid."""
    days = [day for day in world.days if member.joined_on <= day < (member.left_on or dt.date.max)]
    if not days:
        return
    found = [("earned", days[0], 100)]
    found += [
        (chance.one_of(_KINDS), chance.choice(days), chance.randrange(1, 80) * 5) for _ in range(chance.geometric(4))
    ]
    if member.id == "M-00001":
        found.append(("redeemed", days[-1], 50))
    for kind, day, size in found:
        is_less = kind in ("redeemed", "expired") or (kind == "adjusted" and chance.hit(0.5))
        at = world.moment(day, chance.randrange(8, 22), chance.randrange(60))
        world.loyalty.postings.append(Posting("", member.id, at, kind, -size if is_less else size))
