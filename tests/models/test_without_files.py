"""A source without a file gives empty models, not an error; and the unit tests of all models."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.support.dbt_story import PROJECT, SELECTED, Story, failures


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The warehouse of a shop that has exported nothing yet."""
    told = Story(tmp_path_factory.mktemp("empty"))
    told.account("shopify", "vn-shop")
    told.freeze()
    results = told.build(*SELECTED)
    assert not failures(results), failures(results)
    return told


def test_a_home_without_a_single_file_builds_empty_facts(empty: Story) -> None:
    rows = empty.query(
        "select table_name, estimated_size from duckdb_tables() where schema_name = 'main' and table_name like 'fct_%'"
    )
    written = {path.stem for path in (PROJECT / "models" / "facts").glob("*/fct_*.sql")}
    assert {name for name, _ in rows} == written
    assert len(written) >= 18
    assert {count for _, count in rows} == {0}


def test_every_unit_test_of_the_models_passes(empty: Story) -> None:
    # a unit test brings its own rows; it needs the tables for their columns alone: those of the facts are there
    kinds = (word for kind in ("unit_test", "test", "exposure") for word in ("--exclude-resource-type", kind))
    rest = (*kinds, "--exclude", *SELECTED)
    assert not failures(empty.dbt("build", *rest))
    verdicts = {name: status for name, status, _ in empty.dbt("test", "--select", "test_type:unit")}
    written = {
        test["name"]
        for path in (PROJECT / "models").rglob("*.yml")
        for test in (yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader) or {}).get("unit_tests", [])
    }
    assert verdicts.keys() == written
    assert set(verdicts.values()) == {"pass"}, {name for name, status in verdicts.items() if status != "pass"}


def test_no_model_rounds_to_as_many_places_as_a_column_says() -> None:
    """Engines want the places when they plan: macros/money.sql has a branch for each."""
    places = re.compile(r"\bround\([^,]*,[^,)]*minor_unit")
    assert not [path.name for path in (PROJECT / "models").rglob("*.sql") if places.search(path.read_text("utf-8"))]


def test_models_compile_where_nothing_was_frozen_yet(tmp_path: Path) -> None:
    results = Story(tmp_path).dbt("compile", "--select", "tag:staging,resource_type:model")
    assert not failures(results), failures(results)
    assert {"stg_ga4__events", "stg_shopify__order_states"} <= {name for name, _, _ in results}
