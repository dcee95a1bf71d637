"""What a rule is given: a batch's new days beside what earlier ones said of earlier days; and what it gives back."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from raceway.build.plausible.figures import Days, Figures, Numbers, Sheet, day_of
from raceway.build.plausible.limits import ANOTHER, CLOSED_DAYS, HORIZON, IN_NEARLY_ALL, LIKE_AGE, LONGEST_DAYS
from raceway.contracts.grammar import TableContract


@dataclass(frozen=True)
class Oddity:
    """One thing that is not as usual."""

    rule: str
    column: str
    says: str
    """A part of a sentence with day, column, value, usual range and part."""
    is_held: bool = False
    """Whether the batch is held for it; else it is a warning."""
    observed: str = ""
    expected: str = ""
    day: int = 0


@dataclass(frozen=True)
class Told:
    """A day's figures, the batch that told them and the day of its export."""

    values: Numbers
    by: str
    on: int


@dataclass
class Past:
    """What the earlier batches of an account that are not held said, by the ordinal of the day."""

    first: dict[int, Told] = field(default_factory=dict)
    """A day as it was first told when it was over."""
    now: dict[int, Told] = field(default_factory=dict)
    """A day as it is in effect."""
    keys: dict[str, tuple[float, int]] = field(default_factory=dict)
    """Hashes of keys, each with the hash of the key and its time and the day of the export."""
    since: int = 0
    """Days before it no longer count for comparison: a person said that a new level began."""
    foresaw_on: int = 0
    """When a file last held rows of times after its export: the time of an export is then no more than a guess."""

    def take(self, batch_id: str, sheet: Sheet, exported_on: int, replaces: bool, rows: int) -> None:
        """Adds a batch that is not held; `replaces` says whether its days take the place of earlier ones."""
        for day, values in zip(sheet.days.tolist(), sheet.values, strict=True):
            told = Told(values, batch_id, exported_on)
            if day < exported_on:
                self.first.setdefault(day, told)
            if replaces or day not in self.now or values[rows] > self.now[day].values[rows]:
                self.now[day] = told
        self.keys |= {key: (value, exported_on) for key, value in sheet.keys.items()}


