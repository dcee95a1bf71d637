"""The sample's files look like the real exports, traps included."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import io
import json
import re
import zipfile
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq

from raceway.sample.world.company import BOT_BROWSER
from tests.sample.conftest import Written, write


def test_the_same_seed_gives_the_same_bytes_and_times(small: Written, tmp_path: Path) -> None:
    again = write(tmp_path / "again", days=42, scale=0.06)
    for folder in ("inbox", "truth"):
        ours = {p.relative_to(small.home.root): p for p in (small.home.root / folder).rglob("*") if p.is_file()}
        theirs = {p.relative_to(again.home.root): p for p in (again.home.root / folder).rglob("*") if p.is_file()}
        assert ours.keys() == theirs.keys()
        for name, path in ours.items():
            assert path.read_bytes() == theirs[name].read_bytes(), name
            if folder == "inbox":
                assert path.stat().st_mtime == theirs[name].stat().st_mtime, name


def test_another_seed_gives_another_world(small: Written, tmp_path: Path) -> None:
    other = write(tmp_path / "other", days=42, scale=0.06, seed=8)
    ours, theirs = (w.home.truth / "measures.csv" for w in (small, other))
    assert ours.read_bytes() != theirs.read_bytes()


def test_every_file_was_exported_before_the_night_is_over(small: Written) -> None:
    # 00:25 in Sài Gòn is 17:25 UTC of the day before.
    night = dt.datetime.combine(small.summary.last, dt.time(17, 25), tzinfo=dt.UTC).timestamp()
    for path in small.home.inbox.rglob("*"):
        if path.is_file():
            assert path.stat().st_mtime % 1 == 0
            assert path.stat().st_mtime <= night, path


def dollars(text: str) -> Decimal:
    return Decimal(text.replace("$", "").replace(",", "").replace("(", "-").replace(")", ""))


def count(text: str) -> int:
    return int(text.replace(",", ""))


def test_google_writes_utf_16_with_tabs_a_preamble_and_totals_that_add_up(small: Written) -> None:
    newest = sorted(small.home.inbox.glob("google_ads/vn-main/Campaign report 2*.csv"))[-1].read_bytes()
    assert newest.startswith(b"\xff\xfe")
    title, period, *lines = newest.decode("utf-16").split("\n")
    assert title == "Campaign report"
    assert re.fullmatch(r'"\w+ \d+, \d{4} - \w+ \d+, \d{4}"', period)
    rows = list(csv.DictReader(lines, delimiter="\t"))
    days = [row for row in rows if not row["Day"].startswith("Total:")]
    totals = {row["Day"]: row for row in rows if row["Day"].startswith("Total:")}
    assert len(totals) > 5
    assert sum(count(row["Impr."]) for row in days) == count(totals["Total: Campaigns"]["Impr."])
    assert sum(int(row["Cost"]) for row in days) == int(totals["Total: Campaigns"]["Cost"])


def test_a_keyword_report_has_its_totals_in_the_keyword_column_and_scores_that_are_missing(small: Written) -> None:
    text = small.file("google_ads/vn-main/Search keyword report.csv").read_bytes().decode("utf-16")
    rows = list(csv.DictReader(text.split("\n")[2:], delimiter="\t"))
    assert any(row["Keyword"].startswith("Total:") for row in rows)
    assert {row["Quality Score"] for row in rows} > {" --", "10"}


def test_meta_leaves_cells_blank_and_lets_two_ads_share_a_name(small: Written) -> None:
    files = sorted(small.home.inbox.glob("meta_ads/vn-main/*report*.csv")) + sorted(
        small.home.inbox.glob("meta_ads/vn-main/Báo*.csv")
    )
    assert len(files) == 4
    headers = set()
    for path in files:
        content = path.read_bytes()
        assert content.startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        headers.add(rows[0][0])
        purchases = next(i for i, name in enumerate(rows[0]) if name in ("Purchases", "Lượt mua"))
        assert "" in {row[purchases] for row in rows[1:]}
        assert "0" not in {row[purchases] for row in rows[1:]}
        keys = [tuple(row[:4]) for row in rows[1:]]
        assert len(set(keys)) < len(keys)
    assert headers == {"Day", "Ngày"}


def test_a_breakdown_adds_up_to_what_the_world_says(small: Written) -> None:
    plain, parts = Counter[str](), Counter[str]()
    for path in small.home.inbox.glob("meta_ads/vn-main/Untitled*.csv"):
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
        target = parts if "Gender" in rows[0] else plain
        for row in rows:
            target[row["Day"]] += int(row["Impressions"])
    assert parts
    assert all(plain[day] == many for day, many in parts.items())


def test_ga4_lines_hold_integers_as_strings_and_some_events_twice(small: Written) -> None:
    rows = []
    for path in sorted(small.home.inbox.glob("ga4/vn-shop/*.jsonl*")):
        content = path.read_bytes()
        text = gzip.decompress(content) if path.name.endswith(".gz") else content
        rows += [json.loads(line) for line in text.decode().splitlines()]
    assert all(isinstance(row["event_timestamp"], str) for row in rows)
    assert {"user_id"} <= {name for row in rows for name in row}
    assert any(row.get("user_id", 0) is None for row in rows)  # null in the older files
    assert any("user_id" not in row for row in rows)  # absent in the newer ones
    keys = [(r["user_pseudo_id"], r["event_timestamp"], r["event_name"], r["event_bundle_sequence_id"]) for r in rows]
    assert len(set(keys)) < len(keys)
    assert any(row["device"]["web_info"]["browser"] == BOT_BROWSER for row in rows)
    table = pq.read_table(small.file("ga4/vn-shop/*.parquet"))
    assert str(table.schema.field("event_timestamp").type) == "int64"


def test_search_console_comes_in_french_and_english_and_once_filtered(small: Written) -> None:
    folder = small.home.inbox / "search_console" / "vn-shop"
    [archive] = folder.glob("*.zip")
    with zipfile.ZipFile(archive) as members:
        assert {"Dates.csv", "Requêtes.csv", "Filtres.csv"} == set(members.namelist())
    filters = sorted(folder.glob("*/Filters.csv"))
    assert [b"Page," in path.read_bytes() for path in filters] == [False, True, False]


def test_shopify_cuts_an_order_between_its_two_parts(small: Written) -> None:
    first = small.file("shopify/vn-shop/*/orders_export_1.csv")
    rows = [list(csv.reader(io.StringIO(p.read_text()))) for p in (first, first.with_name("orders_export_2.csv"))]
    assert len(rows[0][0]) == 79
    assert rows[1][1][2] == ""  # a continuation row has no financial status
    assert rows[0][-1][0] == rows[1][1][0]
    text = first.read_text() + first.with_name("orders_export_2.csv").read_text()
    assert "gift_wrap: yes" in text
    assert ",'" in text  # what spreadsheets put before codes


def test_square_shows_refunds_in_brackets_newest_first(small: Written) -> None:
    refunds = 0
    for path in sorted(small.home.inbox.glob("square/us-store/*.csv")):
        rows = list(csv.DictReader(io.StringIO(path.read_text())))
        assert len(rows[0]) == 35
        moments = [(row["Date"], row["Time"]) for row in rows]
        assert moments == sorted(moments, reverse=True)
        for row in rows:
            if row["Event Type"] == "Refund":
                refunds += 1
                assert re.fullmatch(r"\(\$[\d,]+\.\d\d\)", row["Net Sales"])
            assert dollars(row["Net Sales"]) == dollars(row["Gross Sales"]) + dollars(row["Discounts"])
    assert refunds


def test_mailchimp_says_the_status_in_the_member_name_only(small: Written) -> None:
    newest = sorted(small.home.inbox.glob("mailchimp/vn-list/audience*.zip"))[-1]
    with zipfile.ZipFile(newest) as members:
        names = members.namelist()
        statuses = {name.split("_")[0] for name in names}
        text = members.read(names[0]).decode()
    assert statuses == {"subscribed", "unsubscribed", "cleaned", "nonsubscribed"}
    assert "Status" not in text.splitlines()[0]


def test_no_address_is_real(small: Written) -> None:
    for path in small.home.inbox.rglob("*"):
        if path.suffix == ".csv":
            content = path.read_bytes()
            encoding = "utf-16" if content.startswith(b"\xff\xfe") else "utf-8-sig"
            try:
                text = content.decode(encoding)
            except UnicodeDecodeError:  # a report of Salesforce
                text = content.decode("cp1252")
            for domain in set(re.findall(r"[\w.]+@([\w.]+)", text.lower())):
                assert domain in ("example.com", "example.net", "example.org"), path


def test_tiktok_masks_few_clicks_and_closes_with_a_total(small: Written) -> None:
    files = sorted(small.home.inbox.glob("tiktok_ads/vn-main/*"))
    assert [path.suffix for path in files] == [".csv", ".csv", ".xlsx"]
    texts = [path.read_text(encoding="utf-8-sig") for path in files[:2]]
    assert [text.split(",")[0] for text in texts] == ["By Day", "Theo ngày"]
    for text in texts:
        rows = list(csv.reader(io.StringIO(text)))
        assert "<5" in {row[8] for row in rows}
        assert rows[-1][0].startswith(("Total of", "Tổng của"))
        assert sum(int(row[7]) for row in rows[1:-1]) == int(rows[-1][7])


def test_google_details_tell_of_the_same_clicks_as_the_campaigns(small: Written) -> None:
    terms = small.file("google_ads/vn-main/Search terms report.csv").read_bytes().decode("utf-16")
    totals = {row[0]: int(row[10]) for row in csv.reader(terms.splitlines(), delimiter="\t") if row[0][:6] == "Total:"}
    assert totals["Total: Search terms"] + totals["Total: Other search terms"] == totals["Total: Account"]
    stats = list(csv.DictReader(small.file("google_ads/vn-main/campaign_stats.csv").read_text().splitlines()))
    assert all(int(row["cost_micros"]) % 1_000_000 == 0 for row in stats)
    assert {row["device"] for row in stats} == {"MOBILE", "DESKTOP"}


def test_social_exports_hold_a_total_a_fall_and_a_post_that_was_missing(small: Written) -> None:
    videos = []
    for path in sorted(small.home.inbox.glob("social/vn-brand/Content*.zip")):
        with zipfile.ZipFile(path) as download:
            videos.append(list(csv.DictReader(io.StringIO(download.read("Table data.csv").decode()))))
    for rows in videos:
        assert rows[0]["Content"] == "Total"
        assert int(rows[0]["Views"]) == sum(int(row["Views"]) for row in rows[1:])
    facebook = [
        {row["Post ID"]: int(row["Reactions"]) for row in csv.DictReader(io.StringIO(path.read_text("utf-8-sig")))}
        for path in sorted(
            small.home.inbox.glob("social/vn-brand/*_facebook.csv"), key=lambda path: path.stat().st_mtime
        )
    ]
    first, second, third = facebook
    assert first.keys() - second.keys(), "the limit of the second export hid the oldest post"
    assert first.keys() < third.keys()
    assert any(third[post] < first[post] for post in first)
    linkedin = small.file("social/vn-brand/giaysonghong_content.csv").read_text().splitlines()
    assert linkedin[0].startswith("Aggregated")
    assert any(line.split(",")[1].startswith("-") for line in linkedin[2:])


def test_mentions_come_in_utf_16_below_a_block_twice_and_of_the_brand_alone(small: Written) -> None:
    terms = {
        row["term"].lower() for row in csv.DictReader(small.file("plan/company/brand_terms*").open(encoding="utf-8"))
    }
    block, table = small.file("listening/vn-brand/*").read_text("utf-8-sig").split("\n\n", 1)
    assert block.startswith("Report:,Bulk Mentions Download")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert Counter(row["Url"] + row["Query Name"] for row in rows).most_common(1)[0][1] == 2
    assert {row["Query Name"].lower() for row in rows} <= terms
    meltwater = small.file("listening/us-store/*").read_bytes()
    assert meltwater.startswith(b"\xff\xfe")
    forum = csv.DictReader(io.StringIO(small.file("listening/vn-forum/*").read_text("utf-8")))
    assert {row["Từ khóa"] for row in forum} <= {"Giày Sông Hồng", "giaysonghong"}
