"""GA4's BigQuery export: nested JSON lines with integers as strings, gz, and one Parquet file.

The older weeks come as one file each, the last fourteen days as daily shards. Some events come a day late,
some twice. Members that are empty are null in the older files and absent in the newer ones.
"""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import pyarrow as pa
import pyarrow.parquet as pq

from raceway.sample.traces.drop import Drop, gzipped
from raceway.sample.traces.ga4_reports import write_ga4_reports
from raceway.sample.world import company
from raceway.sample.world.chance import Chance
from raceway.sample.world.things import Event, micros
from raceway.sample.world.world import World

_COUNTRIES: Final = {"VN": "Vietnam", "US": "United States", "SG": "Singapore", "": "(not set)"}
_DAILY: Final = 14
_TITLES: Final = {
    "products": "Sản phẩm",
    "collections": "Bộ sưu tập",
    "checkout": "Thanh toán",
    "blogs": "Chăm sóc giày",
}

_VALUE: Final = pa.struct(
    [
        ("string_value", pa.string()),
        ("int_value", pa.int64()),
        ("float_value", pa.float64()),
        ("double_value", pa.float64()),
    ]
)
_SCHEMA: Final = pa.schema(
    [
        ("event_date", pa.string()), ("event_timestamp", pa.int64()), ("event_name", pa.string()),
        ("event_params", pa.list_(pa.struct([("key", pa.string()), ("value", _VALUE)]))),
        ("event_bundle_sequence_id", pa.int64()), ("user_id", pa.string()), ("user_pseudo_id", pa.string()),
        ("user_first_touch_timestamp", pa.int64()),
        ("device", pa.struct([("category", pa.string()), ("language", pa.string()),
                              ("web_info", pa.struct([("browser", pa.string()), ("hostname", pa.string())]))])),
        ("geo", pa.struct([("continent", pa.string()), ("country", pa.string()), ("city", pa.string())])),
        ("traffic_source", pa.struct([("name", pa.string()), ("medium", pa.string()), ("source", pa.string())])),
        ("stream_id", pa.string()), ("platform", pa.string()),
        ("ecommerce", pa.struct([("transaction_id", pa.string()), ("purchase_revenue", pa.float64())])),
        ("batch_event_index", pa.int64()),
        ("privacy_info", pa.struct([("analytics_storage", pa.string()), ("ads_storage", pa.string())])),
        ("collected_traffic_source", pa.struct([("manual_source", pa.string()), ("manual_medium", pa.string()),
                                                ("manual_campaign_name", pa.string()), ("gclid", pa.string())])),
    ]
)  # fmt: skip


