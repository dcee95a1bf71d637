"""A file that no contract knows lands after one command: proposed, shown as it lands, and written only after a yes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import pytest

from raceway.common.faults import BadSettings, ExportRefused
from raceway.common.home import Home
from raceway.config.accounts import load_accounts
from raceway.config.init import init_home
from raceway.console.dates import DayOrder
from raceway.console.kpis_of_file import kpis_of
from raceway.console.map_file import Plan, Said, carry_out, plan
from raceway.contracts.load import load_contract
from raceway.ledger.ledger import Ledger
from tests.support.command_line import raceway
from tests.support.workbooks import workbook

KIOSK = """\
Số phiếu;Ngày giờ bán;Tên khách;SĐT;Mặt hàng bán;Số lượng;Đơn giá (VND);Giảm giá đơn;Khách đã trả;Tình trạng
HD001;05/03/2026 09:15;Nguyễn An;0912345678;Áo thun;2;150.000,50;20.000,00;280.001,00;Xong
HD002;14/03/2026 10:00;Lê Bình;0912345679;Mũ;1;90.000,00;0,00;90.000,00;Đã hủy
"""
ADS = """\
version: 2
sources:
  - name: ads_file
    description: Ads of any platform.
    config: {meta: {owner: ads}}
    tables:
      - name: campaign_daily
        description: Campaigns by day.
        config: {meta: {scope: {kind: days, day: day}, covers: {by: [day]}}}
        columns:
          - {name: day, description: Day., data_type: date, config: {meta: {aliases: [Day, Date]}}}
          - {name: campaign, description: Name., data_type: varchar, config: {meta: {aliases: [Campaign]}}}
          - {name: cost, description: Cost., data_type: "decimal(18,6)", config: {meta: {aliases: [Cost, Spend], money: true}}}
          - {name: clicks, description: Clicks., data_type: bigint, config: {meta: {aliases: [Clicks], optional: true}}}
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return init_home(tmp_path / "home")


def file(tmp_path: Path, name: str, content: str | bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def everything(home: Home) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(home.root.rglob("*")) if path.is_file()}


