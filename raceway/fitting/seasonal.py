"""A seasonal model of daily sums: level × weekday × kind of day, and how far its sums were off before.

    y_t = level_t × weekday_t × kind_t + error_t

The level is what came ÷ what the season promised, with weights that halve every so many days. How wide an interval is,
the series' own past says: the model is asked at every earlier day for the sum of the next 1, 2, 3 … days, and v(h), the
variance of its relative errors over h days, is read off them; where the past is too short for a length, off the curve
a / h + b + c·h through them: noise that averages out, a season that is off, a level that wanders. What neighbours have
in common is in there by itself. The kinds of days that lie ahead (most of all one that nobody has seen, a first Tết)
add of their own variance by their share.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np

from raceway.fitting.day_kinds import Kind
from raceway.fitting.past_errors import FIRST_ORIGIN, Bools, Floats, Integers, decayed, past_of
from raceway.fitting.totals import Total

FEWEST_DAYS: Final = 56
"""Known days below which nothing is forecast: eight of each weekday."""

LEAST_NET: Final = 0.1
"""Of what a series' days moved up and down, the part that must be left in all; what cancels out has no level."""

MOST_DAYS: Final = 1096
"""Days of the past that are looked at: three years."""

SEASON_HALF_LIFE: Final = 14.0
"""Of the level that the season is read against, which knows the days before and after."""

SEASON_DAYS: Final = 364
"""The weekdays are read off the latest of these."""

PSEUDO_WEEKS: Final = 2.0
"""Weeks without a shape that every weekday is drawn towards."""

YEARLY_SPREAD: Final = 0.10
"""How far one kind of day differs between years (standard deviation, relative to a plain day)."""

UNSEEN_SPREAD: Final = 0.5
"""How far a holiday may be from a plain day before one of its family was seen."""

UNSEEN_WEEK: Final = 0.2
"""The same of the weeks around a long holiday."""

KINDS_AHEAD: Final = 0.5
"""Of the variance of the kinds that lie ahead, the part that is added: the past's errors hold days of kinds too."""

_TINY: Final = 1e-12
_NOTHING: Final = "the last weeks brought nothing to go by"


@dataclass(frozen=True)
class Fit:
    """A series' level, season and past errors."""

    level: float
    factors: Floats
    """Weekday × kind of every day, those to come included."""
    weekday_factors: Floats
    kind_codes: Integers
    """-1 for a plain day."""
    kind_variances: Floats
    lengths: Integers
    errors: Floats
    """v(h) of each of `lengths`."""
    curve: Floats
    """a, b, c."""
    is_count: bool

    def total_of(self, ahead: Bools) -> Total | str:
        """What the days marked in `ahead` (one at least) bring in all, or why nobody can say."""
        weight = float(self.factors[ahead].sum())
        if self.level * weight <= 0:
            return _NOTHING
        special = ahead & (self.kind_codes >= 0)
        shares = np.bincount(self.kind_codes[special], self.weekday_factors[special], len(self.kind_variances)) / weight
        of_kinds = float((shares**2 * self.kind_variances).sum())
        variance = self.variance_of(int(ahead.sum())) + KINDS_AHEAD * of_kinds
        return Total(self.level * weight, max(float(np.sqrt(variance)), 1e-6), self.is_count)

    def variance_of(self, length: int) -> float:
        """v(h): the curve, and where the past tells of such lengths no less than it was."""
        curve = float(self.curve @ np.array([1 / length, 1.0, length]))
        if length > self.lengths[-1]:
            return curve
        return max(curve, float(np.exp(np.interp(np.log(length), np.log(self.lengths), np.log(self.errors)))))


def fit_days(values: Floats, kinds: list[Kind | None], first_weekday: int, is_count: bool = False) -> Fit | str:
    """The model of a series, or why there is none.

    `values` holds one number a day, NaN where it is unknown or to come; `kinds` the kind of each day; `first_weekday`
    is the weekday of the first (0: Monday).
    """
    known = ~np.isnan(values)
    if known.sum() < FEWEST_DAYS:
        return f"{known.sum()} days are known; {FEWEST_DAYS} are needed"
    if values[known][-FEWEST_DAYS:].sum() <= 0:
        return _NOTHING
    latest = values[known][-SEASON_DAYS:]
    if latest.sum() < LEAST_NET * np.abs(latest).sum():
        return "its days cancel each other out"
    days = int(np.flatnonzero(known)[-1]) + 1
    weekdays = (np.arange(len(values)) + first_weekday) % 7
    names = sorted({kind for kind in kinds if kind})
    place = {kind: code for code, kind in enumerate(names)}
    codes = np.array([place[kind] if kind else -1 for kind in kinds])
    past = slice(max(days - MOST_DAYS, 0), days)
    of_weekday, of_kind, variances = _season(values[past], weekdays[past], codes[past], names)
    factors = of_weekday[weekdays] * np.append(of_kind, 1.0)[codes]
    found = past_of(values[past], factors[past])
    curve = _curve(found.lengths, found.variances, past.stop - past.start)
    return Fit(
        found.level, factors, of_weekday[weekdays], codes, variances, found.lengths, found.variances, curve, is_count
    )


