"""The hours of the day: hours that are missing, and a day that is turned by a zone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from raceway.build.plausible.case import Case, Oddity, named
from raceway.build.plausible.figures import Numbers
from raceway.build.plausible.limits import COUNTED, FEWEST_DAYS

_ENOUGH = 150
"""Rows before that an hour's share is taken from."""


def odd_hours(case: Case) -> Iterator[Oddity]:
    """Runs of hours without a row where many were due, and hours that fit far better when turned."""
    places = case.figures.parts("rows@").get("hour", {})
    if len(case.base) < FEWEST_DAYS or not len(case.new) or len(places) < 6:
        return
    known, told = (_by_hour(values, places) for values in (case.base, case.values))
    if known.sum() < _ENOUGH:
        return
    share = (known.sum(axis=0) + 0.5) / (known.sum() + 12)
    clumps = _clumps(known, share)
    yield from _turned(case, told.sum(axis=0), share, clumps)
    for at, day in case.each_new():
        yield from _missing(case, told[at], share, clumps, day)


def _by_hour(values: Numbers, places: dict[str, int]) -> Numbers:
    return np.stack(
        [values[:, places[h]] if (h := f"{n:02}") in places else np.zeros(len(values)) for n in range(24)], axis=1
    )


def _clumps(known: Numbers, share: Numbers) -> float:
    """How many rows come together (of one visit, one order): what the hours vary more than single events would."""
    due = known.sum(axis=1, keepdims=True) * share
    wide = due > 1
    return max(1.0, float(np.mean((known - due)[wide] ** 2 / due[wide]))) if wide.any() else 4.0


def _missing(case: Case, told: Numbers, share: Numbers, clumps: float, day: int) -> Iterator[Oddity]:
    empty = np.append(told == 0, False)
    start = 0
    for hour in range(25):
        if empty[hour]:
            continue
        gap = float(share[start:hour].sum())
        # what the other hours hold says how many rows the day would have
        due = told.sum() * gap / max(1 - gap, 0.05) if hour > start else 0.0
        if due / clumps >= COUNTED:
            yield Oddity(
                "hours", "hour",
                f"on {named(day)} no row is of {start:02}:00 to {hour:02}:00, usual are {due:.0f}",
                observed="0", expected=f"{due:.0f}", day=day,
            )  # fmt: skip
        start = hour + 1


def _turned(case: Case, told: Numbers, share: Numbers, clumps: float) -> Iterator[Oddity]:
    fits = [float(np.sum(told * np.log(np.roll(share, turn)))) for turn in range(24)]
    best = int(np.argmax(fits))
    nearest = min(best, 24 - best)
    if nearest >= 3 and (fits[best] - fits[0]) / clumps >= COUNTED:
        hours = best if best <= 12 else best - 24
        yield Oddity(
            "hours", "hour",
            f"from {named(case.new_days[0])} on the hours of {told.sum():.0f} rows fit when they are turned by "
            f"{hours:+d} hours: their zone is another",
            observed=f"{hours:+d} h", expected="0 h", day=int(case.new_days[0]),
        )  # fmt: skip
