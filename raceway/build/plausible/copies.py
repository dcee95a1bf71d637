"""What stands there twice or in the wrong place: totals among the rows, another day's or account's rows, spoilt ids."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from raceway.build.plausible.case import Case, Oddity, named, shown
from raceway.build.plausible.figures import Numbers
from raceway.build.plausible.limits import (
    AHEAD_SHARE,
    BY_CHANCE,
    COUNTED,
    EQUAL_NUMBER,
    EQUAL_ROWS,
    FEWEST_DAYS,
    LEAST_ROUND,
    ROUND_IDS,
    SAME_KEYS,
    SAME_KEYS_SHARE,
    SHORTER_IDS,
)


def totals_as_rows(case: Case) -> Iterator[Oddity]:
    """A row whose numbers are the sums of the day's other rows, or of all other rows of the file."""
    pairs = [
        (c, case.figures.place["sum:" + c, ""], case.figures.place.get(("max:" + c, "")))
        for c in case.sums
        if case.table.by_name[c].data_type != "double"
    ]  # means and scores do not add up
    pairs = [pair for pair in pairs if pair[2] is not None]
    if case.table.scope.kind != "days" or len(pairs) < 2:
        return
    values, days = case.sheet.values, case.sheet.days
    sums, most = values[:, [p for _, p, _ in pairs]], values[:, [m for _, _, m in pairs if m is not None]]
    one_day = (np.abs(sums - 2 * most) <= 1e-6 * most) & (most > 0)
    # what some rows withhold ("<5") does not add up: one number may be off by a little where three others are exact
    nearly = (np.abs(sums - 2 * most) <= 0.15 * most) & (one_day.sum(axis=1) >= 3)[:, None]
    found = (one_day | nearly | (most == 0)).all(axis=1) & ((~one_day & (most > 0)).sum(axis=1) <= 1)
    found &= (one_day.sum(axis=1) >= 2) & (most.max(axis=1) >= EQUAL_NUMBER)
    found &= values[:, case.rows] >= EQUAL_ROWS
    of_days = np.flatnonzero(found)
    whole, largest = sums.sum(axis=0), most.max(axis=0, initial=0)
    of_file = (np.abs(whole - 2 * largest) <= 1e-6 * largest) & (largest > 0)
    is_of_file = (
        len(days) > 1 and of_file.sum() >= 2 and (of_file | (largest == 0)).all() and largest.max() >= EQUAL_NUMBER
    )
    if len(of_days) or is_of_file:
        at = int(of_days[0]) if len(of_days) else int(np.argmax(most[:, int(np.argmax(of_file))]))
        column = pairs[int(np.argmax(one_day[at] if len(of_days) else of_file))][0]
        size = shown(float(most[at, [c for c, _, _ in pairs].index(column)]))
        whose = "the other rows of the day" if len(of_days) else "all other rows of the file"
        yield Oddity(
            "total", column,
            f"on {named(days[at])} one row has the sums of {whose} ({column} {size}): a total among the rows",
            is_held=True, observed=size, expected="no row with the sum of the others", day=int(days[at]),
        )  # fmt: skip


def copied_days(case: Case) -> Iterator[Oddity]:
    """Days whose rows are, but for the date, those of another day or of the same day of another account."""
    place = case.figures.place.get(("print", ""))
    if place is None or case.table.scope.kind == "entities":
        return
    here = {
        float(told.values[place]): day
        for day, told in case.past.now.items() if told.values[place] and case.horizon <= day
    }  # fmt: skip
    there = {
        (int(day), float(values[0]))
        for other in case.others
        for day, values in zip(other.days, other.values, strict=True)
    }
    copies: list[tuple[int, str]] = []
    own: dict[float, int] = {}
    for day, values in zip(case.sheet.days.tolist(), case.sheet.values, strict=True):
        mark = float(values[place])
        if not mark or not _says_much(case, values):
            continue
        if (day, mark) in there:
            copies.append((day, "another account on the same day"))
        elif here.get(mark, day) != day and not _is_as_before(case, day, mark, place):
            copies.append((day, named(here[mark])))
        elif mark in own:
            copies.append((day, named(own[mark])))
        own.setdefault(mark, day)
    if copies and _days_differ(case, place):
        day, of = copies[0]
        more = f" (and on {len(copies) - 1} more days)" if len(copies) > 1 else ""
        yield Oddity(
            "copy", "rows", f"on {named(day)}{more} all rows are those of {of}, but for the date",
            is_held=True, observed=of, expected="rows of its own", day=day,
        )  # fmt: skip


def _days_differ(case: Case, place: int) -> bool:
    """Whether nearly every known day has rows of its own: where all are alike, an equal one says nothing."""
    known = case.base if len(case.base) >= FEWEST_DAYS else case.sheet.values
    marks = known[known[:, case.rows] > 0, place]
    return len(marks) >= FEWEST_DAYS and len(np.unique(marks)) >= 0.8 * len(marks)


def _is_as_before(case: Case, day: int, mark: float, place: int) -> bool:
    told = case.past.now.get(day)
    return told is not None and told.values[place] == mark


