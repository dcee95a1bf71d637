"""Shopify's orders: continuation rows, states of every export, the days that an export covers."""

from __future__ import annotations

import duckdb

from tests.support.desk import Desk

ORDER_HEAD = (
    "Name,Email,Financial Status,Currency,Subtotal,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,"
    "Refunded Amount,Tags,Cancelled at\n"
)


def test_continuation_rows_keep_their_blanks_and_states_are_kept_per_export(desk: Desk) -> None:
    line = '#7,a@example.com,{0},VND,300,300,2026-03-01 23:30:00 +0700,1,Giày,200,{1},"{2}",\n'
    more = "#7,a@example.com,,,,,2026-03-01 23:30:00 +0700,2,Mũ,50,,,\n"
    first = desk.land_one("shopify/shop/orders_export.csv", ORDER_HEAD + line.format("paid", "0.00", "vip") + more)
    desk.land_one(
        "shopify/shop/orders_export (1).csv",
        ORDER_HEAD + line.format("partially_refunded", "50.00", "vip, cod_refused") + more,
        at="2026-03-10 03:00",
    )
    assert desk.rows(first, "order_name, cast(total as varchar), lineitem_name, lineitem_quantity, _entity, _row") == [
        ("#7", "300.000000", "Giày", 1, "#7", 1), ("#7", None, "Mũ", 2, "#7", 2),
    ]  # fmt: skip
    assert desk.rows(first, "cast(created_at as varchar)")[0] == ("2026-03-01 16:30:00",)
    with duckdb.connect() as connection:
        states = connection.execute(
            "select _account, _entity, cast(exported_at as varchar), cast(refunded_amount as varchar), tags, financial_status "
            f"from read_parquet('{desk.home.landing}/shopify/orders__states/*.parquet') order by exported_at"
        ).fetchall()
    assert states == [
        ("shop", "#7", "2026-03-09 03:00:00", "0.000000", "vip", "paid"),
        ("shop", "#7", "2026-03-10 03:00:00", "50.000000", "vip, cod_refused", "partially_refunded"),
    ]


def test_a_later_sighting_of_the_same_orders_is_a_state_too(desk: Desk) -> None:
    content = ORDER_HEAD + "#7,a@example.com,paid,VND,300,300,2026-03-01 23:30:00 +0700,1,Giày,200,0,,\n"
    first = desk.land_one("shopify/shop/orders_export.csv", content)
    assert desk.land_one("shopify/shop/orders_export.csv", content, at="2026-03-12 03:00").status == "duplicate"
    batch = desk.batch(first.batches[0])
    assert [path.name.split("_")[-1] for path in batch.state_files()] == [
        "20260309T030000000000Z.parquet", "20260312T030000000000Z.parquet",
    ]  # fmt: skip
    assert str(batch.covers_to) == "2026-03-11", "nothing happened until the day before the later export"


def test_orders_cover_every_day_up_to_the_export(desk: Desk) -> None:
    content = ORDER_HEAD + "#7,a@example.com,paid,VND,300,300,2026-03-01 23:30:00 +0700,1,Giày,200,0,,\n"
    outcome = desk.land_one("shopify/shop/orders_export.csv", content, at="2026-03-08 20:00")
    batch = desk.batch(outcome.batches[0])  # 03:00 on the 9th in Viet Nam: the 8th is over
    assert (str(batch.covers_from), str(batch.covers_to)) == ("2026-03-01", "2026-03-08")


def test_the_same_orders_in_an_export_of_others_are_still_in_effect(desk: Desk) -> None:
    """An older order that no newer export touches stays in effect: its file again is a duplicate."""
    line = "#{0},a@example.com,paid,VND,300,300,2026-03-01 23:30:00 +0700,1,Giày,200,0,,\n"
    desk.land_one("shopify/shop/orders_export.csv", ORDER_HEAD + line.format(1), at="2026-03-08 03:00")
    desk.land_one("shopify/shop/orders_export.csv", ORDER_HEAD + line.format(2), at="2026-03-09 03:00")
    again = desk.land_one("shopify/shop/orders_export.csv", ORDER_HEAD + line.format(1), at="2026-03-10 03:00")
    assert again.status == "duplicate"
    desk.land_one(
        "shopify/shop/orders_export.csv", ORDER_HEAD + line.format(2).replace("paid", "voided"), at="2026-03-11 03:00"
    )
    back = desk.land_one("shopify/shop/orders_export.csv", ORDER_HEAD + line.format(2), at="2026-03-12 03:00")
    assert back.status == "landed", "#2 had been replaced in between"


def test_abandoned_checkouts_are_no_orders(desk: Desk) -> None:
    outcome = desk.land_one("shopify/shop/checkouts_export_1.csv", ORDER_HEAD)
    assert outcome.reason == "checkouts_export_1.csv: Shopify abandoned checkouts export: not a supported report"


ONE_NAME = (
    "Name,Id,Email,Financial Status,Currency,Subtotal,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price\n"
)


def test_two_orders_of_one_name_that_no_id_tells_apart_are_refused(desk: Desk) -> None:
    line = "#1,a@example.com,paid,VND,300,300,2026-03-{0} 23:30:00 +0700,1,Giày,300,,,\n"
    refused = desk.land_one("shopify/shop/orders_export.csv", ORDER_HEAD + line.format("01") + line.format("07"))
    assert refused.status == "refused"
    assert "“#1” is two of shopify.orders: it has two moments, 2026-03-01 16:30 and 2026-03-07 16:30" in refused.reason


def test_two_ids_of_one_name_and_moment_are_refused(desk: Desk) -> None:
    line = "#1,{0},a@example.com,paid,VND,300,300,2026-03-01 23:30:00 +0700,1,Giày,300\n"
    refused = desk.land_one("shopify/shop/orders_export.csv", ONE_NAME + line.format("11") + line.format("12"))
    assert "“#1” is two of shopify.orders: it has two ids at 2026-03-01 16:30" in refused.reason


def test_two_orders_of_one_name_with_ids_of_their_own_land(desk: Desk) -> None:
    line = "#1,{0},a@example.com,paid,VND,300,300,2026-03-{1} 23:30:00 +0700,1,Giày,300\n"
    more = "#1,,a@example.com,,,,,2026-03-07 23:30:00 +0700,1,Mũ,50\n"
    landed = desk.land_one(
        "shopify/shop/orders_export.csv", ONE_NAME + line.format(11, "01") + line.format(12, "07") + more
    )
    assert desk.rows(landed, "order_id, lineitem_name") == [("11", "Giày"), ("12", "Giày"), (None, "Mũ")]
