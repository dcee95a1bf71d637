"""Invents what the company keeps in lists of its own: the club, the app, influencers, praise, the campaign map."""

from __future__ import annotations

import datetime as dt
from typing import Final

from raceway.sample.invent.names import invent_email, invent_name
from raceway.sample.world import company
from raceway.sample.world.chance import Chance
from raceway.sample.world.lists import (
    Article,
    Endorsement,
    Login,
    MappedCampaign,
    MarketSize,
    Praise,
    Subscription,
    Term,
    Use,
)
from raceway.sample.world.things import Person
from raceway.sample.world.world import World

_FEATURES: Final = {"running_log": 30, "order_tracking": 24, "size_guide": 22, "store_locator": 14, "wish_list": 10}
_MARKETS: Final = {"VN": 80, "US": 12, "": 8}
_TRIAL_DAYS: Final = 14
_TERM_DAYS: Final = 30
_FEES: Final = (
    (9_900_000, "VND", "month"),
    (29_000_000, "VND", "quarter"),
    (99_000_000, "VND", "year"),
    (2_500_000, "VND", "week"),
    (499, "USD", "month"),
)  # hundredths of the currency


def invent_lists(world: World) -> None:
    """Fills `world.lists`; persons, visits and ads are there already."""
    lists = world.lists
    lists.terms = [
        Term("sông hồng"), Term("Giày Sông Hồng"), Term("giaysonghong"),
        Term("giày bến thành", "Bến Thành"), Term("hồng hà shoes", "Hồng Hà"),
    ]  # fmt: skip
    lists.campaigns = [
        MappedCampaign("google_ads", "vn-main", "PMax giày dép", "Paid-Search-Xuan"),
        MappedCampaign("google_ads", "vn-main", "Hiển thị, tiếp thị lại", "display-he", "existing"),
    ]
    _articles(world)
    _market_sizes(world)
    _club(world)
    _praise(world)
    _logins(world)
    _uses(world)


