"""Every kind of bad input ends refused with a sentence that names file, row and reason; other files land."""

from __future__ import annotations

import gzip
import io
import zipfile

import openpyxl
import pytest

from raceway.ledger.decisions import accept
from raceway.ledger.ledger import Ledger
from raceway.sample.traces.workbook import workbook
from tests.support.desk import Ads, Desk

ORDERS = (
    "Name,Id,Email,Financial Status,Currency,Subtotal,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price\n"
)


def order(name: str, order_id: str = "55", currency: str = "VND", price: str = "10", when: str = "2026-03-01") -> str:
    return f"{name},{order_id},a@example.com,paid,{currency},10,10,{when} 10:00:00 +0700,1,Giày,{price}\n"


def refused(desk: Desk, place: str, content: str | bytes) -> str:
    """Lands a file that must be refused whole; gives the sentence."""
    outcome = desk.land_one(place, content)
    assert (outcome.status, outcome.batches, outcome.rows_landed) == ("refused", [], 0)
    assert not [path for path in (desk.home.inbox).rglob("*") if path.is_file()], "it left the inbox"
    (kept,) = [path for path in (desk.home.quarantine / "files").rglob("*") if path.suffix != ".txt"][-1:]
    note = kept.with_name(f"{kept.name}.reason.txt")
    assert note.read_text(encoding="utf-8").strip() == outcome.reason
    assert (kept.stat().st_mode & 0o777, note.stat().st_mode & 0o777) == (0o600, 0o600)
    states = Ledger(desk.home).state()
    assert (states.batches, [file.status for file in states.files.values()]) == ({}, ["refused"])
    return outcome.reason


def test_a_file_of_an_unknown_shape_is_refused_with_the_nearest_report_and_what_it_lacks(desk: Desk) -> None:
    assert refused(desk, "google_ads/vn/menu.csv", "Dish,Price\nPhở,50000\n") == (
        "menu.csv: no known export of google_ads (it has campaign_daily, campaign_period, keyword_daily, "
        "keyword_period, search_term_daily, search_term_period, ad_daily, ad_period, connector_campaign_daily, "
        "connector_keyword_daily, connector_search_term_daily). The nearest is campaign_period (Campaign report without the Day segment), but "
        "“Campaign”, “Impr.”, “Cost” are missing. Export that report, or put the file into the folder of its own source"
    )


def test_a_known_kind_that_is_not_landed_is_named(desk: Desk) -> None:
    card = "Device,Cost,Impressions,Clicks\nComputers,US$3.38,34,3\n"
    assert refused(desk, "google_ads/us/card.csv", card) == "card.csv: Google Ads overview card: not a supported report"


