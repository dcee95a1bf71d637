"""Members of the programme and their points."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the world holds this module's programme
    pass


@dataclass(frozen=True, slots=True)
class Member:
    """A card of the programme; empty address and number: nobody knows whose. `left_on` is the first day without."""

    id: str
    email: str
    phone: str
    joined_on: dt.date
    left_on: dt.date | None = None


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
