"""Square's item report: lines of the till with their day and their moment."""

from __future__ import annotations

from raceway.reading.personal import Hasher
from tests.support.desk import Desk

TILL_HEAD = "Date,Time,Time Zone,Item,Qty,Gross Sales,Discounts,Net Sales,Transaction ID,Event Type,Customer ID,Customer Reference ID\n"


def test_till_lines_keep_their_day_and_their_moment(desk: Desk) -> None:
    content = TILL_HEAD + (
        '2026-03-01,23:59:30,Eastern Time (US & Canada),Tea,2.0,"$1,149.00 ",-$149.00,"$1,000.00",T1,Payment,C1,u-1\n'
        '2026-03-01,09:00:00,Eastern Time (US & Canada),Tea,-1.0,($33.62),$0.00,($33.62),T1,Refund,"",""\n'
    )
    outcome = desk.land_one("square/till/items-2026-03-01-2026-03-03.csv", content)
    assert desk.rows(
        outcome, "cast(day as varchar), cast(sold_at as varchar), cast(gross_sales as varchar), event_type, login_hash"
    ) == [
        ("2026-03-01", "2026-03-02 04:59:30", "1149.000000", "Payment", Hasher(desk.home).id("u-1")),
        ("2026-03-01", "2026-03-01 14:00:00", "-33.620000", "Refund", None),
    ]
    batch = desk.batch(outcome.batches[0])
    assert (str(batch.covers_from), str(batch.covers_to)) == ("2026-03-01", "2026-03-02"), "the name's end is exclusive"


def test_an_old_range_of_the_till_exported_again_replaces_no_newer_day(desk: Desk) -> None:
    line = "2026-03-0{0},10:00:00,Hanoi,Tea,1.0,$1.00,$0.00,$1.00,T{0},Payment,,\n"
    desk.land_one("square/till/items-2026-03-05-2026-03-06.csv", TILL_HEAD + line.format(5), at="2026-03-06 09:00")
    old = desk.land_one(
        "square/till/items-2026-03-01-2026-03-02.csv", TILL_HEAD + line.format(1), at="2026-03-09 09:00"
    )
    assert [str(day) for day in desk.batch(old.batches[0]).covered_days()] == ["2026-03-01"]


def test_transactions_land_beside_the_items(desk: Desk) -> None:
    head = (
        "Date,Time,Time Zone,Gross Sales,Discounts,Net Sales,Tax,Tip,Total Collected,Fees,Transaction ID,Payment ID,"
        "Event Type,Location,Customer ID,Customer Name\n"
    )
    row = '2026-03-02,12:59:30,Eastern Time (US & Canada),"$1,149.00 ",($9.00),"$1,140.00 ",$0.00,$0.00,"$1,140.00 ",($33.62),T9,P9,Payment,Main,,Ann\n'
    outcome = desk.land_one("square/till/transactions-2026-03-02-2026-03-03.csv", head + row)
    columns = "cast(day as varchar), cast(net_sales as varchar), cast(discounts as varchar), cast(fees as varchar)"
    assert list(outcome.tables) == ["transactions"]
    assert desk.rows(outcome, columns) == [("2026-03-02", "1140.000000", "-9.000000", "-33.620000")]
    assert "Ann" not in str(desk.rows(outcome))


def test_a_refund_above_zero_is_no_sale(desk: Desk) -> None:
    """A refund of 33.62 that is written without its sign would raise the sales by as much."""
    from raceway.gate.batch_gate import check_batch

    content = TILL_HEAD + "2026-03-01,09:00:00,Hanoi,Tea,1.0,$33.62,$0.00,$33.62,T1,Refund,,\n"
    outcome = desk.land_one("square/till/items-2026-03-01-2026-03-03.csv", content, gate=check_batch)
    assert outcome.status == "refused"
    assert "what is given back has net sales of 0 or less" in outcome.reason
