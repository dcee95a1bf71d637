"""Expected ends of periods: daily sums and holidays in, what the days that are not in will bring out.

The bridge between the models of `dbt_project/models/intermediate/forecast/` and the pure functions beside it.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa

from raceway.fitting.day_kinds import kinds_of_days
from raceway.fitting.seasonal import Fit, fit_days

STALE_DAYS: Final = 14
"""Where no day was complete for so long nobody knows how things stand."""

_FORECASTS: Final = pa.schema(
    [
        ("kpi", pa.string()),
        ("period", pa.string()),
        ("period_start", pa.date32()),
        ("rest_expected", pa.float64()),
        ("rest_low_80", pa.float64()),
        ("rest_high_80", pa.float64()),
        ("target_probability", pa.float64()),
        ("model", pa.string()),
        ("reason", pa.string()),
    ]
)
_SPAN: Final = (
    "kpi", "unit", "good", "period", "period_start", "period_end", "as_of", "known_until", "history_days",
    "actual_to_date", "target",
)  # fmt: skip


def forecast_spans(
    spans: duckdb.DuckDBPyRelation, days: duckdb.DuckDBPyRelation, holidays: duckdb.DuckDBPyRelation
) -> pa.Table:
    """One row per row of `spans` (int_forecast_spans), from `days` (int_forecast_days) and `holidays`.

    `holidays` has the columns starts_on, ends_on, name, is_own. No result depends on the order of rows.
    """
    rows = [dict(zip(_SPAN, row, strict=True)) for row in spans.project(", ".join(_SPAN)).order("all").fetchall()]
    told = holidays.project("starts_on, ends_on, name, is_own").order("all").fetchall()
    by_kpi: dict[str, list[tuple[dt.date, float]]] = {}
    known = days.filter("value is not null").project("kpi, day, cast(value as double)")
    for kpi, day, value in known.order("kpi, day").fetchall():
        by_kpi.setdefault(kpi, []).append((day, value))
    found = []
    for kpi in sorted({row["kpi"] for row in rows}):
        of_kpi = [row for row in rows if row["kpi"] == kpi]
        found += _forecast_kpi(of_kpi, by_kpi.get(kpi, []), told)
    return pa.Table.from_pylist(found, schema=_FORECASTS)


def _forecast_kpi(
    spans: list[dict[str, Any]], known: list[tuple[dt.date, float]], holidays: list[tuple[Any, ...]]
) -> list[dict[str, object]]:
    first = known[0][0] if known else min(span["period_start"] for span in spans)
    last = max([span["period_end"] for span in spans] + [day for day, _ in known[-1:]])
    values = np.full((last - first).days + 1, np.nan)
    for day, value in known:
        values[(day - first).days] = value
    kinds = kinds_of_days(
        first,
        len(values),
        shipped=[row[:3] for row in holidays if not row[3]],
        own=[row[:3] for row in holidays if row[3]],
    )
    fitted: Fit | str | None = None
    rows = []
    for span in spans:
        start, end = ((span[name] - first).days for name in ("period_start", "period_end"))
        ahead = np.zeros(len(values), dtype=bool)
        ahead[max(start, 0) : end + 1] = np.isnan(values[max(start, 0) : end + 1])
        if not ahead.any() and start >= 0:
            rows.append(_as_it_ended(span))
            continue
        if fitted is None:
            fitted = fit_days(values, kinds, first.weekday(), is_count=span["unit"] == "count")
        rows.append(_told(span, fitted, ahead, start))
    return rows


def _as_it_ended(span: dict[str, Any]) -> dict[str, object]:
    target, actual = span["target"], span["actual_to_date"]
    met = None if target is None else float(actual <= target if span["good"] == "down" else actual >= target)
    return _key(span) | {
        "rest_expected": 0.0, "rest_low_80": 0.0, "rest_high_80": 0.0, "target_probability": met, "model": "actual",
    }  # fmt: skip


def _told(span: dict[str, Any], fitted: Fit | str, ahead: Any, start: int) -> dict[str, object]:
    stale = span["known_until"] is None or (span["as_of"] - span["known_until"]).days > STALE_DAYS
    if stale:
        return _key(span) | {"reason": f"no day of the last {STALE_DAYS} is in from every required account"}
    if isinstance(fitted, str):
        return _key(span) | {"reason": fitted}
    if start < 0:
        return _key(span) | {"reason": "the period began before the first day that is known"}
    rest = fitted.total_of(ahead)
    if isinstance(rest, str):
        return _key(span) | {"reason": rest}
    probability = None
    if span["target"] is not None:
        below = rest.probability_below(float(span["target"]) - float(span["actual_to_date"]))
        probability = round(below if span["good"] == "down" else 1 - below, 4)
    # rounded, so that a last digit that hangs on the machine never reaches a mart
    return _key(span) | {
        "rest_expected": float(f"{rest.expected:.9g}"),
        "rest_low_80": float(f"{rest.low_80:.9g}"),
        "rest_high_80": float(f"{rest.high_80:.9g}"),
        "target_probability": probability,
        "model": "seasonal",
    }


def _key(span: dict[str, Any]) -> dict[str, object]:
    return {name: span[name] for name in ("kpi", "period", "period_start")}
