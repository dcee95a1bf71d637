"""Why a KPI changed between two periods: parts that sum to the change to the last digit.

Everything is computed in fractions of the mart's exact decimals and rounded once, where it is shown. A change has one
or more cuts, and each of them sums to the whole change by itself:

- `channel × market` (month and above), or one dimension at a time: sums by their cells, ratios by mix and rate. What
  persons who are counted in several cells make, or a median of medians, is one signed `overlap`.
- `measure`: which measure of the formula moved.
- `fit`: of values that a model tells, what its customers and what its parameters did.
- `currency`: of money, what exchange rates did.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final

import duckdb

from raceway.report.currency_change import currency_effects
from raceway.report.fit_change import REST, fit_parts, fitted_on
from raceway.report.kpi_cells import ALL, CROSSED, Kpi, Values, read_values
from raceway.report.parts import (
    AMOUNT,
    OVERLAP,
    Cell,
    Part,
    Sides,
    Term,
    half_up,
    measure_parts,
    measure_weights,
    ratio_parts,
    rounded,
    sum_parts,
    total,
)
from raceway.report.period_names import Period

CHANNEL_AND_MARKET: Final = "channel × market"
BY_CELL: Final = (CHANNEL_AND_MARKET, "channel", "market")
MEASURE: Final = "measure"
FIT: Final = "fit"
CURRENCY: Final = "currency"
Terms = tuple[list[Term], list[Term]]
"""Both sides of a formula, the denominator's empty where there is none."""
NOT_EXPLAINED_ABOVE: Final = Fraction(1, 10)
"""Share of the change that may be left in no cell before the change counts as not explained."""


@dataclass(frozen=True)
class Cut:
    """One way to divide a change; its parts sum to it."""

    by: str
    parts: tuple[Part, ...]
    not_told: tuple[str, ...] = ()
    """Measures that it cannot tell apart: what exchange rates did to them is in the part of all else."""

    @property
    def is_by_cell(self) -> bool:
        """Whether it says where: by channel, by market or by both."""
        return self.by in BY_CELL

    @property
    def rest(self) -> Fraction:
        """What it leaves to nobody: overlap and rest. What names no channel is a part like others."""
        return total(part for part in self.parts if part.effect in (OVERLAP, REST))


@dataclass(frozen=True)
class Change:
    """A KPI's change between two periods."""

    kpi: Kpi
    before: Period
    after: Period
    cell: Cell
    value_before: Fraction
    value_after: Fraction
    cuts: tuple[Cut, ...]
    """The finest first."""

    @property
    def amount(self) -> Fraction:
        """The change, in the KPI's unit."""
        return self.value_after - self.value_before

    @property
    def leading_cut(self) -> Cut:
        """The finest cut that leaves at most a tenth to nobody; the first where none does."""
        return next((cut for cut in self.cuts if self._rest_share(cut) <= NOT_EXPLAINED_ABOVE), self.cuts[0])

    @property
    def rest_share(self) -> Fraction:
        """What the leading cut leaves to nobody by the change, both without their signs."""
        return self._rest_share(self.leading_cut)

    def _rest_share(self, cut: Cut) -> Fraction:
        rest = cut.rest
        if cut.by in (FIT, CURRENCY):
            return Fraction(1)  # they say why, and not where
        if cut.by == MEASURE:
            # which measure moved says nothing where there is but one, and does not make up for cells that say little
            divides = self.cuts[0].by == MEASURE and len(self.kpi.measures) > 1
            rest = Fraction(0) if divides else self.amount
        if not rest:
            return Fraction(0)
        return abs(rest / self.amount) if self.amount else Fraction(1)

    @property
    def is_explained(self) -> bool:
        """Whether at most a tenth of the change is left in no cell."""
        return self.rest_share <= NOT_EXPLAINED_ABOVE

    def shown(self, cut: Cut, digits: int) -> list[Fraction]:
        """The parts of a cut at so many decimals; they sum to the shown change."""
        return rounded([part.amount for part in cut.parts], self.shown_change(digits), digits)

    def shown_change(self, digits: int) -> Fraction:
        """The change as the two shown values give it."""
        return half_up(self.value_after, digits) - half_up(self.value_before, digits)


@dataclass(frozen=True)
class Unknown:
    """A KPI that has no value in a period, so that no change can be told."""

    kpi: Kpi
    period: Period
    reason: str


