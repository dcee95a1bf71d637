"""The seasonal model on series whose answer is known beforehand, and the table that the mart is made from."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import duckdb
import numpy as np
import pytest

from raceway.fitting.day_kinds import Kind, kinds_of_days
from raceway.fitting.forecast import forecast_spans
from raceway.fitting.seasonal import Fit, Floats, fit_days
from raceway.fitting.totals import Total

MONDAY = dt.date(2026, 1, 5)
WEEK = (80, 100, 100, 100, 100, 120, 100)  # 700 in all
TET_2025, TET_2026 = dt.date(2025, 1, 29), dt.date(2026, 2, 17)


def fitted(values: Floats, ahead: int, kinds: list[Kind | None] | None = None, is_count: bool = False) -> Fit:
    """The fit of a series from a Monday on with `ahead` days to come."""
    told = np.append(values, np.full(ahead, np.nan))
    found = fit_days(told, kinds or [None] * len(told), 0, is_count)
    assert isinstance(found, Fit)
    return found


def rest(values: Floats, ahead: int, kinds: list[Kind | None] | None = None, is_count: bool = False) -> Total:
    """What the days to come bring."""
    days = np.arange(len(values) + ahead) >= len(values)
    found = fitted(values, ahead, kinds, is_count).total_of(days)
    assert isinstance(found, Total)
    return found


def test_a_series_that_repeats_its_week_goes_on_with_its_week() -> None:
    weeks = np.tile(np.array(WEEK, dtype=float), 20)
    # Monday to Wednesday after 20 whole weeks, drawn to a plain week by 2 in 22: 80 is told as (20·80 + 2·100) ÷ 22
    found = rest(weeks, 3)
    assert found.expected == pytest.approx(281.8, abs=0.5)
    assert rest(weeks, 7).expected == pytest.approx(700, abs=0.5)
    # nothing was ever far off
    assert 690 < rest(weeks, 7).low_80 <= 700 <= rest(weeks, 7).high_80 < 710


def test_a_level_that_shifted_ten_weeks_ago_is_the_level() -> None:
    shifted = np.append(np.tile(np.array(WEEK, dtype=float), 20), np.tile(np.array(WEEK, dtype=float), 10) * 2)
    # 14 days of 200 each, of which a model of the whole series' mean would see 133
    assert rest(shifted, 14).expected == pytest.approx(2800, rel=0.03)


def test_days_that_cancel_each_other_out_have_no_level() -> None:
    # sold for 100 and given back the day after: 1 is left of 199, and a level divided by so little is any number
    back = np.tile(np.array([100.0, -99.0]), 100)
    assert fit_days(back, [None] * 200, 0) == "its days cancel each other out"
    # half of it given back: 50 is left of 150
    half = np.tile(np.array([100.0, -50.0] * 7), 15)
    assert rest(half, 14).expected == pytest.approx(350, rel=0.02)


def test_a_shop_that_sold_nothing_for_eight_weeks_is_not_forecast_by_what_it_sold_before() -> None:
    shut = np.append(np.tile(np.array(WEEK, dtype=float), 40), np.zeros(56))
    assert fit_days(shut, [None] * len(shut), 0) == "the last weeks brought nothing to go by"


def test_tet_is_known_by_its_distance_from_the_new_year() -> None:
    first = dt.date(2024, 9, 2)  # a Monday
    days = (dt.date(2026, 2, 28) - first).days + 1
    holidays = [(day - dt.timedelta(2), day + dt.timedelta(4), f"Tết {day.year}") for day in (TET_2025, TET_2026)]
    kinds = kinds_of_days(first, days, holidays, [])
    # a shop of 100 a day that sells 30 from the 29th to the fifth day
    values = np.full(days, 100.0)
    for new_year in (TET_2025, TET_2026):
        begin = (new_year - first).days - 2
        values[begin : begin + 7] = 30
    now = (TET_2026 - first).days - 2
    told = rest(values[:now], 7, kinds[: now + 7])
    # seen once, among what differs from year to year: nearly 30 a day, and never the 100 of the calendar's days
    assert told.expected == pytest.approx(210, rel=0.1)
    assert told.low_80 < 210 < told.high_80
    # the same date of last year was no Tết, and no day of the weeks around it
    assert kinds[(dt.date(2025, 2, 17) - first).days] is None


def test_a_first_tet_widens_the_interval_because_nobody_knows_it() -> None:
    first = dt.date(2025, 9, 1)
    days = (TET_2026 - first).days + 5
    kinds = kinds_of_days(first, days, [(TET_2026 - dt.timedelta(2), TET_2026 + dt.timedelta(4), "Tết")], [])
    values = np.full(days - 7, 100.0)
    unseen, plain = rest(values, 7, kinds), rest(values, 7)
    assert unseen.high_80 - unseen.low_80 > 10 * (plain.high_80 - plain.low_80)


def test_a_days_kind_is_the_homes_own_holiday_before_the_programs_and_a_holiday_before_a_shadow() -> None:
    tet = (dt.date(2026, 2, 15), dt.date(2026, 2, 21), "Tết")
    kinds = kinds_of_days(
        dt.date(2026, 2, 1), 28, [tet, (dt.date(2026, 2, 14), dt.date(2026, 2, 14), "Valentine")],
        [(dt.date(2026, 2, 21), dt.date(2026, 2, 21), "Flash Sale 2026")],
    )  # fmt: skip
    names = {day + 1: kind.name for day, kind in enumerate(kinds) if kind}
    assert names[1] == "tết -2"
    assert names[13] == "tết -1"
    assert names[14] == "valentine"
    assert names[15] == names[20] == "tết"
    assert names[21] == "flash sale"
    assert names[22] == names[28] == "tết +1"


def test_a_sale_day_that_is_new_is_expected_like_those_before_it() -> None:
    first, days = MONDAY, 200
    sales = [(first + dt.timedelta(at), first + dt.timedelta(at), f"Sale {at}") for at in (40, 80, 120, 160, 199)]
    values = np.full(days - 1, 100.0)
    values[[40, 80, 120, 160]] = 200
    kinds = kinds_of_days(first, days, [], sales)
    # four of twice a plain day and one that stands for the unknown: 1 + 4 ÷ 5
    assert rest(values, 1, kinds).expected == pytest.approx(180, rel=0.03)


def test_an_interval_holds_about_as_many_ends_as_it_says() -> None:
    held, random = [], np.random.default_rng(20260701)
    for _ in range(60):
        # a year of a shop: a level that wanders, a week, noise
        level = 200 * np.exp(np.cumsum(random.normal(0, 0.01, 365)))
        values = random.poisson(level * np.tile(np.array(WEEK) / 100, 53)[:365]).astype(float)
        ahead = int(random.integers(1, 31))
        told = rest(values[: 365 - ahead], ahead)
        held.append(told.low_80 <= values[365 - ahead :].sum() <= told.high_80)
    # 48 of 60 are due; outside 39 to 56 is one case in 300
    assert 39 <= sum(held) <= 56


def test_few_events_have_whole_limits() -> None:
    told = Total(3.0, 0.5773503, is_count=True)
    # Poisson of mean 3: 5.0 % bring none, 19.9 % at most one; 81.5 % at most four, 91.6 % at most five
    assert (told.low_80, told.high_80) == (1.0, 5.0)
    assert told.probability_below(2) == pytest.approx(0.1991, abs=0.0001)
    # variance 9 of mean 3: negative binomial of size 1.5, (1 / 3) ** 1.5 = 0.1925 bring none
    assert Total(3.0, 1.0, is_count=True).probability_below(1) == pytest.approx(0.19245, abs=0.00001)


def test_amounts_lean_to_the_right_and_never_fall_below_nothing() -> None:
    # shape 1: the exponential distribution, whose tenths are -ln 0.9 and -ln 0.1
    told = Total(100.0, 1.0, is_count=False)
    assert told.low_80 == pytest.approx(10.536, abs=0.001)
    assert told.high_80 == pytest.approx(230.259, abs=0.001)
    assert told.probability_below(100) == pytest.approx(0.63212, abs=0.00001)
    assert told.probability_below(-5) == 0


def spans(connection: duckdb.DuckDBPyConnection, *rows: str) -> duckdb.DuckDBPyRelation:
    columns = (
        "kpi, unit, good, period, period_start, period_end, as_of, known_until, history_days, actual_to_date, target"
    )
    connection.execute(f"create or replace table spans as select * from (values {', '.join(rows)}) as t ({columns})")
    return connection.table("spans")


JUNE = "date '2026-06-01', date '2026-06-30', date '2026-06-11', date '2026-06-10', 161, 10000.00, {target}"


@pytest.fixture
def told() -> duckdb.DuckDBPyConnection:
    """Net sales of 1,000 a day from 1 January to 10 June 2026, and leads of May's last 40 days alone."""
    connection = duckdb.connect()
    connection.execute("""
        create table days as
        select 'net_sales' as kpi, day::date as day, 1000.00::decimal(38, 6) as value
        from range(date '2026-01-01', date '2026-06-11', interval 1 day) as days (day)
        union all
        select 'leads', day::date, 5 from range(date '2026-05-02', date '2026-06-11', interval 1 day) as days (day);
        create table holidays (starts_on date, ends_on date, name varchar, is_own boolean);
    """)
    return connection


