"""The published measures of a KPI by channel and market, as exact fractions."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

import duckdb

from raceway.common.kpi_formula import terms
from raceway.report.parts import UNASSIGNED, Cell, Sides

CROSSED: Final = ("month", "quarter", "cycle")
"""Kinds of period at which channel and market are crossed; day and week keep one at a time."""
_ANEW: Final = ("distinct", "percentile")
"""What is counted anew at each grain: its cells do not sum to the whole."""

ALL: Final[Cell] = ("all", "all")

MEDIAN_WEIGHTS: Final[Mapping[str, str]] = {
    "lcp_p75": "sessions",
    "inp_p75": "sessions",
    "cls_p75": "sessions",
    "days_between_orders": "existing_customer_orders",
    "cac_payback_months": "new_customers",
    "review_response_time": "reviews_answered",
}
"""What stands nearest to the number of values that a median or percentile is taken of, by measure.

Cells of a median have no exact weights; what these miss is in the overlap.
"""


@dataclass(frozen=True)
class Kpi:
    """A KPI of the catalogue with what its measures declare."""

    kpi: str
    stage: str
    name: str
    name_vi: str
    unit: str
    good: str
    numerator: tuple[tuple[str, Fraction], ...]
    """Measures with what each counts."""
    denominator: tuple[tuple[str, Fraction], ...]
    """Empty where the KPI is the numerator itself."""
    scale: Fraction
    additivity: Mapping[str, str]
    """By measure."""
    units: Mapping[str, str]
    """By measure."""
    has_channels: bool
    has_markets: bool
    leading: bool = False

    @property
    def measures(self) -> list[str]:
        """Its measures, each once."""
        return list(dict.fromkeys(name for name, _ in (*self.numerator, *self.denominator)))

    @property
    def weights(self) -> list[str]:
        """Of a median, the measure that its cells are weighted by."""
        return [MEDIAN_WEIGHTS[name] for name in self.measures if name in MEDIAN_WEIGHTS]

    @property
    def is_fitted(self) -> bool:
        """Whether a model's fit tells it."""
        return "fitted" in self.additivity.values()

    @property
    def is_median(self) -> bool:
        """Whether it is a percentile of single values, which no cells give."""
        return "percentile" in self.additivity.values()


@dataclass
class Values:
    """Values of measures at one period by channel and market; unknown ones are not here."""

    of: dict[str, dict[Cell, Fraction]] = field(default_factory=lambda: defaultdict(dict))

    def sides(self, kpi: Kpi, cell: Cell) -> Sides | None:
        """Both sides at a cell that stands in the mart; None where a measure of them is not known there."""
        found = []
        for side in (kpi.numerator, kpi.denominator):
            amounts = [self.of[name].get(cell) for name, _ in side]
            if any(amount is None for amount in amounts):
                return None
            found.append(
                sum((factor * (amount or 0) for (_, factor), amount in zip(side, amounts, strict=True)), Fraction(0))
            )
        return Sides(*found)

    def cut(self, kpi: Kpi, whole: Cell, by_channel: bool, by_market: bool) -> tuple[dict[Cell, Sides], Sides]:
        """The cells of a cut below `whole`, and the overlap; together they are the whole.

        What the cells of a measure leave of its whole is unassigned where it adds up, else overlap.
        """
        cells: dict[Cell, list[Fraction]] = defaultdict(lambda: [Fraction(0), Fraction(0)])
        overlap = [Fraction(0), Fraction(0)]
        for at, side in enumerate((kpi.numerator, kpi.denominator)):
            for name, factor in side:
                left = self.of[name].get(whole, Fraction(0))
                for (channel, market), amount in self.of[name].items():
                    if (channel != "all" if by_channel else channel == whole[0]) and (
                        market != "all" if by_market else market == whole[1]
                    ):
                        cells[channel, market][at] += factor * amount
                        left -= amount
                if left and kpi.additivity[name] in _ANEW:
                    overlap[at] += factor * left
                elif left:
                    cells[UNASSIGNED][at] += factor * left
        return {cell: Sides(*both) for cell, both in cells.items()}, Sides(*overlap)

    def median_cut(self, kpi: Kpi, whole: Cell, by_channel: bool, by_market: bool) -> tuple[dict[Cell, Sides], Sides]:
        """The same of a median: as if it were the mean of its cells' medians, by their weight.

        The overlap is what the median of all differs from that mean, and all of it where no cell has a weight.
        """
        [(name, _)] = kpi.numerator
        weights = self.of[kpi.weights[0]] if kpi.weights else {}
        cells = {
            cell: Sides(median * weights[cell], weights[cell])
            for cell, median in self.of[name].items()
            if (cell[0] != "all" if by_channel else cell[0] == whole[0])
            and (cell[1] != "all" if by_market else cell[1] == whole[1])
            and weights.get(cell)
        }
        weight = sum((sides.denominator for sides in cells.values()), Fraction(0))
        mean = sum((sides.numerator for sides in cells.values()), Fraction(0))
        median = self.of[name][whole]
        return (cells, Sides(median * weight - mean)) if weight else ({}, Sides(median, Fraction(1)))


def kpis(connection: duckdb.DuckDBPyConnection) -> dict[str, Kpi]:
    """The catalogue of the attached database `race`, by key."""
    measures = {
        measure: told
        for measure, *told in connection.execute(
            "select measure, additivity, channel_by, market_by, unit from race.measure_catalog"
        ).fetchall()
    }
    rows = connection.execute(
        "select kpi, stage, name, name_vi, unit, good, numerator, denominator, scale::varchar, "
        "catalog.leading::integer = 1 from race.kpi_catalog as catalog order by kpi"
    ).fetchall()
    found = {}
    for kpi, stage, name, name_vi, unit, good, numerator, denominator, scale, leading in rows:
        over, under = ([(name, Fraction(of)) for name, of in terms(side or "")] for side in (numerator, denominator))
        used = [measure for measure, _ in (*over, *under)]
        found[kpi] = Kpi(
            kpi, stage, name, name_vi or name, unit, good, tuple(over), tuple(under), Fraction(scale),
            {measure: measures[measure][0] for measure in used}, {measure: measures[measure][3] for measure in used},
            all(measures[measure][1] != "none" for measure in used),
            all(measures[measure][2] != "none" for measure in used), leading,
        )  # fmt: skip
    return found


def read_values(
    connection: duckdb.DuckDBPyConnection, measures: Collection[str], periods: Iterable[tuple[str, dt.date]]
) -> dict[tuple[str, dt.date], Values]:
    """What the mart holds of these measures at these periods (kind and first day), in one query."""
    wanted = sorted(set(periods))
    found = {key: Values() for key in wanted}
    rows = connection.execute(
        """
        select period, period_start, measure, channel, market, value::varchar
        from race.race_measure
        where measure = any(?::varchar[]) and value is not null and period_start = any(?::date[])
            and period = any(?::varchar[])
        """,
        [list(measures), sorted({start for _, start in wanted}), sorted({kind for kind, _ in wanted})],
    ).fetchall()
    for kind, start, measure, channel, market, value in rows:
        if (kind, start) in found:
            found[kind, start].of[measure][channel, market] = Fraction(value)
    return found
