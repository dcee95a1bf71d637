"""The facts that dbt makes of a few exports, worked out by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from tests.support.dbt_story import SELECTED, Story, failures
from tests.support.story_of_march import tell

MARCH = {day: dt.date(2026, 3, day) for day in range(1, 32)}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The story, built up to the facts and dimensions."""
    told = Story(tmp_path_factory.mktemp("march"))
    tell(told)
    told.freeze()
    results = told.build(*SELECTED)
    assert not failures(results), failures(results)
    return told


def test_a_restated_day_replaces_only_that_day(story: Story) -> None:
    rows = story.query(
        "select day, campaign, channel, cost, purchases from fct_reach_ads "
        "where source = 'google_ads' and account = 'vn-main' order by day, campaign"
    )
    assert rows == [
        (MARCH[1], "Brand", "paid_search", Decimal(50000), Decimal(2)),
        (MARCH[2], "Brand", "paid_search", Decimal(71000), Decimal("1.5")),
        (MARCH[2], "Max", "cross_network", Decimal("20000.5"), Decimal(0)),
    ]


def test_foreign_cost_is_converted_at_the_latest_rate_of_at_most_ten_days(story: Story) -> None:
    rows = story.query(
        "select day, cost, cost_account, currency, market, purchases from fct_reach_ads where account = 'us-store' "
        "order by day"
    )
    # 1.23 × 25,000 (three days old) = 30,750; 0.01 × 26,000.5 (ten days old) = 260.005
    assert rows == [
        (MARCH[4], Decimal(30750), Decimal("1.23"), "USD", "US", None),
        (MARCH[15], Decimal("260.005"), Decimal("0.01"), "USD", "US", None),
    ]


def test_ads_of_one_name_are_kept_apart_and_blanks_count_as_zero(story: Story) -> None:
    rows = story.query(
        "select report_level, breakdown, impressions, clicks, purchases from fct_reach_ads "
        "where source = 'meta_ads' order by breakdown"
    )
    assert rows == [
        ("ad", "female / 18-24", 10, 3, Decimal(1)),
        ("ad", "male / 18-24", 20, 0, Decimal(0)),
        ("ad", "male / 18-24", 20, 0, Decimal(0)),
    ]


def test_a_filtered_search_export_does_not_count(story: Story) -> None:
    assert story.query("select day, clicks, impressions, position_x_impressions from fct_reach_search") == [
        (MARCH[1], 5, 200, Decimal(1450))
    ]


def test_sessions_are_cut_at_business_midnight_and_without_office_and_robots(story: Story) -> None:
    rows = story.query(
        "select device_id, day, channel, ad_source, market, page_views, is_bounced, order_id is not null "
        "from fct_reach_session order by started_at"
    )
    assert rows == [
        ("vn-shop:phone", MARCH[1], "paid_search", "google_ads", "VN", 1, False, False),
        ("vn-shop:stranger", MARCH[1], "organic_social", None, "VN", 1, True, False),
        ("vn-shop:stranger", MARCH[2], "direct", None, "VN", 0, True, False),
        ("vn-shop:laptop", MARCH[2], "direct", None, "VN", 1, False, True),
        ("vn-shop:guest", MARCH[3], "email", None, "SG", 1, False, True),
    ]


def test_an_event_exported_twice_counts_once_as_the_newer_export_shows_it(story: Story) -> None:
    # 4.000 + 5.000 + 1.999 seconds
    assert story.query(
        "select engaged_seconds, product_views, cart_adds, has_cart_after_view, first_touch_day, is_new_device "
        "from fct_reach_session where device_id = 'vn-shop:phone'"
    ) == [(Decimal("10.999"), 1, 1, True, MARCH[1], True)]


def test_login_address_phone_and_till_join_one_person(story: Story) -> None:
    persons = dict(story.query("select id_type || ' ' || id_value, person_id from identity_person"))
    an = {
        "email an", "email an.work", "phone +84-an", "login login-an", "ga4_client vn-shop:phone",
        "ga4_client vn-shop:laptop", "square_customer us-store:c1",
    }  # fmt: skip
    assert len({persons[identity] for identity in an}) == 1
    others = {"email binh", "email chi", "ga4_client vn-shop:stranger", "ga4_client vn-shop:guest"}
    assert set(persons) == an | others
    assert len(set(persons.values())) == 5


def test_orders_have_the_channel_of_the_last_touch_that_is_not_direct(story: Story) -> None:
    rows = story.query(
        "select order_name, order_date, channel, market, is_identified, is_counted, order_number "
        "from fct_convert_order order by order_name"
    )
    assert rows == [
        ("#1001", MARCH[2], "paid_search", "VN", True, True, 1),
        ("#1002", MARCH[3], "email", "SG", False, True, None),
        ("#1003", MARCH[4], "paid_search", "VN", True, False, None),
        ("#1004", MARCH[3], "direct", "VN", True, True, 1),
        ("T1", MARCH[4], "paid_search", "US", True, True, 2),
        ("T2", MARCH[5], "store", "US", False, True, None),
    ]


def test_order_money_is_without_vat_and_rounded_row_by_row(story: Story) -> None:
    rows = {
        name: tuple(amounts)
        for name, *amounts in story.query(
            "select order_name, gross_sales, discounts, refunded_sales, net_sales from fct_convert_order"
        )
    }
    # 200,000 ÷ 1.08 = 185,185.19; 16,000 ÷ 1.08 = 14,814.81; the gift card is no sale
    # half of the total back: 165,000 × 184,000 ÷ 330,000 ÷ 1.08 = 85,185.19
    assert rows["#1001"] == (Decimal(185185), Decimal(14815), Decimal(85185), Decimal(85185))
    # 23,000 × 184,000 ÷ 230,000 ÷ 1.08 = 17,037.04
    assert rows["#1004"] == (Decimal(185185), Decimal(14815), Decimal(17037), Decimal(153333))
    # two lines of 10.01 × 25,000 each; 1.50 off; 10.01 × 26,000.5 = 260,265.005 back
    assert rows["T1"] == (Decimal(500500), Decimal(37500), Decimal(260265), Decimal(202735))
    assert rows["T2"] == (Decimal(0), Decimal(0), Decimal(0), Decimal(0))