def test_what_the_days_left_bring_is_told_with_the_chance_to_meet_the_target(told: duckdb.DuckDBPyConnection) -> None:
    rows = spans(
        told, f"('net_sales', 'money', 'up', 'month', {JUNE.format(target=29000)})",
        f"('net_sales', 'money', 'down', 'month', {JUNE.format(target=29000)})",
    )  # fmt: skip
    up, down = forecast_spans(rows, told.table("days"), told.table("holidays")).to_pylist()[::-1]
    # 20 days of 1,000: 10,000 + 20,000 is more than 29,000
    assert up["rest_expected"] == pytest.approx(20000)
    assert up["rest_low_80"] <= up["rest_expected"] <= up["rest_high_80"]
    assert up["model"] == "seasonal"
    assert (up["target_probability"], down["target_probability"]) == (1.0, 0.0)


def test_a_period_whose_days_are_all_in_is_what_happened(told: duckdb.DuckDBPyConnection) -> None:
    rows = spans(
        told, "('net_sales', 'money', 'up', 'month', date '2026-05-01', date '2026-05-31', date '2026-06-01', "
        "date '2026-06-10', 161, 31000.00, 31000)",
    )  # fmt: skip
    [row] = forecast_spans(rows, told.table("days"), told.table("holidays")).to_pylist()
    assert (row["rest_expected"], row["rest_low_80"], row["rest_high_80"], row["model"]) == (0, 0, 0, "actual")
    assert row["target_probability"] == 1.0


