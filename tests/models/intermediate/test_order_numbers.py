"""Numbers of orders: none missing where a shop numbers one by one, none told twice. Counted by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.dbt_story import Story

HOLES, TWICE, SHARED = (
    "orders_are_numbered_without_holes", "orders_are_told_by_one_account", "orders_have_a_name_of_their_own",
)  # fmt: skip
MAY = dt.date(2026, 5, 1)


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path)


def noon(day: int) -> dt.datetime:
    """Noon in Vietnam of a day of May, as it lands."""
    return dt.datetime(2026, 5, day, 5)


def tell(
    story: Story, numbers: Iterable[tuple[str, int]], source: str = "shopify", account: str = "vn-shop",
    covered: Iterable[int] | None = None,
) -> None:  # fmt: skip
    """Orders by name and day of May, and the days that exports cover (those of the orders, where not said)."""
    orders = [(source, account, name, noon(day)) for name, day in numbers]
    days = {day for *_, day in numbers} if covered is None else set(covered)
    story.rows_of["covered_days"] += [(source, "orders", account, dt.date(2026, 5, day)) for day in sorted(days)]
    story.freeze()
    with duckdb.connect(str(story.warehouse)) as connection:
        connection.execute(
            "create table if not exists int_order_items (source varchar, account varchar, order_name varchar, "
            "ordered_at timestamp)"
        )
        connection.executemany("insert into int_order_items values (?, ?, ?, ?)", orders)


def shop(story: Story, **columns: Any) -> None:
    story.account("shopify", "vn-shop", **{"order_numbers": "consecutive"} | columns)


def test_missing_numbers_are_told_with_the_first_of_them_and_its_days(story: Story) -> None:
    shop(story)
    # 1001 to 1006 on the 1st, 1011 to 1020 on the 3rd, 1029 to 1050 on the 4th: 4 and 8 are missing
    numbers = [
        *((n, 1) for n in range(1001, 1007)),
        *((n, 3) for n in range(1011, 1021)),
        *((n, 4) for n in range(1029, 1051)),
    ]
    tell(story, [(f"#{n}", day) for n, day in numbers], covered=range(1, 5))
    assert story.found(HOLES) == [
        {
            "source": "shopify", "account": "vn-shop", "order_numbers": "#1001 to #1050",
            "on_days": "on days with an export", "missing": 12, "first_missing": "#1007 to #1010",
            "between_day": MAY, "and_day": dt.date(2026, 5, 3),
        }
    ]  # fmt: skip


def test_holes_on_days_without_an_export_are_told_apart(story: Story) -> None:
    shop(story)
    tell(story, [("VN-0099", 1), ("VN-0101", 1), ("VN-0998", 9), ("VN-1002", 9)])
    told = {row["on_days"]: row for row in story.found(HOLES)}
    within, beyond = told["on days with an export"], told["on days of which no export is in effect"]
    assert (within["missing"], within["first_missing"]) == (4, "VN-0100")  # and 0999 to 1001
    assert (beyond["missing"], beyond["first_missing"]) == (896, "VN-0102 to VN-0997")
    assert (beyond["between_day"], beyond["and_day"]) == (MAY, dt.date(2026, 5, 9))


def test_a_shop_that_does_not_number_so_has_no_holes(story: Story) -> None:
    shop(story, order_numbers="")
    tell(story, [("#1001", 1), ("#1009", 1)])
    assert story.found(HOLES) == []


def test_another_prefix_begins_another_series_and_a_suffix_or_a_revision_does_not(story: Story) -> None:
    shop(story)
    tell(story, [("#1001", 1), ("#1002-VN", 1), ("#1003.02", 1), ("#1004 · 5550001", 1), ("HN-7", 2), ("gift", 2)])
    assert story.found(HOLES) == []


def test_a_number_of_what_was_never_placed_is_no_hole(story: Story) -> None:
    story.account("woocommerce", "vn-shop", order_numbers="consecutive")
    failed = {"order_name": "1002", "ordered_at": noon(1), "status": "failed", "net_sales": 7}
    story.batch("woocommerce", "orders", "vn-shop", [failed], "2026-05-02 00:00:00")
    tell(story, [("1001", 1), ("1003", 1)], source="woocommerce")
    assert story.found(HOLES) == []


def heads(story: Story, *orders: tuple[str, str, str, dt.datetime, float, str | None]) -> None:
    for source, account in sorted({order[:2] for order in orders}):
        story.account(source, account)
    story.freeze()
    with duckdb.connect(str(story.warehouse)) as connection:
        connection.execute(
            "create table int_order_heads (source varchar, account varchar, order_name varchar, ordered_at timestamp, "
            "order_date date, total decimal(18, 6), email_hash varchar, phone_hash varchar)"
        )
        connection.executemany(
            "insert into int_order_heads values (?, ?, ?, ?, ?::timestamp::date, ?, ?, null)",
            [(*order[:4], order[3], *order[4:]) for order in orders],
        )


def test_an_order_that_two_accounts_tell_is_named_with_its_day(story: Story) -> None:
    heads(
        story,
        ("shopify", "vn-shop", "#1001", noon(1), 500_000, None),
        ("orders_file", "copy", "1001", noon(1) + dt.timedelta(seconds=40), 500_000, None),
        ("shopify", "vn-shop", "#1002", dt.datetime(2026, 5, 1, 17), 90_000, "an"),  # midnight of the 2nd in Vietnam
        ("orders_file", "copy", "1002", dt.datetime(2026, 5, 1, 20), 90_000, "an"),
    )
    told = sorted((row["other_order_name"], row["order_name"], row["day"], row["total"]) for row in story.found(TWICE))
    assert told == [("#1001", "1001", MAY, 500_000), ("#1002", "1002", MAY, 90_000)]


def test_two_shops_that_number_alike_are_no_doubles(story: Story) -> None:
    heads(
        story,
        ("shopify", "vn-shop", "#1001", noon(1), 500_000, "an"),
        ("shopify", "vn-kids", "#1001", noon(1), 490_000, "an"),  # another amount
        ("sapo", "outlet", "#1001", noon(1) + dt.timedelta(minutes=2), 500_000, "binh"),  # another buyer and minute
        # a day without its time says no minute
        ("haravan", "kids", "#1002", dt.datetime(2026, 5, 1, 17), 90_000, None),
        ("sapo", "outlet", "#1002", dt.datetime(2026, 5, 1, 17), 90_000, None),
    )
    assert story.found(TWICE) == []


def test_an_order_number_under_two_ids_of_one_account_is_named_with_its_days(story: Story) -> None:
    story.freeze()
    with duckdb.connect(str(story.warehouse)) as connection:
        for table, moment in (("stg_shopify__orders", "created_at"), ("stg_woocommerce__orders", "ordered_at")):
            connection.execute(
                f"create table {table} (source varchar, account varchar, order_name varchar, {moment} timestamp)"
            )
        connection.executemany(
            "insert into stg_shopify__orders values ('shopify', 'vn-shop', ?, ?)",
            [("#1001", noon(1)), ("#1001", None), ("#1001 · 5550007", noon(9)), ("#1002", noon(2))],
        )
    assert story.found(SHARED) == [
        {
            "order_name": "shopify/vn-shop: #1001", "further_orders": 1, "first_made_on": MAY,
            "last_made_on": dt.date(2026, 5, 9),
        }
    ]  # fmt: skip
