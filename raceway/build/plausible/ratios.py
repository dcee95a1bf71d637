"""Numbers of one day held against each other: a click's cost, a view's clicks, an order's amount, the tax in it.

Growth, season and sales stand on both sides of such a ratio and leave it as it was; a changed unit, currency or column
does not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

import numpy as np
import numpy.typing as npt

from raceway.build.plausible.case import Case, Oddity, named, shown
from raceway.build.plausible.figures import Numbers
from raceway.build.plausible.limits import (
    BEYOND,
    COUNTED,
    FEWEST_DAYS,
    HELD_BEYOND,
    HELD_RATIO,
    LEAST_SPREAD,
    RATIO_HOLD_SPREADS,
    RATIO_SPREADS,
    SPARSE,
    STEADY,
    STEADY_DAYS,
    STEADY_RATIO,
    WARN_RATIO,
    WARN_SPREADS,
)
from raceway.build.plausible.usual import logs, median, usual
from raceway.contracts.grammar import ColumnContract


def odd_ratios(case: Case) -> Iterator[Oddity]:
    """Columns whose ratio to the others is far from all that was seen, on one day or on most of the new ones."""
    if len(case.like) < FEWEST_DAYS or not len(case.new):
        return
    columns = [c for c in case.sums if _adds_up(case.table.by_name[c])]
    if case.table.scope.kind != "days":  # rows of a report may be of any level, of orders and events they are alike
        columns.append("rows")
    pairs = list(combinations(columns, 2))
    if not pairs:
        return
    known, found = (_ratios(case, pairs, values) for values in (case.like, case.values))
    normal = usual(known)
    support, events = (_support(case, pairs, values) for values in (case.like, case.values))
    # the days themselves show how much chance moves a ratio; counting guards against days that were alike by luck
    noise = np.sqrt(median(support) + events) / 2
    spread = np.maximum(np.maximum(normal.spread, LEAST_SPREAD), noise)
    off = found - normal.middle
    outside = np.maximum(found - normal.most, normal.least - found)
    far = np.abs(off) / spread / case.tolerance
    enough = (normal.days >= FEWEST_DAYS) & ~_of_few(case, pairs)
    odd = enough & (far >= RATIO_SPREADS) & (np.abs(off) >= np.log(WARN_RATIO)) & (outside >= np.log(BEYOND))
    held = odd & (far >= RATIO_HOLD_SPREADS) & (np.abs(off) >= np.log(HELD_RATIO)) & (outside >= np.log(HELD_BEYOND))
    held &= ~_usual_without_new_parts(case, pairs, normal.middle)
    paid = np.array([all(c != "rows" and case.is_money(c) for c in pair) for pair in pairs])
    steady = paid & (normal.spread < STEADY) & (normal.days >= STEADY_DAYS)
    steady = steady & (case.values[:, case.rows] >= COUNTED)[:, None] & (outside >= np.log(STEADY_RATIO) / 2)
    steady &= np.abs(off) >= np.maximum(WARN_SPREADS * normal.spread, np.log(STEADY_RATIO)) * case.tolerance
    spread = np.where(steady & ~odd, np.maximum(normal.spread, 0.01), spread)
    odd = odd | steady
    told = ~np.isnan(found)
    most = np.sum(odd, axis=0) > np.sum(told, axis=0) / 2
    alone = (far >= RATIO_HOLD_SPREADS) & (np.abs(off) >= np.log(WARN_RATIO**1.5)) & odd
    yield from _named(case, pairs, np.where(most, odd, alone), held, off, found, normal.middle, spread)


def _adds_up(column: ColumnContract) -> bool:
    """Whether a number adds up over rows: a mean (a position) does not, nor a score, which has a largest value."""
    return column.data_type != "double" and column.meta.expect.max is None


def _named(
    case: Case, pairs: list[tuple[str, str]], odd: Numbers, held: Numbers, off: Numbers, found: Numbers,
    middle: Numbers, spread: Numbers,
) -> Iterator[Oddity]:  # fmt: skip
    """One oddity of each column that explains odd ratios: the one that most of them share."""
    left = set(np.flatnonzero(odd.any(axis=0)).tolist())
    while left:
        votes: dict[str, float] = defaultdict(float)
        for pair in left:
            for column in pairs[pair]:
                votes[column] += 1 + (0.5 if column != "rows" and case.is_money(column) else 0)
        culprit = max(votes, key=lambda column: (votes[column], column))
        of = [pair for pair in left if culprit in pairs[pair]]
        left -= set(of)
        sizes = np.where(odd[:, of].astype(bool), np.abs(off[:, of]), 0)
        at, which = np.unravel_index(int(np.argmax(sizes)), sizes.shape)
        pair = of[int(which)]
        above, below = pairs[pair]
        turned = -1 if culprit == below else 1
        other = below if culprit == above else above
        value, mid = np.exp(turned * found[at, pair]), turned * middle[pair]
        low, high = np.exp(mid - 3 * spread[at, pair]), np.exp(mid + 3 * spread[at, pair])
        days = int(np.sum(odd[:, of].any(axis=1)))
        more = f" (and on {days - 1} more days)" if days > 1 else ""
        yield Oddity(
            "ratio", culprit,
            f"on {named(case.new_days[at])}{more} {culprit} by {other} is {shown(value)}, usual are {shown(low)} to "
            f"{shown(high)}",
            is_held=bool(held[:, of].any(axis=1).sum() * 2 > np.sum(~np.isnan(found[:, of])).clip(1) / max(len(of), 1)),
            observed=shown(value), expected=f"{shown(low)} to {shown(high)}", day=int(case.new_days[at]),
        )  # fmt: skip


def _ratios(case: Case, pairs: list[tuple[str, str]], values: Numbers) -> Numbers:
    place = {**case.sums, "rows": case.rows}
    return logs(values[:, [place[a] for a, _ in pairs]], values[:, [place[b] for _, b in pairs]])


def _support(case: Case, pairs: list[tuple[str, str]], values: Numbers) -> Numbers:
    """The variance that counting alone gives the logarithm of each ratio."""
    rare = [np.minimum(case.events(a, values), case.events(b, values)) for a, b in pairs]
    found: Numbers = 2 / np.maximum(np.stack(rare, axis=1), 0.5)
    return found


def _of_few(case: Case, pairs: list[tuple[str, str]]) -> npt.NDArray[np.bool_]:
    """By day and pair whether an amount stands in but one or two rows of orders that mostly lack it: a discount, which
    may be of any size."""
    if case.table.scope.kind == "days":
        return np.zeros((len(case.values), len(pairs)), dtype=bool)
    few = {c: (case.events(c, case.values) < SPARSE) & (not case.is_in_nearly_all(c)) for pair in pairs for c in pair}
    return np.stack([few[a] | few[b] for a, b in pairs], axis=1)


def _usual_without_new_parts(case: Case, pairs: list[tuple[str, str]], middle: Numbers) -> npt.NDArray[np.bool_]:
    """By day and pair whether the ratio is as ever once the parts are left out that were never there before: a campaign
    of another kind began, and nothing is wrong with the others."""
    found = np.zeros((len(case.values), len(pairs)), dtype=bool)
    for rest in case.without_new_parts:
        found |= np.nan_to_num(np.abs(_ratios(case, pairs, rest) - middle), nan=np.inf) < np.log(WARN_RATIO)
    return found


def zeroed(case: Case) -> Iterator[Oddity]:
    """Columns that were never 0 and are 0, though the day has rows as ever."""
    if len(case.like) < FEWEST_DAYS or not len(case.new):
        return
    rows, known_rows = case.values[:, case.rows], case.like[:, case.rows]
    full = (rows > 0) & (rows >= 0.3 * np.median(known_rows))
    for column, place in case.sums.items():
        known = case.like[(known_rows > 0) & _due(case, column, case.like)][:, place]
        if len(known) < FEWEST_DAYS or np.min(known) <= 0:
            continue
        counted = np.median(case.events(column, case.like))
        gone = np.flatnonzero(full & (case.values[:, place] == 0) & _due(case, column, case.values))
        of_events = case.table.scope.kind != "days"
        if of_events and case.values[gone, case.rows].sum() < COUNTED:
            continue
        if len(gone) and (counted >= COUNTED or (case.table.by_name[column].meta.money and len(known) >= 10)):
            low, high = float(np.min(known)), float(np.max(known))
            more = f" (and on {len(gone) - 1} more days)" if len(gone) > 1 else ""
            yield Oddity(
                "zeroed", column,
                f"on {named(case.new_days[gone[0]])}{more} {column} is 0 in all rows, usual are {shown(low)} to "
                f"{shown(high)}",
                is_held=bool(
                    len(gone) * 2 > int(np.sum(full))
                    and counted >= COUNTED
                    and not case.table.by_name[column].meta.counts
                    and not mostly_empty(case, column, case.values[gone])
                ),
                observed="0", expected=f"{shown(low)} to {shown(high)}", day=int(case.new_days[gone[0]]),
            )  # fmt: skip


def _due(case: Case, column: str, values: Numbers) -> np.typing.NDArray[np.bool_]:
    """Days on which the columns that are hardly ever 0 hold their part: no cost where there was no click."""
    due = np.ones(len(values), dtype=bool)
    for other, place in case.sums.items():
        known = case.like[:, place]
        if other != column and np.mean(known > 0) >= 0.9:
            due &= values[:, place] >= 0.3 * np.median(known)
    return due


def mostly_empty(case: Case, column: str, values: Numbers) -> bool:
    """Whether most cells are empty: a report without the column, and no 0."""
    place = case.figures.place.get((f"null:{column}", ""))
    return place is not None and bool(values[:, place].sum() > 0.5 * values[:, case.rows].sum())


def appeared(case: Case) -> Iterator[Oddity]:
    """Columns that were always 0 and are not in most rows: a tax that is told from now on, a column that moved."""
    if len(case.like) < FEWEST_DAYS or not len(case.new):
        return
    rows = float(np.sum(case.values[:, case.rows]))
    for column in case.sums:
        place = case.figures.place.get((f"some:{column}", ""))
        if place is None or np.max(case.like[:, place]) > 0 or np.sum(case.like[:, case.rows]) < 3 * COUNTED:
            continue
        if mostly_empty(case, column, case.like):
            continue
        filled = float(np.sum(case.values[:, place]))
        if filled >= max(0.5 * rows, COUNTED):
            day = int(case.new_days[int(np.argmax(case.values[:, place] > 0))])
            yield Oddity(
                "appeared", column,
                f"from {named(day)} on {column} is not 0 in {filled:.0f} of {rows:.0f} rows, before it always was",
                observed=f"{filled:.0f} rows", expected="0", day=day,
            )  # fmt: skip
