"""The whole project on a real Spark of one master and two workers, over what a night has landed and frozen: every table
and every view is DuckDB's, row by row, and every data test finds the same rows.

Two companies: the sample, and one whose files are odd. RACEWAY_SPARK_EVENTS says how many events of a site the sample
has, about; without it the tests wait (`make test-spark`).
RACEWAY_SPARK_WORKERS says how many workers there are.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from raceway.common.home import Home
from raceway.config.init import init_home
from raceway.history.records import run_checks
from raceway.night.run import run_night
from raceway.publish.mart_tables import mart_tables
from raceway.publish.version import publish, published_version
from raceway.sample.write import write_sample
from tests.models.awkward_files import AS_OF, lay_out
from tests.spark.comparison import columns_of, difference, rows_apart
from tests.spark.engines import build_on_spark, frozen_tables, hand_over, spark_python, written

EVENTS = int(os.environ.get("RACEWAY_SPARK_EVENTS", "0"))
WORKERS = os.environ.get("RACEWAY_SPARK_WORKERS", "2")
DAYS = 90
EVENTS_A_DAY = 1_360
LAST_DAY = dt.date(2026, 6, 30)
LARGE = 100_000
IN_CONTRACT = ("fct_", "dim_", "race_", "kpi_", "customer_", "cohort_", "segment_", "osa_")
LEFT_OUT = ("counted_from",)
"""A digest that each engine takes in its own way."""


@dataclass(frozen=True)
class Engines:
    """What both have built."""

    home: Home
    spark: Path
    told: dict[str, Any]


def sample(root: Path) -> Home:
    """A sample company of all sources after its first night."""
    home = init_home(root / "home")
    write_sample(home, days=DAYS, scale=EVENTS / DAYS / EVENTS_A_DAY, end=LAST_DAY)
    run_night(home, as_of=LAST_DAY + dt.timedelta(days=1))
    return home


def awkward(root: Path) -> Home:
    """The company of tests/models/test_awkward_files.py after its first night: small, and everything in it is odd."""
    home = lay_out(root)
    run_night(home, as_of=AS_OF)
    return home


@pytest.fixture(scope="module", params=[sample, awkward])
def engines(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Engines:
    """A company's night on DuckDB, and the same frozen set built on Spark."""
    if not EVENTS:
        pytest.skip("RACEWAY_SPARK_EVENTS is not set: the whole project takes minutes on Spark (make test-spark)")
    python = spark_python()
    home = request.param(tmp_path_factory.mktemp("company"))
    folder = tmp_path_factory.mktemp("spark")
    hand_over(home.warehouse, folder, "frozen", frozen_tables(home.warehouse))
    is_large = request.param is sample and EVENTS >= LARGE
    told = build_on_spark(
        python, folder, "--workers", WORKERS, "--threads", "4", "--fits", sys.executable, "--views", "--tests",
        *(["--large"] if is_large else []),
    )  # fmt: skip
    return Engines(home, folder, told)


def test_spark_builds_every_model_and_every_seed(engines: Engines) -> None:
    with duckdb.connect(str(engines.home.warehouse)) as connection:
        relations = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'main'"
        ).fetchall()
    assert not engines.told["failed"], engines.told["failed"]
    assert set(engines.told["built"]) == {name for (name,) in relations}


def test_every_table_and_view_of_spark_is_the_one_of_duckdb(engines: Engines) -> None:
    with duckdb.connect(str(engines.home.warehouse)) as connection:
        found = [
            difference(
                connection,
                model,
                written(engines.spark, engines.told, model),
                exact_types=model.startswith(IN_CONTRACT),
                left_out=LEFT_OUT,
            )
            for model in engines.told["built"]
        ]
    assert [str(one) for one in found if one] == []


def test_data_tests_give_the_same_answers_on_both(engines: Engines) -> None:
    version = published_version(engines.home)
    assert version is not None
    asked = [check for check in run_checks(engines.home, version.run_id) if check.kind == "dbt_test"]
    answers = engines.told["answers"]
    here = {check.name: int(check.observed.split()[0].replace(",", "")) for check in asked if not check.passed}
    assert len(asked) > 500
    assert {name: fault for name, fault in answers.items() if isinstance(fault, str)} == {}
    assert {check.name: answers[check.name] for check in asked if answers[check.name]} == here


def test_spark_has_had_its_workers_and_something_to_do(engines: Engines) -> None:
    with duckdb.connect(str(engines.home.warehouse)) as connection:
        [events] = connection.execute("select count(*) from int_session_events").fetchone() or (0,)
        [orders] = connection.execute("select count(*) from fct_convert_order").fetchone() or (0,)
    assert min(events, orders) > 30
    assert (engines.spark / "cluster" / f"worker-{WORKERS}.log").exists()


def test_what_is_published_from_sparks_tables_is_what_the_night_has_published(engines: Engines, tmp_path: Path) -> None:
    own = published_version(engines.home)
    assert own is not None
    root = shutil.copytree(
        engines.home.root, tmp_path / "home", symlinks=True, ignore=shutil.ignore_patterns("published")
    )
    home = Home(root)
    with duckdb.connect(str(home.warehouse)) as connection:
        for table in mart_tables(connection, "warehouse"):
            rows = written(engines.spark, engines.told, table.name)
            connection.execute(f"create or replace table {table.name} as from read_parquet('{rows}/*.parquet')")
    version = publish(home, own.run_id, started_at=own.published_at, fingerprint=own.fingerprint)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{own.database}' as from_duckdb (read_only)")
        connection.execute(f"attach '{version.database}' as from_spark (read_only)")
        tables = [table.name for table in mart_tables(connection, "from_duckdb")]
        for table in tables:
            here, there = f"from_duckdb.main.{table}", f"from_spark.main.{table}"
            columns = columns_of(connection, here)
            assert columns_of(connection, there) == columns, table
            assert rows_apart(connection, here, there, columns) == "", table
    assert len(tables) > 80
