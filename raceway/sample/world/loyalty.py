"""Members of the programme and their points."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the world holds this module's programme
    pass


@dataclass(frozen=True, slots=True)
class Member:
    """A card of the programme; empty address and number: nobody knows whose. `left_on` is the first day without;
    `tiers` are its tiers with their first days."""

    id: str
    email: str
    phone: str
    joined_on: dt.date
    left_on: dt.date | None = None
    tiers: tuple[tuple[dt.date, str], ...] = ()

    def tier(self, day: dt.date) -> tuple[dt.date, str] | None:
        """The tier of a day with its first day."""
        return max((tier for tier in self.tiers if tier[0] <= day), default=None)


@dataclass(frozen=True, slots=True)
class Posting:
    """A change of a balance by so many points; what is redeemed or expires is negative."""

    id: str
    member: str
    at: dt.datetime
    kind: str
    points: int


@dataclass(slots=True)
class Loyalty:
    """The programme."""

    members: list[Member] = field(default_factory=list)
    postings: list[Posting] = field(default_factory=list)
