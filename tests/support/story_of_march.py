"""A few days of March of a small company, export by export; expected values stand in the tests.

Business zone Vietnam (UTC+7), reports in VND. The till sells in dollars in New York. VAT in Vietnam 8 %.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.support.dbt_story import Story


def tell(story: Story) -> None:
    """Everything that was exported."""
    _accounts(story)
    _plan(story)
    _ads(story)
    _search(story)
    _site(story)
    _shop(story)
    _till(story)
    _letters(story)
    _surveys(story)


def _accounts(story: Story) -> None:
    us = {"market": "US", "time_zone": "America/New_York", "currency": "USD", "minor_unit": 2}
    story.account("google_ads", "vn-main", conversions_are_purchases=True)
    story.account("google_ads", "us-store", **us)
    story.account("meta_ads", "vn-main")
    story.account("ga4", "vn-shop", site="shop.example.vn", brand="Mây")
    story.account("search_console", "vn-shop")
    story.account("shopify", "vn-shop", prices_include_vat=True, vat_rate="0.08", site="shop.example.vn", brand="Mây")
    story.account("square", "us-store", **us)
    story.account("mailchimp", "vn-list")
    story.account("nps", "vn-shop")
    story.account("plan", "company")
    story.exclude("order", "#TEST")
    story.exclude("email", "staff")
    story.exclude("traffic_type", "internal")
    story.exclude("browser", "HeadlessChrome")


def _plan(story: Story) -> None:
    rate = {"currency": "USD", "to_currency": "VND"}
    story.batch("plan", "fx_rates", "company", [
        rate | {"rate_date": "2026-03-01", "rate": "25000"},
        rate | {"rate_date": "2026-03-05", "rate": "26000.5"},
    ], "2026-03-31 00:00:00")  # fmt: skip
    # the first version of the budget file is replaced as a whole: `Old` is gone
    story.batch("plan", "budgets", "company", [
        {"budget": "Old", "starts_on": "2026-03-01", "ends_on": "2026-03-01", "amount": "7", "currency": "VND"},
    ], "2026-03-01 00:00:00")  # fmt: skip
    story.batch("plan", "budgets", "company", [
        {"budget": "Search", "starts_on": "2026-03-01", "ends_on": "2026-03-03", "amount": "100", "currency": "VND",
         "channel": " Paid_Search ", "market": "vn"},
        {"budget": "All", "starts_on": "2026-04-30", "ends_on": "2026-05-01", "amount": "33", "currency": "VND",
         "channel": "all", "market": ""},
    ], "2026-03-02 00:00:00")  # fmt: skip
    story.batch("plan", "costs", "company", [
        {"cost": "Agency", "starts_on": "2026-03-01", "ends_on": "2026-03-02", "amount": "0.03", "currency": "USD",
         "is_acquisition": True},
    ], "2026-03-02 00:00:00")  # fmt: skip
    story.batch("plan", "targets", "company", [
        {"kpi": "orders", "period": "month", "period_start": "2026-03-01", "target": "10"},
        {"kpi": "orders", "period": "month", "period_start": "2026-03-01", "channel": "email", "market": "VN",
         "target": "2.5"},
    ], "2026-03-02 00:00:00")  # fmt: skip
    story.batch("plan", "initiatives", "company", [
        {"initiative": "i1", "name": "New shop", "stage": "Convert", "kpi": "orders", "planned_start": "2026-03-01",
         "planned_end": "2026-03-31", "finished_on": "2026-03-31"},
    ], "2026-03-02 00:00:00")  # fmt: skip


def _ads(story: Story) -> None:
    def google(day: str, campaign: str, cost: str, **more: Any) -> dict[str, Any]:
        return {"day": day, "campaign": campaign, "impressions": 100, "clicks": 10, "cost": cost} | more

    story.batch("google_ads", "campaign_daily", "vn-main", [
        google("2026-03-01", "Brand", "50000", conversions=2),
        google("2026-03-02", "Brand", "70000", conversions=1),
    ], "2026-03-03 00:00:00")  # fmt: skip
    # the second of March restated, with another campaign; the first of March is left alone
    story.batch("google_ads", "campaign_daily", "vn-main", [
        google("2026-03-02", "Brand", "71000", conversions=1.5),
        google("2026-03-02", "Max", "20000.5", campaign_type="Performance Max", conversions=0),
    ], "2026-03-04 00:00:00")  # fmt: skip
    story.batch("google_ads", "campaign_daily", "us-store", [
        google("2026-03-04", "Store", "1.23", conversions=9),
        google("2026-03-15", "Store", "0.01"),
    ], "2026-03-16 00:00:00")  # fmt: skip
    story.batch("google_ads", "keyword_daily", "vn-main", [
        {"day": "2026-03-01", "campaign": "Brand", "ad_group": "g", "keyword": "[mây]", "impressions": 60, "cost": "1",
         "quality_score": 8},
        {"day": "2026-03-01", "campaign": "Brand", "ad_group": "g", "keyword": "[mây]", "impressions": 5, "cost": "1"},
    ], "2026-03-03 00:00:00")  # fmt: skip
    meta = {"day": "2026-03-01", "campaign": "Spring", "ad_set": "all", "ad": "Video", "cost": "100"}
    story.batch("meta_ads", "ads_daily", "vn-main", [
        meta | {"gender": "female", "age": "18-24", "impressions": 10, "link_clicks": 3, "purchases": 1},
        meta | {"gender": "male", "age": "18-24", "impressions": 20},
        meta | {"gender": "male", "age": "18-24", "impressions": 20},
    ], "2026-03-02 00:00:00")  # fmt: skip


def _search(story: Story) -> None:
    chart = {"day": "2026-03-01", "clicks": 5, "impressions": 200, "ctr": 0.025, "position": 7.25}
    story.batch("search_console", "chart", "vn-shop", [chart], "2026-03-03 00:00:00")
    story.batch("search_console", "chart", "vn-shop", [chart | {"day": "2026-03-02"}], "2026-03-04 00:00:00", True)


def event(device: str, at: str, name: str, page: str = "", **more: Any) -> dict[str, Any]:
    """An event of a device; `at` is UTC."""
    micros = int(dt.datetime.fromisoformat(at + "+00:00").timestamp()) * 1_000_000
    return {
        "event_date": at[:10], "event_timestamp": micros, "event_at": at, "event_name": name,
        "user_pseudo_id": device, "event_bundle_sequence_id": 1, "country": "Vietnam",
        "page_location": f"https://shop.example.vn/{page}", "hostname": "shop.example.vn",
    } | more  # fmt: skip


def _site(story: Story) -> None:
    rows = [
        # An comes by an ad on the phone, looks and puts something into the cart …
        event("phone", "2026-03-01 02:00:00", "page_view", "?utm_source=google&utm_medium=cpc&gclid=g1",
              user_first_touch_at="2026-02-28 17:00:00", engagement_time_msec=4000),
        event("phone", "2026-03-01 02:01:00", "view_item", "a", engagement_time_msec=4000),
        event("phone", "2026-03-01 02:02:00", "add_to_cart", "a", engagement_time_msec=1999),
        # … and buys the day after on the laptop, directly, logged in
        event("laptop", "2026-03-02 02:00:00", "page_view", "", user_id_hash="login-an"),
        event("laptop", "2026-03-02 02:05:00", "purchase", "thanks", transaction_id="1001", user_id_hash="login-an"),
        # a stranger by Facebook, over Vietnamese midnight
        event("stranger", "2026-03-01 16:59:50", "page_view", "", page_referrer="https://m.facebook.com/"),
        event("stranger", "2026-03-01 17:00:10", "scroll", ""),
        # a guest by a newsletter
        event("guest", "2026-03-03 02:00:00", "page_view", "?utm_source=news&utm_medium=email", country="Singapore"),
        event("guest", "2026-03-03 02:05:00", "purchase", "thanks", transaction_id="#1002", country="Singapore"),
        # the office and a robot
        event("office", "2026-03-03 02:00:00", "page_view", "", traffic_type="internal"),
        event("robot", "2026-03-03 02:00:00", "page_view", "", browser="HeadlessChrome"),
    ]  # fmt: skip
    story.batch("ga4", "events", "vn-shop", rows, "2026-03-04 00:00:00")
    # a later export repeats an event, and says more of it
    again = event("phone", "2026-03-01 02:01:00", "view_item", "a", engagement_time_msec=5000, user_id_hash="login-an")
    story.batch("ga4", "events", "vn-shop", [again], "2026-03-05 00:00:00")


def _shop(story: Story) -> None:
    def order(name: str, at: str, **more: Any) -> dict[str, Any]:
        return {
            "order_name": name, "created_at": at, "subtotal": "184000", "total": "230000", "discount_amount": "16000",
            "refunded_amount": "0", "lineitem_quantity": 2, "lineitem_name": "Áo dài", "lineitem_sku": "AO",
            "lineitem_price": "100000", "shipping_country": "VN",
        } | more  # fmt: skip

    an = order(
        "#1001", "2026-03-02 02:05:00", order_id="9001", email_hash="an", phone_hash="+84-an", subtotal="284000",
        total="330000",
    )  # fmt: skip
    second_line = {
        "order_name": "#1001", "created_at": "2026-03-02 02:05:00", "lineitem_quantity": 1,
        "lineitem_name": "Thẻ quà tặng 100K", "lineitem_price": "100000",
    }  # fmt: skip
    story.batch("shopify", "orders", "vn-shop", [
        an, second_line,
        order("#1002", "2026-03-03 02:05:00", shipping_country="SG", billing_country="VN"),
        order("#1003", "2026-03-03 17:30:00", phone_hash="+84-an", email_hash="an.work", tags="COD"),
        order("#1004", "2026-03-03 03:00:00", email_hash="binh", refunded_amount="23000"),
        order("#TEST", "2026-03-03 03:00:00", email_hash="tester"),
        order("#1005", "2026-03-03 03:00:00", email_hash="staff"),
    ], "2026-03-04 00:00:00")  # fmt: skip
    # a week later An has sent half back, and #1003 was refused at the door
    story.batch("shopify", "orders", "vn-shop", [
        an | {"refunded_amount": "165000"}, second_line,
        order("#1003", "2026-03-03 17:30:00", phone_hash="+84-an", email_hash="an.work", tags="COD, Bom hàng"),
    ], "2026-03-10 18:00:00")  # fmt: skip


def _till(story: Story) -> None:
    def line(transaction: str, at: str, day: str, amount: str, **more: Any) -> dict[str, Any]:
        return {
            "day": day, "sold_at": at, "transaction_id": transaction, "event_type": "Payment", "item": "Mug",
            "quantity": 1, "gross_sales": amount, "discounts": "0", "net_sales": amount,
            "itemization_type": "Physical Good",
        } | more  # fmt: skip

    story.batch("square", "items", "us-store", [
        # An buys in New York with the login of the site; 02:00 UTC is the evening before there
        line("T1", "2026-03-05 02:00:00", "2026-03-04", "10.01", login_hash="login-an", customer_key="c1"),
        line("T1", "2026-03-05 02:00:00", "2026-03-04", "10.01", discounts="-1.5", net_sales="8.51",
             login_hash="login-an", customer_key="c1"),
        line("T2", "2026-03-05 15:00:00", "2026-03-05", "5", item="Gift Card", itemization_type="Gift Card"),
        line("T1", "2026-03-06 15:00:00", "2026-03-06", "-10.01", event_type="Refund"),
        line("T0", "2026-03-06 15:00:00", "2026-03-06", "-2", event_type="Refund"),
    ], "2026-03-07 00:00:00")  # fmt: skip


def _letters(story: Story) -> None:
    story.batch("mailchimp", "audience", "vn-list", [
        {"email_hash": "an", "status": "subscribed", "optin_at": "2026-03-01 16:00:00",
         "confirm_at": "2026-03-01 18:00:00"},
        {"email_hash": "chi", "status": "unsubscribed", "optin_at": "2026-02-01 00:00:00",
         "unsub_at": "2026-03-04 00:00:00"},
        {"email_hash": "staff", "status": "subscribed", "optin_at": "2026-02-01 00:00:00"},
    ], "2026-03-05 00:00:00")  # fmt: skip
    story.batch("mailchimp", "campaigns", "vn-list", [
        {"campaign_id": "k1", "title": "Tết", "list": "all", "send_at": "2026-03-02 23:30:00", "recipients": 100,
         "delivered": 97, "forwards": 1, "unique_opens": 40, "unique_clicks": 9, "unsubscribes": 2},
    ], "2026-03-05 00:00:00")  # fmt: skip


def _surveys(story: Story) -> None:
    story.batch("nps", "invitations", "vn-shop", [
        {"invitation_id": "i1", "invited_at": "2026-03-05 01:00:00", "email_hash": "an", "order_name": "#1001"},
        {"invitation_id": "i2", "invited_at": "2026-03-05 01:00:00", "order_name": "#1004"},
        {"invitation_id": "i3", "invited_at": "2026-03-05 01:00:00", "email_hash": "chi"},
    ], "2026-03-20 00:00:00")  # fmt: skip
    story.batch("nps", "answers", "vn-shop", [
        {"response_id": "r1", "score": 10, "email_hash": "an", "submitted_at": "2026-03-05 18:00:00"},
        {"response_id": "r2", "score": 0, "invitation_id": "i2", "started_at": "2026-03-06 01:00:00",
         "response_type": "partial"},
        {"response_id": "r3", "submitted_at": "2026-03-06 01:00:00", "email_hash": "chi"},
    ], "2026-03-20 00:00:00")  # fmt: skip
