"""Gift cards from landed rows to margins: neither they nor what was paid back for them are sales."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.support.dbt_story import Story, failures

CARD = "Thẻ quà tặng 500K"


def invoice(code: str, product: str, price: int, **more: Any) -> dict[str, Any]:
    """An item row of a till's invoice."""
    return {
        "invoice_code": code, "sold_at": "2026-03-05 03:21:00", "status": "Hoàn thành", "invoice_discount": 0,
        "sku": product, "product": product, "quantity": 1, "price": price, "line_total": price,
    } | more  # fmt: skip


def returned(code: str, of: str, product: str, price: int, paid_back: int) -> dict[str, Any]:
    """An item row of a return."""
    return {
        "return_code": code, "invoice_code": of, "returned_at": "2026-03-07 02:00:00", "status": "Đã trả",
        "product": product, "quantity": 1, "price": price, "to_pay_back": paid_back,
    }  # fmt: skip


def ordered(name: str, product: str, price: int, **more: Any) -> dict[str, Any]:
    """A line of a shop's order; cells of the order stand on its first line only."""
    return {
        "order_name": name, "created_at": "2026-03-05 03:00:00", "lineitem_quantity": 1, "lineitem_name": product,
        "lineitem_sku": product, "lineitem_price": price,
    } | more  # fmt: skip


def paid(total: int, refunded: int, discount: int = 0) -> dict[str, Any]:
    """Cells of the order."""
    return {"subtotal": total, "total": total, "discount_amount": discount, "refunded_amount": refunded}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Cards sold, discounted and given back, alone and beside goods; built up to margins."""
    told = Story(tmp_path_factory.mktemp("cards"))
    told.account("kiotviet", "hanoi")
    told.account("shopify", "shop")
    told.batch("kiotviet", "invoices", "hanoi", [
        invoice("card off", CARD, 500_000, invoice_discount=50_000), invoice("card back", CARD, 500_000),
        invoice("both back", CARD, 500_000), invoice("both back", "Áo", 300_000),
    ], "2026-03-06 00:00:00")  # fmt: skip
    told.batch("kiotviet", "returns", "hanoi", [
        returned("TH1", "card back", CARD, 500_000, 500_000),
        returned("TH2", "both back", CARD, 500_000, 720_000), returned("TH2", "both back", "Áo", 300_000, 720_000),
    ], "2026-03-09 00:00:00")  # fmt: skip
    for at, share in (("2026-03-06 00:00:00", 0), ("2026-03-10 00:00:00", 1)):
        told.batch("shopify", "orders", "shop", [
            ordered("#card", "Gift Card", 400_000, **paid(400_000, 400_000 * share)),
            ordered("#part", "Áo", 100_000, **paid(500_000, 400_000 * share)),
            ordered("#part", "Gift Card", 400_000),
            ordered("#whole", "Áo", 100_000, **paid(480_000, 480_000 * share, 20_000)),
            ordered("#whole", "Gift Card", 400_000),
        ], at)  # fmt: skip
    told.freeze()
    results = told.build("+fct_convert_margin")
    assert not failures(results), failures(results)
    return told


def test_cards_alone_have_no_sales_no_discount_and_no_refund(story: Story) -> None:
    rows = story.query(
        "select order_name, gross_sales, discounts, refunded_sales, is_returned_60d from int_orders"
        " where order_name in ('card off', 'card back', '#card') order by order_name"
    )
    assert rows == [(name, Decimal(0), Decimal(0), Decimal(0), False) for name in ("#card", "card back", "card off")]


def test_of_a_return_the_goods_have_their_part_of_the_rows(story: Story) -> None:
    # 720,000 was paid back for 800,000: of it 300,000 ÷ 800,000 for the goods
    assert story.query("select refunded_sales from int_orders where order_name = 'both back'") == [(Decimal(270_000),)]


def test_of_a_refunded_total_goods_beside_a_card_have_their_share(story: Story) -> None:
    rows = story.query(
        "select order_name, gross_sales, discounts, refunded_sales from int_orders"
        " where order_name in ('#part', '#whole') order by order_name"
    )
    assert rows == [
        # what of 400,000 was for the card is in no file: goods were 100,000 of the 500,000
        ("#part", Decimal(100_000), Decimal(0), Decimal(80_000)),
        # all of it back: 480,000 × 80,000 ÷ 480,000
        ("#whole", Decimal(100_000), Decimal(20_000), Decimal(80_000)),
    ]


def test_margins_of_the_lines_add_up_to_the_sales_of_the_orders(story: Story) -> None:
    of_lines = story.query("select sum(net_sales) from fct_convert_margin")
    of_orders = story.query("select sum(net_sales) from int_orders")
    # 300,000 - 270,000 at the till, 100,000 - 80,000 and 80,000 - 80,000 in the shop
    assert of_lines == of_orders == [(Decimal(50_000),)]
