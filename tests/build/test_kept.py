"""Models that stay as they are: only where nothing that they are made from has changed."""

from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import duckdb
import pytest

from raceway.build import dbt_run
from raceway.build.dbt_run import build
from raceway.build.kept import write_inputs
from raceway.common.faults import GateFailed
from raceway.common.home import PROJECT, Home, Program
from raceway.config.init import init_home

FILES = {
    "dbt_project.yml": """
        name: tiny
        version: "1.0"
        profile: raceway
        model-paths: [models, "{{ env_var('RACEWAY_OWN_SOURCES', 'own_sources') }}"]
        flags: {send_anonymous_usage_stats: false}
        models: {tiny: {+materialized: table, +tags: [all]}}
        seeds: {tiny: {+tags: [all]}}
        """,
    "models/sources.yml": """
        version: 2
        sources:
          - name: house
            schema: frozen
            tables: [{name: numbers}, {name: settings}]
        """,
    "models/doubled.sql": "select 2 * n as n from {{ source('house', 'numbers') }}",
    "models/remainders.sql": "select distinct n % 2 as remainder from {{ ref('doubled') }}",
    "models/how_many.sql": "select count(*) as remainders from {{ ref('remainders') }}",
    "models/looked_at.sql": "{{ config(materialized='view') }} select n from {{ source('house', 'numbers') }}",
    "models/largest.sql": "select max(n) as n from {{ ref('looked_at') }}",
    "models/landed.sql": """
        {{ config(materialized='view') }} {% do reads_landed('ga4', 'events') %} select 1 as n
        """,
    "models/of_landed.sql": "select n from {{ ref('landed') }}",
    "models/zone.sql": "select business_zone from {{ source('house', 'settings') }}",
    "models/today.sql": "select as_of from {{ source('house', 'settings') }}",
    "models/models.yml": """
        version: 2
        models:
          - name: remainders
            columns:
              - name: remainder
                data_tests: [{accepted_values: {name: remainders_are_none, arguments: {values: [0], quote: false}}}]
        """,
    "tests/numbers_are_small.sql": """
        {{ config(severity='warn') }}
        select * from {{ ref('doubled') }} where n > 20
        """,
    "seeds/words.csv": "word\nmột\nhai\n",
}
OF_NUMBERS = {"doubled", "remainders", "how_many", "looked_at", "largest"}
ALL = OF_NUMBERS | {"zone", "today", "words", "landed", "of_landed"}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A tiny program with a project of its own, parsed once."""
    program = Program(tmp_path_factory.mktemp("tiny") / "program")
    for name, text in FILES.items():
        path = program.dbt_project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
    program.profiles.symlink_to(PROJECT.profiles)
    (program.dbt_project / "macros").mkdir()
    for ways in ("duckdb_tables.sql", "kept_models.sql"):
        (program.dbt_project / "macros" / ways).symlink_to(PROJECT.dbt_project / "macros" / "engine" / ways)
    return program


@pytest.fixture(scope="module")
def built(program: Program, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a home whose models have been built once."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(dbt_run, "PROJECT", program)
        home = init_home(tmp_path_factory.mktemp("built") / "home")
        frozen(home)
        assert made(home) == ALL
    return home.root


@pytest.fixture
def home(built: Path, program: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setattr(dbt_run, "PROJECT", program)
    return Home(shutil.copytree(built, tmp_path / "home"))


def frozen(home: Home, numbers: str = "1, 2", zone: str = "UTC", as_of: str = "2026-03-02", path: str = "a") -> None:
    """What the freeze would leave: the inputs of a night."""
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute(f"""
            create schema if not exists frozen;
            create or replace table frozen.numbers as select unnest([{numbers}]) as n;
            create or replace table frozen.settings as select '{zone}' as business_zone, date '{as_of}' as as_of;
            create or replace table frozen.batches as
                select 'b' as batch_id, 'ga4' as source, 'events' as table_name, '{path}' as path, '{path}' as read_from;
            create or replace table frozen.scopes as select * exclude (path, read_from) from frozen.batches limit 0;
            create or replace table frozen.state_files as select source, table_name, path from frozen.batches limit 0;
        """)
        write_inputs(connection)


STAGE = "tag:all"


def made(home: Home, anew: bool = False, select: str = STAGE) -> set[str]:
    """The models that a build made; the others stayed as they were."""
    result = build(home, "r", select, full_refresh=anew)
    return {model.name for model in result.models if not model.is_kept}


def checks(home: Home, select: str = STAGE) -> dict[str, bool]:
    """What the tests of a build said: whether no row breaks them."""
    result = build(home, "r", select)
    return {check.name: check.passed for check in result.checks}


def rows(home: Home, model: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        return connection.execute(f"from {model} order by all").fetchall()


def test_a_night_like_the_one_before_makes_nothing(home: Home) -> None:
    for select in (STAGE, "path:models path:seeds"):  # dbt is not called, or leaves each model as it is
        frozen(home)
        assert made(home, select=select) == set()
    assert rows(home, "doubled") == [(2,), (4,)]
    assert rows(home, "words") == [("hai",), ("một",)]


def test_a_change_stops_where_a_table_holds_what_it_held(home: Home) -> None:
    frozen(home, "1, 3")
    assert made(home) == {"doubled", "remainders", "looked_at", "largest"}
    assert (rows(home, "doubled"), rows(home, "largest")) == ([(2,), (6,)], [(3,)])


def test_a_row_told_twice_is_another_table_than_none(home: Home) -> None:
    frozen(home, "1, 2, 2, 2")
    made(home)
    assert rows(home, "doubled") == [(2,), (4,), (4,), (4,)]


def test_what_moved_and_moved_back_is_made_each_time(home: Home) -> None:
    for numbers in ("5", "1, 2"):
        frozen(home, numbers)
        assert "doubled" in made(home)
    assert rows(home, "doubled") == [(2,), (4,)]


def test_another_day_makes_what_reads_the_day_and_nothing_else(home: Home) -> None:
    frozen(home, as_of="2026-03-03")
    assert made(home) == {"today"}
    frozen(home, as_of="2026-03-03", zone="Asia/Ho_Chi_Minh")
    assert made(home) == {"zone", "today"}


def test_files_that_lie_elsewhere_change_nothing_that_was_made_of_them(home: Home) -> None:
    frozen(home, path="packed")
    assert made(home) == {"landed"}  # the view, which names the files
    assert made(home) == set()


def test_a_full_refresh_makes_everything(home: Home) -> None:
    assert made(home, anew=True) == ALL


def test_a_model_that_failed_is_made_in_the_next_night(home: Home, program: Program) -> None:
    model = program.dbt_project / "models" / "doubled.sql"
    sound = model.read_text()
    frozen(home, "7")
    model.write_text(sound.replace("2 * n", "cast('broken' as integer)"))
    with pytest.raises(GateFailed):
        made(home)
    assert rows(home, "doubled") == [(2,), (4,)]
    model.write_text(sound)
    assert made(home) >= {"doubled", "remainders"}
    assert rows(home, "doubled") == [(14,)]


def test_a_company_s_own_model_is_made_each_night(home: Home) -> None:
    own = home.sources / "weather"
    own.mkdir(parents=True)
    model = own / "weather.sql"
    model.write_text("select random() as mm")
    for _ in range(2):
        result = build(home, "r", "weather")
        assert [(model.name, model.is_kept) for model in result.models] == [("weather", False)]
    assert model.read_text() == "select random() as mm"  # dbt writes what it compiled elsewhere


def test_what_was_built_by_hand_is_made_again(home: Home, program: Program) -> None:
    """dbt called by hand knows nothing of the night's account, and may have built from anything."""
    project = program.dbt_project
    by_hand = textwrap.dedent(f"""
        import os
        from dbt.cli.main import dbtRunner
        os.environ.update(RACEWAY_WAREHOUSE={str(home.warehouse)!r}, RACEWAY_OWN_SOURCES={str(home.sources)!r})
        outcome = dbtRunner().invoke(["run", "--select", "doubled", "--project-dir", {str(project)!r},
            "--profiles-dir", {str(PROJECT.profiles)!r}, "--target-path", {str(home.root / "by_hand")!r}])
        assert outcome.success, outcome.exception
    """)
    subprocess.run([sys.executable, "-c", by_hand], check=True, capture_output=True, cwd=home.root)
    assert made(home) == {"doubled"}


def test_a_test_that_found_no_row_is_asked_again_only_of_something_else(home: Home) -> None:
    """Asked or not, its check stands in each night's list; one that found rows is asked each time."""
    warehouse = str(home.warehouse)
    for select in (STAGE, "path:models path:seeds"):
        assert checks(home, select) == {"remainders_are_none": True, "numbers_are_small": True}
    with duckdb.connect(
        warehouse
    ) as connection:  # what no night does: rows change, and what they are made from does not
        connection.execute("update doubled set n = 100; update remainders set remainder = 1")
    frozen(home)
    assert checks(home) == {"remainders_are_none": True, "numbers_are_small": True}
    frozen(home, "50, 51")
    for _ in range(2):
        assert checks(home) == {"remainders_are_none": True, "numbers_are_small": False}
    assert made(home) == set()
    frozen(home)
    assert checks(home) == {"remainders_are_none": True, "numbers_are_small": True}
