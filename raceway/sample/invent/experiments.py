"""A/B tests: one after the other on the shop's site, run with Optimizely; two on the outlet's, read by GrowthBook.

Every third test of the shop shows its variations in other shares than planned, and one of the outlet's is shown to
few visitors. Visitors are the devices of the sites' own events; the tests ask for no consent to analytics. Moments
are whole milliseconds since 1970, in µs.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from raceway.sample.world import company
from raceway.sample.world.chance import Chance

if TYPE_CHECKING:
    from raceway.sample.world.things import Event
    from raceway.sample.world.world import World
from raceway.sample.world.experiments import AbTest, Exposure

CAMPAIGN: Final = "210001"
SHOP_TEST: Final = "210002"  # the first of the shop's; the next one's number is 10 higher
OUTLET_TEST: Final = "free-shipping-bar"
SMALL_TEST: Final = "gift-wrap"

_TEST_DAYS: Final = 28  # of a test of the shop
_SKEWED: Final = 0.8  # share of the first variation where the split goes wrong
_FEW: Final = 0.05  # visitors of the outlet who are in its small test
_NOBODY_S: Final = 0.04  # visitors of the campaign who are in none of its experiments
_HELD_BACK: Final = 0.05
_SWITCHED: Final = 0.03  # visitors who are shown the other variation, too
_MILLI: Final = 1_000


def invent_experiments(world: World) -> None:
    """Fills `world.experiments`; the events of both sites are there already."""
    chance = Chance(world.seed, "experiments")
    found = world.experiments
    shop_tests, bar, small = _shop_tests(world), *_outlet_tests(world)
    found.tests = [*shop_tests, bar, small]
    by_id = {test.id: test for test in found.tests}
    found.exposures = [
        _on_the_shop(event, _running(world, shop_tests, event), chance)
        for event in world.events
        if event.name == "view_item"
    ]
    pages = [event for event in world.outlet.events if event.name == "page_view"]
    outlet = [_on_the_outlet(world, event, bar) for event in pages]
    switched = [
        _switched(one, by_id[one.experiment])
        for seen in (found.exposures, outlet)
        for one in _firsts(seen)
        if one.experiment is not None and not one.is_holdback and chance.hit(_SWITCHED)
    ]
    few = [event for event in pages if _draw(f"{small.id}/few", event.device.client).hit(_FEW)]
    found.exposures += [*outlet, *switched, *(_on_the_outlet(world, event, small) for event in few)]
    found.exposures.sort(key=lambda one: (one.at, one.account, one.visitor, one.experiment or "", one.variation or ""))
    for day in world.days[::7]:
        at = int(world.moment(day, 3).timestamp()) * 1_000_000
        a, b = shop_tests[0].variations
        found.noise += [
            Exposure("vn-shop", at, "bot-1", SHOP_TEST, a, company.BOT_BROWSER),
            Exposure("vn-shop", at + _MILLI, company.KIOSK_DEVICE, SHOP_TEST, b, "Chrome"),
            Exposure("vn-outlet", at, "bot-2", OUTLET_TEST, bar.variations[1], company.BOT_BROWSER),
        ]


def _shop_tests(world: World) -> list[AbTest]:
    """Four weeks each; the last one runs on. Every second one looks at what was ordered within two weeks."""
    tests = []
    for number, start in enumerate(world.days[::_TEST_DAYS]):
        name = int(SHOP_TEST) + 10 * number
        a, b = str(name + 1), str(name + 2)
        end = start + dt.timedelta(days=_TEST_DAYS - 1)
        tests.append(
            AbTest(
                str(name), f"Ảnh sản phẩm lớn, lần {number + 1}", (a, b), start, end if end <= world.last else None,
                _enough(world), f"{a}=50; {b}=50", "order", 14 if number % 2 else None, is_skewed=number % 3 == 1,
            )
        )  # fmt: skip
    return tests


def _outlet_tests(world: World) -> tuple[AbTest, AbTest]:
    """A bar that is shown before its test begins and after it has ended, and a test that few are in."""
    days = world.days
    bar = AbTest(
        OUTLET_TEST, "Thanh miễn phí giao hàng", ("0", "1"), days[min(2, len(days) - 1)], days[len(days) * 3 // 4],
        _enough(world), success_event="signup",
    )  # fmt: skip
    return bar, AbTest(SMALL_TEST, "Gói quà", ("0", "1"), days[0], days[len(days) // 2], None)


def _enough(world: World) -> int:
    return 5 + round(100 * world.scale)


def _running(world: World, tests: list[AbTest], event: Event) -> AbTest:
    """The shop's test of the day of an event."""
    days = (event.at - int(world.moment(world.first, 0).timestamp()) * 1_000_000) // (86_400 * 1_000_000)
    return tests[min(max(days, 0) // _TEST_DAYS, len(tests) - 1)]


def _draw(world_of: str, visitor: str) -> Chance:
    """What a tool decides hangs on the visitor alone, so that it decides alike on every page."""
    return Chance(0, f"{world_of}/{visitor}")


def _on_the_shop(event: Event, test: AbTest, chance: Chance) -> Exposure:
    draw = _draw(test.id, event.device.client)
    lot, first = draw.random(), draw.hit(_SKEWED if test.is_skewed else 0.5)
    at = event.at // _MILLI * _MILLI + chance.randrange(40, 900) * _MILLI
    browser = event.device.browser
    if lot < _NOBODY_S:
        return Exposure("vn-shop", at, event.device.client, None, None, browser)
    variation = test.variations[0 if first else 1]
    is_holdback = lot < _NOBODY_S + _HELD_BACK
    return Exposure("vn-shop", at, event.device.client, test.id, variation, browser, is_holdback=is_holdback)


def _on_the_outlet(world: World, event: Event, test: AbTest) -> Exposure:
    variation = _draw(f"{test.id}/{world.seed}", event.device.client).choice(test.variations)
    at = event.at // _MILLI * _MILLI
    return Exposure("vn-outlet", at, event.device.client, test.id, variation, event.device.browser, event.user_id)


def _firsts(exposures: list[Exposure]) -> list[Exposure]:
    """The first exposure of each visitor of a test, in order of time."""
    first: dict[tuple[str | None, str], Exposure] = {}
    for one in sorted(exposures, key=lambda one: (one.at, one.visitor)):
        first.setdefault((one.experiment, one.visitor), one)
    return list(first.values())


def _switched(one: Exposure, test: AbTest) -> Exposure:
    """Two seconds after it the same visitor is shown the other variation."""
    other = test.variations[1 - test.variations.index(one.variation or test.variations[0])]
    return Exposure(
        one.account, one.at + 2_000 * _MILLI, one.visitor, one.experiment, other, one.browser, one.login
    )  # fmt: skip
