"""Visits to the outlet: strangers, customers of the shop who log in there, and some who refuse analytics.

The outlet has no till and no shop of its own: what is bought there is an order of the shop. Its events have
the names that the settings know; Segment's own stand in the files only. All moments are whole milliseconds.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from raceway.sample.invent.arrivals import arrive
from raceway.sample.world import company
from raceway.sample.world.chance import Chance
from raceway.sample.world.outlet import Identify
from raceway.sample.world.seasons import demand
from raceway.sample.world.things import MINUTE, SECOND, Device, Event, Person, ShopOrder, Traffic, micros
from raceway.sample.world.world import World

OFFICE_DEVICE: Final = "0ff1ce00-0000-0000-000000000000"

_VISITS_A_DAY: Final = 7.0
_ORDERS: Final = 0.012  # of the shop's orders that are placed from the outlet
_NO_CONSENT: Final = 0.08
_SHOP_NO_CONSENT: Final = 0.03
_MILLI: Final = 1_000
_HOURS: Final = (1, 0, 0, 0, 0, 0, 1, 2, 3, 3, 4, 4, 5, 3, 3, 3, 3, 3, 4, 4, 6, 6, 5, 2)

# What a visit does, in order: (event, path, pause before it in seconds, probability).
_STEPS: Final = (
    ("view_item", "/p/{sku}", 12, 0.55),
    ("add_to_cart", "/p/{sku}", 30, 0.2),
    ("page_view", "/sale", 25, 0.5),
    ("view_search_results", "/search", 20, 0.1),
    ("newsletter_signup", "/sale", 15, 0.03),
    ("page_view", "/stores", 40, 0.2),
)


def invent_outlet(world: World) -> None:
    """Fills `world.outlet`, and lets some visits of the shop's site refuse analytics."""
    _refuse_on_the_shops_site(world)
    visits = _Visits(world)
    chance = visits.chance
    opening = world.moment(world.first, 0)
    for order in world.orders:
        if order.created_at >= opening and order.person is not None and not order.is_test and chance.hit(_ORDERS):
            visits.buy(order, order.person)
    for day in world.days:
        for _ in range(chance.count(_VISITS_A_DAY * world.scale * demand(day), 20)):
            visits.come(day)
    world.outlet.events.sort(key=lambda event: (event.at, event.device.client))
    world.outlet.identifies.sort(key=lambda identify: (identify.at, identify.device.client))
    _noise(world)


def _refuse_on_the_shops_site(world: World) -> None:
    """A few whole visits of the shop's site are without consent, logins and purchases among them."""
    chance = Chance(world.seed, "consent")
    refused: dict[tuple[str, int], bool] = {}
    for event in world.events:
        key = (event.device.client, event.session_id)
        if key not in refused:
            refused[key] = chance.hit(_SHOP_NO_CONSENT)
        event.has_consent = not refused[key]


