"""The hours of the day: hours that are missing, and a day that is turned by a zone."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from raceway.build.plausible.case import Case, Oddity, named
from raceway.build.plausible.figures import Numbers
from raceway.build.plausible.limits import BY_CHANCE, COUNTED, FEWEST_DAYS, GAP_DAYS, RARE_END, RARE_GAP, STRANGE_HOURS
from raceway.build.plausible.usual import chance_of_none

_ENOUGH = 150
"""Rows before that an hour's share is taken from."""


def odd_hours(case: Case) -> Iterator[Oddity]:
    """Runs of hours without a row where many were due, and hours that fit far better when turned."""
    places = case.figures.parts("rows@").get("hour", {})
    if len(case.base) < FEWEST_DAYS or not len(case.new) or len(places) < 6:
        return
    known, told = (_by_hour(values, places) for values in (case.base, case.values))
    if known.sum() < _ENOUGH or np.mean(known.sum(axis=1) >= 3) < 0.8:  # letters go out on some days, at some hour
        return
    share = (known.sum(axis=0) + 0.5) / (known.sum() + 12)
    clumps = _clumps(known, share)
    yield from _turned(case, told.sum(axis=0), share, clumps)
    for at, day in case.each_new():
        yield from _strange(told[at], known, clumps, day)
        yield from _missing(case, told[at], known, share, clumps, day)


def _by_hour(values: Numbers, places: dict[str, int]) -> Numbers:
    return np.stack(
        [values[:, places[h]] if (h := f"{n:02}") in places else np.zeros(len(values)) for n in range(24)], axis=1
    )


def _clumps(known: Numbers, share: Numbers) -> float:
    """How many rows come together (of a visit, an order, a letter): how much more a day's hours vary than single events
    would."""
    rows = known.sum(axis=1)
    full = rows >= 5
    if not full.any():
        return 24.0
    due = rows[full, None] * share
    return max(1.0, float(np.mean(np.sum((known[full] - due) ** 2 / due, axis=1) / (len(share) - 1))))


def _missing(
    case: Case, told: Numbers, known: Numbers, share: Numbers, clumps: float, day: int
) -> Iterator[Oddity]:  # fmt: skip
    """Runs of hours without a row, where that is no chance: by the rows of the other hours, or by what the same hours
    had on the days before."""
    rows = float(told.sum())
    runs: list[tuple[int, int]] = []
    start = 0
    for hour in range(25):
        if hour == 24 or told[hour]:
            runs += [(start, hour)] if hour > start else []
            start = hour + 1
    for first, last in runs:
        gap = min(float(share[first:last].sum()), 0.99)
        by_the_day = -rows * np.log(1 - gap) >= COUNTED * clumps * case.tolerance
        by_the_day &= known[:, first:last].sum(axis=1).min() > 0  # what was empty before may be again
        chance = 1.0 if day in case.special else _chance_of_none(told, known, first, last)
        if by_the_day or chance <= (RARE_END if last == 24 else RARE_GAP) ** case.tolerance:
            due = f"{rows * gap / (1 - gap):.0f}"
            yield Oddity(
                "hours", "hour", f"on {named(day)} no row is of {first:02}:00 to {last:02}:00, usual are {due}",
                observed="0", expected=due, day=day,
            )  # fmt: skip


def _chance_of_none(told: Numbers, known: Numbers, first: int, last: int) -> float:
    """How often chance leaves these hours empty, by what they had on the days before; less is due on a weak day."""
    counts = known[:, first:last].sum(axis=1)
    if len(counts) < GAP_DAYS or counts.min() == 0:
        return 1.0
    rest = known.sum(axis=1) - counts
    return chance_of_none(counts, min(1.0, float(told.sum() / max(np.median(rest), 1))))


def _strange(told: Numbers, known: Numbers, clumps: float, day: int) -> Iterator[Oddity]:
    """Rows in hours that never had one: of a shop that is closed, or after the export."""
    hours = np.flatnonzero((known.sum(axis=0) == 0) & (told > 0)).tolist()
    strange, rows = float(told[hours].sum()), float(told.sum())
    # an hour that had none of so many visits has its first one now and then
    due = rows / clumps * (len(hours) + 1) / (float(known.sum()) / clumps)
    if strange >= max(3, STRANGE_HOURS * rows) and _chance_of(max(strange / clumps, 1), due) <= BY_CHANCE:
        named_hours = ", ".join(f"{hour:02}" for hour in hours)
        yield Oddity(
            "hours", "hour",
            f"on {named(day)} {strange:.0f} of {rows:.0f} rows are of the hours {named_hours}, which never had a row: "
            "their zone may be another",
            observed=f"{strange:.0f} rows", expected="0", day=day,
        )  # fmt: skip


def _chance_of(events: float, due: float) -> float:
    """About how often chance brings so many events where so few are due (a Poisson law, for a broken number, too)."""
    return math.exp(min(events * math.log(due) - due - math.lgamma(events + 1), 0.0))


def _turned(case: Case, told: Numbers, share: Numbers, clumps: float) -> Iterator[Oddity]:
    fits = [float(np.sum(told * np.log(np.roll(share, turn)))) for turn in range(24)]
    best = int(np.argmax(fits))
    nearest = min(best, 24 - best)
    if nearest >= 3 and (fits[best] - fits[0]) / clumps >= COUNTED * case.tolerance:
        hours = best if best <= 12 else best - 24
        yield Oddity(
            "hours", "hour",
            f"from {named(case.new_days[0])} on the hours of {told.sum():.0f} rows fit when they are turned by "
            f"{hours:+d} hours: their zone is another",
            observed=f"{hours:+d} h", expected="0 h", day=int(case.new_days[0]),
        )  # fmt: skip