def _articles(world: World) -> None:
    """Cost prices: dearer from the middle of the world on, one in dollars by then, one that nobody knows."""
    chance = Chance(world.seed, "articles")
    begin, later = dt.date(2024, 1, 1), world.days[len(world.days) // 2]
    for product in company.PRODUCTS:
        line = product.sku.split("-")[1]
        cost = product.shop_price * chance.randrange(38, 55) // 100
        is_unknown = product.sku == "SH-LACE-01"
        first = Article(product.sku, line, product.category, None if is_unknown else cost, "VND", begin)
        world.lists.articles.append(first)
        if product.sku == "SH-CARE-01":
            world.lists.articles.append(Article(product.sku, line, product.category, 333, "USD", later))
        elif chance.hit(0.4) and not is_unknown:
            dearer = cost * 107 // 100
            world.lists.articles.append(Article(product.sku, line, product.category, dearer, "VND", later))


def _market_sizes(world: World) -> None:
    """Vietnam's whole shoe market with VAT, New York's in dollars without, running shoes alone in Singapore."""
    chance = Chance(world.seed, "market sizes")
    month = world.first.replace(day=1)
    while month <= world.last:
        world.lists.market_sizes += [
            MarketSize(month, "VN", "", chance.randrange(700, 990) * 1_000_000_000, "VND", True),
            MarketSize(month, "US", "", chance.randrange(80, 99) * 100_000_000, "USD", False),
            MarketSize(month, "SG", "Giày chạy", chance.randrange(8, 20) * 1_000_000_000, "VND", False),
        ]
        month = (month + dt.timedelta(days=32)).replace(day=1)


class _Fees:
    """What a member pays from term to term: mostly the same, now and then more or less, once in a while untold."""

    def __init__(self, chance: Chance, untold: float) -> None:
        self._chance = chance
        self._untold = untold
        self._level = chance.choice(range(len(_FEES)))

    def next_fee(self) -> tuple[int | None, str, str]:
        """Hundredths, currency and interval of the next term."""
        if self._chance.hit(self._untold):
            return None, "", ""
        if self._chance.hit(0.25):
            self._level = self._chance.choice(range(len(_FEES)))
        return _FEES[self._level]


def _club(world: World) -> None:
    """Trials of two weeks; who pays has terms of thirty days, renewed early, late or never."""
    chance = Chance(world.seed, "club")
    customers = [person for person in world.persons if chance.hit(0.04)][: max(6, round(160 * world.scale))]
    for number, person in enumerate(customers):
        fees = _Fees(Chance(world.seed, f"club fees {number}"), untold=0.04 if number > 1 else 0)
        name = f"CLUB-{number + 1:04d}"
        told = chance.choices(("both", "email", "phone", "neither"), (60, 25, 12, 3))[0]
        email = person.email if told in ("both", "email") else ""
        phone = person.phone if told in ("both", "phone") else ""
        # two come on the first day and pay early, one stays and one leaves: even a small world has one of each kind
        start = chance.choice(world.days) if number > 1 else world.first
        end = start + dt.timedelta(days=_TRIAL_DAYS - 1)
        paid: dt.date | None = end + dt.timedelta(days=chance.choice((-5, 0, 3, 30, 31, 44)) if number > 1 else -5)
        if paid is not None and ((number > 1 and chance.hit(0.3)) or paid > world.last):
            paid = None
        world.lists.subscriptions.append(Subscription(name, email, phone, True, start, end, paid))
        start = paid or start
        while paid is not None and start <= world.last:
            end = start + dt.timedelta(days=_TERM_DAYS - 1)
            renewed: dt.date | None = end + dt.timedelta(days=chance.choice((-3, 0, 1, 30, 31)) if number else -3)
            if renewed is not None and (number == 1 or (number and chance.hit(0.25)) or renewed > world.last):
                renewed = None
            term = Subscription(f"{name}-P", email, phone, False, start, end, None, renewed, *fees.next_fee())
            world.lists.subscriptions.append(term)
            if renewed is None:
                break
            start = max(renewed, end + dt.timedelta(days=1))


def _praise(world: World) -> None:
    """Posts of influencers and testimonials; a post reaches more people the longer it stands."""
    chance = Chance(world.seed, "praise")
    for number in range(max(4, round(26 * world.scale))):
        day = chance.choice(world.days) if number else world.first
        early = chance.randrange(800, 60_000)
        reach = None if chance.hit(0.08) else early + chance.randrange(30_000)
        name = invent_name(chance, "VN")
        post = f"https://video.example/@kol{number}/p/{chance.token(11)}"
        world.lists.endorsements.append(Endorsement(post, name, day, chance.one_of(_MARKETS), reach, early))
    for number in range(max(3, round(18 * world.scale))):
        day = chance.choice(world.days)
        world.lists.testimonials.append(
            Praise(f"T-{number + 1:03d}", day, chance.one_of(_MARKETS), number == 0 or chance.hit(0.7))
        )


def _logins(world: World) -> None:
    """The site's list of accounts begins in the middle of the world: before it only sign-up events tell of them."""
    chance = Chance(world.seed, "logins")
    opening = world.moment(world.days[len(world.days) // 2], 0)
    by_login = {person.login: person for person in world.persons if person.login is not None}
    seen: set[str] = set()
    for event in world.events:
        person = by_login.get(event.user_id or "")
        at = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=event.at)
        if person is None or person.login is None or person.login in seen or at < opening:
            continue
        seen.add(person.login)
        if chance.hit(0.3):
            world.lists.logins.append(_login(world, chance, person.login, person, at))
    # accounts made at a counter, without a visit that anybody saw
    for number in range(max(3, round(60 * world.scale))):
        name = invent_name(chance, "VN")
        at = opening + (world.closing - opening) * chance.random()
        stranger = Person(0, name, "VN", invent_email(chance, name, 300_000 + number), "", None)
        world.lists.logins.append(_login(world, chance, f"A{number:05d}", stranger, at))
    world.lists.logins.sort(key=lambda login: (login.created_at, login.login))


def _login(world: World, chance: Chance, name: str, person: Person, at: dt.datetime) -> Login:
    at = at.replace(microsecond=0) + dt.timedelta(seconds=1)  # the list knows whole seconds
    completed = None
    if chance.hit(0.55):
        completed = at.astimezone(world.settings.zone).date() + dt.timedelta(days=chance.choice((0, 1, 9, 30, 31)))
    if completed is not None and completed > world.last:
        completed = None
    return Login(name, "" if chance.hit(0.2) else person.email, at, completed)


def _uses(world: World) -> None:
    """Who has an account uses the app, some at once and some never; a few are known by their address alone."""
    chance = Chance(world.seed, "uses")
    members = [(p.login, p.email) for p in world.persons if p.login is not None and chance.hit(0.25)]
    for login, email in members:
        for _ in range(chance.geometric(3)):
            at = world.moment(chance.choice(world.days), chance.randrange(6, 23), chance.randrange(60))
            _use(world, chance, login or "", email, at)
    for account in world.lists.logins:
        if chance.hit(0.6):
            days = chance.choice((0.01, 0.5, 3, 6.9, 7.2, 12))
            at = (account.created_at + dt.timedelta(days=days)).replace(microsecond=0)
            _use(world, chance, account.login, account.email, at)
    # one feature is used once in a minute by whom the file calls the same
    told = {(use.at, use.login, use.email, use.feature): use for use in world.lists.uses}
    world.lists.uses = [told[key] for key in sorted(told)]


def _use(world: World, chance: Chance, login: str, email: str, at: dt.datetime) -> None:
    if at >= world.closing:
        return
    told = chance.choices(("login", "both", "email"), (70, 20, 10))[0] if email else "login"
    world.lists.uses.append(
        Use(
            "" if told == "email" else login, "" if told == "login" else email, at, chance.one_of(_FEATURES),
            chance.randrange(20, 9_000),
        )
    )  # fmt: skip


STAFF_USE_HOUR: Final = 9
"""The staff try the app every morning: rows that exclusions.csv leaves out."""


def staff_uses(world: World) -> list[Use]:
    """Uses that are in the files and never count."""
    return [Use("", company.STAFF_EMAIL, world.moment(day, STAFF_USE_HOUR), "running_log", 600) for day in world.days]
