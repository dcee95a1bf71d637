from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from raceway.report.tabs.customers import payload
from tests.support.report_mart import context, rows

_DAY = dt.date(2026, 5, 10)


def _mart(**given: list[tuple[Any, ...]]) -> dict[str, tuple[str, list[tuple[Any, ...]]]]:
    columns = {
        "cohort_retention": "cohort_month date, months_since bigint, customers bigint, retained bigint, rate double, "
        "revenue decimal(38, 6), is_complete boolean",
        "customer_360": "person_id varchar, is_customer boolean, race_stage varchar, segment varchar, r_score bigint, "
        "f_score bigint, m_score bigint, recency_days bigint, net_sales decimal(38, 6), clv_12m decimal(18, 6), "
        "probability_90d double, churn_risk double, churn_band varchar, expected_from date",
        "segment_kpi": "breakdown varchar, segment varchar, period varchar, period_start date, customers bigint, "
        "customers_purchasing bigint, net_sales decimal(38, 6), purchase_rate double, revenue_per_customer double, "
        "repeat_rate double, is_complete boolean",
        "fct_engage_customer_value": "person_id varchar, month_end date, expected_orders_90d double",
        "fct_convert_order": "person_id varchar, order_date date, is_counted boolean",
        "fct_advocacy_nps_answer": "day date, score bigint, is_promoter boolean, is_detractor boolean, "
        "sentiment double, comment varchar",
    }
    return {name: (types, given.get(name, [])) for name, types in columns.items()}


def _person(number: int, segment: str = "loyal", *, r: int = 5, clv: int | None = 100, band: str = "low") -> tuple:
    return (f"p{number}", True, "engage", segment, r, 1, 3, 10, 1000, clv, 0.5, 0.1, band, dt.date(2026, 5, 31))


def _answer(score: int, comment: str | None = None, day: dt.date = _DAY) -> tuple[Any, ...]:
    return (day, score, score >= 9, score <= 6, None, comment)


def test_groups_of_four_are_named_small_and_nothing_of_them_is_told() -> None:
    persons = [_person(n) for n in range(5)]
    persons += [_person(n, "champion", r=1, band="high") for n in range(10, 14)]
    persons += [_person(n, "new", r=2, band="medium") for n in range(20, 24)]
    found = payload(context(_mart(customer_360=persons)))
    assert rows(found["segments"], "segment", "is_small", "customers", "net_sales", "clv_12m") == [
        ("loyal", False, 5, 5000.0, 500.0),
        ("champion", True, None, None, None),
        ("new", True, None, None, None),
    ]
    assert rows(found["rfm"], "r_score", "is_small", "customers", "net_sales") == [
        (1, True, None, None),
        (2, True, None, None),
        (5, False, 5, 5000.0),
    ]
    assert rows(found["churn"], "band", "is_small", "customers") == [
        ("low", False, 5),
        ("medium", True, None),
        ("high", True, None),
    ]


def test_no_group_of_four_is_what_the_others_leave_of_a_whole() -> None:
    # of 20 customers 16 were told and 4 not
    sizes = {"loyal": 9, "new": 7, "champion": 4}
    persons = [_person(n, segment) for segment, many in sizes.items() for n in range(many)]
    found = payload(context(_mart(customer_360=persons)))
    assert rows(found["segments"], "segment", "is_small", "customers", "net_sales") == [
        ("loyal", False, 9, 9000.0),
        ("new", True, None, None),
        ("champion", True, None, None),
    ]


def test_the_worth_of_a_group_is_told_only_where_five_have_one() -> None:
    persons = [_person(n, clv=100 if n < 4 else None) for n in range(20)]
    found = payload(context(_mart(customer_360=persons)))
    assert rows(found["segments"], "customers", "clv_12m") == [(20, None)]
    assert rows(found["churn"], "customers", "clv_12m") == [(20, None)]