@dataclass
class Case:
    """One batch before its judges."""

    table: TableContract
    figures: Figures
    sheet: Sheet
    past: Past
    exported_on: int
    """The day of its export in the account's zone."""
    exported_hour: int
    """And the hour."""
    special: frozenset[int]
    """Holidays and the weeks around long ones: their level is not judged."""
    others: list[Sheet]
    """The sheets of other accounts of the same source and table."""
    tolerance: float = 1.0
    """By how much farther from the usual than `limits` says something must be (`gate.tolerance`)."""
    looks_at: Literal["new", "again", "older"] = "new"
    """Which of the batch's days: those behind all that is known; of a report those that it fills in and fresh ones that
    it tells with other numbers; or those before all that is known, which are compared with the days after them."""

    @property
    def horizon(self) -> int:
        """The first day that counts for comparison."""
        return max(self.past.since, self.exported_on - HORIZON)

    @cached_property
    def new(self) -> Days:
        """Places in the sheet of the days that are looked at; all of them were over when it was exported."""
        days, known = self.sheet.days, [day for day in self.past.first if day >= self.horizon]
        is_over = days < self.exported_on
        unknown = np.array([day not in self.past.first for day in days.tolist()], dtype=bool) & is_over
        first, last = min(known, default=self.past.since), max(known, default=self.past.since - 1)
        if self.looks_at == "older":
            return np.flatnonzero(unknown & (days < first))
        if self.looks_at == "again":
            filled_in = unknown & (days <= last) & (days >= max(first, self.exported_on - LIKE_AGE))
            return np.flatnonzero(filled_in | (self._told_anew & is_over))
        return np.flatnonzero(unknown & (days > last))

    @property
    def _told_anew(self) -> npt.NDArray[np.bool_]:
        """The days in effect that are not long over and of which a number is another one now."""
        fresh = [
            day in self.past.first and day >= max(self.past.since, self.exported_on - CLOSED_DAYS)
            for day in self.sheet.days.tolist()
        ]
        told = np.array(fresh, dtype=bool)
        columns = self.figures.columns("sum:").items()
        places = [p for c, p in columns if self.table.by_name[c].data_type != "double"]
        for at in np.flatnonzero(told).tolist():
            old, new = self.past.now[int(self.sheet.days[at])].values[places], self.sheet.values[at, places]
            told[at] = bool((np.abs(new - old) > ANOTHER * np.maximum(np.abs(old), np.abs(new))).any())
        return told

    def looking_at(self, which: Literal["again", "older"]) -> Case:
        """The same batch, asked for other days."""
        return replace(self, looks_at=which)

    @cached_property
    def new_days(self) -> Days:
        """Their ordinals."""
        return self.sheet.days[self.new]

    @cached_property
    def values(self) -> Numbers:
        """The figures of the new days."""
        return self.sheet.values[self.new]

    @cached_property
    def without_new_parts(self) -> list[Numbers]:
        """The figures of the days looked at less the parts of one column that were never there before; for each such
        column, where any began."""
        found = []
        for column, parts in self.figures.parts("rows@").items():
            new = [part for part, place in parts.items() if part and not self.base[:, place].any()]
            if column == "hour" or not self.values[:, [parts[part] for part in new]].any():
                continue
            rest = self.values.copy()
            for amount, whole in self.sums.items():
                of_parts = self.figures.parts(f"sum:{amount}@").get(column, {})
                rest[:, whole] -= rest[:, [of_parts[part] for part in new if part in of_parts]].sum(axis=1)
            rest[:, self.rows] -= rest[:, [parts[part] for part in new]].sum(axis=1)
            found.append(rest)
        return found

    @cached_property
    def rows_to_come(self) -> float:
        """Rows of hours after that of the export, today or tomorrow."""
        hours = self.figures.parts("rows@").get("hour", {})
        later = [place for hour, place in hours.items() if hour and int(hour) > self.exported_hour]
        days, values = self.sheet.days, self.sheet.values
        today, tomorrow = values[days == self.exported_on], values[days == self.exported_on + 1]
        return float(today[:, later].sum() + (tomorrow[:, self.rows].sum() if hours else 0))

    @cached_property
    def _before(self) -> list[int]:
        if self.looks_at == "older":  # the nearest days are those after
            return sorted(day for day in self.past.first if day >= self.horizon)[:LONGEST_DAYS]
        first = int(self.new_days[0]) if len(self.new_days) else self.exported_on
        known = sorted(day for day in self.past.first if self.horizon <= day < first)
        return known[-LONGEST_DAYS:]

    @cached_property
    def base_days(self) -> Days:
        """The days before the new ones that are known, in order."""
        return np.array(self._before, dtype=np.int64)

    @cached_property
    def base(self) -> Numbers:
        """Their figures as first told."""
        return self._stacked([self.past.first[day].values for day in self._before])

    @cached_property
    def like(self) -> Numbers:
        """The same without days that were told long after they were over."""
        told = [(day, self.past.first[day]) for day in self._before]
        return self._stacked([one.values for day, one in told if one.on - day <= LIKE_AGE])

    def _stacked(self, rows: list[Numbers]) -> Numbers:
        return np.stack(rows) if rows else np.zeros((0, len(self.figures.features)))

    @cached_property
    def sums(self) -> dict[str, int]:
        """Places of the sums by number column, without those that were ever negative: they have no ratio."""
        most = self.figures.columns("max:")
        found = {}
        for column, place in self.figures.columns("sum:").items():
            values = np.concatenate([self.base, self.sheet.values])
            largest = values[:, most[column]] if column in most else values[:, place]
            if (values[:, place] >= 0).all() and (values[:, place] >= largest * (1 - 1e-9)).all():
                found[column] = place
        return found

    @cached_property
    def rows(self) -> int:
        """Place of the number of rows."""
        return self.figures.place["rows", ""]

    def is_money(self, column: str) -> bool:
        """Whether a column is an amount, whose size says nothing of how many there are."""
        return self.table.by_name[column].data_type.startswith(("decimal", "double"))

    def is_in_nearly_all(self, column: str) -> bool:
        """Whether nearly every row before had the number."""
        some = self.figures.place.get((f"some:{column}", ""), self.rows)
        return bool(self.like[:, some].sum() >= IN_NEARLY_ALL * self.like[:, self.rows].sum())

    def events(self, column: str, values: Numbers) -> Numbers:
        """How many events are behind the sums of a column: of a report the counts themselves, of its amounts the rarest
        count beside them (clicks); else the cells that are filled."""
        if column == "rows":
            return values[:, self.rows]
        if self.table.scope.kind == "days":
            counts = [place for other, place in self.sums.items() if not self.is_money(other)]
            if not self.is_money(column):
                return values[:, self.sums[column]]
            if counts:
                rarest: Numbers = np.maximum(values[:, counts].min(axis=1), values[:, self.rows])
                return rarest
        return values[:, self.figures.place.get((f"some:{column}", ""), self.rows)]

    def each_new(self) -> Iterator[tuple[int, int]]:
        """Place among the new days and ordinal."""
        yield from enumerate(self.new_days.tolist())


def shown(value: float) -> str:
    """A number for people: whole where it is large, else to three digits."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else "unknown"
    return f"{value:,.0f}" if abs(value) >= 1000 or value == round(value) else f"{value:.3g}"


def named(day: int) -> str:
    """A day for people."""
    return day_of(day).isoformat()
