"""A row that is dated centuries from its export is refused by itself, and stretches nothing."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from tests.support.desk import Desk

ORDERS = """\
Name,Email,Financial Status,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Id
#1,a@example.com,paid,VND,100000,0,0,100000,{first},1,Áo,100000,901
#2,b@example.com,paid,VND,200000,0,0,200000,2026-03-02 10:00:00 +0700,1,Áo,200000,902
#3,c@example.com,paid,VND,300000,0,0,300000,2026-03-05 10:00:00 +0700,1,Áo,300000,903
"""


@pytest.mark.parametrize("day", ["2999-01-01 10:00:00 +0700", "1970-01-01 00:00:00 +0000", "9999-12-31 00:00:00 +0000"])
def test_an_order_of_another_century_is_a_refused_row_and_the_rest_lands(desk: Desk, day: str) -> None:
    outcome = desk.land_one("shopify/shop/orders_export.csv", ORDERS.format(first=day))
    assert (outcome.status, outcome.rows_landed, outcome.rows_refused) == ("landed", 2, 1), outcome.reason
    [(file, row, column, reason, raw)] = desk.quarantined(outcome)
    assert (file, row, column, raw) == ("orders_export.csv", "1", "Created at", day)
    assert reason == "dates no row: believable are 2000-01-01 to 2027-03-10, which is long after the export"
    batch = desk.batch(outcome.batches[0])
    assert (batch.covers_from, batch.covers_to) == (dt.date(2026, 3, 2), dt.date(2026, 3, 8))


def test_what_is_no_date_at_all_keeps_its_own_reason(desk: Desk) -> None:
    outcome = desk.land_one("shopify/shop/orders_export.csv", ORDERS.format(first="yesterday"))
    [(*_, reason, raw)] = desk.quarantined(outcome)
    assert (raw, reason.startswith("is no time (")) == ("yesterday", True)


def test_a_day_of_an_ad_report_is_held_to_the_same_limits(desk: Desk) -> None:
    head = "Day,Campaign,Currency code,Impr.,Clicks,Cost\n"
    rows = [f"{day},Brand,VND,10,1,500\n" for day in ("2026-03-01", "2026-03-02", "2999-01-01")]
    outcome = desk.land_one("google_ads/vn/report.csv", head + "".join(rows))
    assert (outcome.status, outcome.rows_landed, outcome.rows_refused) == ("landed", 2, 1)
    assert desk.batch(outcome.batches[0]).covers_to == dt.date(2026, 3, 2)


def test_an_event_of_another_century_is_a_refused_row(desk: Desk) -> None:
    def event(moment: dt.datetime, day: str, number: int) -> str:
        micros = int(moment.timestamp() * 1_000_000)
        return json.dumps(
            {"event_date": day, "event_timestamp": micros, "event_name": "page_view", "user_pseudo_id": f"1.{number}",
             "event_bundle_sequence_id": number, "event_params": []}
        )  # fmt: skip

    good = dt.datetime(2026, 3, 8, 3, tzinfo=dt.UTC)
    told = [
        event(good, "20260308", 1),
        event(dt.datetime(2999, 1, 1, tzinfo=dt.UTC), "20260308", 2),
        event(dt.datetime(1970, 1, 2, tzinfo=dt.UTC), "20260308", 3),
        event(good, "29990101", 4),
        *(event(good + dt.timedelta(seconds=n), "20260308", n) for n in range(5, 9)),
    ]
    outcome = desk.land_one("ga4/site/events_20260308.jsonl", "".join(f"{line}\n" for line in told))
    assert (outcome.status, outcome.rows_landed, outcome.rows_refused) == ("landed", 5, 3), outcome.reason
    assert {row for _, row, *_ in desk.quarantined(outcome)} == {"2", "3", "4"}
    assert desk.batch(outcome.batches[0]).covers_to == dt.date(2026, 3, 8)


def test_a_plan_may_lie_ahead_and_not_in_another_century(desk: Desk) -> None:
    head = "budget,starts_on,ends_on,channel,market,amount,currency\n"
    rows = [f"{name},2026-01-01,{end},paid_search,VN,1000,VND\n" for name, end in
            (("a", "2026-12-31"), ("b", "2029-12-31"), ("c", "2999-12-31"))]  # fmt: skip
    outcome = desk.land_one("plan/company/budgets.csv", head + "".join(rows))
    assert (outcome.status, outcome.rows_landed, outcome.rows_refused) == ("landed", 2, 1), outcome.reason
    assert desk.batch(outcome.batches[0]).covers_to == dt.date(2029, 12, 31)
