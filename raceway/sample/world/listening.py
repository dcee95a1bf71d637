"""What is said of the company elsewhere."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Final

VIETNAM, AMERICA, FORUM = "vn-brand", "us-store", "vn-forum"


# Queries as the tools name them, and whose they are ("" is the brand); the plan's brand terms list them.
QUERIES: Final = {
    "Giày Sông Hồng": "",
    "giaysonghong": "",
    "Giày Bến Thành": "Bến Thành",
    "Hồng Hà Shoes": "Hồng Hà",
}


@dataclass(frozen=True, slots=True)
class Mention:
    """Somebody's words, as one query found them. The tool judged them again after its first export."""

    account: str
    query: str
    at: dt.datetime
    url: str
    words: str
    feeling: str  # empty: not rated
    first_feeling: str
    reach: int | None


@dataclass(frozen=True, slots=True)
class Listened:
    """An export of a tool."""

    tool: str
    account: str
    at: dt.datetime
    mentions: tuple[Mention, ...]
    is_first: bool = False


@dataclass(slots=True)
class Listening:
    """All exports of listening tools."""

    exports: list[Listened] = field(default_factory=list)
