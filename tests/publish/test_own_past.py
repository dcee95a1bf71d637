"""A leading sum that leaps stops publishing; a leading KPI that is unlike its past warns."""

from __future__ import annotations

import datetime as dt
import math

from raceway.history.records import Check, record_checks, record_run
from raceway.history.waivers import apply_waivers, waive
from raceway.night.steps import Run, _record
from raceway.publish.mart_gate import check_mart
from raceway.publish.own_past import _leap
from tests.support.mart_company import AS_OF, Company

DAYS = [AS_OF - dt.timedelta(days=back) for back in range(1, 85)]
"""Twelve weeks before as_of, the newest first."""


def spend(company: Company, of_day: dict[dt.date, float], incomplete: tuple[dt.date, ...] = ()) -> None:
    """Days of ad spend beside the months that are there."""
    rows = ", ".join(
        f"('ad_spend', 'reach', 'day', '{day}', '{day}', 'all', 'all', {value}, null, {value}, null, null, null, "
        f"null, null, null, {day not in incomplete}, '{AS_OF}', null, null)"
        for day, value in of_day.items()
    )
    company.sql("delete from race_kpi where period = 'day'")
    company.sql(f"insert into race_kpi values {rows}")


def usual() -> dict[dt.date, float]:
    """Weekends spend half; no day is quite like another."""
    return {day: (50 if day.weekday() >= 5 else 100) * (1 + 0.05 * math.sin(back)) for back, day in enumerate(DAYS)}


def found(company: Company, run_id: str = "night") -> dict[str, Check]:
    return {check.name: check for check in check_mart(company.home, run_id) if not check.passed}


def test_a_day_beyond_ten_times_anything_it_ever_was_stops_publishing(company: Company) -> None:
    spend(company, usual() | {DAYS[0]: 1100.0})
    leap = found(company)["no_leap"]
    assert leap.stops
    assert leap.subject == "race_kpi.ad_spend"
    assert f"1,100 on {DAYS[0]}; the most before was 105 on" in leap.message
    assert "raceway waive race_kpi.ad_spend.no_leap --why" in leap.remedy


def test_ten_times_and_less_is_published(company: Company) -> None:
    spend(company, usual() | {DAYS[0]: 1000.0})
    assert "no_leap" not in found(company)


def test_a_wrong_month_leaps_though_most_of_its_days_are_wrong(company: Company) -> None:
    spend(company, {day: value * (1000 if back < 31 else 1) for back, (day, value) in enumerate(usual().items())})
    assert "and 30 more days" in found(company)["no_leap"].message


def test_a_week_of_history_is_no_past(company: Company) -> None:
    spend(company, dict.fromkeys(DAYS[1:8], 1.0) | {DAYS[0]: 5000.0})
    [check] = [check for check in check_mart(company.home, "night") if check.name == "no_leap"]
    assert check.passed
    assert "0 of 8 new days had a past to be held against" in check.message


def test_old_orders_that_changed_are_no_past_of_a_shop_that_loads_for_the_first_time() -> None:
    """Its first export tells of two a day of the weeks before, and of 50 a day from then on."""
    first = {day: 50.0 if back < 40 else 2.0 for back, day in enumerate(DAYS)}
    assert _leap("orders", first, {}, first).passed
    wrong = first | {DAYS[0]: 50_000.0}
    leap = _leap("orders", wrong, {}, wrong)
    assert not leap.passed
    assert f"50,000 on {DAYS[0]}; the most before was 50 on" in leap.message
    published = {day: value for day, value in first.items() if value == 2}
    assert not _leap("orders", first, published, first).passed, "what was published is a past"


def test_a_leap_names_the_most_that_was_before_it_and_not_after() -> None:
    days = usual() | {DAYS[40]: 5_000.0, DAYS[0]: 900.0}
    assert f"5,000 on {DAYS[40]}; the most before was 105 on" in _leap("ad_spend", days, {}, {}).message


def test_a_leap_that_a_person_let_pass_is_published_once_and_then_belongs_to_the_past(company: Company) -> None:
    spend(company, usual() | {DAYS[0]: 5000.0})
    run = Run("night-1", AS_OF, dt.datetime(2026, 11, 22, 5, tzinfo=dt.UTC))
    record_checks(company.home, "night-1", check_mart(company.home, "night-1"))
    record_run(company.home, _record(run, "refused", "gate"))
    waive(company.home, "no_leap", "a launch on television", "Lan")
    let_pass = apply_waivers(company.home, "night-2", check_mart(company.home, "night-2"))
    assert not any(check.stops for check in let_pass)
    record_checks(company.home, "night-2", let_pass)
    company.publish("night-2")
    assert "no_leap" not in found(company, "night-3")
    # and what it was is now what the next day is held against
    spend(company, usual() | {DAYS[0]: 5000.0, DAYS[1]: 49_000.0})
    assert "no_leap" not in found(company, "night-4")


def test_a_day_unlike_all_its_weekdays_warns_and_is_published(company: Company) -> None:
    spend(company, usual() | {DAYS[0]: 12.0})
    odd = found(company)["is_like_its_past"]
    assert (odd.severity, odd.subject) == ("warning", "race_kpi.ad_spend")
    assert f"12 on {DAYS[0]}; on such weekdays it lies between" in odd.message


def test_weekends_and_a_rise_by_half_are_usual(company: Company) -> None:
    spend(company, usual() | {DAYS[0]: usual()[DAYS[0]] * 1.5})
    assert "is_like_its_past" not in found(company)


def test_a_day_that_an_account_does_not_cover_yet_is_not_called_odd(company: Company) -> None:
    spend(company, usual() | {DAYS[0]: 12.0}, incomplete=(DAYS[0],))
    assert "is_like_its_past" not in found(company)


def test_what_was_published_so_does_not_warn_again(company: Company) -> None:
    spend(company, usual() | {DAYS[0]: 12.0})
    company.publish("night-1")
    assert "is_like_its_past" not in found(company, "night-2")
