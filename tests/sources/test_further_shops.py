"""Orders of Amazon, BigCommerce, Magento, PrestaShop, Nhanh.vn and of any file; what Stripe charged."""

from __future__ import annotations

import json

import pytest

from raceway.common.home import PROJECT
from raceway.gate.batch_gate import check_batch
from tests.support.desk import Desk

AMAZON = (
    "amazon-order-id\tpurchase-date\torder-status\tsales-channel\tproduct-name\tsku\tasin\tquantity\tcurrency\titem-price\t"
    "item-promotion-discount\tship-city\n"
)
SETTLEMENT = (
    "settlement-id\tdeposit-date\ttotal-amount\tcurrency\ttransaction-type\torder-id\tamount-type\tamount-description\t"
    "amount\tposted-date-time\n"
)


@pytest.fixture
def shops(desk: Desk) -> Desk:
    """The home with an account of each shop in US dollars."""
    with desk.home.accounts.open("a", encoding="utf-8") as file:
        for source in ("orders_file", "amazon", "bigcommerce", "magento", "prestashop", "stripe"):
            file.write(f"{source},shop,Shop,,US,America/New_York,USD,false,0,,,,,,\n")
        file.write("orders_file,vn,Shop,,VN,Asia/Ho_Chi_Minh,VND,false,0,,,,,,\n")
        file.write("nhanh_vn,shop,Shop,,VN,Asia/Ho_Chi_Minh,VND,false,0,,,,,,\n")
    return desk


@pytest.mark.parametrize(("name", "place"), [("orders_file", "orders_file/vn"), ("nhanh_vn_orders", "nhanh_vn/shop")])
def test_the_template_lands_without_a_finding(shops: Desk, name: str, place: str) -> None:
    template = (PROJECT.root / "docs" / "templates" / f"{name}.csv").read_text(encoding="utf-8")
    rows = "\n".join(line for line in template.splitlines() if not line.startswith("#")) + "\n"
    outcome = shops.land_one(f"{place}/orders.csv", rows, gate=check_batch)
    manifest = shops.batch(outcome.batches[0]).manifest
    assert (manifest["rows_landed"], manifest["rows_refused"], manifest["findings"]) == (2, 0, [])
    assert shops.rows(outcome, "quantity, price::int, ordered_at::varchar") == [
        (2, 150_000, "2026-03-05 03:21:00"), (1, 90_000, "2026-03-05 03:21:00"),
    ]  # fmt: skip


def test_amazon_s_moments_have_an_offset_and_a_pending_order_has_no_price(shops: Desk) -> None:
    rows = (
        "111-1\t2026-03-05T23:30:00-08:00\tShipped\tAmazon.com\tMug\tM\tB01\t3\tUSD\t30.00\t\tReno\n"
        "111-2\t2026-03-06T08:00:00+00:00\tPending\tAmazon.com\tMug\tM\tB01\t1\tUSD\t\t\tReno\n"
    )
    outcome = shops.land_one("amazon/shop/orders.txt", AMAZON + rows)
    assert shops.rows(outcome, "order_name, ordered_at::varchar, quantity, line_total::double") == [
        ("111-1", "2026-03-06 07:30:00", 3, 30.0), ("111-2", "2026-03-06 08:00:00", 1, None),
    ]  # fmt: skip
    assert "Reno" not in str(shops.rows(outcome))


def test_a_marketplace_in_another_currency_is_an_account_of_its_own(shops: Desk) -> None:
    rows = "111-1\t2026-03-05T23:30:00-08:00\tShipped\tAmazon.ca\tMug\tM\tB01\t3\tCAD\t30.00\t\tQ\n"
    outcome = shops.land_one("amazon/shop/orders.txt", AMAZON + rows)
    assert outcome.status == "refused"
    assert "CAD" in outcome.reason


