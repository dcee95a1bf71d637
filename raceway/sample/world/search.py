"""What search tools know: searches a month, scores of domains."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Final

SITE, STORE = "vn-site", "us-site"
DOMAIN: Final = "giaysonghong.example"
QUERIES: Final = ("giày sông hồng", "giày chạy bộ", "dép trẻ em, size 28", "giày da nam hà nội", "sandal hội an")
BUCKETS: Final = (50, 500, 5_000, 50_000)


@dataclass(frozen=True, slots=True)
class Volume:
    """Searches of a keyword in a month, as an account is told them at the last download."""

    account: str
    keyword: str
    month: dt.date
    searches: int
    early_searches: int  # as the download a month before told them


@dataclass(frozen=True, slots=True)
class Reading:
    """A vendor's score of a domain on a day; `early_score` is what the first list said."""

    vendor: str
    domain: str
    day: dt.date
    score: int
    early_score: int


@dataclass(frozen=True, slots=True)
class Query:
    """Clicks and impressions of a query in a whole month, as the search engine names them."""

    month: dt.date
    query: str
    clicks: int
    impressions: int


@dataclass(slots=True)
class Search:
    """All of it."""

    queries: list[Query] = field(default_factory=list)

    volumes: list[Volume] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
