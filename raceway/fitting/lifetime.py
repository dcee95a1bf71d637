"""Lifetime value by month end: grouped customers in, fitted models and forecasts out.

The bridge between the models of `dbt_project/models/intermediate/lifetime/` and the pure functions beside it. Times
are days in the warehouse and weeks in the models.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa

from raceway.fitting import bgnbd, gamma_gamma
from raceway.fitting.maximum import Floats

BUYERS_WITHIN_DAYS: Final = 90
VALUE_WITHIN_DAYS: Final = 365

LEAST_REPEATING: Final = 100
"""Customers with a second purchase day below whom nothing is fitted."""

_WEEK: Final = 7
_PARAMETERS: Final = ("r", "alpha", "a", "b", "p", "q", "v")
_FITS: Final = pa.schema(
    [
        ("month_end", pa.date32()),
        ("customers", pa.int64()),
        ("repeating_customers", pa.int64()),
        *((name, pa.float64()) for name in _PARAMETERS),
        ("log_likelihood", pa.float64()),
        ("converged", pa.bool_()),
        ("reason", pa.string()),
    ]
)
_SCORES: Final = pa.schema(
    [
        ("month_end", pa.date32()),
        ("frequency", pa.int64()),
        ("recency_days", pa.int64()),
        ("age_days", pa.int64()),
        ("p_alive", pa.float64()),
        ("expected_orders_90d", pa.float64()),
        ("probability_90d", pa.float64()),
        ("expected_orders_12m", pa.float64()),
        ("expected_orders_first_year", pa.float64()),
    ]
)


def fit_month_ends(groups: duckdb.DuckDBPyRelation, statistics: duckdb.DuckDBPyRelation) -> pa.Table:
    """One row per month end of `groups` (int_clv_groups); spending comes from `statistics` (int_clv_statistics)."""
    month_ends = groups.project("month_end").distinct().order("month_end").fetchall()
    return pa.Table.from_pylist([_fit(month_end, groups, statistics) for (month_end,) in month_ends], schema=_FITS)


def _fit(month_end: dt.date, groups: duckdb.DuckDBPyRelation, statistics: duckdb.DuckDBPyRelation) -> dict[str, object]:
    of = _statistics(groups, month_end)
    repeating = int(of["customers"][of["frequency"] > 0].sum())
    row: dict[str, object] = {
        "month_end": month_end,
        "customers": int(of["customers"].sum()),
        "repeating_customers": repeating,
        "converged": False,
    }
    if repeating < LEAST_REPEATING:
        return row | {"reason": f"{repeating} customers bought on a second day; {LEAST_REPEATING} are needed"}
    buying = bgnbd.fit(of["frequency"], of["recency_days"] / _WEEK, of["age_days"] / _WEEK, of["customers"])
    # who gave back all of the later purchases tells nothing of what one is worth
    spent = (
        statistics.filter(f"month_end = date '{month_end}' and mean_value > 0")
        .project("cast(frequency as double) as frequency, mean_value")
        .order("frequency, mean_value")
        .fetchnumpy()
    )
    spending = gamma_gamma.fit(np.asarray(spent["frequency"]), np.asarray(spent["mean_value"]))
    parts = (("BG/NBD", buying.reason), ("Gamma-Gamma", spending.reason))
    reasons = [f"{name}: {reason}" for name, reason in parts if reason]
    if reasons:
        return row | {"reason": "; ".join(reasons)}
    found = {name: getattr(buying if name in ("r", "alpha", "a", "b") else spending, name) for name in _PARAMETERS}
    # rounded, so that a last digit that hangs on the machine never reaches a mart
    return (
        row
        | {name: float(f"{value:.12g}") for name, value in found.items()}
        | {"log_likelihood": round(buying.log_likelihood, 6), "converged": True}
    )


def score_month_ends(groups: duckdb.DuckDBPyRelation, fits: duckdb.DuckDBPyRelation) -> pa.Table:
    """Forecasts for every group of the month ends that have a fit (int_clv_fits)."""
    names = ("month_end", "r", "alpha", "a", "b")
    fitted = fits.filter("converged").project(", ".join(names)).order("month_end").fetchall()
    return pa.concat_tables(
        [_SCORES.empty_table(), *(_score(month_end, groups, parameters) for month_end, *parameters in fitted)]
    )


def _score(month_end: dt.date, groups: duckdb.DuckDBPyRelation, parameters: list[float]) -> pa.Table:
    of = _statistics(groups, month_end)
    r, alpha, a, b = parameters
    model = bgnbd.BgNbd(r, alpha, a, b, log_likelihood=np.nan, reason=None)
    told = (of["frequency"], of["recency_days"] / _WEEK, of["age_days"] / _WEEK)
    soon, year = BUYERS_WITHIN_DAYS / _WEEK, VALUE_WITHIN_DAYS / _WEEK
    columns: list[Any] = [
        pa.array([month_end] * len(of["frequency"]), pa.date32()),
        *(pa.array(of[name].astype(np.int64)) for name in ("frequency", "recency_days", "age_days")),
        pa.array(bgnbd.p_alive(model, *told)),
        pa.array(bgnbd.expected_orders(model, soon, *told)),
        pa.array(bgnbd.probability_of_an_order(model, soon, *told)),
        pa.array(bgnbd.expected_orders(model, year, *told)),
        # in what is left at the month end of the 365 days from the first order on
        pa.array(bgnbd.expected_orders(model, np.maximum(VALUE_WITHIN_DAYS - of["age_days"], 0) / _WEEK, *told)),
    ]
    return pa.Table.from_arrays(columns, schema=_SCORES)


def _statistics(groups: duckdb.DuckDBPyRelation, month_end: dt.date) -> dict[str, Floats]:
    """The groups of one month end by column, in an order of their own."""
    names = ("frequency", "recency_days", "age_days", "customers")
    rows = (
        groups.filter(f"month_end = date '{month_end}'")
        .project(", ".join(f"cast({name} as double) as {name}" for name in names))
        .order("frequency, recency_days, age_days")
        .fetchnumpy()
    )
    return {name: np.asarray(rows[name], dtype=np.float64) for name in names}
