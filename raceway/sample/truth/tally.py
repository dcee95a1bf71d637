"""Counts measures into periods, channels and markets, as `measures.csv` declares them."""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Final

from raceway.common.home import PROJECT
from raceway.sample.world.periods import LONG_PERIODS, PERIODS, Calendar

ALL: Final = "all"
# measure, period, period start, channel, market
Key = tuple[str, str, dt.date, str, str]
Number = int | Decimal


@dataclass(frozen=True)
class Declared:
    """A row of measures.csv: at which periods, channels and markets a measure exists."""

    periods: tuple[str, ...]
    channel_by: str
    market_by: str

    def channels(self) -> set[str] | None:
        """The channels at which it exists; None: any."""
        if self.channel_by == "none":
            return {ALL}
        return {ALL, self.channel_by.removeprefix("fixed ")} if self.channel_by.startswith("fixed ") else None

    def markets(self) -> set[str] | None:
        """The markets at which it exists; None: any."""
        return {ALL} if self.market_by == "none" else None


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a csv file by column name."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def grains(text: str) -> tuple[str, ...]:
    """`all`, `month+` or a list of periods as the periods they stand for."""
    if text == "all":
        return PERIODS
    return LONG_PERIODS if text == "month+" else tuple(text.split(","))


def declared_measures() -> dict[str, Declared]:
    """All measures of the catalogue."""
    return {
        row["measure"]: Declared(grains(row["grains"]), row["channel_by"], row["market_by"])
        for row in read_rows(PROJECT.dbt_project / "seeds" / "measures.csv")
    }


def known_ahead() -> set[str]:
    """Measures of which days that are still to come count in a period that runs."""
    rows = read_rows(PROJECT.dbt_project / "seeds" / "measure_readings.csv")
    return {row["measure"] for row in rows if row["read_on"] == "ahead"}


def percentiles() -> dict[str, Fraction]:
    """Measures that are a percentile, and which: 1/2 for a median."""
    rows = read_rows(PROJECT.dbt_project / "seeds" / "measure_rules.csv")
    return {row["measure"]: Fraction(row["percentile"]) for row in rows if row["percentile"]}


def percentile(values: Iterable[Number], part: Fraction) -> Decimal:
    """The value `part` of the way from the smallest to the largest, in a straight line between neighbours."""
    ordered = sorted(values)
    place = part * (len(ordered) - 1)
    low = int(place)
    one, other = Fraction(ordered[low]), Fraction(ordered[min(low + 1, len(ordered) - 1)])
    found = one + (other - one) * (place - low)
    return (Decimal(found.numerator) / Decimal(found.denominator)).quantize(Decimal("0.000001"), ROUND_HALF_UP)


class Tally:
    """Sums and sets by key. A value whose channel or market is None counts in `all` only.

    What is dated `as_of` or later stands in its day alone: a period that runs holds the days that are over.
    """

    def __init__(self, calendar: Calendar, as_of: dt.date = dt.date.max) -> None:
        self.calendar = calendar
        self.as_of = as_of
        self.declared = declared_measures()
        self._ahead = known_ahead()
        self._percentiles = percentiles()
        self._daily: dict[tuple[str, dt.date, str | None, str | None], Number] = defaultdict(int)
        self._persons: dict[Key, set[object]] = defaultdict(set)
        self._looked_at: dict[Key, list[Number]] = defaultdict(list)
        self._starts: dict[tuple[str, dt.date], list[tuple[str, dt.date]]] = {}
        self.values: dict[Key, Number] = defaultdict(int)

    def add(
        self, measure: str, day: dt.date, value: Number, channel: str | None = None, market: str | None = None
    ) -> None:
        """Adds to an additive measure on a day."""
        if value:
            self._daily[measure, day, channel, market] += value

    def see(self, measure: str, day: dt.date, person: object, channel: str | None, market: str | None) -> None:
        """Notes a person for a measure of distinct persons, in every period that holds the day."""
        for key in self._keys(measure, day, channel, market):
            self._persons[key].add(person)

    def state(self, measure: str, period: str, start: dt.date, value: Number, market: str | None) -> None:
        """Adds to a measure that is a state of a period; it has no channel."""
        if period in self.declared[measure].periods:
            self.values[measure, period, start, ALL, ALL] += value
            if market is not None:
                self.values[measure, period, start, ALL, market] += value

    def look(self, measure: str, day: dt.date, value: Number, channel: str | None, market: str | None) -> None:
        """Notes a single value that a percentile is taken of, in every period that holds the day."""
        for key in self._keys(measure, day, channel, market):
            self._looked_at[key].append(value)

    def is_looked_at(self, key: Key) -> bool:
        """Whether a percentile has a value to be taken of."""
        return key in self._looked_at

    def persons(self, measure: str) -> Iterable[tuple[Key, set[object]]]:
        """The persons noted for a measure, by key."""
        return [(key, seen) for key, seen in self._persons.items() if key[0] == measure]

    def close(self, not_after: dict[str, dt.date], otherwise: dt.date) -> dict[Key, Number]:
        """Rolls everything up. A period counts where it begins by `not_after` of its measure, else `otherwise`."""
        for (measure, day, channel, market), value in self._daily.items():
            for key in self._keys(measure, day, channel, market):
                if key[2] <= not_after.get(measure, otherwise):
                    self.values[key] += value
        for key, seen in self._persons.items():
            if key[2] <= otherwise:
                self.values[key] += len(seen)
        for key, looked_at in self._looked_at.items():
            if key[2] <= otherwise:
                self.values[key] = percentile(looked_at, self._percentiles[key[0]])
        return {key: value for key, value in self.values.items() if value}

    def _keys(self, measure: str, day: dt.date, channel: str | None, market: str | None) -> Iterable[Key]:
        """Channel and market are crossed at month and above only."""
        starts = self._starts.get((measure, day))
        if starts is None:
            is_over = day < self.as_of or measure in self._ahead
            starts = self._starts[measure, day] = [
                (period, self.calendar.start(period, day))
                for period in self.declared[measure].periods
                if is_over or period == "day"
            ]
        for period, start in starts:
            yield (measure, period, start, ALL, ALL)
            if channel is not None:
                yield (measure, period, start, channel, ALL)
            if market is not None:
                yield (measure, period, start, ALL, market)
            if channel is not None and market is not None and period in LONG_PERIODS:
                yield (measure, period, start, channel, market)
