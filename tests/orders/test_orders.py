"""Any order, any repetition, any telling gives the same mart, and step by step the same as in full: the reduced form.

Six nights of a small company. Of the two models that keep what they have not to count anew the cheaper one is built,
with what it is made of; of an order the effective rows are compared, from which everything is built. `make orders`
builds and publishes 60 nights in three orders.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from raceway.build.freeze import freeze
from raceway.common.home import Home
from raceway.config.accounts import load_accounts
from raceway.config.settings import load_settings
from raceway.publish.equality import differences
from raceway.publish.scratch import build_all
from tests.orders.deliveries import AS_OF, Company, make_company
from tests.orders.ways import ORDERS, Way, again_in_full, steps_of
from tests.relations.homes import difference, effective

SEED = 3
NIGHTS = 6
KEPT = "+int_identity_tree"
"""tests/e2e/test_the_sample_night.py holds both models that keep rows against a full refresh."""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return make_company(tmp_path_factory.mktemp("company"), SEED, NIGHTS, scale=0.01)


@pytest.fixture(scope="module")
def as_it_came(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Way:
    way = Way(company, ORDERS[0], tmp_path_factory.mktemp("way") / "home", KEPT)
    todo = steps_of(company, ORDERS[0], builds=2)
    way.go([replace(step, builds=step.builds and step is not todo[-1], publishes=False) for step in todo])
    return way


def finish(home: Home) -> None:
    freeze(home, "last", AS_OF, load_settings(home), load_accounts(home))
    build_all(home, KEPT)


def test_step_by_step_is_the_same_as_in_full(as_it_came: Way, tmp_path: Path) -> None:
    full = again_in_full(as_it_came.home, tmp_path / "full", finish)
    finish(as_it_came.home)
    apart = differences(as_it_came.home.warehouse, full.warehouse)
    assert not apart, f"seed {SEED}, order “{as_it_came.order}”: {'; '.join(map(str, apart))}"


def test_another_order_told_otherwise_ends_with_the_same_rows(
    company: Company, as_it_came: Way, tmp_path: Path
) -> None:
    order = ORDERS[-1]
    way = Way(company, order, tmp_path / "home")
    way.go([replace(step, builds=False, publishes=False) for step in steps_of(company, order, builds=2)])
    assert not way.open
    apart = difference(effective(as_it_came.home, AS_OF), effective(way.home, AS_OF), in_parts=False)
    assert not apart, f"seed {SEED}, order “{order}”:\n{apart}"
