"""Which A/B tests ended with enough people and the split that was planned."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from raceway.sample.truth.identities import Identity
from raceway.sample.truth.orders import Order
from raceway.sample.truth.tally import Tally
from raceway.sample.world.experiments import AbTest, Exposure
from raceway.sample.world.things import DAY
from raceway.sample.world.world import World

_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_ENOUGH: Final = 100  # persons of a variation, where the list does not say
_CRITICAL: Final = 10.8276  # of chi-square at one degree of freedom, p = 0.001

RESULT: Final = ("experiment", "variation", "visitors", "persons", "mixed_persons", "conversions")

Person = Callable[[Identity], Identity]
Visitor = tuple[str, str]  # account, visitor


def tally_experiments(world: World, tally: Tally, person: Person) -> None:
    """Adds the tests that count as concluded to their last day."""
    people = known_persons(world, person)
    for test in world.experiments.tests:
        if test.concluded_on is None or test.concluded_on > world.last:
            continue
        visitors = seen_variations(world, test)
        persons = persons_of(visitors, people)
        sizes = Counter(one for seen in persons.values() if len(seen) == 1 for one in seen)
        a, b = (sum(seen == {variation} for seen in visitors.values()) for variation in test.variations)
        is_split_as_planned = (a - b) ** 2 <= _CRITICAL * (a + b)
        if is_split_as_planned and all(sizes[one] >= (test.min_persons or _ENOUGH) for one in test.variations):
            tally.add("experiments_concluded", test.concluded_on, 1)


def experiment_results(world: World, person: Person, orders: list[Order]) -> Iterator[tuple[str, ...]]:
    """Each variation's counts; conversions are empty where success is no order. `orders` are counted ones."""
    people = known_persons(world, person)
    ordered: dict[Identity, list[int]] = defaultdict(list)
    for order in orders:
        if order.person is not None:
            ordered[order.person].append(order.at)
    for test in world.experiments.tests:
        visitors = seen_variations(world, test)
        persons = persons_of(visitors, people)
        first: dict[Identity, int] = {}
        for one in reversed(world.experiments.exposures):  # they are in order of time
            if one.experiment == test.id and _counts(world, test, one):
                first[people.get((one.account, one.visitor), (one.account, one.visitor))] = one.at
        mixed = sum(len(seen) > 1 for seen in persons.values())
        for variation in test.variations:
            alone = [who for who, seen in persons.items() if seen == {variation}]
            if test.success_event in ("", "order"):
                conversions = str(sum(_has_ordered(world, test, first[who], ordered[who]) for who in alone))
            else:
                conversions = ""
            seen_by = sum(seen == {variation} for seen in visitors.values())
            yield test.id, variation, str(seen_by), str(len(alone)), str(mixed), conversions


def _has_ordered(world: World, test: AbTest, since: int, moments: list[int]) -> bool:
    window = None if test.window_days is None else test.window_days * DAY
    last = test.concluded_on or world.last
    return any(
        since <= at and _day(world, at) <= last and (window is None or at <= since + window) for at in moments
    )  # fmt: skip


def _day(world: World, at: int) -> dt.date:
    return (_EPOCH + dt.timedelta(microseconds=at)).astimezone(world.settings.zone).date()


def _counts(world: World, test: AbTest, one: Exposure) -> bool:
    """Whether an exposure lies between the test's first and last day, and was none of those held back."""
    return not one.is_holdback and test.starts_on <= _day(world, one.at) <= (test.concluded_on or world.last)


def seen_variations(world: World, test: AbTest) -> dict[Visitor, set[str]]:
    """What each visitor of a test was shown between its first and its last day."""
    found: dict[Visitor, set[str]] = defaultdict(set)
    for one in world.experiments.exposures:
        if one.experiment == test.id and one.variation is not None and _counts(world, test, one):
            found[one.account, one.visitor].add(one.variation)
    return found


def persons_of(visitors: dict[Visitor, set[str]], people: dict[Visitor, Identity]) -> dict[Identity, set[str]]:
    """What each person was shown; a visitor whom nobody knows is a person of its own."""
    found: dict[Identity, set[str]] = defaultdict(set)
    for visitor, seen in visitors.items():
        found[people.get(visitor, visitor)] |= seen
    return found


def known_persons(world: World, person: Person) -> dict[Visitor, Identity]:
    """The visitors who are one known person: by their logins, else by a device that gave consent."""
    devices = {
        "vn-shop": {event.device.client for event in world.events if event.has_consent},
        "vn-outlet": {event.device.client for event in world.outlet.events if event.has_consent}
        | {who.device.client for who in world.outlet.identifies if who.has_consent},
    }
    logins = set(_known_logins(world))

    def of(one: Exposure) -> Identity | None:
        if one.login is not None and one.login in logins:
            return person(("login", one.login))
        if one.visitor in devices[one.account]:
            return person(("ga4_client" if one.account == "vn-shop" else "segment_device", one.visitor))
        return None

    found: dict[Visitor, set[Identity]] = defaultdict(set)
    for one in world.experiments.exposures:
        who = of(one)
        if who is not None:
            found[one.account, one.visitor].add(who)
    return {visitor: persons.pop() for visitor, persons in found.items() if len(persons) == 1}


def _known_logins(world: World) -> Iterable[str]:
    """The logins that the files tell of."""
    for event in [*world.events, *world.outlet.events]:
        if event.has_consent and event.user_id is not None:
            yield event.user_id
    yield from (who.login for who in world.outlet.identifies if who.has_consent)
    yield from (row.login for row in world.lists.logins if row.login)
    yield from (use.login for use in world.lists.uses if use.login)
    yield from (sale.reference for sale in world.sales if sale.reference is not None)