def write_ga4(world: World, inbox: Path) -> int:
    """Writes all exports of the site's events; gives the number of files."""
    chance = Chance(world.seed, "ga4 files")
    drop = Drop(inbox, "ga4", "vn-shop")
    by_day: dict[dt.date, list[tuple[Event, int]]] = {day: [] for day in world.days}
    indices: dict[tuple[str, int], int] = {}
    opening = micros(world.moment(world.first, 0))
    for event in sorted([*world.events, *world.noise], key=lambda event: event.at):
        key = (event.device.client, event.bundle)
        indices[key] = indices.get(key, -1) + 1
        day = world.first + dt.timedelta(days=(event.at - opening) // 86_400_000_000)
        by_day[min(day, world.last)].append((event, indices[key]))
    older = world.days[:-_DAILY] if world.traps else []
    for number, start in enumerate(range(0, len(older), 7)):
        days = older[start : start + 7]
        number_as = int if number == 1 else str
        rows = [_row(world, event, index, True, number_as) for day in days for event, index in by_day[day]]
        name = f"events_{days[0]:%Y%m%d}_{days[-1]:%Y%m%d}"
        exported_at = world.moment(days[-1] + dt.timedelta(days=1), 6)
        if number == 1:
            drop.put(f"{name}.parquet", _parquet(rows), exported_at)
        elif number == 2:
            drop.put(f"{name}.jsonl", _lines(rows), exported_at)
        else:
            drop.put(f"{name}.jsonl.gz", gzipped(_lines(rows)), exported_at)
    if not world.traps:
        for day in world.days:
            rows = [_row(world, event, index, False, str) for event, index in by_day[day]]
            exported_at = world.night if day == world.last else world.moment(day + dt.timedelta(days=1), 6)
            drop.put(f"events_{day:%Y%m%d}.jsonl.gz", gzipped(_lines(rows)), exported_at)
        return drop.files
    _daily_shards(world, drop, chance, by_day)
    write_ga4_reports(world, drop)
    return drop.files


def _daily_shards(world: World, drop: Drop, chance: Chance, by_day: dict[dt.date, list[tuple[Event, int]]]) -> None:
    """One file a day; one day in two shards. Of each day some events come late and some come again."""
    brought_over: list[dict[str, Any]] = []
    for day in world.days[-_DAILY:]:
        rows, later = list(brought_over), []
        for event, index in by_day[day]:
            row = _row(world, event, index, False, str)
            fate = chance.random() if day < world.last else 1.0
            if fate < 0.03:
                later.append(row)
            if fate >= 0.01:
                rows.append(row)
        brought_over = later
        exported_at = world.night if day == world.last else world.moment(day + dt.timedelta(days=1), 6)
        name = f"events_{day:%Y%m%d}"
        if day == world.days[-min(_DAILY, len(world.days)) // 2]:
            half = len(rows) // 2
            drop.put(f"{name}-000000000000.jsonl.gz", gzipped(_lines(rows[:half])), exported_at)
            drop.put(f"{name}-000000000001.jsonl.gz", gzipped(_lines(rows[half:])), exported_at)
        else:
            drop.put(f"{name}.jsonl.gz", gzipped(_lines(rows)), exported_at)


def _row(world: World, event: Event, index: int, is_older: bool, number: Callable[[int], object]) -> dict[str, Any]:
    """One event as BigQuery holds it; older files have no batch index and no collected traffic source.

    `number` gives integers their form: BigQuery's JSON writes them as strings.
    """
    device, traffic = event.device, event.traffic
    host = event.host or company.SITE
    local = dt.datetime.fromtimestamp(event.at // 1_000_000, tz=world.settings.zone)
    touch = device.first_touch
    row: dict[str, Any] = {
        "event_date": f"{local.year}{local.month:02d}{local.day:02d}",
        "event_timestamp": number(event.at),
        "event_name": event.name,
        "event_params": _params(event, host, number),
        "event_bundle_sequence_id": number(event.bundle),
        "user_id": event.user_id,
        "user_pseudo_id": device.client,
        "user_first_touch_timestamp": None if touch is None else number(touch),
        "device": {
            "category": device.category,
            "language": "vi-vn",
            "web_info": {"browser": device.browser, "hostname": host},
        },
        "geo": {"continent": "Asia", "country": _COUNTRIES[device.country], "city": "(not set)"},
        # The first visit's source, not this one's: never to be used.
        "traffic_source": {"name": "(organic)", "medium": "organic", "source": "google"},
        "stream_id": "1966637064",
        "platform": "WEB",
        "ecommerce": None,
    }
    if not event.has_consent:
        row["privacy_info"] = {"analytics_storage": "No", "ads_storage": "No"}
    elif event.bundle % 3:
        row["privacy_info"] = {"analytics_storage": "Yes", "ads_storage": "No"}
    if event.transaction is not None:
        row["ecommerce"] = {"transaction_id": event.transaction, "purchase_revenue": float(event.revenue or 0)}
    if not is_older:
        row["batch_event_index"] = number(index)
        if traffic is not None and traffic.click_id.startswith("gclid="):
            row["collected_traffic_source"] = {"gclid": traffic.click_id.removeprefix("gclid=")}
        row = {name: value for name, value in row.items() if value is not None}
    return row


def _params(event: Event, host: str, number: Callable[[int], object]) -> list[dict[str, Any]]:
    traffic = event.traffic
    page = f"https://{host}{event.path}"
    query: dict[str, str] = {}
    if traffic is not None and traffic.source and traffic.told_by != "fields":
        query = {"utm_source": traffic.source, "utm_medium": traffic.medium, "utm_campaign": traffic.campaign}
    parts = [text for text in (urlencode(query), traffic.click_id if traffic is not None else "") if text]
    referrer = _referrer(event, host)
    params = [
        _param("ga_session_id", number(event.session_id), "int_value"),
        _param("ga_session_number", number(event.session_number), "int_value"),
        _param("page_location", page + ("?" + "&".join(parts) if parts else "")),
        _param("page_title", _TITLES.get(event.path.split("/")[1], "Giày Sông Hồng")),
    ]
    if referrer:
        params.append(_param("page_referrer", referrer))
    if event.engagement_ms:
        params.append(_param("engagement_time_msec", number(event.engagement_ms), "int_value"))
    # The same fact as a text or as a number: both occur.
    engaged = (
        _param("session_engaged", "1")
        if event.session_number % 2
        else _param("session_engaged", number(1), "int_value")
    )
    params.append(engaged)
    if traffic is not None and traffic.source and traffic.told_by != "address":
        params += [
            _param("source", traffic.source),
            _param("medium", traffic.medium),
            _param("campaign", traffic.campaign),
        ]
    if event.search_term:
        params.append(_param("search_term", event.search_term))
    if event.search_results is not None:
        params.append(_param("search_results", number(event.search_results), "int_value"))
    if event.measurement is not None:
        name, value = event.measurement
        params += [_param("metric_id", name), _param("metric_value", value, "double_value")]
    if event.is_internal:
        params.append(_param("traffic_type", company.INTERNAL_TRAFFIC))
    if event.transaction is not None:
        params += [_param("transaction_id", event.transaction), _param("currency", "VND")]
    return params


def _referrer(event: Event, host: str) -> str:
    """Where the event's page was opened from. Who paid or signed in came back from there, and was not sent."""
    if event.traffic is not None:
        return event.traffic.referrer
    if event.transaction is not None and event.session_id % 3 == 0:
        return "https://sandbox.vnpayment.vn/paymentv2/Transaction/PaymentMethod.html"
    if event.name == "sign_up":
        return "https://accounts.google.com/"
    return f"https://{host}{event.previous_path}" if event.previous_path else ""


def _param(key: str, value: object, kind: str = "string_value") -> dict[str, Any]:
    return {"key": key, "value": {kind: value}}


def _lines(rows: Iterable[dict[str, Any]]) -> bytes:
    """JSON lines as BigQuery writes them."""
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
    return ("\n".join(map(encode, rows)) + "\n").encode("utf-8")


def _parquet(rows: Sequence[dict[str, Any]]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(rows), schema=_SCHEMA), buffer, compression="zstd")
    return buffer.getvalue()
