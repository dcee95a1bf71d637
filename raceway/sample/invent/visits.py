"""What persons and strangers do on the site: the events of their visits.

Visits of one device keep 45 minutes apart, except where a rule is put to the test: a pause of exactly half
an hour (one session) and of a microsecond more (two), a click on another campaign in the middle of a visit,
a visit over midnight.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from raceway.sample.invent.arrivals import arrive, other_campaign
from raceway.sample.world import company
from raceway.sample.world.chance import Chance
from raceway.sample.world.seasons import demand
from raceway.sample.world.things import DAY, MINUTE, SECOND, Country, Device, Event, Person, ShopOrder, Traffic, micros
from raceway.sample.world.world import World

_VISITS_A_DAY: Final = 140.0  # beside those that end with an order
_HOURS: Final = (2, 0.8, 0.3, 0.2, 0.2, 0.4, 1, 2, 3, 3.6, 3.8, 3.8, 4.4, 3.6, 3, 3.2, 3.4, 3.4, 3.4, 4.2, 5.2, 5.8,
                 4.8, 3)  # fmt: skip
_COUNTRIES: Final[dict[Country, float]] = {"VN": 0.87, "US": 0.07, "SG": 0.045, "": 0.015}
_BROWSERS: Final = {"Chrome": 55, "Safari": 22, "Cốc Cốc": 14, "Samsung Internet": 6, "Edge": 3}
_CATEGORIES: Final = {"mobile": 74, "desktop": 22, "tablet": 4}
_LANDINGS: Final = ("/", "/", "/", "/collections/giay-chay", "/collections/sale", "/blogs/cham-soc-giay")

# What may happen on a page that is no product: (event, probability).
_EXTRAS: Final = (
    ("scroll", 0.30),
    ("view_search_results", 0.05),
    ("file_download", 0.022),
    ("video_start", 0.022),
    ("article_read", 0.022),
    ("tool_use", 0.012),
    ("form_submit", 0.008),
    ("share", 0.008),
    ("newsletter_signup", 0.014),
    ("generate_lead", 0.004),
)


class Site:
    """Writes the events of visits; one method per thing that happens."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.chance = Chance(world.seed, "visits")
        self.strangers: list[Device] = []
        self.opening = micros(world.moment(world.first, 0))
        self.closing = micros(world.moment(world.as_of, 0)) - 1

    def device(self, country: Country, first_touch: int | None) -> Device:
        """A new device."""
        chance = self.chance
        client = f"{chance.randrange(10**8, 2 * 10**9)}.{chance.randrange(1_500_000_000, 1_790_000_000)}"
        shown = country if chance.hit(0.985) else ""
        return Device(client, shown, chance.one_of(_BROWSERS), chance.one_of(_CATEGORIES), first_touch)

    def device_of(self, person: Person, at: int, first_seen: int | None = None) -> Device:
        """One of a person's devices, at times a new one. Known customers were on the site long before."""
        chance = self.chance
        if not person.devices or (len(person.devices) < 3 and chance.hit(0.12)):
            seen = first_seen
            if seen is None and chance.hit(0.45):
                seen = at - int(chance.uniform(1, 500) * DAY)
            if chance.hit(0.03):
                seen = None  # the site lost it
            person.devices.append(self.device(person.country, seen))
        return chance.choice(person.devices)

    def visit(
        self,
        device: Device,
        start: int,
        traffic: Traffic | None,
        login: str | None = None,
        may_sign_up: bool = False,
    ) -> bool:
        """A visit without an order; False where it would come too near to another one of the device."""
        script = self._browse(may_sign_up)
        return self._perform(device, start, traffic, script, login)

    def buy(self, device: Device, order: ShopOrder, traffic: Traffic | None, login: str | None) -> bool:
        """The visit in which an order was placed; False where the device was busy."""
        chance = self.chance
        script = self._browse(False, pages=chance.geometric(2.2))
        at = script[-1][0]
        item = order.lines[0]
        for name, path, pause in (
            ("page_view", f"/products/{item.sku or 'the-qua-tang'}", 20),
            ("view_item", f"/products/{item.sku or 'the-qua-tang'}", 1),
            ("add_to_cart", f"/products/{item.sku or 'the-qua-tang'}", 15),
            ("begin_checkout", "/checkout", 10),
            ("page_view", "/checkout", 1),
        ):
            at += int(chance.uniform(pause, pause * 4) * SECOND)
            script.append((at, name, path, 0 if name == "begin_checkout" else chance.randrange(400, 9_000), None))
        placed = at + int(chance.uniform(20, 300) * SECOND)
        thanks = placed + int(chance.uniform(1, 12) * SECOND)
        # Some shops send the order's id in place of its name; some pages fire twice.
        named = order.name if chance.hit(0.9) else order.id
        script.append((thanks, "page_view", "/checkout/thank-you", 5_000, None))
        script.append((thanks + 300_000, "purchase", "/checkout/thank-you", 0, named))
        if chance.hit(0.015):
            script.append((thanks + 2_300_000, "purchase", "/checkout/thank-you", 0, named))
        start = micros(order.created_at) - placed
        return self._perform(device, start, traffic, script, login, revenue=order.total)

    def reload_receipt(self, device: Device, order: ShopOrder, start: int) -> bool:
        """The receipt opened again later: its purchase event fires a second time, in a session without an order."""
        script: list[tuple[int, str, str, int, str | None]] = [
            (0, "page_view", "/checkout/thank-you", 0, None),
            (SECOND, "purchase", "/checkout/thank-you", 0, order.name),
            (9 * SECOND, "user_engagement", "/checkout/thank-you", 8_000, None),
        ]
        return self._perform(device, start, None, script, None, revenue=order.total)

    def _browse(self, may_sign_up: bool, pages: int | None = None) -> list[tuple[int, str, str, int, str | None]]:
        """(microseconds since the start, event, path, engagement ms, transaction) of a visit."""
        chance = self.chance
        path = chance.choice(_LANDINGS)
        script: list[tuple[int, str, str, int, str | None]] = [(0, "page_view", path, 0, None)]
        count = pages or (1 if chance.hit(0.4) else 1 + chance.geometric(2.1))
        at = 0
        for page in range(count):
            if page:
                path = self._next_path()
                stay = chance.lognormvariate(3.2, 0.9)
                at += int(min(max(stay, 2.0), 1_500.0) * SECOND) + chance.randrange(SECOND)
                script.append((at, "page_view", path, int(min(stay, 600) * 1000 * chance.uniform(0.5, 1)), None))
            if path.startswith("/products/") or (page == 0 and chance.hit(0.06)):
                at = self._on_product(script, at, path)
            for name, probability in _EXTRAS:
                if chance.hit(probability / (2 if count == 1 else 1)):
                    at += int(chance.uniform(1, 12) * SECOND)
                    script.append((at, name, path, chance.randrange(0, 4_000), None))
        if may_sign_up and chance.hit(0.06):
            at += int(chance.uniform(20, 90) * SECOND)
            script.append((at, "sign_up", "/account/register", 9_000, None))
        if chance.hit(0.8):
            # A bounce is under ten seconds; exactly ten is none.
            left = 10_000 if chance.hit(0.01) else int(min(chance.lognormvariate(1.9, 1.0), 240) * 1000)
            at += max(left, 500) * 1000 + chance.randrange(SECOND)
            script.append((at, "user_engagement", path, left, None))
        return script

    def _on_product(self, script: list[tuple[int, str, str, int, str | None]], at: int, path: str) -> int:
        chance = self.chance
        adds = chance.hit(0.24)
        at += chance.randrange(50_000, 900_000)
        if adds and chance.hit(0.12):
            script.append((at, "add_to_cart", path, 1_000, None))  # from the list, before the product was seen
            return at
        script.append((at, "view_item", path, chance.randrange(0, 1_500), None))
        if adds:
            at += int(chance.uniform(4, 60) * SECOND)
            script.append((at, "add_to_cart", path, chance.randrange(1_000, 30_000), None))
        return at

    def _next_path(self) -> str:
        if self.chance.hit(0.45):
            return f"/products/{self.chance.choice(company.PRODUCTS).sku}"
        return self.chance.choice(
            ("/collections/giay-chay", "/collections/sale", "/pages/size", "/blogs/cham-soc-giay")
        )

    def _perform(
        self,
        device: Device,
        start: int,
        traffic: Traffic | None,
        script: list[tuple[int, str, str, int, str | None]],
        login: str | None,
        revenue: int | None = None,
    ) -> bool:
        """Turns a script into events, with at times a pause or another campaign in the middle."""
        script, turn = self._with_traps(script, traffic)
        end = start + script[-1][0]
        if start < self.opening or end > self.closing or not device.is_free(start, end):
            return False
        is_first = device.first_touch == start
        device.visits.append((start, end))
        device.bundles += 1
        number = len(device.visits)
        opening = ([(0, "first_visit", script[0][2], 0, None)] if is_first else []) + [
            (0, "session_start", script[0][2], 0, None)
        ]
        # Who logs in does so after a few pages; the login then stands on all later events.
        logs_in_after = self.chance.randrange(len(script)) if login else len(script)
        previous = ""
        for index, (offset, name, path, engagement, transaction) in enumerate([*opening, *script]):
            carried = traffic if offset == 0 else turn[1] if turn and offset == turn[0] else None
            logged_in = login is not None and index - len(opening) >= logs_in_after
            self.world.events.append(
                Event(
                    start + offset, name, device, path, start // SECOND, number, device.bundles,
                    user_id=login if logged_in else None, traffic=carried, previous_path=previous,
                    engagement_ms=engagement, transaction=transaction, revenue=revenue if transaction else None,
                )
            )  # fmt: skip
            device.bundles += name == "page_view"
            previous = path
        return True

    def _with_traps(
        self, script: list[tuple[int, str, str, int, str | None]], traffic: Traffic | None
    ) -> tuple[list[tuple[int, str, str, int, str | None]], tuple[int, Traffic] | None]:
        chance = self.chance
        if any(step[4] for step in script):
            return script, None  # the clock of a purchase is the order's
        if chance.hit(0.012):
            pause = 30 * MINUTE + (1 if chance.hit(0.5) else 0)
            at = script[-1][0] + pause
            tail = [
                (at, "page_view", "/collections/sale", 3_000, None),
                (at + 12 * SECOND, "scroll", "/collections/sale", 2_000, None),
            ]
            return [*script, *tail], None
        if traffic is not None and traffic.source and chance.hit(0.03):
            at = script[-1][0] + int(chance.uniform(60, 900) * SECOND)
            tail = [
                (at, "page_view", "/collections/sale", 4_000, None),
                (at + 15 * SECOND, "view_item", "/products/SH-CITY-01", 9_000, None),
            ]
            return [*script, *tail], (at, other_campaign(chance, traffic))
        return script, None


