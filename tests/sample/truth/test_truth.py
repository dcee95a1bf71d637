"""The oracle itself: every rule that it applies, on a few things put into an empty world by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest

from raceway.sample.truth.identities import revealed_links
from raceway.sample.truth.kpis import kpi_rows
from raceway.sample.truth.orders import Exchange, half_up
from raceway.sample.truth.sessions import cut_sessions
from raceway.sample.truth.tally import Number
from raceway.sample.truth.truth import measures
from raceway.sample.world.periods import Calendar
from raceway.sample.world.things import (
    AdReport,
    AdRow,
    Answer,
    Invitation,
    Line,
    PlanAmount,
    Rate,
    Subscriber,
    TillRefund,
    TillSale,
)
from raceway.sample.world.world import World
from tests.sample.hand_made import LETTER, SEARCH_AD, at, device, event, order, world

MARCH = dt.date(2026, 3, 1)


def day(number: int) -> dt.date:
    return dt.date(2026, 3, number)


def value(found: dict[tuple[str, str, dt.date, str, str], Number], measure: str, *key: object) -> Number:
    """One number; key: period, start, channel, market (default: March, all, all)."""
    full = tuple(key) + ("month", MARCH, "all", "all")[len(key) :]
    return found.get((measure, *full), 0)  # type: ignore[arg-type]  # the key is spelled out by the tests


def starts(place: World) -> list[tuple[str, str]]:
    """Channel and local time of each session."""
    zone = place.settings.zone
    return [
        (s.channel, dt.datetime.fromtimestamp(s.start / 1e6, tz=zone).strftime("%m-%d %H:%M"))
        for s in cut_sessions(place, revealed_links(place))
    ]


def test_half_an_hour_of_silence_is_one_session_and_a_microsecond_more_are_two() -> None:
    place, phone = world(), device()
    place.events = [event(phone, "03-02 10:00"), event(phone, "03-02 10:30"), event(phone, "03-02 11:00", later=1)]
    assert [start for _, start in starts(place)] == ["03-02 10:00", "03-02 11:00"]


def test_midnight_ends_a_session_and_what_follows_is_direct() -> None:
    place, phone = world(), device()
    place.events = [event(phone, "03-02 23:55", traffic=LETTER), event(phone, "03-03 00:00")]
    assert starts(place) == [("email", "03-02 23:55"), ("direct", "03-03 00:00")]


def test_another_campaign_begins_a_session_and_the_same_one_does_not() -> None:
    place, phone = world(), device()
    place.events = [
        event(phone, "03-02 10:00", traffic=LETTER),
        event(phone, "03-02 10:05", traffic=LETTER),
        event(phone, "03-02 10:06"),
        event(phone, "03-02 10:07", traffic=SEARCH_AD),
    ]
    assert starts(place) == [("email", "03-02 10:00"), ("paid_search", "03-02 10:07")]


def test_devices_are_one_visitor_only_where_a_trace_joins_them() -> None:
    place = world()
    phone, laptop, tablet = device("1.1"), device("1.2"), device("1.3")
    place.events = [
        event(phone, "03-02 10:00", user_id="U1"),
        event(laptop, "03-02 12:00", user_id="U1"),
        event(tablet, "03-02 14:00"),  # the same hands, says nobody
    ]
    found = measures(place)
    assert (value(found, "sessions"), value(found, "visitors")) == (3, 2)


def test_a_chain_of_phone_address_purchase_and_till_is_one_person() -> None:
    place, phone = world(), device()
    place.orders = [
        order("#1", "03-02 10:00", email="An@example.com", phone="+84901"),
        order("#2", "03-03 10:00", phone="+84901"),
        order("#3", "03-04 10:00", email="an@example.com"),
    ]
    place.order_exports = [place.night]
    place.events = [event(phone, "03-04 10:01", "purchase", user_id="U1", transaction="#3")]
    place.sales = [TillSale(at("03-05 10:00"), "T1", [Line("A", "A", "A", 1000, 1)], "CUST", "U1")]
    place.rates = [Rate(day(1), "USD", 2_500_000, place.night)]
    found = measures(place)
    assert value(found, "orders") == 4
    assert value(found, "customers_purchasing") == 1
    assert value(found, "new_customers") == 1
    assert value(found, "customers_with_two_orders") == 1


def test_a_guest_is_nobody_but_earns_the_session_that_names_the_order() -> None:
    place, phone = world(), device()
    place.orders = [order("#1", "03-02 10:05")]
    place.order_exports = [place.night]
    place.events = [
        event(phone, "03-02 10:00", traffic=SEARCH_AD),
        event(phone, "03-02 10:00", "add_to_cart", later=5),
        event(phone, "03-02 10:06", "purchase", transaction="#1"),
    ]
    found = measures(place)
    assert value(found, "orders", "month", MARCH, "paid_search", "VN") == 1
    assert value(found, "converting_sessions") == 1
    assert value(found, "identified_orders") == 0
    assert value(found, "converting_visitors") == 1  # whoever it is, the session names a placed order
    assert value(found, "carts_created") == 1
    assert value(found, "carts_ordered") == 1


@pytest.mark.parametrize(("later", "channel"), [(0, "email"), (1, "direct")])
def test_a_touch_earns_an_order_for_thirty_days_to_the_second(later: int, channel: str) -> None:
    place, phone = world(), device()
    bought = order("#1", "04-01 10:00", email="a@example.com")
    bought.created_at += dt.timedelta(seconds=later)
    place.orders, place.order_exports = [bought], [place.night]
    place.events = [
        event(phone, "03-02 10:00", traffic=LETTER, user_id="U1"),
        event(phone, "03-20 10:00"),  # direct: never earns
        event(phone, "03-28 10:00", "purchase", transaction="#1"),
    ]
    assert value(measures(place), "orders_placed", "day", dt.date(2026, 4, 1), channel) == 0  # after the last day
    place.last = dt.date(2026, 4, 2)
    assert value(measures(place), "orders_placed", "day", dt.date(2026, 4, 1), channel) == 1


def test_a_refund_is_dated_by_the_export_that_shows_it() -> None:
    place = world()
    bought = order("#1", "03-02 10:00", price=216_000, shipping=24_000, email="a@example.com")
    bought.refunds = [(at("03-03 09:00"), 120_000), (at("03-12 09:00"), 240_000)]
    place.orders, place.order_exports = [bought], [at("03-05 06:00"), at("03-15 06:00"), at("03-20 06:00")]
    found = measures(place)
    # First export: 120,000 of 240,000 are 108,000 of the items, net 100,000, by the order date.
    assert value(found, "refunded_sales", "day", day(2)) == 100_000
    assert value(found, "refunded_sales", "day", day(15)) == 100_000
    assert value(found, "net_sales", "day", day(2)) == 100_000
    assert value(found, "net_sales") == 0
    assert value(found, "orders_returned") == 1


def test_a_refund_taken_back_counts_against_the_first() -> None:
    place = world()
    bought = order("#1", "03-02 10:00", price=108_000, email="a@example.com")
    bought.refunds = [(at("03-06 09:00"), 54_000), (at("03-12 09:00"), 27_000)]
    place.orders, place.order_exports = [bought], [at("03-05 06:00"), at("03-10 06:00"), at("03-15 06:00")]
    found = measures(place)
    assert value(found, "refunded_sales", "day", day(10)) == 50_000
    assert value(found, "refunded_sales", "day", day(15)) == -25_000


def test_a_gift_card_takes_no_discount_and_goods_beside_it_have_their_share_of_a_refund() -> None:
    place = world()
    both, alone = order("#1", "03-02 10:00", discount=27_000), order("#2", "03-02 11:00", discount=27_000)
    card = Line("", "Gift Card", "", 400_000, 1, is_gift_card=True)
    both.lines.append(card)
    alone.lines = [card]
    both.refunds, alone.refunds = [(at("03-06 09:00"), 400_000)], [(at("03-06 09:00"), 373_000)]
    place.orders, place.order_exports = [both, alone], [at("03-05 06:00"), at("03-10 06:00")]
    found = measures(place)
    assert (value(found, "gross_sales"), value(found, "discounts")) == (100_000, 25_000)
    # 400,000 of 481,000 went back, of which the shoe was 81,000: 67,359.67, without VAT 62,370.06
    assert value(found, "refunded_sales", "day", day(10)) == 62_370
    assert value(found, "orders_returned") == 1


def test_the_first_order_is_the_one_placed_first_whatever_its_day() -> None:
    place = world()
    place.orders, place.order_exports = [order("#1", "03-01 00:30", email="carl@example.com")], [place.night]
    # half an hour later, when it is the last day of February in New York
    place.sales = [TillSale(at("03-01 01:00"), "T1", [Line("A", "A", "A", 1000, 1)], "CUST", "U1")]
    place.rates = [Rate(dt.date(2026, 2, 27), "USD", 2_500_000, place.night)]
    place.events = [event(device(), "03-04 10:01", "purchase", user_id="U1", transaction="#1")]
    found = measures(place)
    for month, new in ((dt.date(2026, 2, 1), 0), (MARCH, 1)):
        assert value(found, "new_customers", "month", month) == new
        assert value(found, "customers_to_date", "month", month) == new
        assert value(found, "customers_with_two_orders", "month", month) == new
    assert value(found, "customers_to_date", "month", MARCH, "all", "VN") == 1


def test_an_order_refused_at_the_door_is_dated_by_the_export_and_out_of_sales() -> None:
    place = world()
    soon, late = order("#1", "03-02 10:00", email="a@example.com"), order("#2", "03-02 11:00", email="b@example.com")
    soon.refused_at, late.refused_at = at("03-04 10:00"), at("05-01 10:00")
    place.orders, place.order_exports = [soon, late], [at("03-05 06:00"), at("05-02 06:00")]
    found = measures(place)
    assert value(found, "orders") == 0
    assert value(found, "orders_placed") == 2
    assert value(found, "orders_undelivered") == 1  # the other one 61 days after the order
    assert value(found, "net_sales") == 0


def test_a_test_order_is_nowhere() -> None:
    place = world()
    place.orders = [order("#1", "03-02 10:00", email="a@example.com")]
    place.orders[0].is_test = True
    place.order_exports = [place.night]
    assert measures(place) == {}


def test_a_cart_is_ordered_within_seven_days() -> None:
    place, phone = world(), device()
    place.events = [
        event(phone, "03-02 10:00", "view_item"),
        event(phone, "03-02 10:01", "add_to_cart"),
        event(phone, "03-09 10:01", "add_to_cart", later=1),
        event(phone, "03-16 10:01", "purchase", transaction="#1"),
    ]
    place.orders = [order("#1", "03-16 10:01", email="a@example.com")]
    place.order_exports = [place.night]
    found = measures(place)
    assert (value(found, "carts_created"), value(found, "carts_ordered")) == (2, 1)
    assert value(found, "cart_sessions") == 1  # the second add came without a product view


def test_a_bounce_is_under_ten_seconds_and_without_a_key_event() -> None:
    place = world()
    place.events = [
        event(device("1.1"), "03-02 10:00", engagement_ms=9_999),
        event(device("1.2"), "03-02 10:00", engagement_ms=10_000),
        event(device("1.3"), "03-02 10:00", "sign_up"),
    ]
    found = measures(place)
    assert (value(found, "sessions"), value(found, "bounced_sessions")) == (3, 1)
    assert value(found, "engaged_seconds") == Decimal("19.999")


def test_who_was_there_before_the_period_is_not_new_in_it() -> None:
    place = world()
    place.events = [
        event(device("1.1", first_touch="02-01 10:00"), "03-02 10:00", user_id="U1"),
        event(device("1.2", first_touch="03-03 10:00"), "03-03 10:00", user_id="U1"),
        event(device("1.3"), "03-04 10:00"),
    ]
    found = measures(place)
    assert (value(found, "visitors"), value(found, "new_visitors")) == (2, 1)
    assert value(found, "new_visitors", "quarter", dt.date(2026, 1, 1)) == 2
    assert value(found, "new_visitors", "day", day(3)) == 0


def test_dollars_become_dong_at_the_rate_of_their_own_day() -> None:
    place = world()
    place.rates = [
        Rate(day(1), "USD", 2_500_000, at("03-01 08:00")),
        Rate(day(5), "USD", 2_600_050, at("03-05 08:00")),
        Rate(day(5), "USD", 2_600_000, at("03-06 08:00")),  # corrected
    ]
    line = Line("A", "A", "A", 1_001, 2, discount=100)
    sale = TillSale(at("03-03 23:00"), "T1", [line, Line("", "Gift Card", "", 5_000, 1, is_gift_card=True)])
    sale.refunds = [TillRefund(at("03-05 23:00"), line, 1_902)]
    orphan = TillSale(at("03-06 23:00"), "T0", [], refunds=[TillRefund(at("03-06 23:00"), line, 100)])
    place.sales = [sale, orphan]
    found = measures(place)
    # 23:00 in Sài Gòn is still the same day in New York.
    assert value(found, "gross_sales", "day", day(3)) == 500_500
    assert value(found, "discounts", "day", day(3)) == 25_000
    assert value(found, "refunded_sales", "day", day(5)) == 494_520
    assert value(found, "refunded_sales", "day", day(6), "store") == 26_000
    assert value(found, "net_sales") == 500_500 - 25_000 - 494_520 - 26_000
    assert value(found, "orders_returned") == 1
    assert value(found, "orders", "month", MARCH, "store", "US") == 1


def test_a_rate_may_be_ten_days_old_and_no_older() -> None:
    exchange = Exchange([Rate(day(1), "USD", 2_500_000, at("03-01 08:00"))], max_age_days=10)
    assert exchange.dong(100, "USD", day(11)) == 25_000
    with pytest.raises(LookupError, match="2026-03-12"):
        exchange.dong(100, "USD", day(12))


@pytest.mark.parametrize(("amount", "rounded"), [("0.5", 1), ("-0.5", -1), ("2.4999", 2), ("-2.5", -3), ("7", 7)])
def test_halves_are_rounded_away_from_zero(amount: str, rounded: int) -> None:
    assert half_up(Fraction(amount)) == rounded


def test_the_newest_report_of_a_day_bears_its_totals() -> None:
    place = world()
    old = AdRow(day(2), "A", "Search", "paid_search", 100, 10, 1_000, 200)
    kept = AdRow(day(3), "A", "Search", "paid_search", 70, None, 700, None)
    new = AdRow(day(2), "A", "Search", "paid_search", 90, 9, 900, 350)
    place.ad_reports = [
        AdReport("google_ads", "vn-main", at("03-20 08:00"), day(2), day(2), (new,), ""),
        AdReport("google_ads", "vn-main", at("03-10 08:00"), day(2), day(3), (old, kept), ""),
    ]
    found = measures(place)
    assert value(found, "ad_impressions") == 160
    assert value(found, "ad_impressions_with_clicks") == 90
    assert (value(found, "ad_spend"), value(found, "ad_spend_with_clicks")) == (1_600, 900)
    assert value(found, "platform_conversions") == Decimal("3.5")
    assert value(found, "acquisition_cost") == 1_600


def test_a_budget_is_spread_with_what_is_left_over_on_the_last_day() -> None:
    place = world()
    place.budgets = [PlanAmount("B", day(29), day(31), "email", "", 100, "VND")]
    found = measures(place)
    assert [value(found, "marketing_budget", "day", day(n)) for n in (29, 30, 31)] == [
        Decimal("33.333333"), Decimal("33.333333"), 0,  # 31 is yet to come
    ]  # fmt: skip
    assert value(found, "marketing_budget", "month", MARCH, "email") == 100
    assert value(found, "marketing_budget", "month", MARCH, "email", "VN") == 0


def test_subscribers_are_counted_at_the_end_of_a_day() -> None:
    place = world()
    place.subscribers = [
        Subscriber("a@example.com", "A", at("03-02 10:00"), at("03-03 10:00")),
        Subscriber("b@example.com", "B", at("03-02 10:00"), None, unsubscribed=at("03-05 23:59")),
        Subscriber("c@example.com", "C", None, None),
    ]
    found = measures(place)
    assert [value(found, "subscribers", "day", day(n)) for n in (1, 2, 3, 4, 5)] == [0, 1, 2, 2, 1]
    assert [value(found, "subscribers_at_start", "day", day(n)) for n in (2, 3, 4)] == [0, 1, 2]
    assert value(found, "subscribers") == 1


def test_an_answer_counts_for_its_invitation_for_thirty_days_and_zero_is_an_answer() -> None:
    place = world()
    place.last = dt.date(2026, 4, 30)
    place.invitations = [
        Invitation("i1", at("03-02 10:00"), "a@example.com", "#1"),
        Invitation("i2", at("03-03 10:00"), "b@example.com", "#2"),
        Invitation("i3", at("03-04 10:00"), "b@example.com", "#3"),
    ]
    place.answers = [
        Answer("r1", at("04-01 10:00"), 0, "", False, "i1", None),
        Answer("r2", at("04-03 10:00") + dt.timedelta(seconds=1), 9, "", False, None, "b@example.com"),
        Answer("r3", at("03-05 10:00"), None, "", True, "i2", None),
    ]
    found = measures(place)
    assert value(found, "nps_invited") == 3
    assert value(found, "nps_answered_invited") == 1  # i3 was answered a second too late
    april = ("month", dt.date(2026, 4, 1))
    assert (value(found, "nps_responses", *april), value(found, "nps_detractors", *april)) == (2, 1)


def test_nobody_is_new_before_the_history_is_half_a_year_old() -> None:
    place = world()
    place.history_start = dt.date(2026, 1, 1)
    place.orders, place.order_exports = [order("#1", "03-02 10:00", email="a@example.com")], [place.night]
    found = measures(place)
    assert value(found, "customers_purchasing") == 1
    assert value(found, "new_customers") == 0


def test_retention_looks_at_ninety_days_before_and_to_the_end() -> None:
    place = world()
    place.orders = [
        order("#1", "01-15 10:00", email="a@example.com"),
        order("#2", "01-16 10:00", email="b@example.com"),
        order("#3", "03-20 10:00", email="a@example.com"),
    ]
    place.orders[0].created_at -= dt.timedelta(days=40)  # 6 December: in the 90 days before March
    place.orders[1].created_at -= dt.timedelta(days=47)  # 30 November: a day too early
    place.order_exports = [place.night]
    found = measures(place)
    assert value(found, "active_customers_at_start") == 1
    assert value(found, "retained_customers") == 1
    assert value(found, "returning_customers") == 1
    assert value(found, "customers_to_date") == 2


def test_periods_begin_where_settings_say() -> None:
    calendar = Calendar(fiscal_year_start_month=2, cycle_start=dt.date(2024, 1, 1))
    new_year = dt.date(2026, 1, 1)
    assert [calendar.start(p, new_year) for p in ("day", "week", "month", "quarter", "cycle")] == [
        new_year, dt.date(2025, 12, 29), new_year, dt.date(2025, 11, 1), dt.date(2025, 12, 21),
    ]  # fmt: skip
    assert calendar.end("quarter", dt.date(2025, 11, 1)) == dt.date(2026, 1, 31)
    assert calendar.end("cycle", dt.date(2025, 12, 21)) == dt.date(2026, 3, 20)
    assert calendar.start("cycle", dt.date(2023, 12, 31)) == dt.date(2023, 10, 3)


def test_a_kpi_is_the_ratio_of_sums_at_each_place_and_exists_only_where_its_measures_do() -> None:
    month = ("month", MARCH)
    values: dict[tuple[str, str, dt.date, str, str], Number] = {
        ("email_unique_opens_with_delivered", *month, "all", "all"): 3,
        ("email_unique_opens_with_delivered", *month, "email", "all"): 3,
        ("email_delivered_with_opens", *month, "all", "all"): 4,
        ("email_delivered_with_opens", *month, "email", "all"): 4,
        ("email_delivered_with_opens", *month, "paid_search", "all"): 4,  # no such place
    }
    found = {(key[0], key[3]): (top, bottom, text) for key, top, bottom, text in kpi_rows(values)}
    assert found == {
        ("email_open_rate", "all"): (3, 4, "0.75"),
        ("email_open_rate", "email"): (3, 4, "0.75"),
    }
