"""Events of GA4 as BigQuery exports them: parameters, packed lines, shards of a day, broken lines."""

from __future__ import annotations

import gzip
import json
from typing import Any

import duckdb

from raceway.reading.personal import Hasher
from tests.support.desk import Desk


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


def test_events_of_one_bundle_without_a_number_are_told_apart_by_their_parameters(desk: Desk) -> None:
    def download(link: str, *, first: bool = True, **more: Any) -> dict[str, Any]:
        params = [
            {"key": "link_url", "value": {"string_value": link}},
            {"key": "engagement_time_msec", "value": {"int_value": "20"}},
        ]
        return event("file_download", 1772330400000000, event_params=params if first else params[::-1], **more)

    outcome = desk.land_one("ga4/site/events_20260301.jsonl", lines([
        download("a.pdf"), download("b.pdf"), download("a.pdf", first=False), download("a.pdf", batch_event_index="3"),
    ]))  # fmt: skip
    a, b, again, numbered = (digest for (digest,) in desk.rows(outcome, "params_digest"))
    assert a == again != b  # the order of the parameters says nothing
    assert numbered is None  # its number in the bundle tells it apart


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
        desk.rows(desk.land_one(f"ga4/site/{name}", content), f"{COLUMNS}, params_digest")
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


def test_a_moment_in_milliseconds_is_none_of_its_day(desk: Desk) -> None:
    """It would be a visit of 21 January 1970."""
    from raceway.gate.batch_gate import check_batch

    outcome = desk.land_one("ga4/site/a.jsonl", lines([event("page_view", 1772330400000)]), gate=check_batch)
    assert outcome.status == "refused"
    assert "“1772330400000” dates no row: believable are 2000-01-01 to" in outcome.reason
