"""The outlet: a second site, told by another source; who agrees to analytics and who does not."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

from raceway.sample.traces.segment import write_segment
from raceway.sample.truth.truth import measures
from raceway.sample.world.outlet import Identify
from raceway.sample.world.things import micros
from tests.sample.conftest import Written
from tests.sample.hand_made import SEARCH_AD, at, device, event, order, world

MARCH = dt.date(2026, 3, 1)


def value(found: dict[Any, Any], measure: str, channel: str = "all") -> Any:
    """A measure of March over all markets."""
    return found.get((measure, "month", MARCH, channel, "all"), 0)


def test_who_identifies_on_a_second_site_is_one_visitor_of_both() -> None:
    place, phone, outlet = world(), device("1.1"), device("anon-1")
    place.events = [event(phone, "03-02 10:00", user_id="U1")]
    place.outlet.events = [event(outlet, "03-03 10:00")]
    assert value(measures(place), "visitors") == 2
    place.outlet.identifies = [Identify(micros(at("03-03 10:01")), outlet, "U1", None, None, True)]
    found = measures(place)
    assert (value(found, "sessions"), value(found, "visitors")) == (2, 1)


def test_a_visit_without_consent_counts_and_joins_no_person() -> None:
    place, phone = world(), device("1.1")
    place.orders = [order("#1", "03-02 12:00", email="an@example.com")]
    place.order_exports = [place.night]
    place.events = [
        event(phone, "03-02 10:00", traffic=SEARCH_AD, user_id="U1"),
        event(phone, "03-02 12:01", "purchase", transaction="#1"),
    ]
    agreed = measures(place)
    for one in place.events:
        one.has_consent = False
    refused = measures(place)
    assert value(agreed, "sessions") == value(refused, "sessions") == 2
    assert value(agreed, "orders", "paid_search") == 1
    assert value(refused, "orders", "direct") == 1  # nobody knows by which visit the buyer came
    # the session that names the placed order converts its visitor, whoever that is
    assert (value(agreed, "converting_visitors"), value(refused, "converting_visitors")) == (1, 1)
    assert value(refused, "converting_sessions") == 1


def test_an_identification_without_consent_joins_nobody() -> None:
    place, one, other = world(), device("anon-1"), device("anon-2")
    place.outlet.events = [event(one, "03-02 10:00"), event(other, "03-02 11:00")]
    place.outlet.identifies = [
        Identify(micros(at("03-02 10:00")), where, "U1", "an@example.com", None, where is one) for where in (one, other)
    ]
    assert value(measures(place), "visitors") == 2


def test_the_outlets_visitors_are_new_by_their_first_message_once_it_is_old_enough() -> None:
    place = world()
    place.events = [event(device("1.1"), "03-02 09:00")]
    place.outlet.events = [event(device("anon-1"), "03-03 10:00")]
    outlet = place.accounts["segment", "vn-outlet"]
    for began, new in ((dt.date(2025, 10, 1), 0), (dt.date(2025, 9, 2), 2), (dt.date(2026, 4, 1), 2)):
        place.accounts["segment", "vn-outlet"] = outlet.model_copy(update={"history_start": began})
        assert value(measures(place), "new_visitors") == new, began


def test_a_stretch_without_messages_has_no_file(tmp_path: Path) -> None:
    place = world()
    assert write_segment(place, tmp_path) == 0
    place.outlet.events = [event(device("anon-1"), "03-03 10:00")]
    assert write_segment(place, tmp_path) == 1
    assert all(path.stat().st_size > 100 for path in tmp_path.rglob("*") if path.is_file())


def test_segments_files_hold_doubles_late_messages_and_a_line_that_breaks_off(sample: Written) -> None:
    files = sorted(path for path in sample.home.inbox.glob("segment/vn-outlet/**/*") if path.is_file())
    assert [path.suffix for path in files] == [".json", ".gz", ".gz"]
    messages, broken, blank = [], 0, 0
    for path in files:
        content = path.read_bytes()
        for line in (gzip.decompress(content) if path.suffix == ".gz" else content).decode().splitlines():
            try:
                messages.append(json.loads(line))
            except json.JSONDecodeError:
                broken, blank = broken + bool(line), blank + (not line)
    assert (broken, blank) == (1, 3)
    ids = Counter(message["messageId"] for message in messages)
    assert max(ids.values()) == 2
    assert Counter(message["type"] for message in messages).keys() == {"page", "track", "identify"}
    assert {type(message["userId"]) for message in messages} == {str, int, type(None)}
    orders = [message["properties"] for message in messages if message.get("event") == "Order Completed"]
    assert {type(properties["revenue"]) for properties in orders} == {str, int}
    assert any(message["receivedAt"][:10] > message["timestamp"][:10] for message in messages)
    assert any(not message["context"].get("consent", {}).get("categoryPreferences", {"analytics": True})["analytics"]
               for message in messages)  # fmt: skip


def test_some_visits_of_the_shops_site_refuse_storage(small: Written) -> None:
    answers = Counter[str]()
    for path in small.home.inbox.glob("ga4/vn-shop/*.jsonl.gz"):
        for line in gzip.decompress(path.read_bytes()).decode().splitlines():
            answers[json.loads(line).get("privacy_info", {}).get("analytics_storage", "")] += 1
    assert answers["No"] > 0
    assert answers["Yes"] > answers["No"]
    assert answers[""] > 0
