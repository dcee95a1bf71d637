"""Visitors per variation: the fact that the models build of the sample's files against the invented world."""

from __future__ import annotations

import collections
import datetime as dt
from zoneinfo import ZoneInfo

import duckdb
import pytest

from raceway.build.dbt_run import build
from raceway.build.freeze import freeze
from raceway.common.home import Home
from raceway.config.accounts import load_accounts
from raceway.config.settings import load_settings
from raceway.inbox.exports import find_exports
from raceway.landing.land import land
from raceway.sample.invent.everything import invent_world
from raceway.sample.traces.experiments import write_experiments
from raceway.sample.traces.ga4 import write_ga4
from raceway.sample.traces.segment import write_segment
from raceway.sample.world.experiments import Exposure
from raceway.sample.world.homes import prepare_home
from raceway.sample.world.world import World

LAST = dt.date(2026, 6, 30)
DAYS, SCALE, SEED = 21, 0.15, 7
AS_OF = LAST + dt.timedelta(days=1)


@pytest.fixture(scope="module")
def home(world: World, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A sample's web events and exposures, landed, and the fact that is built of them."""
    place = Home(tmp_path_factory.mktemp("experiments") / "home")
    prepare_home(place, world.history_start, LAST)
    for source, write in (("experiments", write_experiments), ("ga4", write_ga4), ("segment", write_segment)):
        assert write(world, place.inbox) > 0
        for export in find_exports(place, source):
            outcome = land(place, export, gate=lambda *_: [], as_of=AS_OF)
            assert outcome.status in ("landed", "duplicate"), outcome.reason
    freeze(place, "r1", AS_OF, load_settings(place), load_accounts(place))
    build(place, "r1", "+fct_convert_exposure")
    return place


@pytest.fixture(scope="module")
def world() -> World:
    return invent_world(DAYS, SCALE, SEED, LAST)


def query(home: Home, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home.warehouse), read_only=True) as warehouse:
        return warehouse.execute(sql).fetchall()


def visitors(world: World) -> dict[tuple[str, str, str, bool], list[Exposure]]:
    """The exposures of each visitor of an experiment, in order of time."""
    found = collections.defaultdict(list)
    for one in sorted(world.experiments.exposures, key=lambda one: (one.at, one.variation or "")):
        if one.experiment is not None:
            found[one.account, one.experiment, one.visitor, one.is_holdback].append(one)
    return dict(found)


def test_each_visitor_has_the_variation_the_day_and_the_count_of_the_invented_world(home: Home, world: World) -> None:
    expected = set()
    for (account, experiment, visitor, is_holdback), seen in visitors(world).items():
        first = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=seen[0].at)
        is_mixed = len({one.variation for one in seen}) > 1
        day = first.astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).date()
        moments = len({(one.at, one.login, one.variation) for one in seen}) if account == "vn-outlet" else len(seen)
        expected.add(
            (account, experiment, visitor, is_holdback, seen[0].variation, is_mixed, first.replace(tzinfo=None), day,
             moments)
        )  # fmt: skip
    found = query(
        home,
        "select account, experiment, visitor_id, is_holdback, variation, is_excluded_mixed, first_exposed_at, day, "
        "exposures from fct_convert_exposure",
    )
    assert len(found) == len(expected) > 100
    assert set(found) == expected


def test_visitors_per_variation_are_those_who_saw_one_alone(home: Home, world: World) -> None:
    expected = collections.Counter(
        (experiment, seen[0].variation)
        for (_, experiment, _, is_holdback), seen in visitors(world).items()
        if not is_holdback and len({one.variation for one in seen}) == 1
    )
    found = query(
        home,
        "select experiment, variation, count(*) from fct_convert_exposure "
        "where not is_holdback and not is_excluded_mixed group by all",
    )
    assert {(experiment, variation): count for experiment, variation, count in found} == dict(expected)
    assert len(expected) >= 4


def test_a_visitor_is_a_person_where_the_site_knows_the_device_with_consent(home: Home, world: World) -> None:
    known = {
        ("vn-shop", event.device.client) for event in world.events if event.has_consent
    } | {
        ("vn-outlet", event.device.client) for event in world.outlet.events if event.has_consent
    }  # fmt: skip
    logins = {(one.account, one.visitor) for one in world.experiments.exposures if one.login is not None}
    rows = query(
        home, "select account, visitor_id, bool_or(person_id is not null) from fct_convert_exposure group by all"
    )
    with_person = {(account, visitor) for account, visitor, has_person in rows if has_person}
    everyone = {(account, visitor) for account, visitor, _ in rows}
    assert with_person - logins == (known & everyone) - logins
    assert with_person < everyone


def test_the_files_hold_their_traps(home: Home, world: World) -> None:
    [(landed, distinct, without, held_back)] = query(
        home,
        f"select count(*), count(distinct decision_id), count(*) filter (experiment_id is null), "
        f"count(*) filter (is_holdback) from read_parquet('{home.landing}/experiments/optimizely_decisions/*/data.parquet')",
    )
    assert landed > distinct
    assert without
    assert held_back
    assert any(len({one.variation for one in seen}) > 1 for seen in visitors(world).values())