def test_no_person_stands_in_the_page() -> None:
    persons = [_person(n) for n in range(9)]
    assert "p3" not in json.dumps(payload(context(_mart(customer_360=persons))))


def test_a_cohorts_revenue_is_told_only_where_five_came_back() -> None:
    april, march = dt.date(2026, 4, 1), dt.date(2026, 3, 1)
    cohorts = [
        (march, 0, 4, 4, 1.0, 900, True),
        (april, 0, 50, 50, 1.0, 9000, True),
        (april, 1, 50, 3, 0.06, 700, True),
        (april, 3, 50, 0, 0.0, 0, False),  # July has not begun
    ]
    found = payload(context(_mart(cohort_retention=cohorts)))["cohorts"]
    assert rows(found, "cohort", "months_since", "is_small", "customers", "rate", "revenue") == [
        ("2026-03-01", 0, True, None, None, None),
        ("2026-04-01", 0, False, 50, 1.0, 9000.0),
        ("2026-04-01", 1, False, 50, 0.06, None),
    ]


def test_the_score_of_a_month_is_promoters_less_detractors() -> None:
    found = payload(context(_mart(fct_advocacy_nps_answer=[_answer(score) for score in (10, 9, 9, 8, 3)])))["nps"]
    assert rows(found, "month", "answers", "promoters", "passives", "detractors", "score") == [
        ("2026-05-01", 5, 3, 1, 1, 40.0)  # 100 × (3 − 1) / 5
    ]


def test_a_score_of_four_answers_is_not_told() -> None:
    found = payload(context(_mart(fct_advocacy_nps_answer=[_answer(score) for score in (10, 9, 9, 8)])))["nps"]
    assert rows(found, "month", "is_small", "score") == [("2026-05-01", True, None)]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("gọi tôi 0912 345 678", "gọi tôi [phone]"),
        ("write to lan.tran@example.com please", "write to [email] please"),
        ("order 1234567890 came late", "order [number] came late"),
        ("+84 (0)912.345.678 any time", "[phone] any time"),
    ],
)
def test_who_wrote_a_comment_cannot_be_reached_by_it(written: str, shown: str) -> None:
    answers = [_answer(10, text) for text in (written, "good", "fast", "fine", "nice")]
    found = payload(context(_mart(fct_advocacy_nps_answer=answers)))["comments"]
    assert shown in found["comment"]
    assert written not in json.dumps(found, ensure_ascii=False)


def test_comments_of_a_month_in_which_four_wrote_are_not_shown() -> None:
    answers = [_answer(9, text) for text in ("good", "fast", "fine", "nice")] + [_answer(2)]
    assert payload(context(_mart(fct_advocacy_nps_answer=answers)))["comments"]["comment"] == []


def test_what_a_fit_expected_is_held_against_the_days_that_came() -> None:
    # ten tenths of five: of the last tenth, each was expected to buy on one day; two did, one of them on two days
    fit = dt.date(2026, 2, 28)  # its 90 days are over on 29 May
    expected = [(f"p{n:02}", fit, n // 5 / 9) for n in range(50)]
    unripe = [(f"p{n:02}", dt.date(2026, 4, 30), 3.0) for n in range(50)]
    orders = [
        ("p45", dt.date(2026, 3, 5), True),
        ("p45", dt.date(2026, 3, 5), True),  # the same day counts once
        ("p45", dt.date(2026, 4, 1), True),
        ("p46", dt.date(2026, 5, 29), True),
        ("p47", dt.date(2026, 5, 30), True),  # the 91st day
        ("p48", dt.date(2026, 2, 28), True),  # before the 90 days
        ("p49", dt.date(2026, 3, 5), False),
    ]
    found = payload(context(_mart(fct_engage_customer_value=expected + unripe, fct_convert_order=orders)))["came_true"]
    assert rows(found, "month_end", "tenth", "customers", "expected", "came")[-1] == ("2026-02-28", 10, 5, 1.0, 0.6)
    assert len(found["tenth"]) == 10
