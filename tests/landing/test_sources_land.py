"""What is special about each source's files, on small files in their real formats."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import zipfile
from typing import Any

import duckdb
import pytest

from raceway.reading.personal import Hasher
from tests.landing.conftest import Desk

# ---------------------------------------------------------------- ga4


def event(name: str, at: int, **more: Any) -> dict[str, Any]:
    """An event as BigQuery exports it: integers are strings, absent members are absent or null."""
    params = [
        {"key": "ga_session_id", "value": {"string_value": None, "int_value": "1611797900"}},
        {"key": "page_location", "value": {"string_value": "https://shop.example/?utm_source=x"}},
    ]
    return {
        "event_date": "20260301", "event_timestamp": str(at), "event_name": name, "event_params": params,
        "user_pseudo_id": "11.22", "user_id": None, "event_bundle_sequence_id": "7",
        "user_first_touch_timestamp": "1772323200000000", "device": {"category": "mobile", "web_info": {"hostname": "shop.example"}},
        "geo": {"country": "Vietnam"}, "platform": "WEB", "stream_id": "99",
    } | more  # fmt: skip


EVENTS = [
    event("page_view", 1772330400000000),
    event("purchase", 1772330460000000, user_id="u-1", ecommerce={"transaction_id": "#1001", "purchase_revenue": 59.0}),
    {"event_date": "20260301", "event_timestamp": "1772330470000000", "event_name": "scroll", "user_pseudo_id": "11.22",
     "geo": {"country": "(not set)"}},
]  # fmt: skip
COLUMNS = (
    "cast(event_date as varchar), event_timestamp, cast(event_at as varchar), event_name, user_pseudo_id, ga_session_id, "
    "page_location, hostname, country, device_category, transaction_id, cast(purchase_revenue as varchar), "
    "cast(user_first_touch_at as varchar), _row"
)


def lines(records: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def test_events_land_with_their_parameters(desk: Desk) -> None:
    outcome = desk.land_one("ga4/site/events_20260301.jsonl", lines(EVENTS))
    page = "https://shop.example/?utm_source=x"
    first, touch = "2026-03-01 02:00:00", "2026-03-01 00:00:00"
    assert desk.rows(outcome, COLUMNS) == [
        ("2026-03-01", 1772330400000000, first, "page_view", "11.22", 1611797900, page, "shop.example", "Vietnam",
         "mobile", None, None, touch, 1),
        ("2026-03-01", 1772330460000000, "2026-03-01 02:01:00", "purchase", "11.22", 1611797900, page, "shop.example",
         "Vietnam", "mobile", "#1001", "59.000000", touch, 2),
        ("2026-03-01", 1772330470000000, "2026-03-01 02:01:10", "scroll", "11.22", None, None, None, None, None, None,
         None, None, 3),
    ]  # fmt: skip
    assert desk.rows(outcome, "user_id_hash") == [(None,), (Hasher(desk.home).id("u-1"),), (None,)]


def test_packed_lines_and_parquet_land_the_same_events(desk: Desk, tmp_path: Any) -> None:
    plain, parquet = tmp_path / "e.jsonl", tmp_path / "e.parquet"
    plain.write_bytes(lines(EVENTS))
    with duckdb.connect() as connection:  # typed as BigQuery's own Parquet: integers are integers
        connection.execute(
            f"copy (select * replace (cast(event_timestamp as bigint) as event_timestamp, "
            f"cast(event_bundle_sequence_id as bigint) as event_bundle_sequence_id) from read_json('{plain}')) "
            f"to '{parquet}' (format parquet)"
        )
    landed = [
        desk.rows(desk.land_one(f"ga4/site/{name}", content), COLUMNS)
        for name, content in (
            ("events_20260301.jsonl", lines(EVENTS)),
            ("events_20260301.jsonl.gz", gzip.compress(lines(EVENTS))),
            ("events_20260301.parquet", parquet.read_bytes()),
        )
    ]
    assert landed[0] == landed[1] == landed[2]


def test_broken_lines_are_refused_by_their_number_and_the_others_land(desk: Desk) -> None:
    content = lines(EVENTS[:1]) + b"\n" + b'{"event_date": "2026030\n' + lines([event("x", 0, event_timestamp="soon")])
    content += lines(EVENTS[1:]) + b"[1, 2]\n"
    outcome = desk.land_one("ga4/site/events_20260301.jsonl", content)
    assert (outcome.rows_read, outcome.rows_landed, outcome.rows_refused) == (6, 3, 3)
    assert [row for (row,) in desk.rows(outcome, "_row")] == [1, 4, 5]  # a blank line is no record
    assert [(row[1], row[2], row[3]) for row in desk.quarantined(outcome)] == [
        ("2", None, "the line is no JSON object"),
        ("3", "event_timestamp", "is no count of us since 1970"),
        ("3", "event_timestamp", "is no whole number"),
        ("6", None, "the line is no JSON object"),
    ]


def test_shards_of_a_day_are_one_batch(desk: Desk) -> None:
    desk.deliver("ga4/site/events_20260301-000000000000.jsonl", lines(EVENTS[:2]))
    desk.deliver("ga4/site/events_20260301-000000000001.jsonl", lines(EVENTS[2:]), at="2026-03-09 03:01")
    (outcome,) = desk.land("ga4")
    assert desk.rows(outcome, "event_name, _row") == [("page_view", 1), ("purchase", 2), ("scroll", 3)]


def test_the_same_events_again_are_a_duplicate_though_other_events_came_since(desk: Desk) -> None:
    desk.land_one("ga4/site/events_20260301.jsonl", lines(EVENTS[:2]), at="2026-03-08 03:00")
    desk.land_one("ga4/site/events_20260301b.jsonl", lines(EVENTS[1:]), at="2026-03-08 04:00")
    assert desk.land_one("ga4/site/events_20260301c.jsonl", lines(EVENTS[:2])).status == "duplicate"


# ---------------------------------------------------------------- search console

CHART = "Date,Clicks,Impressions,CTR,Position\n2026-03-01,2,31,6.45%,4.1\n2026-03-02,0,9,0%,22.8"
QUERIES = "Top queries,Clicks,Impressions,CTR,Position\ngiày da,1,20,5%,3.5\nnull,1,2,50%,1"
FOLDER = "search_console/site/shop.example-Performance-on-Search-2026-03-05"


def filters(period: str, more: str = "") -> str:
    return f"Filter,Value\nSearch type,Web\nDate,{period}{more}"


def test_a_download_lands_chart_and_queries_and_the_rest_is_furniture(desk: Desk) -> None:
    desk.deliver(f"{FOLDER}/Chart.csv", CHART)
    desk.deliver(f"{FOLDER}/Queries.csv", QUERIES)
    desk.deliver(f"{FOLDER}/Filters.csv", filters("Last 3 months"))
    desk.deliver(f"{FOLDER}/Countries.csv", "Country,Clicks,Impressions,CTR,Position\nVietnam,2,31,6.45%,4.1")
    (outcome,) = desk.land("search_console")
    assert (outcome.status, outcome.rows_read, outcome.rows_landed, outcome.rows_furniture) == ("landed", 7, 4, 3)
    assert desk.rows(outcome, "cast(day as varchar), clicks, impressions, ctr, position", "chart") == [
        ("2026-03-01", 2, 31, 0.0645, 4.1), ("2026-03-02", 0, 9, 0.0, 22.8),
    ]  # fmt: skip
    assert desk.rows(outcome, "query, cast(period_start as varchar), cast(period_end as varchar)", "queries") == [
        ("giày da", "2026-03-01", "2026-03-02"), ("null", "2026-03-01", "2026-03-02"),
    ]  # fmt: skip
    batch = desk.batch(outcome.tables["chart"]["batch_id"])
    assert (batch.exported_at, batch.is_filtered) == (dt.datetime(2026, 3, 5, tzinfo=dt.UTC), False)
    assert len([path for path in desk.home.archive.rglob("*") if path.is_file()]) == 4


def test_a_filtered_download_bears_no_totals(desk: Desk) -> None:
    desk.deliver(f"{FOLDER}/Chart.csv", CHART)
    desk.deliver(f"{FOLDER}/Filters.csv", filters("1 Mar 2026-2 Mar 2026", "\nPage,+/blog/"))
    (outcome,) = desk.land("search_console")
    assert desk.batch(outcome.batches[0]).is_filtered


def test_a_stated_period_counts_before_the_chart(desk: Desk) -> None:
    desk.deliver(f"{FOLDER}/Queries.csv", QUERIES)
    desk.deliver(f"{FOLDER}/Filters.csv", filters("1 Jan 2026-28 Feb 2026"))
    (outcome,) = desk.land("search_console")
    assert desk.rows(outcome, "cast(period_start as varchar), cast(period_end as varchar)")[0] == (
        "2026-01-01",
        "2026-02-28",
    )


def test_queries_without_any_period_are_refused(desk: Desk) -> None:
    desk.deliver(f"{FOLDER}/Queries.csv", QUERIES)
    desk.deliver(f"{FOLDER}/Filters.csv", filters("Last 3 months"))
    (outcome,) = desk.land("search_console")
    assert outcome.status == "refused"
    assert "Queries.csv: its period is not stated (its filters say “Last 3 months”)" in outcome.reason


def test_a_french_zip_and_vietnamese_commas_land(desk: Desk) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("Dates.csv", "Date,Clics,Impressions,CTR,Position\n2026-03-01,2,31,6.45%,4.1")
        archive.writestr("Pays.csv", "Pays,Clics,Impressions,CTR,Position\nViêt Nam,2,31,6.45%,4.1")
        archive.writestr("Filtres.csv", "Filtre,Valeur\nType de recherche,Web\nDate,Les 3\u00a0derniers mois")
    french = desk.land_one(f"{FOLDER}.zip", buffer.getvalue())
    assert desk.rows(french, "clicks, ctr, position") == [(2, 0.0645, 4.1)]
    vietnamese = 'Ngày,Số lần nhấp,Số lần hiển thị,CTR,Vị trí\n2026-03-01,"1.200","34.300","3,5%","4,2"'
    outcome = desk.land_one("search_console/site/Biểu đồ.csv", vietnamese)
    assert desk.rows(outcome, "clicks, impressions, ctr, position") == [(1200, 34300, 0.035, 4.2)]


# ---------------------------------------------------------------- shopify

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


# ---------------------------------------------------------------- square, mailchimp, plan

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


@pytest.mark.parametrize("as_zip", [True, False])
def test_the_audience_takes_its_status_from_the_members_names(desk: Desk, as_zip: bool) -> None:
    files = {
        "subscribed_members_export_a1b2.csv": "Email Address,First Name,OPTIN_TIME\nan@example.com,An,2026-01-01 10:00:00\n",
        "unsubscribed_members_export_a1b2.csv": "Email Address,First Name,OPTIN_TIME,UNSUB_TIME\n"
        "bo@example.com,Bo,2026-01-01 10:00:00,2026-02-01 10:00:00\n",
        "cleaned_members_export_a1b2.csv": "Email Address,First Name,OPTIN_TIME,CLEAN_TIME\n",
    }
    if as_zip:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        desk.deliver("mailchimp/list/audience_export.zip", buffer.getvalue())
    else:
        for name, content in files.items():
            desk.deliver(f"mailchimp/list/{name}", content)
    (outcome,) = desk.land("mailchimp")
    rows = desk.rows(outcome, "status, cast(unsub_at as varchar), email_hash")
    hashes = Hasher(desk.home)
    assert sorted(rows) == [
        ("subscribed", None, hashes.email("an@example.com")),
        ("unsubscribed", "2026-02-01 10:00:00", hashes.email("bo@example.com")),
    ]


def test_plan_files_are_told_apart_by_their_headers_and_are_whole_lists(desk: Desk) -> None:
    desk.deliver(
        "plan/company/q1 targets.csv", "kpi,period,period_start,channel,market,target\norders,month,2026-03-01,,,1200\n"
    )
    desk.deliver(
        "plan/company/money.csv",
        "budget,starts_on,ends_on,channel,market,amount,currency\nTết,2026-02-01,2026-02-28,,,900,VND\n",
    )
    desk.deliver("plan/company/rates.csv", "rate_date,currency,to_currency,rate\n2026-03-01,USD,VND,26105.50\n")
    outcomes = desk.land("plan")
    assert sorted(table for outcome in outcomes for table in outcome.tables) == ["budgets", "fx_rates", "targets"]
    targets = next(outcome for outcome in outcomes if "targets" in outcome.tables)
    assert desk.rows(targets, "kpi, channel, market, cast(target as varchar), _entity") == [
        ("orders", "all", "all", "1200.000000", "")
    ]
    rates = next(outcome for outcome in outcomes if "fx_rates" in outcome.tables)
    assert desk.rows(rates, "_entity, cast(rate as varchar)") == [("2026-03-01|USD|VND", "26105.50000000")]


def test_meta_in_vietnamese_lands(desk: Desk) -> None:
    content = (
        '\ufeffNgày,"Tên chiến dịch","Tên quảng cáo","Lượt hiển thị","Kết quả","Số tiền đã chi tiêu (USD)"\n'
        "2026-03-01,Hè,12.23.2024,6,,0.02\n"
    )
    outcome = desk.land_one("meta_ads/us/a.csv", content)
    assert desk.rows(outcome, "campaign, ad, impressions, results, cast(cost as varchar)") == [
        ("Hè", "12.23.2024", 6, None, "0.020000")
    ]


def test_each_row_of_ads_manager_has_its_own_period(desk: Desk) -> None:
    content = (
        '"Reporting starts","Reporting ends","Ad name",Results,Impressions,"Amount spent (USD)"\n'
        "2026-01-01,2026-02-28,x,,10,1\n2026-03-01,2026-03-01,y,2,20,2\n"
    )
    outcome = desk.land_one("meta_ads/us/a.csv", content)
    assert list(outcome.tables) == ["ads_period"]
    assert desk.rows(outcome, "_entity") == [("2026-01-01|2026-02-28",), ("2026-03-01|2026-03-01",)]
