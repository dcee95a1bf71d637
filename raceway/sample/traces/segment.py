"""Segment's files of the outlet: gz JSON lines by the day of receipt, and RudderStack's plain ones.

Messages come twice, a day late, with their login as a number, with their revenue as a text or a number; lines
are empty, and the newest file breaks off in its last line.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from raceway.sample.invent.outlet import OFFICE_DEVICE
from raceway.sample.traces.drop import Drop, gzipped
from raceway.sample.world import company
from raceway.sample.world.chance import Chance
from raceway.sample.world.outlet import Identify
from raceway.sample.world.things import DAY, SECOND, Event, micros
from raceway.sample.world.world import World

_NAMES: Final = {
    "view_item": "Product Viewed",
    "add_to_cart": "Product Added",
    "view_search_results": "Products Searched",
    "newsletter_signup": "Newsletter Subscribed",
    "sign_up": "Signed Up",
    "purchase": "Order Completed",
}
_AGENTS: Final = {
    "Chrome": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "Safari": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Safari/604.1",
    "Firefox": "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
    "HeadlessChrome": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/131.0.0.0",
}
_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class _Sent:
    """A message and when it was received (µs since 1970)."""

    received_at: int
    message: dict[str, Any]


def write_segment(world: World, inbox: Path) -> int:
    """Writes all exports of the outlet's events; gives the number of files."""
    chance = Chance(world.seed, "segment files")
    drop = Drop(inbox, "segment", "vn-outlet")
    closing = micros(world.moment(world.as_of, 0)) - SECOND
    traces: list[Event | Identify] = [*world.outlet.events, *world.outlet.identifies, *world.outlet.noise]
    traces.sort(key=lambda trace: (trace.at, isinstance(trace, Identify), trace.device.client))
    sent: list[_Sent] = []
    for number, trace in enumerate(traces):
        delay = SECOND // 2 if not world.traps or chance.hit(0.96) else DAY + chance.randrange(3_600) * SECOND
        received_at = min(trace.at + delay, closing)
        message = _message(trace, number, received_at, chance)
        sent.append(_Sent(received_at, message))
        if world.traps and chance.hit(0.03):  # at least once is at times twice
            again = min(received_at + chance.randrange(1, 30) * 3_600 * SECOND, closing)
            sent.append(_Sent(again, message | {"receivedAt": _iso(again)}))
    sent.sort(key=lambda one: (one.received_at, one.message["messageId"]))
    third = len(world.days) // 3
    firsts = [world.days[0], world.days[third], world.days[2 * third]]
    for number, first in enumerate(firsts):
        last = firsts[number + 1] - dt.timedelta(days=1) if number < 2 else world.last
        start, end = micros(world.moment(first, 0)), micros(world.moment(last + dt.timedelta(days=1), 0))
        messages = [one.message for one in sent if start <= one.received_at < end]
        if not messages:
            continue  # there is nothing to export
        received_day = start // 86_400_000_000 * 86_400_000
        exported_at = world.night if last == world.last else world.moment(last + dt.timedelta(days=1), 2)
        if world.traps and number == 1:
            content = _lines({**message, "rudderId": "r-1", "channel": "web"} for message in messages)
            drop.put(f"rudder-logs/outlet/{received_day}.json", content, exported_at)
        else:
            content = _lines(messages, cut_off=world.traps and last == world.last)
            drop.put(f"segment-logs/3kUh9fQ2/{received_day}/{received_day}.1b2c.gz", gzipped(content), exported_at)
    return drop.files


def _lines(messages: Iterable[dict[str, Any]], cut_off: bool = False) -> bytes:
    """JSON lines with an empty one among them; `cut_off` adds a message that breaks off."""
    lines = [json.dumps(message, ensure_ascii=False, separators=(",", ":")) for message in messages]
    lines.insert(len(lines) // 2, "")
    text = "\n".join(lines) + "\n"
    if cut_off:
        text += '{"type":"track","event":"Product Viewed","messageId":"ajs-next-cut","timestamp":"20'
    return text.encode("utf-8")


def _iso(at: int) -> str:
    moment = _EPOCH + dt.timedelta(microseconds=at)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def _message(trace: Event | Identify, number: int, received_at: int, chance: Chance) -> dict[str, Any]:
    """A message as the library sends it."""
    is_office = trace.device.client == OFFICE_DEVICE
    context: dict[str, Any] = {
        "library": {"name": "analytics.js", "version": "next-1.70.0"},
        "ip": company.OFFICE_ADDRESS if is_office else f"203.0.113.{chance.randrange(1, 255)}",
        "locale": "vi-VN",
        "userAgent": _AGENTS[trace.device.browser],
        "page": {},
    }
    if not trace.has_consent:
        context["consent"] = {"categoryPreferences": {"analytics": False, "advertising": False}}
    elif chance.hit(0.3):
        context["consent"] = {"categoryPreferences": {"analytics": True, "advertising": False}}
    message: dict[str, Any] = {
        "anonymousId": trace.device.client, "userId": None, "messageId": f"ajs-next-{number:06d}",
        "timestamp": _iso(trace.at), "originalTimestamp": _iso(trace.at), "sentAt": _iso(trace.at),
        "receivedAt": _iso(received_at), "context": context, "integrations": {}, "version": 2,
    }  # fmt: skip
    if isinstance(trace, Identify):
        email = trace.email.upper() if trace.email is not None and chance.hit(0.2) else trace.email
        traits = {"email": email, "phone": trace.phone, "createdAt": _iso(trace.at)[:10]}
        named = {key: value for key, value in traits.items() if value is not None}
        return {"type": "identify", **message, "userId": _user(trace.login), "traits": named}
    context["page"] = _page(trace)
    traffic = trace.traffic
    if traffic is not None and traffic.source and traffic.told_by != "address":
        context["campaign"] = {"source": traffic.source, "medium": traffic.medium, "name": traffic.campaign}
    message["userId"] = None if trace.user_id is None else _user(trace.user_id)
    if trace.name == "page_view":
        return {"type": "page", "name": "Sale", **message, "properties": {"path": trace.path}}
    properties: dict[str, Any] = {}
    if trace.transaction is not None:
        total = trace.revenue or 0
        properties = {
            "order_id": trace.transaction, "revenue": f"{total}.00" if number % 2 else total, "currency": "VND",
            "products": [{"sku": "SH-CITY-01", "price": total, "quantity": 1}],
        }  # fmt: skip
    return {"type": "track", "event": _NAMES[trace.name], **message, "properties": properties}


def _user(login: str) -> str | int:
    """Some sites number their users."""
    return int(login) if login.isdigit() else login


def _page(event: Event) -> dict[str, str]:
    traffic = event.traffic
    query: dict[str, str] = {}
    if traffic is not None and traffic.source and traffic.told_by != "fields":
        query = {"utm_source": traffic.source, "utm_medium": traffic.medium, "utm_campaign": traffic.campaign}
    parts = [text for text in (urlencode(query), traffic.click_id if traffic is not None else "") if text]
    url = f"https://{event.host}{event.path}" + ("?" + "&".join(parts) if parts else "")
    previous = f"https://{event.host}{event.previous_path}" if event.previous_path else ""
    referrer = traffic.referrer if traffic is not None else previous
    return {"path": event.path, "url": url, "referrer": referrer, "title": "Outlet Sông Hồng"}
