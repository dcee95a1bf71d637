"""How much a day holds: rows and sums against the days before, weekday by weekday."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from raceway.build.plausible.case import Case, Oddity, named, shown
from raceway.build.plausible.limits import (
    COUNTED,
    FEWEST_DAYS,
    HELD_HIGH,
    HIGH,
    HOLD_SPREADS,
    LOW,
    WARN_SPREADS,
)
from raceway.build.plausible.usual import median

_LEAST_SPREAD = 0.13
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
                shift = (median(known[same]) - median(known)) * same.sum() / (same.sum() + 1)
                known[same] -= shift
                told[case.new_days % 7 == weekday] -= shift
    middle = median(known[-_RECENT:])
    counted = np.array([np.median(case.events(column, base)) for column in columns])
    spread = np.maximum(
        1.4826 * median(np.abs(known - middle)), np.maximum(_LEAST_SPREAD, np.sqrt(2 / counted.clip(1)))
    )
    far = (told - middle) / spread
    for place, (column, figure) in enumerate(columns.items()):
        normal = (
            f"{shown(np.exp(middle[place] - 3 * spread[place]))} to {shown(np.exp(middle[place] + 3 * spread[place]))}"
        )
        for at, day in case.each_new():
            size, value = float(np.exp(told[at, place] - middle[place])), float(case.values[at, figure])
            is_low = (
                far[at, place] <= -WARN_SPREADS * 0.9 and size <= LOW and counted[place] >= COUNTED
                and day not in case.special and not _matures(case, column)
            )  # fmt: skip
            factor = HIGH if day not in case.special else HIGH * 3
            is_high = far[at, place] >= WARN_SPREADS and size >= factor and value > case.base[:, figure].max() * 1.5
            if is_low or is_high:
                yield Oddity(
                    "level", column, f"on {named(day)} {column} is {shown(value)}, usual are {normal}",
                    is_held=bool(is_high and size >= HELD_HIGH and far[at, place] >= HOLD_SPREADS),
                    observed=shown(value), expected=normal, day=day,
                )  # fmt: skip


def _matures(case: Case, column: str) -> bool:
    """Whether a number still grows after its day: conversions are credited for weeks."""
    return column != "rows" and case.table.by_name[column].data_type == "double"