def landed(home: Home, batch: str, columns: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        path = Ledger(home).state().batches[batch].path
        return connection.execute(f"select {columns} from read_parquet('{path}') order by _row").fetchall()


def written(home: Home, made: Plan, columns: str) -> list[tuple[Any, ...]]:
    return landed(home, carry_out(home, made).batches[0], columns)


def test_a_vietnamese_list_is_shown_first_and_lands_after_the_yes(home: Home, tmp_path: Path) -> None:
    example = file(tmp_path, "don hang.csv", KIOSK)
    before = everything(home)
    asked = raceway(home.root, "new-source", "kiosk", "--kind", "orders", "--from", str(example), "--market", "VN")
    assert asked.code == 1, asked.err  # nobody said yes
    assert everything(home) == before
    for shown in (
        "Số phiếu",
        "Ngày giờ bán",
        "280001",
        "Of persons, and never landed",
        "Write this, and land the file?",
    ):
        assert shown in asked.out
    assert "Nguyễn" not in asked.out
    assert "0912345678" not in asked.out
    ran = raceway(
        home.root, "new-source", "kiosk", "--kind", "orders", "--from", str(example), "--market", "VN", "--accept"
    )
    assert ran.code == 0, ran.err
    assert "net_sales" in ran.out
    assert "roas (ad_spend)" in ran.out
    [batch] = Ledger(home).state().batches
    assert landed(
        home, batch, "order_name, ordered_at, quantity, price::double, order_discount::int, order_total::int, status"
    ) == [
        ("HD001", dt.datetime(2026, 3, 5, 2, 15), 2, 150000.5, 20000, 280001, "Xong"),
        ("HD002", dt.datetime(2026, 3, 14, 3, 0), 1, 90000.0, 0, 90000, "Đã hủy"),
    ]
    again = raceway(home.root, "new-source", "kiosk", "--kind", "orders", "--from", str(example), "--accept")
    assert (again.code, "is mapped already" in again.err) == (2, True)


def test_a_workbook_in_english_lands_in_its_own_currency(home: Home, tmp_path: Path) -> None:
    rows = [
        ("Order #", "Purchased on", "Buyer e-mail", "Ccy", "Item name", "Qty", "Price each", "Grand total", "Wrapping"),
        ("W-1", dt.datetime(2026, 3, 5, 10, 0), "ann@example.com", "USD", "Mug", 2, 12.5, 25.0, "no"),
        ("W-2", dt.datetime(2026, 3, 6, 11, 0), "bo@example.com", "USD", "Cup", 1, 8.25, 8.25, "red"),
    ]
    example = file(tmp_path, "orders.xlsx", workbook({"Orders": rows}))
    made = plan(home, "webshop", "orders", example, Said(market="US", zone="America/New_York"))
    assert made.mapping.by_column["email_hash"] == "Buyer e-mail"
    assert made.account.currency == "USD"
    assert made.mapping.by_column["price"] == "Price each"
    assert made.mapping.unread == ["Wrapping"]
    fed = kpis_of(home, made.table, made.columns)
    assert {"net_sales", "orders", "new_customers"} <= set(fed.now)
    assert {"cancellation_rate": ["orders_cancelled"], "roas": ["ad_spend"]}.items() <= fed.waiting.items()
    assert written(home, made, "order_name, ordered_at, order_total::double") == [
        ("W-1", dt.datetime(2026, 3, 5, 15, 0), 25.0), ("W-2", dt.datetime(2026, 3, 6, 16, 0), 8.25),
    ]  # fmt: skip
    assert load_accounts(home)["orders_file", "webshop"].time_zone == "America/New_York"


def test_an_ad_report_is_mapped_over_the_contract_of_its_kind(home: Home, tmp_path: Path) -> None:
    folder = home.sources / "ads_file"
    folder.mkdir()
    (folder / "_ads_file__sources.yml").write_text(ADS, encoding="utf-8")
    report = (
        "Reporting date\tCampaign name\tAmount spent\tClicks\n03/25/2026\tTết\t12.50\t7\n03/26/2026\tTết\t8.00\t4\n"
    )
    example = file(tmp_path, "pins.tsv", report)
    said = Said(market="US", currency="USD", headers={"Amount spent": "cost"})
    made = plan(home, "pins", "ads", example, said)
    assert made.mapping.by_column == {
        "day": "Reporting date", "campaign": "Campaign name", "cost": "Amount spent", "clicks": "Clicks",
    }  # fmt: skip
    assert written(home, made, "day::varchar, campaign, cost::double, clicks") == [
        ("2026-03-25", "Tết", 12.5, 7), ("2026-03-26", "Tết", 8.0, 4),
    ]  # fmt: skip


def test_a_day_that_may_be_a_month_is_asked_for(home: Home, tmp_path: Path) -> None:
    example = file(tmp_path, "o.csv", "Order ID,Date,Total\nA,03/05/2026,10.50\nB,04/06/2026,20.00\n")
    with pytest.raises(BadSettings, match="“03/05/2026” may be the day first or the month first"):
        plan(home, "shop", "orders", example, Said(market="US"))
    days = {}
    for order in DayOrder:
        made = plan(home, order.value.replace("-", "_"), "orders", example, Said(market="US", day_order=order))
        days[order] = [row[made.columns.index("ordered_at")].date().isoformat() for row in made.rows]
    assert days[DayOrder.day_first] == ["2026-05-02", "2026-06-03"]  # midnight in the business zone, in UTC
    assert days[DayOrder.month_first] == ["2026-03-04", "2026-04-05"]


def test_one_header_may_mean_two_things_in_two_files(home: Home, tmp_path: Path) -> None:
    first = file(tmp_path, "a.csv", "No,Date,Total,Paid\nA,2026-03-01,10.50,9.50\n")
    second = file(tmp_path, "b.csv", "No,Date,Total,Paid\nA,2026-03-01,10.50,9.50\n")
    sums = []
    for name, path, header in (("a", first, "Total"), ("b", second, "Paid")):
        other = "Paid" if header == "Total" else "Total"
        headers = {"No": "order_name", header: "order_total", other: ""}
        made = plan(home, f"shop_{name}", "orders", path, Said(market="US", currency="USD", headers=headers))
        sums += written(home, made, "order_total::double")
    assert sums == [(10.5,), (9.5,)]


@pytest.mark.parametrize(
    ("rows", "said", "sentence"),
    [
        ("Day,Total\n2026-03-01,5\n", {}, "no header was found for order_name"),
        ("Order ID,Date\nA,2026-03-01\n", {}, "order_total or goods_total or line_total or price with quantity"),
        ("Order ID,Date,Total,Ccy\nA,2026-03-01,5,USD\nB,2026-03-01,5,EUR\n", {}, "amounts in EUR, USD"),
        ("Order ID,Date,Total\nA,2026-03-01,5\n", {"headers": {"Sum": "order_total"}}, "the file has no such header"),
        ("Order ID,Date,Total\nA,2026-03-01,5\n", {"headers": {"Total": "money"}}, "there is no such column"),
        ("Order ID,Date,Total,Total\nA,2026-03-01,5,6\n", {}, "the header “Total” stands twice"),
        ("Order ID,Date,Total\nA,2026-03-01,5\n", {"market": ""}, "--market VN"),
        ("Order ID,Date,Total of order 1,Total of order 2\nA,2026-03-01,5,6\n", {}, "may both be order_total"),
    ],
)
def test_what_the_file_does_not_tell_is_said_with_its_remedy(
    home: Home, tmp_path: Path, rows: str, said: dict[str, Any], sentence: str
) -> None:
    before = everything(home)
    with pytest.raises(BadSettings, match=sentence):
        plan(home, "shop", "orders", file(tmp_path, "o.csv", rows), Said(**{"market": "US"} | said))
    assert everything(home) == before


def test_a_file_that_would_be_refused_is_refused_before_anything_is_written(home: Home, tmp_path: Path) -> None:
    before = everything(home)
    rows = "Order ID,Date,Total\nA,2026-03-01,1.000\nB,2026-03-02,2.000\n"
    with pytest.raises(ExportRefused, match="may be 1 or 1,000"):
        plan(home, "shop", "orders", file(tmp_path, "o.csv", rows), Said(market="US", currency="USD"))
    made = plan(
        home, "shop", "orders", file(tmp_path, "o.csv", rows), Said(market="US", currency="USD", decimals="comma")
    )
    assert [row[made.columns.index("order_total")] for row in made.rows] == [1000, 2000]
    assert everything(home) == before


def test_a_telephone_number_is_no_amount_and_a_name_no_product(home: Home, tmp_path: Path) -> None:
    rows = "Phiếu;Lúc bán;Tên;Di động;Thực nhận\nHD01;2026-11-25;Trần An;0912345678;300.001,00\n"
    example = file(tmp_path, "sales.csv", rows)
    with pytest.raises(BadSettings, match="no header was found for order_total"):
        plan(home, "kiosk", "orders", example, Said(market="VN"))
    said = Said(market="VN", headers={"Thực nhận": "order_total", "Di động": "phone_hash"})
    made = plan(home, "kiosk", "orders", example, said)
    assert "product" not in made.mapping.by_column
    assert made.mapping.personal == ["Tên"]
    shown = str(made.rows)
    assert "0912345678" not in shown
    assert "912345678" not in shown
    assert "Trần" not in shown


@pytest.mark.parametrize(
    ("source", "columns", "fed"),
    [
        ("ads_file", {"day", "campaign", "impressions", "clicks", "cost", "purchases"}, {"ctr", "cpc", "ad_spend"}),
        ("contacts_file", {"created_at", "email_hash", "stage"}, {"leads", "qualified_leads"}),
        ("contacts_file", {"created_at", "email_hash", "status"}, {"list_growth_rate"}),
        ("answers_file", {"answered_at", "score", "file_kind"}, {"net_promoter_score"}),
        ("events_file", {"event_id", "happened_at", "event_name", "visitor_id"}, {"sessions", "unique_visitors"}),
    ],
)
def test_the_kpis_of_every_kind_are_named_by_what_its_file_tells(
    home: Home, source: str, columns: set[str], fed: set[str]
) -> None:
    named = kpis_of(home, load_contract(source, home).tables[0], columns)
    assert fed <= set(named.now)
    assert not kpis_of(home, load_contract(source, home).tables[0], []).now


def test_addresses_below_the_name_of_a_text_are_asked_for(home: Home, tmp_path: Path) -> None:
    rows = "event_id,time,event,visitor\ne1,2026-11-25 10:00:00,page_view,v1\ne2,2026-11-25 10:01:00,page_view,an@example.com\n"
    before = everything(home)
    with pytest.raises(
        BadSettings, match="“visitor” holds e-mail addresses, which would land in the clear as visitor_id"
    ):
        plan(home, "site", "events", file(tmp_path, "events.csv", rows), Said(market="VN"))
    assert everything(home) == before


def test_a_file_that_the_inbox_would_not_read_or_that_takes_anothers_place_is_refused(
    home: Home, tmp_path: Path
) -> None:
    rows = "Order ID,Date,Total\nA1,2026-11-25T10:00:00+0700,5\nA2,2026-11-25T10:00:00Z,6\n"
    with pytest.raises(BadSettings, match="the inbox reads no file of that name"):
        plan(home, "shop", "orders", file(tmp_path, ".sales.csv", rows), Said(market="VN"))
    example = file(tmp_path, "sales.csv", rows)
    waiting = home.inbox / "orders_file" / "shop" / "sales.csv"
    waiting.parent.mkdir(parents=True)
    waiting.write_text("another", encoding="utf-8")
    with pytest.raises(BadSettings, match="another file of that name waits there"):
        plan(home, "shop", "orders", example, Said(market="VN"))
    waiting.unlink()
    made = plan(home, "shop", "orders", example, Said(market="VN"))  # an offset in one row, Z in the next
    assert (made.outcome.rows_landed, made.refused) == (2, [])


def test_a_file_that_the_gate_refuses_speaks_of_no_batch_to_accept(home: Home, tmp_path: Path) -> None:
    example = file(tmp_path, "sales.csv", "Order ID,Date,Total\nA1,2026-11-25,5\nTotal,2026-11-25,5\n")
    with pytest.raises(ExportRefused, match=r"a row of totals .* nothing was written") as fault:
        plan(home, "shop", "orders", example, Said(market="VN"))
    assert "raceway accept" not in str(fault.value)