def test_a_young_history_is_told_and_not_guessed_at(told: duckdb.DuckDBPyConnection) -> None:
    rows = spans(told, f"('leads', 'count', 'up', 'month', {JUNE.format(target='null')})")
    [row] = forecast_spans(rows, told.table("days"), told.table("holidays")).to_pylist()
    assert row["rest_expected"] is row["model"] is None
    assert row["reason"] == "40 days are known; 56 are needed"


def test_a_kpi_of_which_no_day_is_known_is_told_for_a_period_that_is_over_too(told: duckdb.DuckDBPyConnection) -> None:
    rows = spans(
        told, "('orders', 'count', 'up', 'month', date '2026-05-01', date '2026-05-31', date '2026-06-11', "
        "null::date, 0, 0.00, null)",
    )  # fmt: skip
    [row] = forecast_spans(rows, told.table("days"), told.table("holidays")).to_pylist()
    assert row["reason"] == "no day of the last 14 is in from every required account"


def test_where_no_day_came_for_two_weeks_nothing_is_said(told: duckdb.DuckDBPyConnection) -> None:
    rows = spans(
        told, "('net_sales', 'money', 'up', 'month', date '2026-06-01', date '2026-06-30', date '2026-06-26', "
        "date '2026-06-10', 161, 10000.00, null)",
    )  # fmt: skip
    [row] = forecast_spans(rows, told.table("days"), told.table("holidays")).to_pylist()
    assert row["reason"] == "no day of the last 14 is in from every required account"


def test_a_day_that_an_account_has_not_brought_is_forecast_like_those_to_come(told: duckdb.DuckDBPyConnection) -> None:
    told.execute("update days set value = null where kpi = 'net_sales' and day = '2026-06-05'")
    rows = spans(told, f"('net_sales', 'money', 'up', 'month', {JUNE.format(target='null')})")
    [row] = forecast_spans(rows, told.table("days"), told.table("holidays")).to_pylist()
    assert row["rest_expected"] == pytest.approx(21000)


def test_the_order_of_rows_changes_nothing(told: duckdb.DuckDBPyConnection) -> None:
    told.execute("update days set value = value + 37 * (dayofyear(day) % 11)")
    told.execute("insert into holidays values (date '2026-04-30', date '2026-04-30', 'x', false), "
                 "(date '2026-04-30', date '2026-05-01', 'y', true)")  # fmt: skip
    rows = spans(
        told, f"('leads', 'count', 'up', 'month', {JUNE.format(target=Decimal(100))})",
        f"('net_sales', 'money', 'up', 'month', {JUNE.format(target=Decimal(30000))})",
    )  # fmt: skip
    days, holidays = told.table("days"), told.table("holidays")
    turned = [
        told.sql("select * from spans order by kpi desc"), told.sql("select * from days order by hash(day, kpi)"),
        told.sql("select * from holidays order by name desc"),
    ]  # fmt: skip
    assert forecast_spans(rows, days, holidays).equals(forecast_spans(*turned))