@dataclass
class Changes:
    """Changes of many KPIs, read together."""

    connection: duckdb.DuckDBPyConnection
    values: Mapping[Period, Values] = field(default_factory=dict)

    def read(self, kpis: list[Kpi], periods: list[Period]) -> None:
        """Reads what the changes of these KPIs between any of these periods need."""
        measures = {measure for kpi in kpis for measure in (*kpi.measures, *kpi.weights)}
        self.values = read_values(self.connection, measures, periods)

    def change(
        self, kpi: Kpi, before: Period, after: Period, cell: Cell = ALL, causes: bool = True
    ) -> Change | Unknown:
        """The change of a KPI that was read; Unknown where it has no value in one of the periods.

        Fits and exchange rates are asked of the mart's facts, unless `causes` is False.
        """
        sides = []
        for period in (before, after):
            found = self.values[period].sides(kpi, cell)
            if found is None:
                return Unknown(kpi, period, "a measure is not known there")
            if kpi.denominator and not found.denominator:
                return Unknown(kpi, period, "its denominator is 0")
            sides.append(found)
        then, now = (_value(kpi, side) for side in sides)
        terms = self._terms(kpi, before, after, cell)
        cuts = [*self._cell_cuts(kpi, before, after, cell), _by_measure(kpi, terms)]
        if causes:
            cuts += self._causes(kpi, before, after, cell, terms, now - then)
        return Change(kpi, before, after, cell, then, now, tuple(cuts))

    def _terms(self, kpi: Kpi, before: Period, after: Period, cell: Cell) -> Terms:
        then, now = self.values[before].of, self.values[after].of
        numerator, denominator = (
            [(name, factor, then[name][cell], now[name][cell]) for name, factor in side]
            for side in (kpi.numerator, kpi.denominator)
        )
        return numerator, denominator

    def _causes(
        self,
        kpi: Kpi,
        before: Period,
        after: Period,
        cell: Cell,
        terms: Terms,
        change: Fraction,
    ) -> list[Cut]:
        """What the model's fit and what exchange rates did, where the mart keeps what tells it."""
        cuts = []
        if kpi.is_fitted:
            days = fitted_on(self.connection, kpi.kpi, before, after, cell)
            parts = fit_parts(self.connection, kpi.kpi, *days, cell, change) if days else []
            cuts += [Cut(FIT, tuple(parts))] if parts else []
        money = {name: (then, now) for name, _, then, now in (*terms[0], *terms[1]) if kpi.units[name] == "money"}
        effects = currency_effects(self.connection, list(money), before, after, cell, money)
        parts = [
            Part(CURRENCY, weight * amount * kpi.scale, name=f"{currency} in {name}")
            for (_, weight), (name, *_) in zip(measure_weights(*terms), (*terms[0], *terms[1]), strict=True)
            for currency, amount in effects.get(name, {}).items() if amount
        ]  # fmt: skip
        if parts:
            parts.append(Part(AMOUNT, change - total(parts), name="all but exchange rates"))
            cuts.append(Cut(CURRENCY, tuple(parts), tuple(name for name in money if name not in effects)))
        return cuts

    def _cell_cuts(self, kpi: Kpi, before: Period, after: Period, cell: Cell) -> list[Cut]:
        by_channel = kpi.has_channels and cell[0] == "all"
        by_market = kpi.has_markets and cell[1] == "all"
        crossed = before[0] in CROSSED and by_channel and by_market
        if before[0] not in CROSSED and cell != ALL:  # the mart keeps no pairs there
            return []
        ways = [(CHANNEL_AND_MARKET, True, True)] if crossed else []
        ways += [("channel", True, False)] if by_channel else []
        ways += [("market", False, True)] if by_market else []
        return [Cut(by, self._cells(kpi, before, after, cell, channels, markets)) for by, channels, markets in ways]

    def _cells(
        self, kpi: Kpi, before: Period, after: Period, cell: Cell, by_channel: bool, by_market: bool
    ) -> tuple[Part, ...]:
        cut = Values.median_cut if kpi.is_median else Values.cut
        then, doubled_then = cut(self.values[before], kpi, cell, by_channel, by_market)
        now, doubled_now = cut(self.values[after], kpi, cell, by_channel, by_market)
        if kpi.denominator or kpi.is_median:
            parts = ratio_parts(then, now, (doubled_then, doubled_now))
        else:
            parts = sum_parts(_numerators(then), _numerators(now))
            doubled = doubled_now.numerator - doubled_then.numerator
            parts += (
                [Part(OVERLAP, doubled, before=doubled_then.numerator, after=doubled_now.numerator)] if doubled else []
            )
        return tuple(part.scaled(kpi.scale) for part in parts)


def _by_measure(kpi: Kpi, terms: Terms) -> Cut:
    """Which measure moved; each in its own unit, its part in the KPI's."""
    parts = measure_parts(*terms)
    return Cut(MEASURE, tuple(replace(part, amount=part.amount * kpi.scale) for part in parts))


def _value(kpi: Kpi, sides: Sides) -> Fraction:
    ratio = sides.ratio if kpi.denominator else sides.numerator
    assert ratio is not None, "a change is told only where the denominator is not 0"
    return ratio * kpi.scale


def _numerators(cells: Mapping[Cell, Sides]) -> dict[Cell, Fraction]:
    return {cell: sides.numerator for cell, sides in cells.items()}