def invent_visits(world: World) -> None:
    """Fills `world.events` (in the order of time) and `world.noise`."""
    site = Site(world)
    buyers = [order for order in world.orders if order.created_at >= world.moment(world.first, 0) and not order.is_test]
    for order in buyers:
        if site.chance.hit(0.75):
            _buyer_visits(site, order)
    members = [person for person in world.persons if person.till_customer is not None]
    for day in world.days:
        for _ in range(site.chance.count(_VISITS_A_DAY * world.scale * demand(day), 30)):
            _visitor(site, day, members)
    world.noise = _noise(world)
    world.events.sort(key=lambda event: event.at)


def _buyer_visits(site: Site, order: ShopOrder) -> None:
    """The visit that buys, and at times earlier ones on the same or another device."""
    chance = site.chance
    at = micros(order.created_at)
    person = order.person
    # A guest's device is tied to no person.
    device = site.device(order.billing_country, None) if person is None else site.device_of(person, at)
    login = person.login if person is not None and chance.hit(0.5) else None
    if not site.buy(device, order, arrive(chance, is_buyer=True), login):
        return
    for _ in range(chance.choices((0, 1, 2), (50, 35, 15))[0]):
        earlier = at - int(chance.uniform(0.05, 36) * DAY)
        other = device if person is None else site.device_of(person, earlier)
        logged_in = person.login if person is not None and chance.hit(0.25) else None
        site.visit(other, earlier, arrive(chance), logged_in)
    if chance.hit(0.012):
        site.reload_receipt(device, order, at + int(chance.uniform(0.2, 3) * DAY))


