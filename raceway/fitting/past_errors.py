"""How far sums of days were off in a series' own past, and what its own misses say about the interval.

At every earlier day the sum of the next 1, 2, 3 … days was told, and came. v(h) is the weighted mean square of those
errors over h days, the latest weighing most. What an interval made of the v(h) known at that day would have held is
looked at day by day: a day on which more than a fifth of the intervals that end there miss widens those to come, one
on which fewer miss narrows them (adaptive conformal inference; Gibbs and Candès 2021, here on the logarithm of the
width, one for all lengths).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, isnan, log
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

LENGTHS: Final = np.array([1, 2, 3, 5, 7, 10, 14, 21, 28, 42, 60, 90])
"""Numbers of days over which past errors are looked at."""

FIRST_ORIGIN: Final = 28
"""Days before the first day at which the past is asked."""

HALF_LIVES: Final = (7.0, 14.0, 28.0, 56.0, 112.0)
"""Days after which a day counts half in the level; the one whose sums were least off is taken."""

ERROR_HALF_LIFE: Final = 90.0
"""Days after which an error counts half: a business that has become restless is told as such."""

FEWEST_ERRORS: Final = 28
"""Errors of a length that must be known before an interval of it is judged."""

MAY_MISS: Final = 0.2
"""Of the intervals, the part that need not hold."""

PACE: Final = 0.04
"""By how much a day on which every interval misses (0.8 more than the fifth that may) widens: 0.04 × 0.8 = 3 %."""

YEAR: Final = 364
"""Days over which misses are followed, and with fewer of which no interval is narrowed."""

NARROWEST: Final = 0.7
WIDEST: Final = 2.0
"""Between which parts of the past errors the width stays."""

_DECILE: Final = 1.2815515655446004  # of the normal distribution
_TINY: Final = 1e-12
_LEAST: Final = 1e-9


@dataclass(frozen=True)
class Past:
    """A level and what its past says of it."""

    level: float
    lengths: Integers
    """Those that the past is long enough for."""
    variances: Floats
    """v(h) of each, widened or narrowed by the series' own misses."""


@dataclass(frozen=True)
class _Errors:
    """Relative errors: a row per length, a column per origin."""

    off: Floats
    told: Bools
    """Whether the stretch is over and something was due."""
    ages: Integers
    """Days since its end."""

    @property
    def variances(self) -> Floats:
        """Mean squares by length, each error half of one that is `ERROR_HALF_LIFE` days newer; 1 where none is."""
        weights = np.exp2(-self.ages / ERROR_HALF_LIFE) * self.told
        found = (weights * self.off**2).sum(axis=1) / np.maximum(weights.sum(axis=1), _TINY)
        return np.maximum(np.where(self.told.any(axis=1), found, 1.0), _LEAST)


def past_of(values: Floats, factors: Floats) -> Past:
    """The level after the last day by the half-life that was least off, and its errors.

    `values` are daily sums up to the last known day (NaN where unknown), `factors` what the season makes of a plain
    day, one for each.
    """
    known = ~np.isnan(values)
    came, due = np.where(known, values, 0.0), np.where(known, factors, 0.0)
    days = len(values)
    lengths = LENGTHS[LENGTHS <= max((days - FIRST_ORIGIN) // 2, 1)]  # noqa: SIM300  # an array has no other side
    origins = np.arange(FIRST_ORIGIN - 1, days - 1)
    ends = origins + 1 + lengths[:, None]
    over = ends <= days
    came_then, due_then = (_sums(each, origins + 1, np.minimum(ends, days)) for each in (came, due))
    found: list[tuple[float, float, _Errors]] = []
    for half_life in HALF_LIVES:
        level = decayed(came, half_life) / np.maximum(decayed(due, half_life), _TINY)
        promised = level[origins] * due_then
        told = over & (promised > 0)
        off = np.where(told, np.clip(came_then / np.where(told, promised, 1.0) - 1, -1, 5), 0.0)
        errors = _Errors(off, told, days - ends)
        found.append((float(np.mean(np.log(errors.variances))), float(level[-1]), errors))
    _, level_now, errors = min(found, key=lambda each: each[0])
    return Past(level_now, lengths, errors.variances * _width(errors, lengths, days) ** 2)


def decayed(values: Floats, half_life: float) -> Floats:
    """Each day's sum of itself and the days before, which halve every `half_life` days."""
    weights = np.exp2(np.arange(len(values)) / half_life)
    return np.asarray(np.cumsum(values * weights) / weights)


def _width(errors: _Errors, lengths: Integers, days: int) -> float:
    """By what the intervals of today are widened or narrowed: what the misses of the last year leave."""
    narrowest = log(NARROWEST) if days >= YEAR else 0.0
    told = lengths.tolist()
    by_day = _sizes(errors, lengths, days).tolist()
    logs = [0.0] * (days + 1)  # by the number of days that were known
    for day in range(max(days + 1 - YEAR, FIRST_ORIGIN), days + 1):
        misses = [
            size > logs[max(day - length, 0)] for length, size in zip(told, by_day[day], strict=True) if not isnan(size)
        ]
        moved = PACE * (sum(misses) / len(misses) - MAY_MISS) if misses else 0.0
        logs[day] = min(max(logs[day - 1] + moved, narrowest), log(WIDEST))
    return exp(logs[-1])


def _sizes(errors: _Errors, lengths: Integers, days: int) -> Floats:
    """Logarithms of errors ÷ the limit that was known for them when they were told: a row per number of days known
    when the stretch was over, a column per length; NaN where too little was known."""
    sizes = np.full((days + 1, len(lengths)), np.nan)
    for column, length in enumerate(lengths):
        off, told = errors.off[column], errors.told[column]
        begun = np.flatnonzero(told) + FIRST_ORIGIN  # days that were known when it was told
        squares, many = np.zeros(days + 1), np.zeros(days + 1)
        squares[begun + length], many[begun + length] = off[told] ** 2, 1.0
        variances = decayed(squares, ERROR_HALF_LIFE) / np.maximum(decayed(many, ERROR_HALF_LIFE), _TINY)
        judged = np.cumsum(many)[begun] >= FEWEST_ERRORS
        limits = _DECILE * np.sqrt(np.maximum(variances[begun[judged]], _LEAST))
        sizes[begun[judged] + length, column] = np.log(np.maximum(np.abs(off[told][judged]), _TINY) / limits)
    return sizes


def _sums(values: Floats, begin: Integers, end: Integers) -> Floats:
    """Of the days from `begin` to before `end`."""
    running = np.append(0.0, np.cumsum(values))
    return np.asarray(running[end] - running[begin])
