"""The company's own lists, by raceway's csv templates, some of them as two exports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from raceway.sample.invent.lists import staff_uses
from raceway.sample.traces.drop import Drop, cents, table
from raceway.sample.world import company
from raceway.sample.world.world import World

COLUMNS: Final = {
    "brand_terms": ["term", "kind", "competitor"],
    "campaign_map": ["source", "account", "campaign", "utm_campaign", "aim"],
    "products": ["sku", "product_line", "category", "cost", "currency", "valid_from"],
    "market_size": ["month", "market", "category", "amount", "currency", "includes_vat"],
    "subscriptions": ["subscription_id", "email", "phone", "kind", "started_on", "ends_on", "paid_on", "renewed_on",
                      "amount", "currency", "interval"],
    "endorsements": ["post", "influencer", "posted_on", "market", "reach"],
    "testimonials": ["testimonial", "received_on", "market", "consent"],
    "app_usage": ["login", "email", "used_at", "feature", "seconds"],
    "account_profiles": ["login", "email", "site", "created_at", "completed_on"],
    "experiments": ["experiment", "name", "starts_on", "concluded_on", "baseline", "planned_split", "min_persons",
                    "success_event", "window_days"],
}  # fmt: skip


def write_lists(world: World, drop: Drop) -> None:
    """Writes the lists beside the plan files; what changes over time as it stood in the middle and at the end."""
    lists, night = world.lists, world.night
    terms = [[t.term, "competitor" if t.competitor else "brand", t.competitor] for t in lists.terms]
    campaigns = [[c.source, c.account, c.campaign, c.utm_campaign, c.aim] for c in lists.campaigns]
    _put(drop, "brand_terms", terms, night)
    _put(drop, "campaign_map", campaigns, night)
    articles = [
        [a.sku, a.line, a.category, _money(a.cost, a.currency), a.currency, a.valid_from.isoformat()]
        for a in lists.articles
    ]
    sizes = [
        [
            f"{m.month:%Y-%m}",
            m.market,
            m.category,
            _money(m.amount, m.currency),
            m.currency,
            str(m.includes_vat).lower(),
        ]
        for m in lists.market_sizes
    ]
    _put(drop, "products", articles, night)
    _put(drop, "market_size", sizes, night)
    testimonials = [[t.id, t.received_on.isoformat(), t.market, "true" if t.has_consent else ""]
                    for t in lists.testimonials]  # fmt: skip
    _put(drop, "testimonials", testimonials, night)
    middle = world.moment(world.days[len(world.days) // 2], 8)
    for exported_at, name in ((middle, "-first"), (night, "")):
        until = exported_at.astimezone(world.settings.zone).date()
        _put(drop, "subscriptions", _subscriptions(world, until), exported_at, name)
        posts = [
            [e.post, e.influencer, e.posted_on.isoformat(), e.market, _number(e.reach if not name else e.early_reach)]
            for e in lists.endorsements
            if e.posted_on < until
        ]
        _put(drop, "endorsements", posts, exported_at, name)
    _put(drop, "account_profiles", _logins(world), night)
    tests = [
        [t.id, t.name, t.starts_on.isoformat(), _day(t.concluded_on, None), t.variations[0], t.split,
         _number(t.min_persons), t.success_event, _number(t.window_days)]
        for t in world.experiments.tests
    ]  # fmt: skip
    _put(drop, "experiments", tests, night)
    _uses(world, drop, middle)


def _subscriptions(world: World, until: dt.date) -> list[list[str]]:
    """The trials and terms that began before `until`, as they stood on the day before it."""
    return [
        [s.id, s.email, s.phone, "trial" if s.is_trial else "term", s.started_on.isoformat(), s.ends_on.isoformat(),
         _day(s.paid_on, until), _day(s.renewed_on, until),
         "" if s.amount_x100 is None else cents(s.amount_x100), s.currency, s.interval]
        for s in world.lists.subscriptions
        if s.started_on < until
    ]  # fmt: skip


def _logins(world: World) -> list[list[str]]:
    zone = world.settings.zone
    return [
        [
            a.login,
            a.email,
            company.SITE,
            f"{a.created_at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
            _day(a.completed_on, None),
        ]
        for a in world.lists.logins
    ]


def _uses(world: World, drop: Drop, middle: dt.datetime) -> None:
    """Two files that overlap by a week: equal rows count once. One writes local time, the other an offset."""
    everything = sorted([*world.lists.uses, *staff_uses(world)], key=lambda use: (use.at, use.login, use.email))
    week = dt.timedelta(days=7)
    zone = world.settings.zone
    for first, last, exported_at, name, form in (
        (None, middle, middle, "-first", "%Y-%m-%d %H:%M:%S"),
        (middle - week, None, world.night, "", "%Y-%m-%dT%H:%M:%S%z"),
    ):
        rows = [
            [use.login, use.email, use.at.astimezone(zone).strftime(form), use.feature,
             f"{use.tenths // 10}.{use.tenths % 10}"]
            for use in everything
            if (first is None or use.at >= first) and (last is None or use.at < last)
        ]  # fmt: skip
        _put(drop, "app_usage", rows, exported_at, name)


def _day(day: dt.date | None, until: dt.date | None) -> str:
    return "" if day is None or (until is not None and day >= until) else day.isoformat()


def _money(amount: int | None, currency: str) -> str:
    return "" if amount is None else str(amount) if currency == "VND" else cents(amount)


def _number(number: int | None) -> str:
    return "" if number is None else str(number)


def _put(drop: Drop, kind: str, rows: Sequence[Sequence[str]], exported_at: dt.datetime, name: str = "") -> None:
    if rows:
        drop.put(f"{kind}{name}.csv", table([COLUMNS[kind], *rows]).encode("utf-8"), exported_at)
