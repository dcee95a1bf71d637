"""A seasonal model of daily sums: level × weekday × kind of day, and how far its sums were off before.

    y_t = level_t × weekday_t × kind_t + error_t

The level is what came ÷ what the season promised, with weights that halve every so many days. How wide an interval is,
the series' own past says: the model is asked at every earlier day for the sum of the next 1, 2, 3 … days, and the
variance of its relative errors is smoothed over their number h as v(h) = a / h + b + c·h: noise that averages out, a
season that is off, a level that wanders. What neighbouring days have in common is in there by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.optimize import nnls
from scipy.signal import lfilter
from scipy.stats import gamma, nbinom, poisson, t

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

FEWEST_DAYS: Final = 56
"""Known days below which nothing is forecast: eight of each weekday."""

HALF_LIVES: Final = (7.0, 14.0, 28.0, 56.0)
"""Days after which a day counts half in the level; the one whose sums were least off is taken."""

LENGTHS: Final = np.array([1, 2, 3, 5, 7, 10, 14, 21, 28, 42, 60, 90])
"""Numbers of days over which past errors are looked at."""

FIRST_ORIGIN: Final = 28
"""Days before the first day at which the past is asked."""

SEASON_HALF_LIFE: Final = 14.0
"""Of the level that the season is read against, which knows the days before and after."""

SEASON_DAYS: Final = 364
"""The weekdays are read off the latest of these."""

PSEUDO_WEEKS: Final = 2.0
"""Weeks without a shape that every weekday is drawn towards."""

YEARLY_SPREAD: Final = 0.15
"""How far one kind of day differs between years (standard deviation, relative)."""

UNSEEN_SPREAD: Final = {"holiday": 0.5, "week": 0.2}
"""How far a kind of day may be from an ordinary one, before any was seen (standard deviation, relative)."""

SMALL: Final = 100.0
"""Expected counts below it have whole limits (negative binomial, or Poisson where the past varies no more)."""

_T90: Final = 1.2815515655446004


@dataclass(frozen=True)
class Rest:
    """What some days will bring in all."""

    expected: float
    spread: float
    """Standard deviation, relative to expected."""
    is_count: bool

    @property
    def low_80(self) -> float:
        """Less comes in 1 of 10 cases."""
        return min(self._quantile(0.1), self.expected)

    @property
    def high_80(self) -> float:
        """More comes in 1 of 10 cases."""
        return max(self._quantile(0.9), self.expected)

    def probability_below(self, amount: float) -> float:
        """That it is less than `amount` (0 to 1)."""
        return float(self._distribution().cdf(amount - (1 if self._is_whole else 0)))

    def _quantile(self, part: float) -> float:
        return float(self._distribution().ppf(part))

    @property
    def _is_whole(self) -> bool:
        return self.is_count and self.expected < SMALL

    def _distribution(self):  # type: ignore[no-untyped-def]  # scipy has no types
        mean, variance = self.expected, (self.spread * self.expected) ** 2
        if not self._is_whole:
            return gamma(mean**2 / variance, scale=variance / mean)
        if variance <= mean:
            return poisson(mean)
        size = mean**2 / (variance - mean)
        return nbinom(size, size / (size + mean))


@dataclass(frozen=True)
class Fit:
    """A series' season, level and past errors."""

    level: float
    factors: Floats
    """Weekday × kind of every day, those to come included."""
    weekday_factors: Floats
    """Weekday alone."""
    kind_codes: Integers
    kind_variances: Floats
    error: Floats
    """a, b, c of v(h)."""
    days: int
    """From the first origin to the last known day."""
    is_count: bool

    def sum_of(self, ahead: Bools) -> Rest | str:
        """What the days marked in `ahead` bring in all, or why nobody can say."""
        length = int(ahead.sum())
        weight = float(self.factors[ahead].sum())
        if self.level * weight <= 0:
            return "the sum of the last weeks is not above 0"
        variance = float(self.error @ np.array([1 / length, 1.0, length]))
        special = ahead & (self.kind_codes >= 0)
        shares = np.bincount(self.kind_codes[special], self.weekday_factors[special], len(self.kind_variances)) / weight
        variance += float((shares**2 * self.kind_variances).sum())
        # few stretches of this length have been seen, so their spread is itself uncertain
        wider = float(t.ppf(0.9, max(self.days / length, 3.0))) / _T90
        return Rest(self.level * weight, max(np.sqrt(variance) * wider, 1e-6), self.is_count)


