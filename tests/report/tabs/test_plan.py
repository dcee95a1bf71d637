from __future__ import annotations

import datetime as dt
from typing import Any

from raceway.report.tabs.plan import payload
from tests.support.report_mart import context, rows

_APRIL, _MAY, _JUNE, _JULY = (dt.date(2026, month, 1) for month in (4, 5, 6, 7))
_COLUMNS = {
    "race_kpi": "kpi varchar, stage varchar, period varchar, period_start date, period_end date, channel varchar, "
    "market varchar, value double, target decimal(38, 6), paced_target decimal(38, 6), attainment double, "
    "status varchar, is_complete boolean",
    "race_measure": "measure varchar, period varchar, period_start date, channel varchar, market varchar, "
    "value decimal(38, 6)",
    "fct_plan_budget": "day date, channel varchar, amount decimal(18, 6)",
    "osa_review": "cycle_start date, cycle_end date, kpi varchar, stage varchar, account varchar, initiative varchar, "
    "initiative_name varchar, owner varchar, starts_on date, ends_on date, expected_uplift decimal(18, 6), "
    "baseline double, target double, actual double, after_value double, gap double, gap_to_baseline double, "
    "status varchar, money_at_stake decimal(38, 6), opportunity_rank bigint, initiatives bigint, "
    "budget decimal(38, 6), spend decimal(38, 6), is_complete boolean, decision varchar, result varchar",
}


def _mart(**given: list[tuple[Any, ...]]) -> dict[str, tuple[str, list[tuple[Any, ...]]]]:
    return {name: (types, given.get(name, [])) for name, types in _COLUMNS.items()}


def _kpi(start: dt.date, end: dt.date, target: int | None = 300, kpi: str = "orders") -> tuple[Any, ...]:
    return (kpi, "convert", "month", start, end, "all", "all", 150.0, target, 200, 0.75, "off_track", False)


def test_the_running_month_and_the_last_whole_one_are_paced() -> None:
    kpis = [
        _kpi(_APRIL, dt.date(2026, 4, 30)),
        _kpi(_MAY, dt.date(2026, 5, 31)),
        _kpi(_JUNE, dt.date(2026, 6, 30)),
        _kpi(_JULY, dt.date(2026, 7, 31)),
        _kpi(_JUNE, dt.date(2026, 6, 30), None, "leads"),
    ]
    found = payload(context(_mart(race_kpi=kpis)))["pacing"]
    assert rows(found, "kpi", "period_start", "runs", "days_over", "days", "target", "paced_target") == [
        ("orders", "2026-06-01", True, 20, 30, 300.0, 200.0),  # as of the 21st
        ("orders", "2026-05-01", False, 31, 31, 300.0, 200.0),
    ]


def test_the_running_months_spend_is_held_against_the_days_of_its_budget_that_are_over() -> None:
    budget = [(dt.date(2026, 6, day), channel, 10) for day in range(1, 31) for channel in ("email", None)]
    measures = [
        ("marketing_budget", "month", _JUNE, "all", "all", 600),
        ("marketing_budget", "month", _JUNE, "email", "all", 300),
        ("marketing_budget", "month", _JUNE, "email", "VN", 300),
        ("marketing_budget", "month", _JULY, "all", "all", 700),
        ("marketing_cost", "month", _JUNE, "all", "all", 350),
        ("marketing_cost", "month", _JUNE, "display", "all", 50),
        ("marketing_cost", "month", _JULY, "all", "all", 0),
    ]
    found = payload(context(_mart(fct_plan_budget=budget, race_measure=measures)))["budget"]
    assert rows(found, "month", "channel", "budget", "spend", "budget_to_date") == [
        ("2026-06-01", "all", 600.0, 350.0, 400.0),
        ("2026-06-01", "display", None, 50.0, None),
        ("2026-06-01", "email", 300.0, None, 200.0),
        ("2026-07-01", "all", 700.0, None, None),  # has not begun: nothing is spent, and nothing is due
    ]


def test_the_review_goes_by_money_and_an_initiative_stands_once() -> None:
    cycles = [(dt.date(2026, 1, 1), dt.date(2026, 3, 31)), (dt.date(2026, 4, 1), dt.date(2026, 6, 29))]

    def gap(cycle: int, kpi: str, rank: int | None, money: int) -> tuple[Any, ...]:
        none = (None,) * 5
        return (*cycles[cycle], kpi, "convert", "all", "all", *none, 2.0, 3.0, 1.0, None, 2.0, 1.0, "off_track", money,
                rank, 1, None, None, True, None, None)  # fmt: skip

    def initiative(cycle: int) -> tuple[Any, ...]:
        return (*cycles[cycle], "orders", "convert", "company", "INI-1", "Gift cards", "Linh", dt.date(2026, 3, 1),
                dt.date(2026, 4, 15), 0.1, 2.0, 2.2, 2.1, None, 0.1, -0.1, None, None, None, None, 90, 80, True,
                "keep", "better")  # fmt: skip

    review = [gap(0, "orders", 1, 9), gap(1, "leads", 2, 5), gap(1, "orders", 1, 7), gap(1, "sessions", None, 0),
              initiative(0), initiative(1)]  # fmt: skip
    found = payload(context(_mart(osa_review=review)))
    assert rows(found["review"], "cycle_start", "kpi", "money_at_stake") == [
        ("2026-04-01", "orders", 7.0),
        ("2026-04-01", "leads", 5.0),
        ("2026-01-01", "orders", 9.0),
    ]
    assert rows(found["initiatives"], "initiative", "budget", "spend", "result") == [("INI-1", 90.0, 80.0, "better")]


def test_a_mart_without_a_forecast_says_so() -> None:
    assert payload(context(_mart()))["forecast"] is None


def test_a_forecast_shows_its_range_and_one_without_history_its_reason() -> None:
    types = (
        "kpi varchar, unit varchar, period varchar, period_start date, period_end date, channel varchar, market varchar, "
        "days_left integer, actual_to_date decimal(38, 6), expected decimal(38, 6), low_80 decimal(38, 6), "
        "high_80 decimal(38, 6), denominator decimal(38, 6), target decimal(38, 6), expected_status varchar, reason varchar"
    )
    june = (_JUNE, dt.date(2026, 6, 30), "all", "all", 10)
    told = [
        ("orders", "count", "month", *june, 20, 31, 28, 34, None, 40, "off_track", None),
        ("leads", "count", "month", *june, 3, None, None, None, None, None, None, "too little history"),
        ("budget_utilisation", "money", "month", *june, 20, 31, 28, 34, 90, None, None, None),  # a ratio's numerator
        ("budget_utilisation", "money", "quarter", *june, 0, 90, 80, 99, None, None, None, None),  # of a budget to come
    ]
    catalog = [("orders", None), ("leads", None), ("budget_utilisation", "marketing_budget")]
    tables = {"kpi_forecast": (types, told), "kpi_catalog": ("kpi varchar, denominator varchar", catalog)}
    found = payload(context(_mart() | tables))["forecast"]
    assert rows(found, "kpi", "period_end", "expected", "low", "high", "target", "status", "reason") == [
        ("orders", "2026-06-30", 31.0, 28.0, 34.0, 40.0, "off_track", None),
        ("leads", "2026-06-30", None, None, None, None, None, "too little history"),
    ]
