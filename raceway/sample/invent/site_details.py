"""What the site tells beside the visits: what was searched for, the steps of a checkout, how fast pages loaded.

Drawn from a stream of its own after everything else, and always between two events of a visit, so that no visit
begins, ends or is cut otherwise by it.
"""

from __future__ import annotations

import dataclasses
from typing import Final

from raceway.sample.world.chance import Chance
from raceway.sample.world.things import MINUTE, SECOND, Event
from raceway.sample.world.world import World

_TERMS: Final = {"giày chạy bộ": 30, "Giày Sông Hồng": 16, "sandal": 14, "dép trẻ em": 12, "giày  da nam": 10,
                 "size 43": 8, "ủng đi mưa": 6, "hoàn tiền 0901 234 567": 1,
                 "don hang an.le@example.com": 1}  # fmt: skip
_WITHOUT_RESULT: Final = ("ủng đi mưa",)
_GAP: Final = 10 * MINUTE  # further apart, nothing is put between two events


def invent_site_details(world: World) -> None:
    """Gives searches their terms and adds the steps of checkouts and measurements of pages to `world.events`."""
    chance = Chance(world.seed, "site details")
    following: dict[str, Event] = {}
    added: list[Event] = []
    for event in reversed(world.events):
        then = following.get(event.device.client)
        following[event.device.client] = event
        if event.name == "view_search_results":
            event.search_term = chance.one_of(_TERMS)
            event.search_results = 0 if event.search_term in _WITHOUT_RESULT else chance.randrange(1, 40)
        if then is None or not 4 * SECOND <= then.at - event.at <= _GAP or then.bundle < event.bundle:
            continue
        if event.name == "page_view" and event.path == "/checkout":
            added += _steps(chance, event, then.at - event.at)
        elif event.name == "add_to_cart" and chance.hit(0.3):
            added.append(_beside(event, "begin_checkout", (then.at - event.at) // 2))
        elif event.name == "page_view" and chance.hit(0.06):
            added += _speeds(chance, event, then.at - event.at)
    world.events += added
    world.events.sort(key=lambda event: event.at)


def _beside(event: Event, name: str, later: int) -> Event:
    """A further event of the page of `event`, some microseconds later."""
    return dataclasses.replace(
        event, at=event.at + later, name=name, traffic=None, previous_path=event.path, engagement_ms=0,
        transaction=None, revenue=None, search_term="", search_results=None,
    )  # fmt: skip


def _steps(chance: Chance, event: Event, gap: int) -> list[Event]:
    """Delivery and payment of a checkout; some shoppers have both saved."""
    if not chance.hit(0.85):
        return []
    steps = [_beside(event, "add_shipping_info", gap // 3)]
    return [*steps, _beside(event, "add_payment_info", gap // 2)] if chance.hit(0.9) else steps


def _speeds(chance: Chance, event: Event, gap: int) -> list[Event]:
    """The web vitals of a page load; an interaction that was slower than those before is told again."""
    page = chance.token(10)
    told = [
        ("LCP", gap // 8, round(chance.lognormvariate(7.5, 0.45))),
        ("CLS", gap // 4, round(chance.expovariate(12), 4)),
        ("INP", gap // 3, round(chance.lognormvariate(4.8, 0.6))),
    ]
    if chance.hit(0.2):
        told.append(("INP", gap // 2, told[-1][2] + chance.randrange(10, 200)))
    return [
        dataclasses.replace(_beside(event, name, later), measurement=(f"v4-{page}-{name}", float(value)))
        for name, later, value in told
    ]