def fit_days(values: Floats, kinds: list[str | None], first_weekday: int, is_count: bool = False) -> Fit | str:
    """The model of a series, or why there is none.

    `values` holds one number a day, NaN where it is unknown or to come; `kinds` the kind of each day;
    `first_weekday` is the weekday of the first (0: Monday).
    """
    known = ~np.isnan(values)
    if known.sum() < FEWEST_DAYS:
        return f"{known.sum()} days are known; {FEWEST_DAYS} are needed"
    days = int(np.flatnonzero(known)[-1]) + 1
    weekdays = (np.arange(len(values)) + first_weekday) % 7
    names = sorted({kind for kind in kinds if kind})
    codes = np.array([names.index(kind) if kind else -1 for kind in kinds])
    of_weekday, of_kind, variances = _season(values[:days], weekdays[:days], codes[:days], names)
    factors = of_weekday[weekdays] * np.append(of_kind, 1.0)[codes]
    level, error = _level_and_error(values[:days], factors[:days])
    return Fit(level, factors, of_weekday[weekdays], codes, variances, error, days - FIRST_ORIGIN, is_count)


def _season(values: Floats, weekdays: Integers, codes: Integers, names: list[str]) -> tuple[Floats, Floats, Floats]:
    """Factors of the weekdays and of the kinds of days, and the variances of the latter."""
    known = ~np.isnan(values)
    came = np.where(known, values, 0.0)
    plain = known & (codes < 0)
    if plain.sum() < FIRST_ORIGIN:
        plain = known
    places = np.arange(len(values))
    of_weekday = np.ones(7)
    told = plain & (places >= len(values) - SEASON_DAYS)
    many = np.bincount(weekdays[told], minlength=7)
    for _ in range(3):
        level = _around(np.where(plain, came, 0)) / np.maximum(_around(np.where(plain, of_weekday[weekdays], 0)), 1e-12)
        due = np.bincount(weekdays[told], level[told], 7)
        drawn = PSEUDO_WEEKS * due / np.maximum(many, 1)
        of_weekday = (np.bincount(weekdays[told], came[told], 7) + drawn) / np.maximum(due + drawn, 1e-12)
        of_weekday = np.where(many > 0, of_weekday, 1.0)
        of_weekday /= of_weekday.mean()
    due = level * of_weekday[weekdays]
    asked = plain & (due > 0)
    noise = float(np.mean(((came[asked] - due[asked]) / due[asked]) ** 2)) if asked.any() else 1.0
    of_kind, variances = np.ones(len(names)), np.empty(len(names))
    for code, name in enumerate(names):
        here = known & (codes == code) & (due > 0)
        prior = UNSEEN_SPREAD["week" if name[-3:-1] in (" -", " +") else "holiday"] ** 2
        variances[code] = prior
        if here.any():
            years = 1 + int((np.diff(np.flatnonzero(here)) > 60).sum())
            of_sample = noise / here.sum() + YEARLY_SPREAD**2 / years
            trust = prior / (prior + of_sample)
            of_kind[code] = max(1 + trust * (came[here].sum() / due[here].sum() - 1), 0.02)
            variances[code] = trust * of_sample + YEARLY_SPREAD**2
    return of_weekday, of_kind, variances


def _around(values: Floats) -> Floats:
    """Each day's sum of the days before and after it, which halve with their distance."""
    keep = [1, -(0.5 ** (1 / SEASON_HALF_LIFE))]
    before, after = lfilter([1], keep, values), lfilter([1], keep, values[::-1])[::-1]
    return np.asarray(before + after - values)


def _level_and_error(values: Floats, factors: Floats) -> tuple[float, Floats]:
    """The level after the last day by the best half-life, and a, b, c of the variance of its relative errors."""
    known = ~np.isnan(values)
    came, due = np.where(known, values, 0.0), np.where(known, factors, 0.0)
    came_to, due_to = np.append(0.0, np.cumsum(came)), np.append(0.0, np.cumsum(due))
    days = len(values)
    lengths = LENGTHS[max((days - FIRST_ORIGIN) // 2, 1) >= LENGTHS]
    found: list[tuple[float, float, Floats]] = []
    for half_life in HALF_LIVES:
        keep = 0.5 ** (1 / half_life)
        level = lfilter([1], [1, -keep], came) / np.maximum(lfilter([1], [1, -keep], due), 1e-12)
        errors = np.array([_variance(level, came_to, due_to, int(length)) for length in lengths])
        found.append((float(np.mean(np.log(np.maximum(errors, 1e-9)))), float(level[-1]), errors))
    _, level_now, errors = min(found, key=lambda each: each[0])
    terms = np.column_stack([1 / lengths, np.ones(len(lengths)), lengths.astype(float)])
    weights = np.sqrt(days / lengths) / np.maximum(errors, 1e-9)
    error, _ = nnls(terms * weights[:, None], weights * errors)
    return level_now, np.asarray(error)


def _variance(level: Floats, came_to: Floats, due_to: Floats, length: int) -> float:
    """Mean square of the relative errors of all past sums of `length` days."""
    origins = np.arange(FIRST_ORIGIN - 1, len(level) - length)
    came = came_to[origins + 1 + length] - came_to[origins + 1]
    due = level[origins] * (due_to[origins + 1 + length] - due_to[origins + 1])
    asked = due > 0
    return float(np.mean(np.clip((came[asked] - due[asked]) / due[asked], -1, 5) ** 2)) if asked.any() else 1.0
