"""Days that were closed and are told anew: a few numbers may change, not the whole days."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from raceway.build.plausible.case import Case, Oddity, named, shown
from raceway.build.plausible.figures import Numbers
from raceway.build.plausible.limits import (
    CLOSED_DAYS,
    EQUAL_NUMBER,
    FEWEST_DAYS,
    HELD_BEYOND,
    HELD_RATIO,
    HOLD_SPREADS,
    LEAST_SPREAD,
    LONG_OVER,
    OTHER_NUMBER,
    PART_SHARE,
    RESTATED,
    RESTATED_DAYS,
)
from raceway.build.plausible.ratios import mostly_empty
from raceway.build.plausible.usual import logs, usual


def changed_days(case: Case) -> Iterator[Oddity]:
    """Closed days in effect that the batch replaces with others: of another month or unit, or with a part gone."""
    if case.table.scope.kind != "days":
        return
    closed = [
        (n, day) for n, day in enumerate(case.sheet.days.tolist())
        if day in case.past.now and case.past.since <= day and case.exported_on - day > CLOSED_DAYS
    ]  # fmt: skip
    if not closed:
        return
    old = np.stack([case.past.now[day].values for _, day in closed])
    new = case.sheet.values[[n for n, _ in closed]]
    columns = [(c, p) for c, p in case.sums.items() if np.median(old[:, p]) >= EQUAL_NUMBER]
    filled = (new[:, case.rows] > 0) & (old[:, case.rows] > 0)
    if not filled.any():
        return
    places = [p for _, p in columns]
    change = np.abs(logs(new[:, places], old[:, places]))
    change = np.where(np.isnan(change), np.where((new[:, places] > 0) != (old[:, places] > 0), np.inf, 0.0), change)
    asked = [n for n, (column, _) in enumerate(columns) if not _matures(case, column)]
    off = change[:, asked] > np.log(RESTATED)
    other = filled & (off.mean(axis=1) > 0.5) if asked else np.zeros(len(closed), dtype=bool)
    if len(asked) >= 2 and other.sum() >= min(RESTATED_DAYS, len(closed)) and other.sum() > 0.6 * filled.sum():
        at = int(np.flatnonzero(other)[0])
        column = asked[int(np.argmax(np.nan_to_num(change[at, asked], posinf=0)))]
        yield _changed(columns[column], new, old, at, closed, int(other.sum()), True)
        return
    for amount, place in case.sums.items():
        had = filled & (old[:, place] > 0)
        if had.sum() < min(RESTATED_DAYS, len(closed)) or _matures(case, amount) or mostly_empty(case, amount, new):
            continue
        if not case.table.by_name[amount].meta.money and np.median(old[had, place]) < EQUAL_NUMBER:
            continue
        size = np.abs(np.log(np.maximum(new[had, place], 1e-9) / old[had, place]))
        if np.mean(size >= np.log(HELD_RATIO)) > 0.6:
            at = int(np.flatnonzero(had)[int(np.argmax(size))])
            yield _changed((amount, place), new, old, at, closed, int(np.sum(size >= np.log(HELD_RATIO))), True)
            return
    yield from _parts_gone(case, closed, old, new)


def long_over(case: Case) -> Iterator[Oddity]:
    """A file of nothing but days long over, of an account whose files bring the newest: of another month, or with day
    and month exchanged. Where other numbers of those days are in effect, it is held."""
    days = case.sheet.days[case.sheet.values[:, case.rows] > 0]
    fresh = {
        told.on for day, told in case.past.first.items() if told.on - day <= CLOSED_DAYS and told.on >= case.horizon
    }
    if case.table.scope.kind != "days" or not len(days) or len(fresh) < FEWEST_DAYS:
        return
    if case.exported_on - int(days[-1]) <= LONG_OVER or len(case.new):
        return
    known = [(n, day) for n, day in enumerate(case.sheet.days.tolist()) if day in case.past.now]
    places = list(case.sums.values())
    others = sum(bool(np.mean(_differs(case, n, day, places)) > 0.5) for n, day in known)
    span = named(int(days[0])) if len(days) == 1 else f"{named(int(days[0]))} to {named(int(days[-1]))}"
    of = f"; on {others} of them other numbers are in effect" if others else ""
    yield Oddity(
        "dates", "day",
        f"it tells of {span} alone, though {len(fresh)} files before brought a day that was over for at most "
        f"{CLOSED_DAYS} days{of}: is it another month, are day and month exchanged?",
        is_held=bool(others), observed=span, expected=f"days up to {named(case.exported_on - 1)}", day=int(days[0]),
    )  # fmt: skip


def resized(case: Case) -> Iterator[Oddity]:
    """Orders of days that were told before which come again with amounts of another size: of another unit or currency.

    Only amounts that nearly every order has are asked: what was given back stands in few, and in those that change.
    """
    days = [n for n, day in enumerate(case.sheet.days.tolist()) if day in case.past.now]
    if case.table.scope.kind != "entities" or len(case.like) < FEWEST_DAYS or not days:
        return
    told, known = case.sheet.values[days].sum(axis=0), case.like
    rows = float(told[case.rows])
    for column, place in case.sums.items():
        if not (case.table.by_name[column].meta.money and case.is_in_nearly_all(column)) or told[place] <= 0:
            continue
        each = logs(known[:, [place]], known[:, [case.rows]])
        normal = usual(each)
        if normal.days[0] < FEWEST_DAYS:
            continue
        value = float(np.log(told[place] / rows))
        off = value - float(normal.middle[0])
        noise = np.sqrt(2 / rows + 2 / max(float(np.median(known[:, case.rows])), 1)) / 2
        spread = max(float(normal.spread[0]), LEAST_SPREAD, noise) * case.tolerance
        outside = max(value - float(normal.most[0]), float(normal.least[0]) - value)
        if abs(off) < max(np.log(HELD_RATIO), HOLD_SPREADS * spread) or outside < np.log(HELD_BEYOND):
            continue
        first = named(int(case.sheet.days[days[0]]))
        low, high = (shown(float(np.exp(normal.middle[0] + turn * 3 * spread))) for turn in (-1, 1))
        size = shown(float(np.exp(value)))
        yield Oddity(
            "restated", column,
            f"{rows:.0f} rows of days that were told before, from {first} on, have {column} {size} each, usual are "
            f"{low} to {high}",
            is_held=True, observed=size, expected=f"{low} to {high}", day=int(case.sheet.days[days[0]]),
        )  # fmt: skip
        return


def _differs(case: Case, at: int, day: int, places: list[int]) -> np.typing.NDArray[np.bool_]:
    """Of the columns that a day has in either telling, which differ by more than rounding."""
    old, new = case.past.now[day].values[places], case.sheet.values[at, places]
    there = (old > 0) | (new > 0)
    return np.abs(old - new)[there] > OTHER_NUMBER * np.maximum(old, new)[there]


def _matures(case: Case, column: str) -> bool:
    return case.table.by_name[column].data_type == "double"


def _changed(column: tuple[str, int], new: Numbers, old: Numbers, at: int, closed: list[tuple[int, int]],
             days: int, is_held: bool) -> Oddity:  # fmt: skip
    named_column, place = column
    more = f" (and on {days - 1} more days)" if days > 1 else ""
    was, told = shown(float(old[at, place])), shown(float(new[at, place]))
    day = closed[at][1]
    return Oddity(
        "restated", named_column,
        f"on {named(day)}{more}, which was over for {CLOSED_DAYS} days, {named_column} is {told} and was {was}",
        is_held=is_held, observed=told, expected=was, day=day,
    )  # fmt: skip


def _parts_gone(case: Case, closed: list[tuple[int, int]], old: Numbers, new: Numbers) -> Iterator[Oddity]:
    """Campaigns that closed days had, and no longer have though others are told as before."""
    for column, parts in case.figures.parts("rows@").items():
        places = [place for part, place in parts.items() if part]
        if column == "hour" or not new[:, places].any():
            continue
        for part, place in parts.items():
            had = old[:, place] > 0
            if not part or had.sum() < min(RESTATED_DAYS, len(closed)) or new[:, place].any():
                continue
            for amount, whole in case.sums.items():
                figure = case.figures.place.get((f"sum:{amount}@{column}", part))
                lost = float(old[:, figure].sum()) if figure is not None else 0.0
                if (
                    lost >= max(PART_SHARE * float(old[:, whole].sum()), EQUAL_NUMBER)
                    and float(new[:, whole].sum()) <= float(old[:, whole].sum()) - 0.5 * lost
                ):
                    day = closed[int(np.argmax(had))][1]
                    yield Oddity(
                        "restated", amount,
                        f"on {named(day)} and {int(had.sum()) - 1} more days that were over for {CLOSED_DAYS} days "
                        f"{column} “{part}” is gone, which had {shown(lost)} of {amount}",
                        observed="0", expected=shown(lost), day=day,
                    )  # fmt: skip
                    return
