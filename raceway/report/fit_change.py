"""What customers and what parameters did to a value that a model tells: predicted CLV, the likelihood to buy again.

A fitted value is V(customers, parameters): those of its month end. With both months' customers scored by both months'
parameters, each moves the value by the mean of the two orders in which they can be moved:

    parameters = ((V(c1, p1) - V(c1, p0)) + (V(c0, p1) - V(c0, p0))) / 2
    customers  = ((V(c1, p0) - V(c0, p0)) + (V(c1, p1) - V(c0, p1))) / 2

Together they are V(c1, p1) - V(c0, p0). The mart's own values are rounded per person, which a score made anew is not:
that is the rest.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import duckdb

from raceway.report.context import has_table
from raceway.report.parts import Cell, Part
from raceway.report.period_names import Period

if TYPE_CHECKING:
    from raceway.fitting.maximum import Floats

CUSTOMERS: Final = "customers"
PARAMETERS: Final = "parameters"
REST: Final = "rest"
_FIT: Final = "fct_engage_customer_fit"
_WEEK: Final = 7


@dataclass(frozen=True)
class _Fit:
    """The parameters of a month end, and the customers that they tell of."""

    parameters: dict[str, float]
    frequency: Floats
    recency: Floats
    age: Floats
    spent: Floats
    """Sum of a customer's later purchases, got back from the order value that was expected of them."""


def fit_parts(
    connection: duckdb.DuckDBPyConnection, kpi: str, before: dt.date, after: dt.date, cell: Cell, change: Fraction
) -> list[Part]:
    """Customers, parameters and rest of a change of a fitted KPI between two month ends; they sum to `change`.

    Empty where the mart does not keep both fits, or the KPI is none that is known here.
    """
    if kpi not in _SCORES or before == after or not has_table(connection, _FIT):
        return []
    found = [_read(connection, day, cell[1]) for day in (before, after)]
    if found[0] is None or found[1] is None:
        return []
    (old, new), score = (found[0], found[1]), _SCORES[kpi]
    # exact from here on: the parts must sum to the change to the last digit
    v = {
        (c, p): Fraction(score(of, by.parameters)) for c, of in enumerate((old, new)) for p, by in enumerate((old, new))
    }
    parameters = ((v[1, 1] - v[1, 0]) + (v[0, 1] - v[0, 0])) / 2
    customers = ((v[1, 0] - v[0, 0]) + (v[1, 1] - v[0, 1])) / 2
    parts = [Part(CUSTOMERS, customers, name=CUSTOMERS), Part(PARAMETERS, parameters, name=PARAMETERS)]
    rest = change - customers - parameters
    return [*parts, Part(REST, rest, name=REST)] if rest else parts


def fitted_on(
    connection: duckdb.DuckDBPyConnection, kpi: str, before: Period, after: Period, cell: Cell
) -> tuple[dt.date, dt.date] | None:
    """The month ends of the fits that a KPI's two values come from; None where one is not told."""
    rows = connection.execute(
        "select period_start, measured_on from race.race_kpi "
        "where kpi = ? and period = ? and channel = ? and market = ? and period_start in (?, ?) "
        "and measured_on is not null",
        [kpi, before[0], *cell, before[1], after[1]],
    ).fetchall()
    days = dict(rows)
    return (days[before[1]], days[after[1]]) if len(days) == 2 else None


def _read(connection: duckdb.DuckDBPyConnection, month_end: dt.date, market: str) -> _Fit | None:
    names = ("r", "alpha", "a", "b", "p", "q", "v")
    rows = connection.execute(
        f"select {', '.join(names)} from race.{_FIT} where month_end = ? and is_fitted", [month_end]
    ).fetchall()
    if not rows:
        return None
    by = dict(zip(names, rows[0], strict=True))
    of = connection.execute(
        """
        select frequency::double as frequency, recency_days::double as recency, age_days::double as age,
            expected_order_value::double as expected
        from race.fct_engage_customer_value
        where month_end = ? and p_alive is not null and (? = 'all' or market = ?)
        order by all
        """,
        [month_end, market, market],
    ).fetchnumpy()
    if not len(of["frequency"]):
        return None
    frequency = _filled(of["frequency"])
    spent = _filled(of["expected"]) * (by["p"] * frequency + by["q"] - 1) / by["p"] - by["v"]
    return _Fit(by, frequency, _filled(of["recency"]) / _WEEK, _filled(of["age"]) / _WEEK, spent)


def _filled(column: Any) -> Floats:
    import numpy as np

    return np.asarray(column, dtype=np.float64)


def _clv(one: _Fit, by: dict[str, float]) -> float:
    """Mean 12-month value of these customers by those parameters."""
    from raceway.fitting import bgnbd
    from raceway.fitting.lifetime import VALUE_WITHIN_DAYS

    orders = bgnbd.expected_orders(_model(by), VALUE_WITHIN_DAYS / _WEEK, one.frequency, one.recency, one.age)
    worth = by["p"] * (by["v"] + one.spent) / (by["p"] * one.frequency + by["q"] - 1)
    return float((orders * worth).mean())


def _buyers(one: _Fit, by: dict[str, float]) -> float:
    """Mean probability of these customers to buy within 90 days by those parameters."""
    from raceway.fitting import bgnbd
    from raceway.fitting.lifetime import BUYERS_WITHIN_DAYS

    within = BUYERS_WITHIN_DAYS / _WEEK
    return float(bgnbd.probability_of_an_order(_model(by), within, one.frequency, one.recency, one.age).mean())


def _model(by: dict[str, float]) -> Any:
    from raceway.fitting import bgnbd

    return bgnbd.BgNbd(by["r"], by["alpha"], by["a"], by["b"], log_likelihood=float("nan"), reason=None)


_SCORES: Final = {"predicted_clv": _clv, "repurchase_likelihood": _buyers}
