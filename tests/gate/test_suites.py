"""`expectations/`: a context that Great Expectations' own tools open, equal to what the contracts say."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from raceway.common.home import PROJECT
from raceway.contracts.load import load_contracts
from raceway.gate.landing_suites import all_suites, landing_suite
from raceway.gate.mart_suites import mart_suites


def test_every_landed_table_and_the_mart_has_a_suite() -> None:
    tables = {f"{table.source}__{table.name}" for source in load_contracts().values() for table in source.tables}

    assert {suite.name for suite in all_suites()} == tables | {suite.name for suite in mart_suites()}


def test_ids_follow_from_names_and_are_unique() -> None:
    first, again = ([suite.to_dict() for suite in all_suites()] for _ in range(2))

    assert first == again
    ids = [suite["id"] for suite in first] + [one["id"] for suite in first for one in suite["expectations"]]
    assert len(ids) == len(set(ids))


def test_suites_are_sorted_json_and_speak_one_vocabulary_of_severity() -> None:
    for rendered in all_suites():
        text = rendered.to_json()
        suite = json.loads(text)
        assert text == json.dumps(suite, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        names = [one["meta"]["name"] for one in suite["expectations"]]
        assert names == sorted(names)
        assert {one["severity"] for one in suite["expectations"]} <= {"critical", "warning", "info"}
        assert all(one["description"] for one in suite["expectations"])


def test_a_day_of_the_future_is_critical_in_every_table_of_days() -> None:
    for source in load_contracts().values():
        for table in source.tables:
            if table.scope.kind == "days":
                names = {one.name: one.severity for one in landing_suite(table).expectations}
                assert names[f"{table.scope.day}_not_in_the_future"] == "critical"
                assert names[f"{table.scope.day}_filled"] == "critical"


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The program's context as GX's own tools open it; a copy, since what they add they also write down."""
    import raceway.gate.gx_duckdb  # noqa: F401, I001  # registers the data source type
    import great_expectations as gx

    folder = tmp_path_factory.mktemp("gx") / "expectations"
    shutil.copytree(PROJECT.expectations, folder)
    return gx.get_context(context_root_dir=folder)


def test_gx_opens_the_context_and_runs_its_suites_on_duckdb(context: Any, tmp_path: Path) -> None:
    parquet = tmp_path / "data.parquet"
    duckdb.connect().execute(f"""
        copy (
            select 'ad_spend' as measure, 'reach' as stage, 'month' as period, date '2026-10-01' as period_start,
                'all' as channel, 'all' as market, 1.5::decimal(38, 6) as value
        ) to '{parquet}' (format parquet)
    """)
    batch = (
        context.data_sources.get("parquet")
        .add_query_asset("rows", query=f"select * from read_parquet('{parquet}')")
        .add_batch_definition_whole_table("all")
        .get_batch()
    )
    result = batch.validate(context.suites.get("mart__race_measure"))

    assert result.success
    assert result.statistics["evaluated_expectations"] == len(
        next(suite for suite in mart_suites() if suite.name == "mart__race_measure").expectations
    )


def test_gx_holds_each_suite_as_the_gate_renders_it(context: Any) -> None:
    def told(suite: dict[str, Any]) -> Any:
        return suite["id"], {
            one["meta"]["name"]: (one["id"], one["type"], one["severity"], one["description"], one["kwargs"])
            for one in suite["expectations"]
        }

    held = {suite.name: told(suite.to_json_dict()) for suite in context.suites.all()}
    assert held == {suite.name: told(suite.to_dict()) for suite in all_suites()}


def test_opening_the_context_writes_no_file(context: Any) -> None:
    assert [path.name for path in PROJECT.expectations.iterdir()] == ["great_expectations.yml"]
    assert "assets" not in (PROJECT.expectations / "great_expectations.yml").read_text(encoding="utf-8")


def test_gx_is_told_not_to_report_its_use() -> None:
    import os

    import raceway.gate.gx_duckdb  # noqa: F401  # sets it

    assert os.environ["GX_ANALYTICS_ENABLED"] == "False"


@pytest.mark.parametrize(
    ("name", "query", "holds"),
    [
        ("expect_column_values_to_be_unique", "select 1 as x union all select 1", False),
        ("expect_column_values_to_not_be_null", "select null::int as x", False),
        ("expect_column_values_to_be_in_set", "select 3 as x", True),
        ("expect_column_max_to_be_between", "select 3.5::decimal(18, 6) as x", True),
        ("expect_column_mean_to_be_between", "select 30 as x", False),
        ("expect_column_sum_to_be_between", "select 2 as x union all select 1", True),
    ],
)
def test_expectations_that_the_contract_language_may_use_work_on_duckdb(name: str, query: str, holds: bool) -> None:
    import raceway.gate.gx_duckdb  # noqa: F401, I001  # registers the data source type
    import great_expectations as gx
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    arguments: dict[str, Any] = {"column": "x"}
    if name.endswith("_between"):
        arguments |= {"min_value": 1, "max_value": 10}
    if name.endswith("in_set"):
        arguments |= {"value_set": [3]}
    context = gx.get_context(mode="ephemeral")
    source = context.data_sources.add_duckdb("memory", connection_string="duckdb:///:memory:")
    batch = source.add_query_asset("x", query=query).add_batch_definition_whole_table("all").get_batch()

    result = batch.validate(ExpectationConfiguration(type=name, kwargs=arguments).to_domain_obj())

    assert result.exception_info.get("raised_exception") is False
    assert result.success is holds


def test_dates_are_compared_as_dates(tmp_path: Path) -> None:
    """A parameter comes as ISO text and is compared as what its column holds."""
    import raceway.gate.gx_duckdb  # noqa: F401, I001  # registers the data source type
    import great_expectations as gx
    from great_expectations.expectations import ExpectColumnValuesToBeBetween

    context = gx.get_context(mode="ephemeral")
    source = context.data_sources.add_duckdb("memory", connection_string="duckdb:///:memory:")
    batch = (
        source.add_query_asset("x", query="select date '2026-09-30' as x, timestamp '2026-10-01 00:00:01' as y")
        .add_batch_definition_whole_table("all")
        .get_batch()
    )

    def holds(column: str, latest: str) -> bool:
        expectation = ExpectColumnValuesToBeBetween(column=column, max_value={"$PARAMETER": "latest"})
        return bool(batch.validate(expectation, expectation_parameters={"latest": latest}).success)

    assert holds("x", "2026-09-30")
    assert holds("x", dt.date(2026, 10, 1).isoformat())
    assert not holds("x", "2026-09-29")
    assert holds("y", "2026-10-01T00:00:01")
    assert not holds("y", "2026-10-01T00:00:00")