def test_a_truncated_gz_is_refused(desk: Desk) -> None:
    event = '{"event_date":"20260301","event_timestamp":"1","event_name":"page_view","user_pseudo_id":"%d"}\n'
    whole = gzip.compress("".join(event % number for number in range(5000)).encode())
    reason = refused(desk, "ga4/site/events_20260301.jsonl.gz", whole[: len(whole) // 2])
    assert reason.startswith("events_20260301.jsonl")
    assert "cut off or damaged" in reason


def test_a_truncated_gz_of_a_csv_is_refused(desk: Desk, ads: Ads) -> None:
    whole = gzip.compress(ads(*((f"2026-03-0{1 + n % 9}", f"C{n * n}", n, 1, str(n * 7)) for n in range(900))).encode())
    reason = refused(desk, "google_ads/vn/a.csv.gz", whole[: len(whole) // 2])
    assert "a.csv.gz: the gz is cut off or damaged" in reason


def test_a_damaged_zip_is_refused(desk: Desk, ads: Ads) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.csv", ads(("2026-03-01", "A", 1, 1, "1")))
    assert "the zip is damaged or protected" in refused(desk, "google_ads/vn/a.zip", buffer.getvalue()[:-30])


def test_a_workbook_whose_bytes_changed_on_the_way_is_refused(desk: Desk, ads: Ads) -> None:
    rows = [line.split(",") for line in ads(("2026-03-01", "A", 1, 1, "1")).splitlines()]
    content = bytearray(workbook(rows))
    assert desk.land_one("google_ads/vn/whole.xlsx", bytes(content)).status != "refused"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entry = archive.getinfo("xl/worksheets/sheet1.xml")
        packed = entry.header_offset + 30 + len(entry.filename)
    wrong = (entry.CRC ^ 1).to_bytes(4, "little")
    content[packed - len(entry.filename) - 16 : packed - len(entry.filename) - 12] = wrong
    at = content.rindex(entry.CRC.to_bytes(4, "little"))
    content[at : at + 4] = wrong
    outcome = desk.land_one("google_ads/vn/damaged.xlsx", bytes(content))
    assert outcome.status == "refused"
    assert "damaged.xlsx: the zip is damaged or protected" in outcome.reason


def test_numbers_of_a_workbook_keep_their_value_where_texts_have_decimal_commas(desk: Desk) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["Ngày", "Số lần nhấp", "Số lần hiển thị", "CTR", "Vị trí"],
        ["2026-03-01", 125, 1000, 0.125, 3.125],
        ["2026-03-02", 1, 80_000, 0.0000125, "3,125"],
    ):
        sheet.append(row)
    beside = book.create_sheet("Bộ lọc")
    for pair in (["Bộ lọc", "Giá trị"], ["Loại tìm kiếm", "Web"], ["Ngày", "3 tháng gần đây"]):
        beside.append(pair)
    buffer = io.BytesIO()
    book.save(buffer)
    outcome = desk.land_one("search_console/site/Biểu đồ.xlsx", buffer.getvalue())
    assert desk.rows(outcome, "clicks, impressions, ctr, position") == [
        (125, 1000, 0.125, 3.125), (1, 80_000, 0.0000125, 3.125),
    ]  # fmt: skip


@pytest.mark.parametrize("day", ["026-03-01", "0026-03-01"])
def test_a_year_that_lost_a_digit_is_no_date(desk: Desk, ads: Ads, day: str) -> None:
    outcome = desk.land_one("google_ads/vn/a.csv", ads(("2026-03-01", "A", 1, 1, "1"), (day, "B", 1, 1, "1")))
    assert (outcome.rows_landed, outcome.rows_refused) == (1, 1)


def test_a_wrong_encoding_is_refused_with_the_line(desk: Desk, ads: Ads) -> None:
    content = ads(("2026-03-01", "Café", 10, 1, "5")).encode("latin-1")
    assert refused(desk, "google_ads/vn/a.csv", content).startswith("a.csv, line 2: the byte 0xe9 is not valid UTF-8")


def test_a_wrong_byte_deep_inside_is_refused_with_the_line(desk: Desk, ads: Ads) -> None:
    lines = ads(*((f"2026-03-0{1 + n % 9}", "A", n, 1, "5") for n in range(20_000))).encode()
    content = lines + b"2026-03-01,T\xea,VND,1,1,5\n"
    reason = refused(desk, "google_ads/vn/a.csv", content)
    assert reason.startswith("a.csv, line 20002: the byte 0xea is not valid UTF-8")


def test_a_missing_column_is_named_with_the_nearest_header(desk: Desk) -> None:
    content = "Day,Campaign,Impressionen,Clicks,Cost\n2026-03-01,A,1,1,5\n"
    reason = refused(desk, "google_ads/vn/a.csv", content)
    assert "a.csv, row 1: looks like google_ads.campaign_daily" in reason
    assert reason.endswith("; a file of another source belongs into that one's folder")
    assert "column “Impr.” is missing (did you mean “Impressionen”?)" in reason


def test_a_renamed_column_without_any_likeness_is_still_named(desk: Desk) -> None:
    content = "Day,Campaign,Impr.,Clicks,Aufwand\n2026-03-01,A,1,1,5\n"
    reason = refused(desk, "google_ads/vn/a.csv", content)
    assert "column “Cost” is missing" in reason


def test_a_new_column_is_a_warning_where_the_contract_lists_the_known_ones(desk: Desk) -> None:
    head, line = ORDERS.replace("Name,", "Name,Loyalty Level,"), order("#1").replace("#1,", "#1,gold,")
    outcome = desk.land_one("shopify/shop/orders_export.csv", head + line)
    assert outcome.status == "landed"
    (finding,) = desk.batch(outcome.batches[0]).manifest["findings"]
    assert finding["severity"] == "warning"
    assert "new column “Loyalty Level”" in finding["message"]


def test_a_text_in_a_number_is_a_refused_row_and_the_others_land(desk: Desk) -> None:
    content = "Day,Campaign,Impr.,Clicks,Cost\n2026-03-01,A,10,1,5\n2026-03-01,B,many,1,5\n2026-03-01,C,30,1,5\n"
    outcome = desk.land_one("google_ads/vn/a.csv", content)
    assert (outcome.status, outcome.rows_read, outcome.rows_landed, outcome.rows_refused) == ("landed", 3, 2, 1)
    assert "a.csv: 1 of 3 rows refused; the first: row 2, column “Impr.”: “many” is no whole number" in outcome.reason
    assert desk.quarantined(outcome) == [("a.csv", "2", "Impr.", "is no whole number", "many")]
    assert desk.rows(outcome, "campaign, _row") == [("A", 1), ("C", 3)]


def test_a_fraction_of_a_count_is_refused_and_never_rounded(desk: Desk) -> None:
    content = "Day,Campaign,Impr.,Clicks,Cost\n2026-03-01,A,12.5,1,5\n2026-03-01,B,13.0,1,5\n2026-03-01,C,14,1,5\n"
    outcome = desk.land_one("google_ads/vn/a.csv", content)
    assert desk.rows(outcome, "campaign, impressions") == [("B", 13), ("C", 14)]
    assert desk.quarantined(outcome)[0][1:] == ("1", "Impr.", "is no whole number", "12.5")


@pytest.mark.parametrize("cell", ["NaN", "inf", "< 10%", "1.2.3", "12,34", "#N/A"])
def test_what_is_no_number_never_becomes_one(desk: Desk, cell: str) -> None:
    content = f'Day,Campaign,Impr.,Clicks,Cost,Conversions\n2026-03-01,A,1,1,5,"{cell}"\n2026-03-01,B,1,1,5,2\n'
    outcome = desk.land_one("google_ads/vn/a.csv", content)
    assert desk.rows(outcome, "campaign, conversions") == [("B", 2.0)]
    assert desk.quarantined(outcome)[0][3:] == ("is no number", cell)


def test_ids_that_went_through_a_spreadsheet_refuse_the_file(desk: Desk) -> None:
    content = ORDERS + order("#1", "55") + order("#2", "1.20253E+17")
    reason = refused(desk, "shopify/shop/orders_export.csv", content)
    assert reason.startswith("orders_export.csv, row 2: the id “1.20253E+17” went through a spreadsheet")


def test_spoilt_ids_are_seen_even_in_columns_that_do_not_land(desk: Desk) -> None:
    content = 'Day,"Campaign name","Ad ID",Impressions,"Amount spent (USD)"\n2026-03-01,A,1.20253E+17,10,5\n'
    assert "row 1: the id “1.20253E+17” went through a spreadsheet" in refused(desk, "meta_ads/us/a.csv", content)


def test_two_currencies_in_one_column_refuse_the_file(desk: Desk) -> None:
    content = ORDERS + order("#1") + order("#2", currency="USD")
    reason = refused(desk, "shopify/shop/orders_export.csv", content)
    assert reason.startswith("orders_export.csv, row 2: column “Currency” holds two currencies (VND and USD)")


def test_a_currency_that_is_not_the_accounts_refuses_the_file(desk: Desk, ads: Ads) -> None:
    content = ads(("2026-03-01", "A", 10, 1, "5"), currency="EUR")
    reason = refused(desk, "google_ads/vn/a.csv", content)
    assert reason.startswith("a.csv, row 1: column “Currency code” says EUR, but account vn is in VND (accounts.csv)")


def test_a_header_in_another_currency_refuses_the_file(desk: Desk) -> None:
    content = 'Day,"Campaign name",Impressions,"Amount spent (VND)"\n2026-03-01,A,10,5\n'
    reason = refused(desk, "meta_ads/us/a.csv", content)
    assert reason == ("a.csv, row 1: column “Amount spent (VND)” is in VND, but account us is in USD (accounts.csv)")


def test_two_currency_signs_in_one_column_refuse_the_file(desk: Desk) -> None:
    head = "Date,Time,Time Zone,Item,Qty,Gross Sales,Net Sales,Transaction ID,Event Type\n"
    line = "2026-03-01,10:00:00,Eastern Time (US & Canada),Tea,1.0,{0},{0},T{1},Payment\n"
    content = head + line.format("$8.00", 1) + line.format("€7.00", 2)
    reason = refused(desk, "square/till/items-2026-03-01-2026-03-02.csv", content)
    assert "column “Gross Sales” holds amounts in two currencies ($ and €)" in reason


def test_an_unknown_account_is_refused_with_the_line_to_add(desk: Desk, ads: Ads) -> None:
    reason = refused(desk, "google_ads/mars/a.csv", ads(("2026-03-01", "A", 1, 1, "1")))
    assert reason.startswith("mars/a.csv: accounts.csv has no account 'mars' of google_ads (it has: vn, us)")
    assert "`google_ads,mars,mars,,VN,Asia/Ho_Chi_Minh,VND,,,,,,,,,`" in reason


def test_a_file_outside_an_account_folder_is_refused_with_where_to_put_it(desk: Desk) -> None:
    outcome = desk.land_one("google_ads/lost.csv", "a,b\n")
    assert (outcome.status, "put it into inbox/google_ads/<account>/" in outcome.reason) == ("refused", True)


def test_an_empty_file_is_refused(desk: Desk) -> None:
    assert refused(desk, "google_ads/vn/a.csv", b"") == "a.csv: the file is empty (0 bytes); export it again"


def test_an_export_that_says_that_it_has_no_data_is_refused(desk: Desk) -> None:
    content = '"Reporting starts","Reporting ends",Impressions,"Amount spent (USD)"\n"No data available."\n'
    assert refused(desk, "meta_ads/us/a.csv", content) == (
        "a.csv: an export without data: it says “No data available.”"
    )


def test_a_report_without_days_or_period_is_refused(desk: Desk) -> None:
    content = "Campaign report\nAll time\nCampaign,Impr.,Clicks,Cost\nA,1,1,5\n"
    reason = refused(desk, "google_ads/vn/a.csv", content)
    assert "a report without days whose period nothing states (above the header: “All time”)" in reason


def test_a_file_with_too_many_unreadable_rows_is_refused_whole(desk: Desk) -> None:
    content = "Day,Campaign,Impr.,Clicks,Cost\n2026-03-01,A,1,1,5\nyesterday,B,1,1,5\n2026-03-01,C,x,1,5\n"
    reason = refused(desk, "google_ads/vn/a.csv", content)
    assert reason == (
        "a.csv: 2 of 3 rows cannot be read, more than 50%; the first: row 2, column “Day”: “yesterday” is no date "
        "(%Y-%m-%d or %d %b %Y or %b %d, %Y or %a, %d %b %Y or %a, %b %d, %Y)"
    )


@pytest.mark.parametrize(
    ("place", "dates", "said"),
    [
        ("loyalty/club/m.csv", ("03/04/2026", "03/13/2026"), "row 2, column “joined_on”: “03/13/2026” can only be month/day"),
        ("square/till/items-2026-03-01-2026-03-09.csv", ("13/02/2026", "03/02/2026"),
         "row 1, column “Date”: “13/02/2026” can only be day/month"),
    ],
)  # fmt: skip
def test_a_date_of_the_other_order_refuses_the_file_that_would_swap_the_others(
    desk: Desk, place: str, dates: tuple[str, str], said: str
) -> None:
    """Read as day/month 03/04/2026 would land as 3 April, and nobody would see it."""
    heads = {"loyalty": ("member_id,joined_on", "M{0},{1}"), "square": (
        "Date,Time,Time Zone,Item,Qty,Gross Sales,Net Sales,Transaction ID,Event Type",
        "{1},10:00:00,Eastern Time (US & Canada),X,1,$1.00,$1.00,t{0},Payment")}  # fmt: skip
    head, row = heads[place.split("/")[0]]
    content = "\n".join([head, *(row.format(n, date) for n, date in enumerate([*dates, dates[0]]))]) + "\n"
    assert said in refused(desk, place, content)
    impossible = "31/02/2026" if "loyalty" in place else "02/31/2026"
    assert desk.land_one(place, content.replace(dates[1], impossible).replace(dates[0], "02/03/2026")).rows_refused == 1


def test_a_date_in_the_future_and_a_negative_cost_are_refused_by_the_gate(desk: Desk) -> None:
    """The real gate, once for both: the batch is kept for `accept`, and out of effect."""
    from raceway.gate.batch_gate import check_batch

    content = "Day,Campaign,Impr.,Clicks,Cost\n2026-03-01,A,10,1,-5\n2026-04-01,B,10,1,5\n"
    outcome = desk.land_one("google_ads/vn/a.csv", content, gate=check_batch)
    assert outcome.status == "refused"
    (batch_id,) = outcome.batches
    assert outcome.reason.startswith(f"vn/a.csv: refused by the landing gate (batch {batch_id})")
    assert "row 1" in outcome.reason, "the negative cost's row"
    assert "row 2" in outcome.reason, "the future day's row"
    batch = desk.batch(batch_id)
    assert (batch.status, batch.path.exists(), batch.reason) == ("refused", True, outcome.reason)
    assert accept(desk.home, batch_id, who="linh", why="a refund").is_accepted
    assert [file.status for file in Ledger(desk.home).state().files.values()] == ["landed"]


def test_other_files_of_the_night_land_beside_a_refused_one(desk: Desk, ads: Ads) -> None:
    desk.deliver("google_ads/vn/bad.csv", "Dish,Price\n", at="2026-03-09 02:00")
    desk.deliver("google_ads/vn/good.csv", ads(("2026-03-01", "A", 10, 1, "5")))
    assert [outcome.status for outcome in desk.land("google_ads")] == ["refused", "landed"]


@pytest.mark.parametrize("packed", ["zip", "gz"])
def test_an_archive_that_unpacks_to_a_flood_is_refused(desk: Desk, packed: str) -> None:
    zeros = b"0" * (1 << 20)
    out = io.BytesIO()
    if packed == "zip":
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.csv", "w") as entry:
            for _ in range(300):
                entry.write(zeros)
    else:
        with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=6) as stream:
            for _ in range(300):
                stream.write(zeros)
    reason = refused(desk, f"google_ads/vn/flood.csv.{packed}", out.getvalue())
    assert "unpack to more than 200 times as much" in reason


def test_an_archive_cannot_write_outside_and_names_of_any_length_are_read(desk: Desk, ads: Ads) -> None:
    content = ads(("2026-03-01", "A", 1000, 10, "5"))
    for number, inner in enumerate(("../../../leaves.csv", "a/" + "b" * 200 + "." + "c" * 200, "/absolute.csv")):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr(inner, content + f"2026-03-0{number + 2},B,VND,1,1,1\n")
        outcome = desk.land_one(f"google_ads/vn/{number}.zip", out.getvalue())
        assert (outcome.status, outcome.rows_landed) == ("landed", 2)
    assert [path.name for path in desk.home.root.parent.rglob("leaves.csv")] == []


def test_archives_in_archives_in_archives_are_refused(desk: Desk) -> None:
    content = b"a,b\n1,2\n"
    for _ in range(5):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("inner.zip", content)
        content = out.getvalue()
    assert "an archive in an archive" in refused(desk, "google_ads/vn/nested.zip", content)


def test_a_cell_of_ten_megabytes_lands_and_one_of_twenty_is_refused(desk: Desk, ads: Ads) -> None:
    head = "Day,Campaign,Currency code,Impr.,Clicks,Cost\n"
    outcome = desk.land_one("google_ads/vn/ten.csv", head + f"2026-03-01,{'x' * 10_000_000},VND,1,1,1\n")
    assert desk.rows(outcome, "length(campaign)") == [(10_000_000,)]
    outcome = desk.land_one("google_ads/vn/twenty.csv", head + f"2026-03-02,{'x' * 20_000_000},VND,1,1,1\n")
    assert outcome.status == "refused"
    assert len(outcome.reason) < 1000


@pytest.mark.parametrize("cell", ["2026-03-01xyz", '2026-03-0"1', "epoch", "infinity", "2026/03/01", "20260301"])
def test_a_day_with_anything_else_in_its_cell_is_no_day(desk: Desk, ads: Ads, cell: str) -> None:
    """DuckDB's reader would take the first of them for the first of March."""
    lines = [("2026-03-02", f"C{n}", 1, 1, "1") for n in range(3)]
    outcome = desk.land_one("google_ads/vn/days.csv", ads(*lines, (cell, "D", 1, 1, "1")))
    assert (outcome.rows_landed, outcome.rows_refused) == (3, 1)
    assert [row[4] for row in desk.quarantined(outcome)] == [cell]


def test_nul_characters_are_no_part_of_header_or_cell(desk: Desk, ads: Ads) -> None:
    content = ads(("2026-03-01", "A\0B", 1000, 10, "5")).replace("Clicks", "Cli\0cks")
    outcome = desk.land_one("google_ads/vn/nul.csv", content)
    assert desk.rows(outcome, "campaign, clicks") == [("AB", 10)]


def test_an_address_in_a_shifted_column_is_not_quoted_in_a_sentence(desk: Desk, ads: Ads) -> None:
    lines = [("2026-03-02", f"C{n}", 1, 1, "1") for n in range(3)]
    content = ads(*lines) + "2026-03-02,D,VND,an@example.com,1,1\n2026-03-02,E,VND,1,call 0912345678,1\n"
    outcome = desk.land_one("google_ads/vn/shifted.csv", content)
    assert "“[email]” is no whole number" in outcome.reason
    assert [row[4] for row in desk.quarantined(outcome)] == ["an@example.com", "call 0912345678"]


def test_blank_lines_behind_a_byte_order_mark_lose_no_row(desk: Desk, ads: Ads) -> None:
    """DuckDB's reader alone would give no row at all."""
    content = "\ufeff\n \n\t\n" + ads(("2026-03-01", "A", 1000, 10, "5"), ("2026-03-02", "B", 1, 1, "1"))
    outcome = desk.land_one("google_ads/vn/blank.csv", content)
    assert desk.rows(outcome, "campaign, impressions") == [("A", 1000), ("B", 1)]


def test_no_cell_of_an_unknown_file_stands_in_its_sentence(desk: Desk) -> None:
    """Its reason is kept and published: a list of customers without a header must not leave its rows there."""
    said = refused(
        desk, "hubspot/crm/list.csv", "an.tran@example.com,An Tran,+84 90 1234567\nb@example.com,B,0901234568\n"
    )
    assert "no known export of hubspot" in said
    assert not any(text in said for text in ("an.tran", "An Tran", "1234567", "b@example.com"))
