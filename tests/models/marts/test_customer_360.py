"""One row per person, worked out by hand: how far each has come and what is known of it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from tests.models.intermediate.test_identity_graph import CRM, SITE, build, hours, order, told
from tests.support.dbt_story import Story
from tests.support.story_of_march import event


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """An buys twice and is a promoter; Binh buys twice; Chi once; Dung is a lead; a stranger only looks."""
    story = told(Path(tmp_path_factory.mktemp("persons")))
    story.account("nps", "survey")
    story.batch("shopify", "orders", SITE, [
        order("an-1", hours(0), "an", "0901"), order("an-2", dt.datetime(2026, 3, 1, 3), "an"),
        order("binh-1", hours(1), "binh"), order("binh-2", hours(2), "binh"), order("chi-1", hours(3), "chi"),
        order("guest", hours(4)),
    ], "2026-03-20 00:00:00")  # fmt: skip
    story.batch("ga4", "events", SITE, [
        event("laptop", "2026-01-04 05:00:00", "page_view", "?utm_source=google&utm_medium=cpc&gclid=g1"),
        event("laptop", "2026-01-05 03:00:00", "purchase", "thanks", transaction_id="an-1"),
        event("laptop", "2026-03-02 05:00:00", "page_view", "?utm_source=news&utm_medium=email"),
        event("stranger", "2026-03-02 06:00:00", "page_view", "", page_referrer="https://m.facebook.com/"),
    ], "2026-03-20 00:00:00")  # fmt: skip
    story.batch("hubspot", "contacts", CRM, [
        {"record_id": "1", "email_hash": "dung", "lifecycle_stage": "lead", "created_at": "2026-01-06 00:00:00"},
    ], "2026-03-20 00:00:00")  # fmt: skip
    story.batch("nps", "answers", "survey", [
        {"response_id": "1", "score": 3, "submitted_at": "2026-02-01 00:00:00", "email_hash": "an"},
        {"response_id": "2", "score": 9, "submitted_at": "2026-03-01 00:00:00", "email_hash": "an"},
        {"response_id": "3", "score": 7, "submitted_at": "2026-03-01 00:00:00", "email_hash": "chi"},
    ], "2026-03-20 00:00:00")  # fmt: skip
    story.account("plan", "lists")
    told_all = {"login_hash": None, "created_at": "2026-03-01 00:00:00", "birth_year": "1990", "birth_month": "6", "gender": "female",
                "province": " Huế", "preferred_category": "tea"}  # fmt: skip
    story.batch("plan", "account_profiles", "lists", [
        {"email_hash": "an", "consent": True, **told_all}, {"email_hash": "binh", "consent": None, **told_all},
        {"email_hash": "chi", "consent": False, **told_all},
        {"email_hash": "dung", "consent": True, **told_all, "birth_year": "?", "birth_month": "?", "gender": "martian"},
    ], "2026-03-20 00:00:00")  # fmt: skip
    build(story, "+customer_360 +identity_person")
    return story


def of(story: Story, value: str, columns: str) -> list[tuple[object, ...]]:
    return story.query(
        f"select {columns} from customer_360 where person_id = "
        f"(select person_id from identity_person where id_value = '{value}')"
    )


def test_everybody_stands_at_the_furthest_stage_reached(company: Story) -> None:
    stages = {name: of(company, name, "race_stage") for name in ("an", "binh", "chi", "dung", f"{SITE}:stranger")}
    assert stages == {
        "an": [("advocacy",)], "binh": [("engage",)], "chi": [("convert",)], "dung": [("act",)],
        f"{SITE}:stranger": [("reach",)],
    }  # fmt: skip
    # the guest is no person
    assert company.query("select count(*), count(*) filter (where is_customer) from customer_360") == [(5, 3)]


def test_touches_orders_and_answers_are_those_of_all_identities_of_the_person(company: Story) -> None:
    touches = "first_touch_at, first_touch_channel, last_touch_at, last_touch_channel, sessions"
    assert of(company, "0901", touches) == [
        (dt.datetime(2026, 1, 4, 5), "paid_search", dt.datetime(2026, 3, 2, 5), "email", 3)
    ]
    assert of(company, "0901", "first_order_date, last_order_date, orders, net_sales, is_active") == [
        (dt.date(2026, 1, 5), dt.date(2026, 3, 1), 2, Decimal(200_000), True)
    ]
    assert of(company, "0901", "nps_score, nps_kind, nps_on") == [(9, "promoter", dt.date(2026, 3, 1))]
    assert of(company, "chi", "nps_score, nps_kind, tickets, first_touch_at") == [(7, "passive", 0, None)]


def test_rfm_is_that_of_the_person_and_forecasts_need_a_fit(company: Story) -> None:
    # An's last order, on 1 March, is the newest of all; three customers are too few to fit
    columns = "recency_days, r_score, segment is not null, clv_12m, churn_risk"
    assert of(company, "0901", columns) == [(1, 4, True, None, None)]
    assert of(company, "dung", columns) == [(None, None, False, None, None)]


def test_a_customer_is_active_until_the_churn_window_is_over(company: Story) -> None:
    # ordered on 5 January; on 1 April that lies 86 of 90 days back
    assert of(company, "binh", "is_active") == [(True,)]
    assert of(company, "dung", "is_active, is_customer, is_lead") == [(False, False, True)]


def test_a_person_is_described_by_its_identities(company: Story) -> None:
    rows = company.query(
        "select emails, phones, logins, devices, is_anonymous, market from dim_customer "
        "where devices > 0 order by identities desc, is_anonymous desc limit 2"
    )
    assert rows == [(1, 1, 0, 1, False, "VN"), (0, 0, 0, 1, True, "VN")]


def test_age_gender_and_place_are_known_of_those_who_agree(company: Story) -> None:
    # on 1 April 2026 somebody born in June 1990 is 35
    columns = "age_band, gender, province, preferred_category, birth_month"
    assert of(company, "an", columns) == [("35-44", "female", "Huế", "tea", 6)]
    assert of(company, "binh", columns) == of(company, "chi", columns) == [(None,) * 5]
    # a year that could not be read and a word that nobody knows
    assert of(company, "dung", columns) == [(None, None, "Huế", "tea", None)]
