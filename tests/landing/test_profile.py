"""A batch's profile tells by day what the freeze compares, and lies beside the batch as it lands."""

from __future__ import annotations

import duckdb

from raceway.landing.profile import PROFILE
from tests.support.desk import Ads, Desk


def profile(desk: Desk, batch: str) -> dict[tuple[str, str, str], float]:
    path = desk.batch(batch).path.with_name(PROFILE)
    with duckdb.connect() as connection:
        found = connection.execute(f"select cast(day as varchar), aspect, part, value from '{path}'").fetchall()
    return {(day, aspect, part): value for day, aspect, part, value in found}


def test_a_landed_report_has_its_sums_and_its_parts_by_day(desk: Desk, ads: Ads) -> None:
    rows = [("2026-03-02", "X", 100, 0, "5000"), ("2026-03-02", "Y", 300, 7, "9000"), ("2026-03-03", "X", 50, 2, "0")]
    told = profile(desk, desk.land_one("google_ads/vn/Campaign report.csv", ads(*rows)).batches[0])
    expected = {
        ("rows", ""): 2, ("sum:impressions", ""): 400, ("max:impressions", ""): 300, ("some:clicks", ""): 1,
        ("sum:cost", ""): 14_000, ("uniq:campaign", ""): 2, ("rows@campaign", "Y"): 1, ("sum:cost@campaign", "Y"): 9000,
        ("null:conversions", ""): 2,
    }  # fmt: skip
    assert {key: told["2026-03-02", *key] for key in expected} == expected
    assert told["2026-03-03", "sum:impressions@campaign", "X"] == 50
    assert ("2026-03-03", "rows@campaign", "Y") not in told


def test_the_same_rows_under_another_date_have_the_same_print(desk: Desk, ads: Ads) -> None:
    rows = [
        ("2026-03-02", "X", 100, 0, "5000"),
        ("2026-03-03", "X", 100, 0, "5000"),
        ("2026-03-04", "X", 101, 0, "5000"),
    ]
    told = profile(desk, desk.land_one("google_ads/vn/Campaign report.csv", ads(*rows)).batches[0])
    first, second, third = (told[f"2026-03-0{n}", "print", ""] for n in (2, 3, 4))
    assert first == second != third


def test_ids_and_people_have_no_parts_and_hours_are_those_of_the_account(desk: Desk) -> None:
    head = "Name,Id,Email,Financial Status,Currency,Subtotal,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price\n"
    line = "#1,71234500000,a@example.com,paid,VND,5,5,2026-03-02 23:30:00 +0700,1,Shoe,5\n"
    told = profile(desk, desk.land_one("shopify/shop/orders_export.csv", head + line).batches[0])
    assert told["2026-03-02", "rows@hour", "23"] == 1
    assert told["2026-03-02", "round:order_id", ""] == 1
    assert told["2026-03-02", "rows@lineitem_name", "Shoe"] == 1
    assert told["2026-03-02", "top:email_hash", ""] == 1
    assert not {aspect for _, aspect, _ in told} & {"rows@order_id", "rows@order_name", "rows@email_hash"}
    assert sum(aspect == "key" for _, aspect, _ in told) == 1
