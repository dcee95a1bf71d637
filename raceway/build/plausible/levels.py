"""How much a day holds: rows and sums against the days before, weekday by weekday."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from raceway.build.plausible.case import Case, Oddity, named, shown
from raceway.build.plausible.figures import Numbers
from raceway.build.plausible.limits import (
    COUNTED,
    FEWEST_DAYS,
    HELD_HIGH,
    HIGH,
    HOLD_SPREADS,
    HUGE_DAYS,
    HUGE_SHARE,
    HUGE_SPREADS,
    LOW,
    LOW_ALONE,
    LOW_OF_FEW,
    LOW_SPREADS,
    MANY,
    ONE_HUGE,
    WARN_SPREADS,
)
from raceway.build.plausible.usual import median

_LEAST_SPREAD = 0.1
_CLUMPS = 6
"""Events of one visit come together."""
_RECENT = 14
_WEEKS = 3


def odd_levels(case: Case) -> Iterator[Oddity]:
    """Days with far less or far more than usual; the recent level counts, so that growth is no oddity."""
    ordinary = np.array([day not in case.special for day in case.base_days.tolist()], dtype=bool)
    base, days = case.base[ordinary], case.base_days[ordinary]
    if len(base) < FEWEST_DAYS or not len(case.new):
        return
    columns = {"rows": case.rows} | {c: p for c, p in case.sums.items() if np.mean(base[:, p] > 0) >= 0.8}
    places = list(columns.values())
    known, told = np.log(np.maximum(base[:, places], 0.5)), np.log(np.maximum(case.values[:, places], 0.5))
    if len(days) >= 7 * _WEEKS:
        for weekday in range(7):
            same = days % 7 == weekday
            if same.sum() >= _WEEKS:
                shift = (median(known[same]) - median(known)) * same.sum() / (same.sum() + 3)
                known[same] -= shift
                told[case.new_days % 7 == weekday] -= shift
    middle = median(known[-_RECENT:])
    counted = np.array([np.median(case.events(column, base)) for column in columns])
    clumps = _CLUMPS if case.table.scope.kind == "events" else 2
    noise = np.maximum(_LEAST_SPREAD, np.sqrt(clumps / counted.clip(1)))
    # of few days the spread itself is uncertain
    spread = np.maximum(1.4826 * median(np.abs(known - middle)), noise) * (1 + 4 / len(known))
    size, far = told - middle, (told - middle) / spread / case.tolerance
    # a report has its rows, one for each campaign, on half a day, too
    told_by = [c for c in columns if c != "rows" or case.table.scope.kind != "days" or len(columns) == 1]
    asked = np.array(
        [n for n, c in enumerate(columns) if c in told_by and counted[n] >= COUNTED and not _matures(case, c)],
        dtype=int,
    )
    for at, day in case.each_new():
        is_special = day in case.special
        low = size[at, asked] <= np.log(LOW)
        # a day of which a part is missing lacks all its numbers alike; one number alone is seen by its ratios
        if len(asked) and not is_special and low.all() and np.median(far[at, asked]) <= -_fewest(counted[asked]):
            yield _oddity(case, columns, int(asked[int(np.argmin(far[at, asked]))]), at, middle, spread, False)
            continue
        most = np.array([case.base[:, figure].max() for figure in columns.values()])
        high = (far[at] >= WARN_SPREADS) & (size[at] >= np.log(HIGH * (3 if is_special else 1)))
        high &= case.values[at, places] > 1.5 * most
        if high.any():
            place = int(np.argmax(np.where(high, size[at], 0)))
            is_held = bool(size[at, place] >= np.log(HELD_HIGH) and far[at, place] >= HOLD_SPREADS)
            is_held &= not any(rest[at, places[place]] <= HIGH * most[place] for rest in case.without_new_parts)
            yield _oddity(case, columns, place, at, middle, spread, is_held)


def _fewest(counted: Numbers) -> float:
    """By how many spreads the numbers of a day must be low, by how many events are behind each."""
    if len(counted) == 1:
        return LOW_ALONE
    return LOW_SPREADS if np.median(counted) >= MANY else LOW_OF_FEW


def huge_rows(case: Case) -> Iterator[Oddity]:
    """One order or line with far more of a number than ever one had: the sum of its day may hide it, where it was taken
    back on the same day."""
    if len(case.base) < HUGE_DAYS or not len(case.new) or case.table.scope.kind == "days":
        return
    sums = case.figures.columns("sum:")
    for column, place in case.figures.columns("max:").items():
        known = case.base[:, place]
        most, usual_day = float(known.max()), float(np.median(np.abs(case.base[:, sums[column]])))
        if np.sum(known > 0) < HUGE_DAYS:
            continue
        told, logs = case.values[:, place], np.log(known[known > 0])
        spread = max(1.4826 * float(np.median(np.abs(logs - np.median(logs)))), _LEAST_SPREAD) * case.tolerance
        odd = (told >= ONE_HUGE * most) & (told >= HUGE_SHARE * usual_day)
        odd &= np.log(np.maximum(told, 1e-9)) >= np.median(logs) + HUGE_SPREADS * spread
        for at in np.flatnonzero(odd)[:1].tolist():
            yield Oddity(
                "huge", column,
                f"on {named(case.new_days[at])} one row has {column} {shown(float(told[at]))}, the most of the "
                f"{len(known)} days before is {shown(most)}",
                observed=shown(float(told[at])), expected=f"up to {shown(most)}", day=int(case.new_days[at]),
            )  # fmt: skip


def _oddity(
    case: Case, columns: dict[str, int], place: int, at: int, middle: Numbers, spread: Numbers, is_held: bool
) -> Oddity:
    column = list(columns)[place]
    low, high = (shown(float(np.exp(middle[place] + turn * 3 * spread[place]))) for turn in (-1, 1))
    value, day = shown(float(case.values[at, columns[column]])), int(case.new_days[at])
    return Oddity(
        "level", column, f"on {named(day)} {column} is {value}, usual are {low} to {high}",
        is_held=is_held, observed=value, expected=f"{low} to {high}", day=day,
    )  # fmt: skip


def _matures(case: Case, column: str) -> bool:
    """Whether a number still grows after its day: conversions are credited for weeks."""
    return column != "rows" and case.table.by_name[column].data_type == "double"
