"""Experiments and who was shown what."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Exposure:
    """A visitor is shown a variation. `experiment` is None where the visitor is in none; `login` where the visitor
    had logged in before it."""

    account: Literal["vn-shop", "vn-outlet"]
    at: int
    visitor: str
    experiment: str | None
    variation: str | None
    browser: str
    login: str | None = None
    is_holdback: bool = False


@dataclass(frozen=True, slots=True)
class AbTest:
    """An A/B test as the company's list has it: two variations in equal shares, the first one is the baseline."""

    id: str
    name: str
    variations: tuple[str, str]
    starts_on: dt.date
    concluded_on: dt.date | None
    min_persons: int | None  # None: the list does not say
    split: str = ""
    success_event: str = ""
    window_days: int | None = None
    is_skewed: bool = False  # whether the tool shows the variations in other shares


@dataclass(slots=True)
class Experiments:
    """All tests and exposures; `noise` is by robots and the office: in the files, never counted."""

    tests: list[AbTest] = field(default_factory=list)
    exposures: list[Exposure] = field(default_factory=list)
    noise: list[Exposure] = field(default_factory=list)
