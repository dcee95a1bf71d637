"""Two A/B tests: one on the shop's site, run with Optimizely, and one on the outlet's, analysed with GrowthBook.

Visitors are the devices of the sites' own events; the tests ask for no consent to analytics. Moments are whole
milliseconds since 1970, in µs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from raceway.sample import company
from raceway.sample.chance import Chance

if TYPE_CHECKING:
    from raceway.sample.model import Event, World

CAMPAIGN: Final = "210001"
SHOP_TEST: Final = "210002"
SHOP_VARIATIONS: Final = ("210003", "210004")
OUTLET_TEST: Final = "free-shipping-bar"
OUTLET_VARIATIONS: Final = ("0", "1")

_NOBODY_S: Final = 0.04  # visitors of the campaign who are in none of its experiments
_HELD_BACK: Final = 0.05
_SWITCHED: Final = 0.03  # visitors who are shown the other variation, too
_MILLI: Final = 1_000


@dataclass(frozen=True, slots=True)
class Exposure:
    """A visitor is shown a variation. `experiment` is None where the visitor is in none; `login` where the visitor
    had logged in before it."""

    account: Literal["vn-shop", "vn-outlet"]
    at: int
    visitor: str
    experiment: str | None
    variation: str | None
    browser: str
    login: str | None = None
    is_holdback: bool = False


@dataclass(slots=True)
class Experiments:
    """All exposures; `noise` is by robots and the office: in the files, never counted."""

    exposures: list[Exposure] = field(default_factory=list)
    noise: list[Exposure] = field(default_factory=list)


def invent_experiments(world: World) -> None:
    """Fills `world.experiments`; the events of both sites are there already."""
    chance = Chance(world.seed, "experiments")
    found = world.experiments
    found.exposures = [_on_the_shop(event, chance) for event in world.events if event.name == "view_item"]
    found.exposures += [
        _switched(one, SHOP_VARIATIONS)
        for one in _firsts(found.exposures)
        if one.experiment is not None and not one.is_holdback and chance.hit(_SWITCHED)
    ]
    outlet = [_on_the_outlet(world, event) for event in world.outlet.events if event.name == "page_view"]
    outlet += [_switched(one, OUTLET_VARIATIONS) for one in _firsts(outlet) if chance.hit(_SWITCHED)]
    found.exposures += outlet
    found.exposures.sort(key=lambda one: (one.at, one.account, one.visitor, one.variation or ""))
    for day in world.days[::7]:
        at = int(world.moment(day, 3).timestamp()) * 1_000_000
        found.noise += [
            Exposure("vn-shop", at, "bot-1", SHOP_TEST, SHOP_VARIATIONS[0], company.BOT_BROWSER),
            Exposure("vn-shop", at + _MILLI, company.KIOSK_DEVICE, SHOP_TEST, SHOP_VARIATIONS[1], "Chrome"),
            Exposure("vn-outlet", at, "bot-2", OUTLET_TEST, OUTLET_VARIATIONS[1], company.BOT_BROWSER),
        ]


def _draw(world_of: str, visitor: str) -> Chance:
    """What a tool decides hangs on the visitor alone, so that it decides alike on every page."""
    return Chance(0, f"{world_of}/{visitor}")


def _on_the_shop(event: Event, chance: Chance) -> Exposure:
    draw = _draw(SHOP_TEST, event.device.client)
    lot, variation = draw.random(), draw.choice(SHOP_VARIATIONS)
    at = event.at // _MILLI * _MILLI + chance.randrange(40, 900) * _MILLI
    browser = event.device.browser
    if lot < _NOBODY_S:
        return Exposure("vn-shop", at, event.device.client, None, None, browser)
    is_holdback = lot < _NOBODY_S + _HELD_BACK
    return Exposure("vn-shop", at, event.device.client, SHOP_TEST, variation, browser, is_holdback=is_holdback)


def _on_the_outlet(world: World, event: Event) -> Exposure:
    variation = _draw(f"{OUTLET_TEST}/{world.seed}", event.device.client).choice(OUTLET_VARIATIONS)
    at = event.at // _MILLI * _MILLI
    return Exposure("vn-outlet", at, event.device.client, OUTLET_TEST, variation, event.device.browser, event.user_id)


def _firsts(exposures: list[Exposure]) -> list[Exposure]:
    """The first exposure of each visitor, in order of time."""
    first: dict[str, Exposure] = {}
    for one in sorted(exposures, key=lambda one: (one.at, one.visitor)):
        first.setdefault(one.visitor, one)
    return list(first.values())


def _switched(one: Exposure, variations: tuple[str, str]) -> Exposure:
    """Two seconds after it the same visitor is shown the other variation."""
    other = variations[1 - variations.index(one.variation or variations[0])]
    return Exposure(
        one.account, one.at + 2_000 * _MILLI, one.visitor, one.experiment, other, one.browser, one.login
    )  # fmt: skip
