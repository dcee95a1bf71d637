"""What a day is made of: shares of statuses, channels and consents; campaigns that are gone, doubled or strangers."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from raceway.build.plausible.case import Case, Oddity, named
from raceway.build.plausible.figures import Days, Numbers
from raceway.build.plausible.limits import (
    COLLAPSED,
    COUNTED,
    EQUAL_NUMBER,
    FEWEST_DAYS,
    GONE_BY_CHANCE,
    GONE_DAYS,
    GONE_ROWS,
    LEAST_TOLD,
    MOST_PARTS,
    PART_DAYS,
    PART_SHARE,
    STRANGERS,
    WARN_SHARE,
    WARN_SPREADS,
)
from raceway.build.plausible.usual import chance_of_none, usual

_CLUMPS = 4
"""Rows that come together: of one visit, one order."""
_LEAST_WIDTH = 0.02


def odd_shares(case: Case) -> Iterator[Oddity]:
    """Parts of orders or events, and filled cells, whose share of the rows is not as usual, on all new days or on one.

    Rows of a daily report are no events, so their shares tell nothing. A part that is new takes from all others and is
    no oddity by itself: campaigns begin.
    """
    if case.table.scope.kind == "days" or len(case.like) < FEWEST_DAYS or not len(case.new):
        return
    known_rows = case.like[:, case.rows]
    if known_rows.sum() < 3 * COUNTED:
        return
    places = _shared(case)
    figures = [place for place, _, _ in places]
    known = case.like[:, figures]
    share = known.sum(axis=0) / known_rows.sum()
    daily = np.where(known_rows[:, None] > 4, known / np.maximum(known_rows, 1)[:, None], np.nan)
    varies = np.nan_to_num(usual(daily).spread)
    told: set[str] = set()
    for days in [slice(None), *(slice(n, n + 1) for n in range(len(case.new)) if len(case.new) > 1)]:
        rows = float(case.values[days, case.rows].sum())
        if rows < COUNTED:
            continue
        found = case.values[days][:, figures].sum(axis=0) / rows
        even = (share * known_rows.sum() + 1) / (known_rows.sum() + 2)
        noise = np.sqrt(even * (1 - even) * _CLUMPS * (1 / rows + 1 / known_rows.sum()))
        daily_width = np.maximum(varies / np.sqrt(min(len(case.values[days]), 3)), _LEAST_WIDTH)
        width = np.maximum(daily_width, noise)
        off = found - share
        # by the arcs of their roots, whose noise is the same for every share
        arcs = 2 * np.abs(np.arcsin(np.sqrt(found.clip(0, 1))) - np.arcsin(np.sqrt(share.clip(0, 1))))
        apart = arcs / np.sqrt(_CLUMPS * (1 / rows + 1 / known_rows.sum())) / case.tolerance
        # what comes and goes has no usual share
        half = len(known) // 2
        early, late = (
            known[of].sum(axis=0) / max(known_rows[of].sum(), 1) for of in (slice(None, half), slice(half, None))
        )
        steady = np.abs(early - late) <= 0.5 * np.abs(off)
        fallen = (found <= share * COLLAPSED) & (share * rows >= 2 * COUNTED) & (share >= PART_SHARE)
        odd = (
            (np.abs(off) >= WARN_SPREADS * daily_width)
            & (apart >= WARN_SPREADS)
            & ((np.abs(off) >= WARN_SHARE) | fallen)
            & (share > 0)
            & steady
        )
        # of a part that had its rows on each day none is no chance, however small its share
        gone = (found == 0) & (known[-FEWEST_DAYS:].min(axis=0) >= GONE_ROWS) & (share * rows >= GONE_ROWS)
        least = {column: _least_told(case, column, case.values[days]) for column in {column for _, column, _ in places}}
        gone &= np.array([bool(part) for _, _, part in places], dtype=bool)
        gone &= np.array([least[column] <= LEAST_TOLD for _, column, _ in places])
        gone &= np.array(
            [is_gone and chance_of_none(known[-GONE_DAYS:, n]) <= GONE_BY_CHANCE for n, is_gone in enumerate(gone)]
        )
        odd |= gone
        for n in sorted(np.flatnonzero(odd).tolist(), key=lambda n: -abs(off[n])):
            _, column, part = places[n]
            if column in told:
                continue
            told.add(column)
            which = f"{column} “{part}”" if part else f"{column} filled"
            low, high = max(share[n] - 3 * width[n], 0), min(share[n] + 3 * width[n], 1)
            day = int(case.new_days[days][0])
            had = f"{found[n]:.0%}" if found[n] else "none"
            yield Oddity(
                "share", column,
                f"on {named(day)}{_and_later(case.new_days[days])} {had} of {rows:.0f} rows have {which}, "
                f"usual are {low:.0%} to {high:.0%}" + (f", about {share[n] * rows:.0f}" if not found[n] else ""),
                observed=f"{found[n]:.0%}", expected=f"{low:.0%} to {high:.0%}", day=day,
            )  # fmt: skip


def _least_told(case: Case, column: str, values: Numbers) -> float:
    """Rows of the smallest part that is told of the days: what is not told has no more; 0 where all are told."""
    told = values[:, list(case.figures.parts("rows@").get(column, {}).values())].sum(axis=0)
    return float(np.min(told[told > 0], initial=np.inf)) if (told > 0).sum() >= MOST_PARTS else 0.0


def _and_later(days: Days) -> str:
    return f" to {named(int(days[-1]))}" if len(days) > 1 else ""


def _shared(case: Case) -> list[tuple[int, str, str]]:
    """Place, column and part of what has a share: parts of columns all of whose parts are told, and filled texts."""
    found = [
        (place, aspect.removeprefix("some:"), "")
        for (aspect, part), place in case.figures.place.items()
        if aspect.startswith("some:") and not part
    ]
    for column, parts in case.figures.parts("rows@").items():
        filled = case.figures.place.get((f"some:{column}", ""))
        places = [place for part, place in parts.items() if part]
        if column == "hour" or filled is None or not places:
            continue
        whole = all(v[:, places].sum() >= 0.9 * v[:, filled].sum() for v in (case.like, case.values))
        days = case.like[case.like[:, filled] > 0]
        if whole and len(days) and (days[:, places].sum(axis=1) >= 0.5 * days[:, filled]).all():
            found += [(place, column, part) for part, place in parts.items() if part]
    return found


def missing_parts(case: Case) -> Iterator[Oddity]:
    """Parts of a daily report (campaigns) that were there every day and are gone from all new days."""
    if case.table.scope.kind != "days" or len(case.base) < PART_DAYS or not len(case.new):
        return
    recent = case.base[-PART_DAYS:]
    rows = case.figures.parts("rows@")
    for column, parts in rows.items():
        if column == "hour" or not _is_told(case, column, parts):
            continue
        for part, place in parts.items():
            if not part or np.min(recent[:, place]) <= 0 or case.values[:, place].any():
                continue
            if not case.values[:, case.rows].any():
                continue
            sums = [(c, f) for c in case.sums if (f := case.figures.place.get((f"sum:{c}@{column}", part))) is not None]
            shares = {
                c: recent[:, f].sum() / recent[:, case.sums[c]].sum()
                for c, f in sums if recent[:, case.sums[c]].sum() > 0 and recent[-3:, f].sum() > 0
            }  # fmt: skip
            if shares and max(shares.values()) >= PART_SHARE and _is_steady(case, column, part, recent):
                largest = max(shares, key=lambda c: shares[c])
                yield Oddity(
                    "missing", column,
                    f"from {named(case.new_days[0])} on {column} “{part}” has no row; it had {shares[largest]:.0%} of "
                    f"{largest} in the {PART_DAYS} days before, on each of them",
                    observed="0", expected=f"{shares[largest]:.0%} of {largest}", day=int(case.new_days[0]),
                )  # fmt: skip


def _is_steady(case: Case, column: str, part: str, recent: Numbers) -> bool:
    """Whether a part has so many events on each day that none at all is no chance: views of a campaign, not sales."""
    counts = [c for c in case.sums if not case.is_money(c)]
    figures = [case.figures.place.get((f"sum:{c}@{column}", part)) for c in counts]
    return any(figure is not None and np.min(recent[:, figure]) >= COUNTED for figure in figures)


def _is_told(case: Case, column: str, parts: dict[str, int]) -> bool:
    """Whether the batch tells the column at all: an export may be of another level, without it."""
    places = [place for part, place in parts.items() if part]
    return bool(case.values[:, places].any())


def doubled_parts(case: Case) -> Iterator[Oddity]:
    """Two parts of a column with the same numbers on the same day, one of them new: a campaign under a second name."""
    if case.table.scope.kind != "days" or len(case.sums) < 2 or not len(case.new):
        return
    for column, parts in case.figures.parts("rows@").items():
        if column == "hour":
            continue
        seen = {part: bool(case.base[:, place].any()) for part, place in parts.items()}
        names = [part for part, place in parts.items() if part and case.values[:, place].any()]
        if len(case.base) < FEWEST_DAYS or all(seen[part] for part in names):
            continue
        tables = {part: _numbers(case, column, part, case.values) for part in names}
        for one, other in combinations(names, 2):
            a, b = tables[one], tables[other]
            if a is None or b is None or seen[one] == seen[other]:
                continue
            equal = (a == b).all(axis=1) & ((a > 0).sum(axis=1) >= 2) & (a.max(axis=1) >= EQUAL_NUMBER)
            there = case.values[:, parts[one]] > 0
            if equal.sum() < max(1, there.sum() * 0.5) or (a.shape[1] < 3 and equal.sum() < 2):
                continue
            known, second = (one, other) if seen[one] else (other, one)
            day = int(case.new_days[int(np.argmax(equal))])
            yield Oddity(
                "doubled", column,
                f"on {named(day)} {column} “{second}”, which is new, has the very numbers of “{known}”",
                observed=second, expected=known, day=day, is_held=a.shape[1] >= 3 or int(equal.sum()) >= 2,
            )  # fmt: skip


def _numbers(case: Case, column: str, part: str, values: Numbers) -> Numbers | None:
    places = [case.figures.place.get((f"sum:{c}@{column}", part)) for c in case.sums]
    found = [place for place in places if place is not None]
    return (
        np.stack([values[:, p] if p is not None else np.zeros(len(values)) for p in places], axis=1) if found else None
    )


def strangers(case: Case) -> Iterator[Oddity]:
    """A file nearly all of whose rows have parts that were never seen here: another account's, or test data."""
    if len(case.base) < FEWEST_DAYS or not len(case.new):
        return
    total, before = float(case.values[:, case.rows].sum()), float(case.base[:, case.rows].sum())
    if total < 5 or before < 3 * COUNTED:
        return
    for column, parts in case.figures.parts("rows@").items():
        places = [place for part, place in parts.items() if part]
        if column == "hour" or len(places) < 3 or case.base[:, places].sum() < 0.9 * before:
            continue
        seen = case.base[:, places].any(axis=0)
        told = case.values[:, places].sum(axis=0)
        strange = float(told[~seen].sum())
        if strange < STRANGERS * total or seen.sum() < 3 or _novelty(case, places) > 0.2:
            continue
        yield Oddity(
            "strangers", column,
            f"from {named(case.new_days[0])} on {strange:.0f} of {total:.0f} rows have a {column} that this account "
            "never had",
            observed=f"{strange / total:.0%}", expected="0% to 20%", day=int(case.new_days[0]),
        )  # fmt: skip


def _novelty(case: Case, places: list[int]) -> float:
    """Which share of the later half of the days before had parts that the earlier half had not."""
    half = len(case.base) // 2
    early, late = case.base[:half, places], case.base[half:, places]
    return float(late[:, ~early.any(axis=0)].sum() / max(late.sum(), 1))