def test_refunds_are_dated_by_the_export_that_shows_them(story: Story) -> None:
    rows = story.query(
        "select order_id, refund_date, refunded_sales, refund_date_estimated, is_counted from fct_convert_refund "
        "order by order_id nulls last"
    )
    assert rows == [
        # 18:00 UTC is the next day in Vietnam
        ("shopify:vn-shop:#1001", MARCH[11], Decimal(85185), False, True),
        ("shopify:vn-shop:#1004", MARCH[3], Decimal(17037), True, True),
        ("square:us-store:T1", MARCH[6], Decimal(260265), False, True),
        # 2 × 26,000.5, of a sale that is in no file
        (None, MARCH[6], Decimal(52001), False, True),
    ]


def test_an_order_refused_at_the_door_is_dated_by_the_first_export_that_shows_it(story: Story) -> None:
    assert story.query(
        "select order_name, undelivered_on, is_undelivered_60d, is_returned_60d from fct_convert_order "
        "where is_undelivered"
    ) == [("#1003", MARCH[11], True, False)]


def test_attribution_credits_the_ad_of_the_phone_for_the_order_on_the_laptop(story: Story) -> None:
    rows = story.query(
        "select order_id, channel, ad_source, revenue, orders from fct_convert_attribution "
        "where model = 'last_non_direct' order by order_id"
    )
    assert rows == [
        ("shopify:vn-shop:#1001", "paid_search", "google_ads", Decimal(85185), Decimal(1)),
        ("shopify:vn-shop:#1002", "email", None, Decimal(170370), Decimal(1)),
        ("shopify:vn-shop:#1004", "direct", None, Decimal(153333), Decimal(1)),
        ("square:us-store:T1", "paid_search", "google_ads", Decimal(202735), Decimal(1)),
        ("square:us-store:T2", "store", None, Decimal(0), Decimal(1)),
    ]


def test_the_cart_of_the_phone_is_ordered_on_the_laptop(story: Story) -> None:
    assert story.query("select day, channel, cast(added_at as varchar), is_ordered from fct_act_cart") == [
        (MARCH[1], "paid_search", "2026-03-01 02:02:00", True)
    ]


def test_letters_count_by_the_day_in_the_zone_of_their_account(story: Story) -> None:
    assert story.query("select day, delivered, unique_opens, unique_clicks from fct_reach_email_campaign") == [
        (MARCH[2], 97, 40, 9)
    ]
    assert story.query("select email_hash, subscribed_on, ended_on from fct_engage_subscriber order by 1") == [
        ("an", MARCH[2], None),
        ("chi", dt.date(2026, 2, 1), MARCH[4]),
    ]


def test_answers_are_tied_to_invitations_and_persons(story: Story) -> None:
    assert story.query(
        "select response_id, invitation_id, person_id is not null, day, is_promoter, is_detractor "
        "from fct_advocacy_nps_answer order by 1"
    ) == [("r1", "i1", True, MARCH[6], True, False), ("r2", "i2", True, MARCH[6], False, True)]
    assert story.query("select invitation_id, is_answered_30d from fct_advocacy_nps_invitation order by 1") == [
        ("i1", True), ("i2", True), ("i3", False),
    ]  # fmt: skip


def test_plan_files_speak_for_themselves_as_a_whole(story: Story) -> None:
    assert story.query("select budget, day, channel, market, amount from fct_plan_budget order by day") == [
        ("Search", MARCH[1], "paid_search", "VN", Decimal("33.333333")),
        ("Search", MARCH[2], "paid_search", "VN", Decimal("33.333333")),
        ("Search", MARCH[3], "paid_search", "VN", Decimal("33.333334")),
        ("All", dt.date(2026, 4, 30), None, None, Decimal("16.5")),
        ("All", dt.date(2026, 5, 1), None, None, Decimal("16.5")),
    ]
    # 0.03 × 25,000 = 750
    assert story.query("select day, amount, is_acquisition from fct_plan_cost order by day") == [
        (MARCH[1], Decimal(375), True), (MARCH[2], Decimal(375), True),
    ]  # fmt: skip
    assert story.query("select channel, market, target from fct_plan_target order by target") == [
        ("email", "VN", Decimal("2.5")), ("all", "all", Decimal(10)),
    ]  # fmt: skip


def test_keywords_without_a_score_are_kept(story: Story) -> None:
    assert story.query("select impressions, quality_score from fct_reach_keyword order by impressions") == [
        (5, None), (60, 8),
    ]  # fmt: skip


def test_dimensions_say_who_bought_and_what(story: Story) -> None:
    assert story.query(
        "select market, orders, net_sales, first_order_date from dim_customer where is_customer order by orders"
    ) == [
        ("VN", 1, Decimal(153333), MARCH[3]),
        ("VN", 2, Decimal(287920), MARCH[2]),
    ]
    assert story.query("select product_code, product from dim_product order by 1") == [
        ("AO", "Áo dài"), ("Gift Card", "Gift Card"), ("Mug", "Mug"), ("Thẻ quà tặng 100K", "Thẻ quà tặng 100K"),
    ]  # fmt: skip
    assert story.query("select min(day), max(day), count(*) from dim_date") == [
        (MARCH[1], dt.date(2026, 5, 1), 62)
    ]  # fmt: skip