def test_a_settlement_replaces_itself_and_tells_its_payout_in_its_first_row(shops: Desk) -> None:
    rows = (
        "77\t2026-03-08 09:00:00 UTC\t85.00\tUSD\t\t\t\t\t\t\n"
        "77\t\t\tUSD\tOrder\t111-1\tItemPrice\tPrincipal\t100.00\t2026-03-05 10:00:00 UTC\n"
        "77\t\t\tUSD\tOrder\t111-1\tItemFees\tCommission\t-15.00\t2026-03-05 10:00:00 UTC\n"
    )
    outcome = shops.land_one("amazon/shop/settlement.txt", SETTLEMENT + rows)
    assert shops.rows(outcome, "deposited_on::varchar, order_name, amount::double", "settlement") == [
        ("2026-03-08", None, None), (None, "111-1", 100.0), (None, "111-1", -15.0),
    ]  # fmt: skip
    assert shops.batch(outcome.batches[0]).scope_kind == "entities"


def test_two_shops_in_one_file_with_the_same_number_are_refused(shops: Desk) -> None:
    rows = "Order ID,Date,Total\n1001,2026-03-01 10:00,5.00\n1001,2026-03-02 18:00,7.00\n"
    outcome = shops.land_one("orders_file/shop/orders.csv", rows)
    assert (outcome.status, "1001" in outcome.reason) == ("refused", True)


def test_a_file_without_any_amount_is_no_list_of_orders(shops: Desk) -> None:
    outcome = shops.land_one("orders_file/shop/orders.csv", "Order ID,Date,Quantity\n1001,2026-03-01 10:00,5\n")
    assert (outcome.status, "“Order Total” is missing" in outcome.reason) == ("refused", True)


def test_a_status_of_a_cart_that_was_left_is_read_as_one(shops: Desk) -> None:
    head = "ID,Purchase Date,Status,Grand Total (Base),Bill-to Name\n"
    rows = '1,2026-03-01 10:00:00,pending_payment,5.0000,A\n2,"Mar 2, 2026 9:05:00 PM",complete,7.0000,B\n'
    outcome = shops.land_one("magento/shop/orders.csv", head + rows)
    assert shops.rows(outcome, "status, ordered_at::varchar") == [
        ("never placed", "2026-03-01 15:00:00"), ("complete", "2026-03-03 02:05:00"),
    ]  # fmt: skip


def test_stripe_s_charges_name_their_order_where_the_shop_writes_it(shops: Desk) -> None:
    head = "balance_transaction_id,created_utc,created,available_on_utc,currency,gross,fee,net,reporting_category,customer_email,payment_metadata[order_id]\n"
    rows = "txn_1,2026-03-01 10:00:00,2026-03-01 05:00:00,2026-03-03,usd,25.00,1.03,23.97,charge,ann@example.com,1001\n"
    outcome = shops.land_one("stripe/shop/balance.csv", head + rows)
    assert shops.batch(outcome.batches[0]).manifest["findings"] == []
    assert shops.rows(outcome, "created_at::varchar, gross::double, fee::double, order_name") == [
        ("2026-03-01 10:00:00", 25.0, 1.03, "1001")
    ]
    assert "ann@" not in str(shops.rows(outcome))


def test_a_row_of_totals_is_refused_and_an_order_below_zero_counts_with_a_warning(shops: Desk) -> None:
    head = "Order ID,Date,Status,Total\n"
    summed = shops.land_one(
        "orders_file/shop/summed.csv", f"{head}1,2026-03-01 10:00,Done,5\nTotal,2026-03-01 10:00,,5\n", gate=check_batch
    )
    assert "a row of totals counts all orders a second time" in summed.reason
    returned = shops.land_one(
        "orders_file/shop/returns.csv",
        f"{head}1,2026-03-01 10:00,Done,5\n2,2026-03-01 10:00,Done,-5\n",
        gate=check_batch,
    )
    batch = shops.batch(returned.batches[0])
    assert batch.status == "accepted"
    checks = [
        json.loads(line) for line in (batch.path.parent / "checks.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    broken = {check["name"] for check in checks if not check["passed"]}
    assert "totals_are_not_below_zero" in broken