def _visitor(site: Site, day: dt.date, members: list[Person]) -> None:
    """A visit that buys nothing: by someone new, a stranger come back, a store member or a customer."""
    chance, world = site.chance, site.world
    hour = chance.choices(range(24), _HOURS)[0]
    start = micros(world.moment(day, hour)) + chance.randrange(3_600 * SECOND)
    kind = chance.one_of({"new": 0.52, "back": 0.26, "customer": 0.17, "member": 0.05})
    if kind == "back" and site.strangers:
        recent = int(len(site.strangers) * chance.random() ** 0.5)
        site.visit(site.strangers[recent], start, arrive(chance))
    elif kind == "member" and members:
        member = chance.choice(members)
        login = member.login if chance.hit(0.6) else None
        site.visit(site.device_of(member, start), start, arrive(chance), login)
    elif kind == "customer" and world.persons:
        person = chance.choice(world.persons)
        login = person.login if chance.hit(0.3) else None
        site.visit(site.device_of(person, start), start, arrive(chance), login)
    else:
        country = chance.one_of(_COUNTRIES)
        device = site.device(country, None if chance.hit(0.03) else start)
        if site.visit(device, start, arrive(chance), may_sign_up=True) and chance.hit(0.5):
            site.strangers.append(device)


def _noise(world: World) -> list[Event]:
    """Crawlers, the office, the staging site and the shop's tablet: all named in exclusions.csv."""
    chance = Chance(world.seed, "noise")
    events: list[Event] = []
    kiosk = Device(company.KIOSK_DEVICE, "US", "Chrome", "tablet", None)
    for day in world.days:
        crawler = Device(
            f"{chance.randrange(10**8, 10**9)}.{1_600_000_000 + len(events)}",
            "US",
            company.BOT_BROWSER,
            "desktop",
            None,
        )
        office = Device(f"77{chance.randrange(10**6)}.1700000000", "VN", "Chrome", "desktop", None)
        tester = Device(f"78{chance.randrange(10**6)}.1700000000", "VN", "Chrome", "desktop", None)
        for device, many, is_internal, host in (
            (crawler, 9, False, company.SITE),
            (office, 4, True, company.SITE),
            (tester, 2, False, company.STAGING_SITE),
            (kiosk, 4, False, company.SITE),
        ):
            start = micros(world.moment(day, chance.randrange(23), chance.randrange(60)))
            for step in range(many):
                item = company.PRODUCTS[step % len(company.PRODUCTS)]
                events.append(
                    Event(
                        start + step * 3 * SECOND, "page_view" if step % 2 == 0 else "view_item", device,
                        f"/products/{item.sku}", start // SECOND, 1, step, is_internal=is_internal, host=host,
                    )
                )  # fmt: skip
    return events
