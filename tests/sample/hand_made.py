"""A world without anything in it, and the few things that tests put there by hand."""

from __future__ import annotations

import datetime as dt

from raceway.sample.world import company
from raceway.sample.world.things import Device, Event, Line, ShopOrder, Traffic, micros
from raceway.sample.world.world import World

FIRST, LAST = dt.date(2026, 3, 2), dt.date(2026, 3, 29)
HISTORY = dt.date(2025, 6, 1)

SEARCH_AD = Traffic("paid_search", "google_ads", "google", "cpc", "spring", "gclid=x")
LETTER = Traffic("email", None, "newsletter", "email", "march")


def world() -> World:
    """The sample's company, and nothing that happened to it."""
    accounts = {(a.source, a.account): a for a in company.sample_accounts(HISTORY)}
    return World(company.sample_settings(), accounts, 1, 1.0, FIRST, LAST, HISTORY)


def at(text: str) -> dt.datetime:
    """A clock time in Sài Gòn, `03-02 10:00`, as UTC."""
    local = dt.datetime.fromisoformat(f"2026-{text}").replace(tzinfo=company.sample_settings().zone)
    return local.astimezone(dt.UTC)


def device(client: str = "1.1", first_touch: str | None = None) -> Device:
    return Device(client, "VN", "Chrome", "mobile", None if first_touch is None else micros(at(first_touch)))


def event(
    where: Device,
    when: str,
    name: str = "page_view",
    traffic: Traffic | None = None,
    *,
    user_id: str | None = None,
    transaction: str | None = None,
    engagement_ms: int = 0,
    later: int = 0,
) -> Event:
    """An event at a clock time and `later` microseconds."""
    moment = micros(at(when)) + later
    return Event(
        moment, name, where, "/", 1, 1, 1,
        user_id=user_id, traffic=traffic, transaction=transaction, engagement_ms=engagement_ms,
    )  # fmt: skip


def order(
    name: str,
    when: str,
    price: int = 108_000,
    *,
    email: str | None = None,
    phone: str | None = None,
    shipping: int = 0,
    discount: int = 0,
) -> ShopOrder:
    return ShopOrder(
        created_at=at(when), person=None, email=email, phone=phone,
        lines=[Line("A", "Giày", "Giày", price, 1)], discount=discount, shipping=shipping,
        billing_country="VN", shipping_country="VN", is_cod=False, tags=[], name=name, id=name.replace("#", "500"),
    )  # fmt: skip
