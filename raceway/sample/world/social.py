"""What social networks count: posts, their counters, followers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

BRAND, STORE = "vn-brand", "us-store"


@dataclass(frozen=True, slots=True)
class Counters:
    """What a post or a day has: views or impressions, likes or reactions, comments, shares, saves."""

    impressions: int
    likes: int
    comments: int
    shares: int
    saves: int

    @property
    def engagements(self) -> int:
        """Likes, comments, shares and saves."""
        return self.likes + self.comments + self.shares + self.saves


@dataclass(frozen=True, slots=True)
class Post:
    """A post; `final` is what it will have in the long run."""

    id: str
    title: str
    published_at: dt.datetime
    final: Counters


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What an export showed of the posts of an account on a network: figures since publication."""

    network: str
    account: str
    at: dt.datetime
    posts: tuple[tuple[Post, Counters], ...]


@dataclass(frozen=True, slots=True)
class SocialDay:
    """A day in an account's own report on a network."""

    network: str
    account: str
    day: dt.date
    counters: Counters


@dataclass(frozen=True, slots=True)
class Reading:
    """How many followed a profile on a day; `first_said` is what the earlier file wrote down."""

    account: str
    network: str
    handle: str
    day: dt.date
    followers: int
    first_said: int


@dataclass(slots=True)
class Social:
    """Everything that happened on the networks."""

    snapshots: list[Snapshot] = field(default_factory=list)
    days: list[SocialDay] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
