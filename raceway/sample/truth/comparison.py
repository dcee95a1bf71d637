"""Holds a mart against the truth, number by number, in both directions."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Final

import duckdb

_RELATIVE: Final = 1e-9  # of a value, which is a double; numerators, denominators and measures must be equal
# Fitted models: two searches of one maximum, with formulas of their own, end as near to each other as this.
_FITTED: Final = (
    "predicted_clv_total",
    "expected_buyers_90d",
    "predicted_clv",
    "repurchase_likelihood",
    "first_year_gross_profit",
    "ltv_to_cac",
)
_FITTED_RELATIVE: Final = Decimal("1e-4")
_PRINTED_POSITION: Final = Decimal("0.05")  # the engine prints average positions with one decimal at least

Key = tuple[str, str, str, str, str]  # name, period, period start, channel, market

_Compared = tuple[str, str, str, tuple[str, ...]]  # file of the truth, table of the mart, column of the name, numbers
_NUMBERS: Final[tuple[_Compared, ...]] = (
    ("measures.csv", "race_measure", "measure", ("value",)),
    ("kpis.csv", "race_kpi", "kpi", ("numerator", "denominator", "value")),
)
_TARGETS: Final[tuple[_Compared, ...]] = (("targets.csv", "race_kpi", "kpi", ("attainment", "paced_target", "target")),)


@dataclass(frozen=True)
class Difference:
    """A number that is not the same on both sides; None where a side has no row or no value."""

    table: str
    key: Key
    column: str
    truth: Decimal | None
    mart: Decimal | None

    def __str__(self) -> str:
        name, period, start, channel, market = self.key
        where = f"{self.table}.{self.column} {name}, {period} {start}, {channel} × {market}"
        return f"{where}: truth {self.truth}, mart {self.mart}"


@dataclass
class Comparison:
    """How a mart stands against the truth."""

    compared: int = 0
    equal: int = 0
    truth_only: int = 0
    mart_only: int = 0
    largest_difference: Decimal = Decimal(0)  # of all numbers, also where a rounding is allowed
    differences: list[Difference] = field(default_factory=list)
    names: set[str] = field(default_factory=set)  # measures and KPIs with a number on both sides

    @property
    def is_equal(self) -> bool:
        """Whether numbers were compared and all are the same."""
        return self.compared > 0 and not self.differences

    def __str__(self) -> str:
        return self.summary()

    def summary(self, most: int = 30) -> str:
        """Counts, and the first `most` differences, one a line."""
        lines = [
            f"{self.compared} numbers compared, {self.equal} equal, {len(self.differences)} different "
            f"({self.truth_only} in the truth only, {self.mart_only} in the mart only), "
            f"largest difference {self.largest_difference}"
        ]
        return "\n".join(lines + [str(difference) for difference in self.differences[:most]])


def compare(truth_dir: Path, mart_path: Path, tolerances: Mapping[str, Decimal] | None = None) -> Comparison:
    """Compares measures.csv and kpis.csv with race_measure and race_kpi of a DuckDB file.

    Where both have a row, 0 and null (unknown: an empty cell of the truth) are two things. A row that only one side
    has is no difference where its value is 0 or null: which of those a mart keeps follows from rules of its own
    (which channels and markets were active, where all measures of a KPI exist), and the truth writes no zeros.

    `tolerances`: largest absolute difference by measure or KPI; all others must be equal (a value, being a
    double, to nine digits). Fitted measures may differ by one part in ten thousand, average position by its printed
    rounding. Raises OSError where
    a truth file is missing and duckdb.Error where the mart cannot be read.
    """
    return _compare(truth_dir, mart_path, _NUMBERS, tolerances or {})


def compare_targets(truth_dir: Path, mart_path: Path) -> Comparison:
    """Compares targets.csv with what race_kpi says of targets, as `compare` does; attainment to nine digits."""
    return _compare(truth_dir, mart_path, _TARGETS, {})


def _compare(
    truth_dir: Path, mart_path: Path, files: Sequence[_Compared], allowed: Mapping[str, Decimal]
) -> Comparison:
    result = Comparison()
    with duckdb.connect(str(mart_path), read_only=True) as connection:
        for file, table, name, columns in files:
            truth = dict(_truth(truth_dir / file, name, columns))
            mart = dict(_mart(connection, table, name, columns))
            impressions = _search_impressions(truth_dir)
            for key in sorted(truth.keys() | mart.keys()):
                if key not in mart and not truth[key][-1]:
                    continue
                nothing = [None] * len(columns)
                for column, said, found in zip(columns, truth.get(key, nothing), mart.get(key, nothing), strict=True):
                    pair = Difference(table, key, column, said, found)
                    if key in truth and key in mart and (said is None) != (found is None):
                        result.compared += 1
                        result.differences.append(pair)
                    else:
                        _judge(result, pair, _slack(key, column, said, allowed, impressions))
    return result


def _truth(path: Path, name: str, columns: tuple[str, ...]) -> Iterator[tuple[Key, list[Decimal | None]]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = (row[name], row["period"], row["period_start"], row["channel"], row["market"])
            yield key, [Decimal(row[column]) if row[column] else None for column in columns]


def _mart(
    connection: duckdb.DuckDBPyConnection, table: str, name: str, columns: tuple[str, ...]
) -> Iterator[tuple[Key, list[Decimal | None]]]:
    schema = connection.execute(
        "select table_schema from information_schema.tables where table_name = ? order by 1 limit 1", [table]
    ).fetchone()
    place = f'"{schema[0]}".{table}' if schema else table
    # As text: a decimal keeps its digits, a double its shortest form.
    values = ", ".join(f"{column}::varchar" for column in columns)
    rows = connection.execute(f"select {name}, period, period_start::varchar, channel, market, {values} from {place}")
    while batch := rows.fetchmany(20_000):
        for row in batch:
            yield row[:5], [None if value is None else Decimal(value) for value in row[5:]]


def _search_impressions(truth_dir: Path) -> dict[tuple[str, ...], Decimal]:
    """Search impressions by period, start, channel and market: what printed positions are weighted with."""
    rows = _truth(truth_dir / "measures.csv", "measure", ("value",))
    return {key[1:]: values[0] or Decimal(0) for key, values in rows if key[0] == "search_impressions"}


def _slack(
    key: Key,
    column: str,
    said: Decimal | None,
    allowed: Mapping[str, Decimal],
    impressions: Mapping[tuple[str, ...], Decimal],
) -> Decimal:
    if key[0] in allowed:
        return allowed[key[0]]
    if key[0] in _FITTED and column != "denominator" and said is not None:
        return abs(said) * _FITTED_RELATIVE
    if key[0] == "search_position_x_impressions" or (key[0], column) == ("organic_search_position", "numerator"):
        return _PRINTED_POSITION * impressions.get(key[1:], Decimal(0))
    if (key[0], column) == ("organic_search_position", "value"):
        return _PRINTED_POSITION
    if column in ("value", "attainment") and said is not None:
        return abs(said) * Decimal(_RELATIVE)
    return Decimal(0)


def _judge(result: Comparison, pair: Difference, slack: Decimal) -> None:
    """Counts one pair of numbers. A zero and the number of a row that one side does not have are the same."""
    truth, mart = pair.truth or Decimal(0), pair.mart or Decimal(0)
    if not truth and not mart:
        return
    result.compared += 1
    if truth and mart:
        result.names.add(pair.key[0])
    gap = abs(truth - mart)
    result.largest_difference = max(result.largest_difference, gap)
    if gap <= slack:
        result.equal += 1
        return
    result.truth_only += not mart
    result.mart_only += not truth
    result.differences.append(pair)
