"""Containers and encodings: the same report lands the same rows however it was packed."""

from __future__ import annotations

import gzip
import io
import zipfile

import openpyxl
import pytest

from tests.support.desk import Desk

REPORT = (
    "Campaign report\n27 January 2026 - 23 February 2026\n"
    "Day\tCampaign\tCampaign type\tImpr.\tClicks\tCost\tConv. value\n"
    '2026-02-01\tHè “Đẹp”\tSearch\t"10,708"\t54\t164.11\t"1,286.58"\n'
    "2026-02-02\tTết\tPerformance Max\t31\t1\t0.12\t --\n"
    'Total: Campaigns\t --\t --\t"10,739"\t55\t164.23\t"1,286.58"\n'
)
ROWS = [
    ("2026-02-01", "Hè “Đẹp”", "Search", 10708, 54, "164.110000", "1286.580000"),
    ("2026-02-02", "Tết", "Performance Max", 31, 1, "0.120000", None),
]
COLUMNS = (
    "cast(day as varchar), campaign, campaign_type, impressions, clicks, cast(cost as varchar), "
    "cast(conversion_value as varchar)"
)


def zipped(members: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "packed",
    [
        pytest.param(REPORT.encode(), id="utf-8"),
        pytest.param(b"\xef\xbb\xbf" + REPORT.encode(), id="utf-8 with byte order mark"),
        pytest.param(b"\xff\xfe" + REPORT.encode("utf-16-le"), id="utf-16 little-endian, as Google's Excel csv"),
        pytest.param(b"\xfe\xff" + REPORT.encode("utf-16-be"), id="utf-16 big-endian"),
        pytest.param(REPORT.replace("\n", "\r\n").encode(), id="Windows line ends"),
        pytest.param(gzip.compress(REPORT.encode()), id="gz"),
        pytest.param(
            zipped({"r.csv": REPORT, "__MACOSX/._r.csv": "litter", ".DS_Store": "x"}), id="zip with macOS litter"
        ),
        pytest.param(REPORT.replace(",", "").replace("\t", ",").replace("“Đẹp”", "“Đẹp”").encode(), id="comma"),
        pytest.param(REPORT.replace("\t", ";").encode(), id="semicolon"),
        pytest.param(
            REPORT.replace("27 January 2026 - 23 February 2026", '"January 27, 2026 - February 23, 2026"').encode(),
            id="American dates in quotes",
        ),
    ],
)
def test_a_report_lands_the_same_rows_however_it_was_packed(desk: Desk, packed: bytes) -> None:
    outcome = desk.land_one("google_ads/us/Campaign report.csv", packed)
    assert (outcome.status, outcome.rows_read, outcome.rows_furniture) == ("landed", 3, 1)
    assert desk.rows(outcome, COLUMNS) == ROWS
    assert str(desk.batch(outcome.batches[0]).covers_from) == "2026-01-27"


def test_a_workbook_lands_with_its_values(desk: Desk) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in (
        ["Campaign report"], ["27 January 2026 - 23 February 2026"],
        ["Day", "Campaign", "Impr.", "Clicks", "Cost", "Campaign ID"],
        ["2026-02-01", "Tết", 10708, 54, 164.11, "17"], ["2026-02-02", "B", 31, 1, 0.12, "18"],
    ):  # fmt: skip
        sheet.append(row)
    buffer = io.BytesIO()
    workbook.save(buffer)
    outcome = desk.land_one("google_ads/us/Campaign report.xlsx", buffer.getvalue())
    assert desk.rows(outcome, "campaign, impressions, cast(cost as varchar), campaign_id") == [
        ("Tết", 10708, "164.110000", "17"), ("B", 31, "0.120000", "18"),
    ]  # fmt: skip


def test_an_id_that_a_workbook_holds_as_a_number_of_17_digits_is_spoilt(desk: Desk) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(["Day", "Campaign", "Impr.", "Clicks", "Cost", "Campaign ID"])
    sheet.append(["2026-02-01", "Tết", 1, 1, 1, 120253000000000123])
    buffer = io.BytesIO()
    workbook.save(buffer)
    outcome = desk.land_one("google_ads/us/a.xlsx", buffer.getvalue())
    assert outcome.status == "refused"
    assert "went through a spreadsheet" in outcome.reason


def test_latin_letters_of_windows_land_where_the_contract_allows_them(desk: Desk) -> None:
    content = (
        "Name,Email,Financial Status,Currency,Subtotal,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price\n"
        "#1,a@example.com,paid,VND,10,10,2026-03-01 10:00:00 +0700,1,Café “Noir”,10\n"
    )
    outcome = desk.land_one("shopify/shop/orders_export.csv", content.encode("cp1252"))
    assert desk.rows(outcome, "lineitem_name") == [("Café “Noir”",)]


def test_windows_line_ends_inside_cells_of_a_unix_file_are_no_fault(desk: Desk) -> None:
    """Shopify writes \\n between rows and \\r\\n inside notes; DuckDB's strict parser refuses that mixture."""
    head = "Name,Email,Financial Status,Currency,Subtotal,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Notes\n"
    content = head + (
        '#1,a@example.com,paid,VND,10,10,2026-03-01 10:00:00 +0700,1,Giày,10,"gift: yes\r\nwrap: no"\n'
        "#2,b@example.com,paid,VND,20,20,2026-03-01 11:00:00 +0700,2,Mũ,10,\n"
    )
    outcome = desk.land_one("shopify/shop/orders_export.csv", content)
    assert desk.rows(outcome, "order_name, _row") == [("#1", 1), ("#2", 2)]


def test_a_header_that_breaks_its_line_is_found(desk: Desk) -> None:
    content = (
        '#,"How likely are you to recommend us,\non a scale of 0–10?",Why?,Response Type,Start Date (UTC),Submit Date (UTC)\n'
        'a1,0,"slow,\nlate",completed,2026-03-01 01:00:00,2026-03-01 01:01:00\nb2,,,partial,2026-03-01 02:00:00,\n'
    )
    outcome = desk.land_one("nps/shop/responses.csv", content)
    assert desk.rows(outcome, "response_id, score, cast(submitted_at as varchar)") == [
        ("a1", 0, "2026-03-01 01:01:00"), ("b2", None, None),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["a.csv.part", ".a.csv", "a.csv.crdownload"])
def test_a_file_that_is_still_being_written_waits(desk: Desk, name: str) -> None:
    desk.deliver(f"google_ads/us/{name}", REPORT)
    assert desk.land("google_ads") == []