def _season(values: Floats, weekdays: Integers, codes: Integers, names: list[Kind]) -> tuple[Floats, Floats, Floats]:
    """Factors of the weekdays and of the kinds of days, and the variances of the latter."""
    known = ~np.isnan(values)
    came = np.where(known, values, 0.0)
    plain = known & (codes < 0)
    if plain.sum() < FIRST_ORIGIN:
        plain = known
    of_weekday: Floats = np.ones(7)
    level: Floats = np.zeros(len(values))
    told = plain & (np.arange(len(values)) >= len(values) - SEASON_DAYS)
    many = np.bincount(weekdays[told], minlength=7)
    for _ in range(3):  # the weekdays clear the level, the level the weekdays; nothing moves after that
        level = _around(np.where(plain, came, 0)) / np.maximum(_around(np.where(plain, of_weekday[weekdays], 0)), _TINY)
        promised = np.bincount(weekdays[told], level[told], 7).astype(np.float64)
        drawn = PSEUDO_WEEKS * promised / np.maximum(many, 1)
        of_weekday = (np.bincount(weekdays[told], came[told], 7) + drawn) / np.maximum(promised + drawn, _TINY)
        of_weekday = np.where(many > 0, of_weekday, 1.0)
        of_weekday = of_weekday / of_weekday.mean() if of_weekday.any() else np.ones(7)
    due = level * of_weekday[weekdays]
    asked = plain & (due > 0)
    noise = float(np.mean((came[asked] / due[asked] - 1) ** 2)) if asked.any() else 1.0
    of_kind: Floats = np.ones(len(names))
    variances: Floats = np.ones(len(names))
    for family in sorted({kind.family for kind in names}):
        members = [code for code, kind in enumerate(names) if kind.family == family]
        seen = {code: known & (codes == code) & (due > 0) for code in members}
        off = {code: float(came[at].sum() / due[at].sum()) - 1 for code, at in seen.items() if at.any()}
        unseen = (UNSEEN_WEEK if family == "week" else UNSEEN_SPREAD) ** 2
        # one more member, without effect, stands for what is not known of the family; weeks have nothing in common
        mean = 0.0 if family == "week" else sum(off.values()) / (len(off) + 1)
        prior = (unseen + sum((each - mean) ** 2 for each in off.values())) / (len(off) + 1)
        for code in members:
            effect, variances[code] = mean, prior
            if code in off:
                years = 1 + int((np.diff(np.flatnonzero(seen[code])) > 60).sum())
                of_sample = noise / seen[code].sum() + YEARLY_SPREAD**2 / years
                trust = prior / (prior + of_sample)
                effect += trust * (off[code] - mean)
                variances[code] = trust * of_sample + YEARLY_SPREAD**2
            of_kind[code] = max(1 + effect, 0.02)
    return of_weekday, of_kind, variances


def _curve(lengths: Integers, errors: Floats, days: int) -> Floats:
    """a, b, c ≥ 0 of a / h + b + c·h by least squares of relative distances, the longer the lighter."""
    terms = np.column_stack([1 / lengths, np.ones(len(lengths)), lengths.astype(float)])
    weights = np.sqrt(days / lengths)
    terms, wanted = terms * (weights / errors)[:, None], weights
    best, curve = np.inf, np.zeros(3)
    for many in (1, 2, 3):  # the best fit without a negative part is a plain fit of some of the parts
        for parts in combinations(range(3), many):
            found, *_ = np.linalg.lstsq(terms[:, parts], wanted, rcond=None)
            distance = float(((terms[:, parts] @ found - wanted) ** 2).sum())
            if (found >= 0).all() and distance < best:
                best, curve = distance, np.zeros(3)
                curve[list(parts)] = found
    return curve


def _around(values: Floats) -> Floats:
    """Each day's sum of the days before and after it, which halve with their distance."""
    before, after = decayed(values, SEASON_HALF_LIFE), decayed(values[::-1], SEASON_HALF_LIFE)[::-1]
    return before + after - values
