"""A source without a file gives empty models, not an error."""

from __future__ import annotations

from pathlib import Path

from dbt_story import FACTS, PROJECT, Story, failures


def test_a_home_without_a_single_file_builds_empty_facts(tmp_path: Path) -> None:
    empty = Story(tmp_path)
    empty.account("shopify", "vn-shop")
    empty.freeze()
    results = empty.dbt("build", "--exclude-resource-type", "unit_test", *FACTS)
    assert not failures(results), failures(results)
    rows = empty.query(
        "select table_name, estimated_size from duckdb_tables() where schema_name = 'main' and table_name like 'fct_%'"
    )
    written = {path.stem for path in (PROJECT / "models" / "facts").glob("*/fct_*.sql")}
    assert {name for name, _ in rows} == written
    assert len(written) >= 18
    assert {count for _, count in rows} == {0}


def test_models_compile_where_nothing_was_frozen_yet(tmp_path: Path) -> None:
    results = Story(tmp_path).dbt("compile", "--select", "tag:staging,resource_type:model")
    assert not failures(results), failures(results)
    assert {"stg_ga4__events", "stg_shopify__order_states"} <= {name for name, _, _ in results}
