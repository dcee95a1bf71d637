"""Webinars and live sessions with who registered for them, and the company's forum and group."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Final

FORUM, GROUP = "vn-forum", "vn-group"
EVENTS: Final = "vn-events"


@dataclass(frozen=True, slots=True)
class Registration:
    """A place at a gathering; `came` None: nobody noted who came."""

    id: str
    gathering: str
    starts_at: dt.datetime
    registered_at: dt.datetime
    email: str
    is_cancelled: bool
    came: bool | None


@dataclass(frozen=True, slots=True)
class Headcount:
    """Members of the forum or the group on a day; `active` None: nobody counts them."""

    account: str
    day: dt.date
    members: int
    active: int | None


@dataclass(frozen=True, slots=True)
class Topic:
    """A question in the forum and when somebody first answered."""

    id: str
    at: dt.datetime
    answered_at: dt.datetime | None


@dataclass(slots=True)
class Circle:
    """All of it."""

    registrations: list[Registration] = field(default_factory=list)
    headcounts: list[Headcount] = field(default_factory=list)
    topics: list[Topic] = field(default_factory=list)