def _says_much(case: Case, values: Numbers) -> bool:
    """Whether a day holds so much that an equal one is no chance; events have keys and need no large numbers."""
    if case.table.scope.kind == "events":
        return bool(values[case.rows] >= EQUAL_ROWS)
    sums = values[list(case.sums.values())]
    filled, largest = int((sums > 0).sum()), float(sums.max(initial=0))
    spent = any(values[place] > 0 for column, place in case.sums.items() if case.table.by_name[column].meta.money)
    is_rich = filled >= 2 and largest >= EQUAL_NUMBER
    return is_rich and (values[case.rows] >= EQUAL_ROWS or (filled >= 3 and spent and largest >= 5 * EQUAL_NUMBER))


def keys_of_others(case: Case) -> Iterator[Oddity]:
    """Orders that another account told, under the same number and moment; or this one, under another."""
    keys = case.sheet.keys
    if len(keys) < SAME_KEYS:
        return
    there: dict[str, float] = {}
    for other in case.others:
        there |= other.keys
    same = sum(1 for key, value in keys.items() if there.get(key) == value)
    own = sum(1 for key in keys if key in case.past.keys)  # orders that come again, as something about them changed
    if same >= SAME_KEYS and (same >= SAME_KEYS_SHARE * len(keys) or same > 2 * own):
        yield Oddity(
            "keys", " and ".join(case.table.scope.keys),
            f"{same} of {len(keys)} of its keys that were looked at are another account's, with the same time, first "
            f"on {named(case.sheet.days[0])}",
            is_held=True, observed=f"{same} of {len(keys)}", expected="0", day=int(case.sheet.days[0]),
        )  # fmt: skip
    before = {key: value for key, (value, on) in case.past.keys.items() if on >= case.horizon}
    moved = sum(1 for key, value in keys.items() if before.get(key, value) != value)
    if moved >= SAME_KEYS and moved >= 0.8 * len(keys):
        yield Oddity(
            "keys", case.table.meta.covers.by[0] if case.table.meta.covers.by else "rows",
            f"{moved} of {len(keys)} of its keys that were looked at had another time before, the first on "
            f"{named(case.sheet.days[0])}",
            is_held=True, observed=f"{moved} of {len(keys)}", expected="0", day=int(case.sheet.days[0]),
        )  # fmt: skip


def rounded_ids(case: Case) -> Iterator[Oddity]:
    """Long ids that end in zeros where a spreadsheet's 15 digits end, or ids that are shorter than they ever were."""
    for column, place in case.figures.columns("round:").items():
        rows, spoilt = case.sheet.values[:, case.rows].sum(), case.sheet.values[:, place].sum()
        before = case.base[:, place].sum() / max(case.base[:, case.rows].sum(), 1)
        ids = min(spoilt, len(case.sheet.keys)) if column in case.table.scope.keys else spoilt
        is_chance = max(before, LEAST_ROUND) ** ids > BY_CHANCE
        if rows and spoilt >= ROUND_IDS * rows and before <= 0.25 and len(case.base) and not is_chance:
            day = int(case.sheet.days[int(np.argmax(case.sheet.values[:, place] > 0))])
            yield Oddity(
                "ids", column,
                f"on {named(day)} and after it {spoilt:.0f} of {rows:.0f} rows have a {column} that ends in zeros, "
                f"usual are {before:.0%}: a spreadsheet has rounded them",
                is_held=True, observed=f"{spoilt / rows:.0%}", expected=f"{before:.0%}", day=day,
            )  # fmt: skip
    if len(case.base) < FEWEST_DAYS:
        return
    for column, place in case.figures.columns("long:").items():
        known = case.base[case.base[:, place] > 0, place]
        told, rows = case.values[:, place], case.values[:, case.rows]
        cut = np.flatnonzero((told > 0) & (told < SHORTER_IDS * np.min(known, initial=np.inf)) & (rows >= COUNTED))
        if len(known) >= FEWEST_DAYS and len(cut):
            usual, found = f"{shown(float(known.min()))} to {shown(float(known.max()))}", shown(float(told[cut[0]]))
            yield Oddity(
                "ids", column,
                f"on {named(case.new_days[cut[0]])} a {column} has {found} characters, usual are {usual}: digits may "
                "be cut off",
                observed=found, expected=usual, day=int(case.new_days[cut[0]]),
            )  # fmt: skip


def days_to_come(case: Case) -> Iterator[Oddity]:
    """Rows of days after the export, where no earlier file had any."""
    later = case.sheet.values[case.sheet.days > case.exported_on + 1, case.rows]
    is_plan = any(day > told.on + 1 for day, told in case.past.now.items())
    if later.sum() and len(case.base) >= FEWEST_DAYS and not is_plan:
        day = int(case.sheet.days[-1])
        yield Oddity(
            "dates", "day",
            f"{later.sum():.0f} of its rows are of days after its export, up to {named(day)}; are day and month "
            "exchanged?",
            is_held=True, observed=named(day), expected=f"up to {named(case.exported_on)}", day=day,
        )  # fmt: skip
    ahead = case.rows_to_come
    if len(case.base) >= FEWEST_DAYS and case.past.foresaw_on < case.horizon and not later.sum():
        rows = float(case.sheet.values[case.sheet.days >= case.exported_on - 1, case.rows].sum())
        if ahead >= max(EQUAL_ROWS, AHEAD_SHARE * rows):
            yield Oddity(
                "dates", "hour",
                f"{ahead:.0f} of its rows are of hours after its export on {named(case.exported_on)} at "
                f"{case.exported_hour:02}:00, and no earlier file had any: their zone may be another",
                observed=f"{ahead:.0f} rows", expected="0", day=case.exported_on,
            )  # fmt: skip