class _Visits:
    """Writes visits; a device's visits keep 45 minutes apart."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.chance = Chance(world.seed, "outlet")
        self.devices: dict[int, Device] = {}
        self.strangers: list[Device] = []
        self.opening = micros(world.moment(world.first, 0))
        self.closing = micros(world.moment(world.as_of, 0)) - SECOND

    def come(self, day: dt.date) -> None:
        """A visit that buys nothing: by a customer, by a stranger come back, or by someone new."""
        chance = self.chance
        start = micros(self.world.moment(day, chance.choices(range(24), _HOURS)[0])) + chance.randrange(3_600) * SECOND
        kind = chance.one_of({"customer": 0.3, "back": 0.2, "new": 0.5})
        if kind == "customer" and self.world.persons:
            person = chance.choice(self.world.persons)
            self._visit(self._device_of(person), start, arrive(chance), person)
        elif kind == "back" and self.strangers:
            self._visit(chance.choice(self.strangers), start, arrive(chance), None)
        else:
            device = self._device()
            if self._visit(device, start, arrive(chance), None, may_sign_up=True):
                self.strangers.append(device)

    def buy(self, order: ShopOrder, person: Person) -> None:
        """The visit that ends with an order of the shop."""
        placed = micros(order.created_at) // _MILLI * _MILLI
        start = placed - self.chance.randrange(3, 9) * MINUTE
        self._visit(self._device_of(person), start, arrive(self.chance, is_buyer=True), person, order=order)

    def _device(self) -> Device:
        chance = self.chance
        client = "-".join(f"{chance.randrange(16**size):0{size}x}" for size in (8, 4, 4, 12))
        return Device(client, "", chance.choice(("Chrome", "Safari", "Firefox")), "mobile", None)

    def _device_of(self, person: Person) -> Device:
        if person.number not in self.devices:
            self.devices[person.number] = self._device()
        return self.devices[person.number]

    def _visit(
        self, device: Device, start: int, traffic: Traffic | None, person: Person | None,
        may_sign_up: bool = False, order: ShopOrder | None = None,
    ) -> bool:  # fmt: skip
        """Writes a visit; False where it would come too near to another one of the device."""
        chance = self.chance
        item = chance.choice(company.PRODUCTS)
        script: list[tuple[int, str, str, str | None]] = [(0, "page_view", "/", None)]
        at = 0
        for name, path, pause, probability in _STEPS:
            if chance.hit(probability):
                at += int(chance.uniform(pause, pause * 3)) * SECOND + chance.randrange(1_000) * _MILLI
                script.append((at, name, path.format(sku=item.sku), None))
        identified_at = 5 * SECOND if person is not None and (order is not None or chance.hit(0.5)) else None
        if may_sign_up and chance.hit(0.12):
            at += 45 * SECOND
            script.append((at, "sign_up", "/account", None))
            identified_at = at - SECOND
        if order is not None:
            at = max(at, micros(order.created_at) // _MILLI * _MILLI - start) + chance.randrange(1, 9) * SECOND
            script.append((at, "purchase", "/checkout/thanks", order.name))
        end = start + at
        if start < self.opening or end > self.closing or not device.is_free(start, end):
            return False
        device.visits.append((start, end))
        has_consent = not chance.hit(_NO_CONSENT)
        who = self._identify(device, start + identified_at, person, has_consent) if identified_at is not None else None
        previous = ""
        for offset, name, path, transaction in script:
            knows = who is not None and identified_at is not None and offset > identified_at and name != "page_view"
            self.world.outlet.events.append(
                Event(
                    start + offset, name, device, path, start // SECOND, 1, 0,
                    user_id=who.login if who is not None and knows else None,
                    traffic=traffic if offset == 0 else None, previous_path=previous, transaction=transaction,
                    revenue=order.total if order is not None and transaction else None, host=company.OUTLET_SITE,
                    has_consent=has_consent,
                )
            )  # fmt: skip
            previous = path
        return True

    def _identify(self, device: Device, at: int, person: Person | None, has_consent: bool) -> Identify:
        """Customers are known by their login (some by a number), new ones by what they type at the registration."""
        if person is None:
            number = len(self.world.outlet.identifies)
            who = Identify(at, device, f"{70_000 + number}", f"khach.outlet{number}@example.net", None, has_consent)
        else:
            phone = person.phone if self.chance.hit(0.6) else None
            login = person.login or f"{40_000 + person.number}"
            who = Identify(at, device, login, person.email, phone, has_consent)
        self.world.outlet.identifies.append(who)
        return who


def _noise(world: World) -> None:
    """A price crawler that names itself in its user agent, and the office, known by its network."""
    crawler = Device("00000000-0000-0000-000000000000", "", company.BOT_BROWSER, "desktop", None)
    office = Device(OFFICE_DEVICE, "", "Chrome", "desktop", None)
    for device, hour in ((crawler, 3), (office, 10)):
        for day in world.days[::10]:
            start = micros(world.moment(day, hour))
            world.outlet.noise += [
                Event(start + step * SECOND, "page_view", device, "/sale", start // SECOND, 1, 0,
                      host=company.OUTLET_SITE)
                for step in range(4)
            ]  # fmt: skip
