"""WooCommerce's two exports: products in one cell beside formatted money, or items side by side."""

from __future__ import annotations

from raceway.gate.batch_gate import check_batch
from raceway.reading.personal import Hasher
from tests.support.desk import Desk

ANALYTICS = (
    "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net Sales,"
    "Attribution\n"
)
WIDE = (
    "order_id,order_number,order_date,status,order_total,cart_discount,order_currency,billing_email,billing_phone,"
    "shipping_country,Product Item 1 Name,Product Item 1 Quantity,Product Item 1 Subtotal,Product Item 2 Name,"
    "Product Item 2 Quantity,Product Item 2 Subtotal\n"
)


def test_an_order_of_the_analytics_page_lands_with_its_products_in_one_cell(desk: Desk) -> None:
    row = '2026-03-02 14:03:11,1042,"$1,234.00",completed,An Tran,returning,"2× Tee, 1× Cap",3,SPRING10,1180,"Organic, Google"\n'.replace(
        '"Organic, Google"', "Organic: Google"
    )
    outcome = desk.land_one("woocommerce/shop/orders.csv", ANALYTICS + row)
    columns = "order_name, cast(ordered_at as varchar), products, items_sold, cast(revenue as integer), cast(net_sales as integer)"
    assert list(outcome.tables) == ["orders"]
    assert desk.rows(outcome, columns) == [("1042", "2026-03-02 19:03:11", "2× Tee, 1× Cap", 3, 1234, 1180)]
    assert "An Tran" not in str(desk.rows(outcome))


def test_the_total_with_tax_and_shipping_never_stands_for_net_sales(desk: Desk) -> None:
    """The formatted cell is what the buyer paid; where the plain one is empty, net sales are unknown."""
    row = '2026-03-02 14:03:11,1042,"$1,234.00",completed,An Tran,new,1× Tee,1,,,\n'
    outcome = desk.land_one("woocommerce/shop/orders.csv", ANALYTICS + row, gate=check_batch)
    assert (outcome.status, "net_sales" in outcome.reason) == ("refused", True)


def test_a_refund_stands_beside_its_sale_and_its_struck_out_total_is_read(desk: Desk) -> None:
    """Both bear the order's number: an export with the refund alone must not take the place of the sale."""
    sale = "2026-02-20 09:00:00,77,$55.00,completed,A,new,1× Cap,1,,50,Direct\n"
    refund = '2026-03-05 09:00:00,77,"$55.00 $0.00",completed,A,returning,1× Cap,0,,-50,Unknown\n'
    outcome = desk.land_one("woocommerce/shop/orders.csv", ANALYTICS + sale + refund)
    columns = "_entity, cast(revenue as integer), cast(net_sales as integer)"
    assert (outcome.rows_refused, desk.rows(outcome, columns)) == (
        0,
        [("77|2026-02-20 14:00:00", 55, 50), ("77|2026-03-05 14:00:00", 0, -50)],
    )


def test_an_older_header_means_the_same(desk: Desk) -> None:
    head = ANALYTICS.replace("Net Sales", "N. Revenue")
    outcome = desk.land_one(
        "woocommerce/shop/orders.csv", head + "2026-03-02 14:03:11,1042,$12.00,completed,A,new,1× Tee,1,,12,\n"
    )
    assert desk.rows(outcome, "cast(net_sales as integer)") == [(12,)]


def test_items_side_by_side_become_rows(desk: Desk) -> None:
    row = "9,1042,2026-03-02 14:03:11,wc-completed,45.00,5.00,USD,An@Example.com,+1 212 555 0100,US,Tee,2,40.00,Cap,1,10.00\n"
    one = "10,1043,2026-03-02 15:03:11,wc-completed,40.00,0,USD,,,US,Tee,2,40.00,,,\n"
    outcome = desk.land_one("woocommerce/shop/order_export.csv", WIDE + row + one)
    assert list(outcome.tables) == ["order_items"]
    rows = desk.rows(outcome, "order_name, item_cell, item_value")
    assert sorted(rows) == [
        ("1042", "1 Name", "Tee"), ("1042", "1 Quantity", "2"), ("1042", "1 Subtotal", "40.00"),
        ("1042", "2 Name", "Cap"), ("1042", "2 Quantity", "1"), ("1042", "2 Subtotal", "10.00"),
        ("1043", "1 Name", "Tee"), ("1043", "1 Quantity", "2"), ("1043", "1 Subtotal", "40.00"),
    ]  # fmt: skip
    hasher = Hasher(desk.home)
    assert desk.rows(outcome, "distinct email_hash, phone_hash, _row")[0][:2] == (
        hasher.email("an@example.com"),
        hasher.phone("+12125550100", "US"),
    )


def test_items_with_a_decimal_comma_are_refused_whether_the_order_shows_it_or_not(desk: Desk) -> None:
    """Read with a point, 40,00 would be 4,000; and 1.000 dong would be one."""
    row = "9;1042;2026-03-02 14:03:11;wc-completed;{};0;USD;;;US;Tee;{};{};;;\n"
    for total, quantity, subtotal, said in (
        ("45,00", "2", "40,00", "its numbers are written with a decimal comma"),
        ("45", "2", "40,00", "quantities and amounts of items are numbers with a decimal point"),
        ("45", "2", "1.000", "quantities and amounts of items"),
        ("45", "2", "$40.00", "quantities and amounts of items"),
        ("45", "2 pcs", "40.00", "quantities and amounts of items"),
    ):
        content = WIDE.replace(",", ";") + row.format(total, quantity, subtotal)
        outcome = desk.land_one("woocommerce/shop/order_export.csv", content, gate=check_batch)
        assert outcome.status == "refused", subtotal
        assert said in outcome.reason
    for total, subtotal in (("45.00", "40.00"), ("1,045.00", "1,040.125"), ("45", "-8.5"), ("45", "0")):
        content = WIDE.replace(",", ";") + row.format(total, "2", subtotal)
        outcome = desk.land_one("woocommerce/shop/order_export.csv", content, gate=check_batch)
        assert outcome.status == "landed", outcome.reason


def test_a_running_total_of_refunds_below_zero_is_refused(desk: Desk) -> None:
    """WooCommerce keeps refunds below zero, and some exporters write them so: they would raise the sales."""
    row = "9,1042,2026-03-02 14:03:11,wc-completed,45.00,5.00,USD,,,US,Tee,2,40.00,Cap,1,10.00,-20.00\n"
    content = WIDE.replace("\n", ",refunded_total\n") + row
    outcome = desk.land_one("woocommerce/shop/order_export.csv", content, gate=check_batch)
    assert outcome.status == "refused"
    assert "refunded_amount is 0 or more" in outcome.reason


def test_another_page_of_the_analytics_is_refused_by_name(desk: Desk) -> None:
    outcome = desk.land_one("woocommerce/shop/products.csv", "Product title,SKU,Items sold,N. Revenue\nTee,T,1,12\n")
    assert "WooCommerce Analytics products report: not a supported report" in outcome.reason
