"""dbt inside the process: what a build gives, what stops it, and how often the project is parsed."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import duckdb
import pytest

from raceway.build import dbt_run as transform
from raceway.build.dbt_run import build
from raceway.common.faults import GateFailed, PassingFault
from raceway.common.home import PROJECT, Home, Program
from raceway.config.init import init_home
from raceway.history import broken_rows
from raceway.history.records import forget_checks, run_checks

FILES = {
    "dbt_project/dbt_project.yml": """
        name: tiny
        version: "1.0"
        profile: raceway
        flags: {send_anonymous_usage_stats: false}
        data_tests: {+severity: error}
        """,
    "dbt_project/models/numbers.sql": """
        {{ config(materialized='table', tags=['sound']) }} select 1 as n union all select 2
        """,
    "dbt_project/models/doubled.sql": "{{ config(tags=['sound']) }} select 2 * n as n from {{ ref('numbers') }}",
    "dbt_project/models/broken.sql": "{{ config(tags=['broken']) }} select * from table_that_is_not_there",
    "dbt_project/models/after.sql": "{{ config(tags=['broken']) }} select * from {{ ref('broken') }}",
    "dbt_project/models/bad.sql": "{{ config(tags=['bad']) }} select null as n",
    "dbt_project/models/models.yml": """
        version: 2
        models:
          - name: numbers
            columns: [{name: n, data_tests: [unique, not_null]}]
          - name: bad
            columns:
              - name: n
                data_tests: [not_null, {relationships: {arguments: {to: ref('numbers'), field: n}}}]
        unit_tests:
          - name: a_unit_test_that_would_fail
            model: doubled
            given: [{input: ref('numbers'), rows: [{n: 1}]}]
            expect: {rows: [{n: 3}]}
        """,
    "dbt_project/tests/numbers_are_small.sql": """
        -- shown, not stopping
        {{ config(severity='warn') }}
        select * from {{ ref('numbers') }} where n > 1
        """,
    "dbt_project/tests/numbers_are_one.sql": """
        {{ config(severity='warn', store_failures=true) }}
        select n * 10 as tens, n from {{ ref('numbers') }} where n < 9 order by n desc
        """,
    "dbt_project/tests/numbers_and_bad_ones_never_meet.sql": """
        select 1 from {{ ref('numbers') }}, {{ ref('bad') }} where 1 = 0
        """,
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home beside a tiny program with a project of its own."""
    program = Program(tmp_path / "program")
    for name, text in FILES.items():
        path = program.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
    program.profiles.symlink_to(PROJECT.profiles)
    (program.dbt_project / "macros").mkdir()
    ways = PROJECT.dbt_project / "macros" / "engine"  # how the house builds tables and views
    for name in ("duckdb_tables.sql", "kept_models.sql"):
        (program.dbt_project / "macros" / name).symlink_to(ways / name)
    monkeypatch.setattr(transform, "PROJECT", program)
    return init_home(tmp_path / "home")


def project(home: Home) -> Path:
    return home.root.parent / "program" / "dbt_project"


def test_a_build_gives_its_checks_with_severity_and_its_models_with_times(home: Home) -> None:
    result = build(home, "run1", "tag:sound")
    assert {(model.name, model.kind, model.status) for model in result.models} == {
        ("numbers", "model", "success"), ("doubled", "model", "success"),
    }  # fmt: skip
    assert all(model.seconds >= 0 for model in result.models)
    checks = {check.name: check for check in result.checks}
    # the unit test tests the program, and one test needs a model that is not built yet: neither runs
    assert set(checks) == {"unique_numbers_n", "not_null_numbers_n", "numbers_are_small", "numbers_are_one"}
    sound = checks["unique_numbers_n"]
    assert (sound.kind, sound.severity, sound.passed, sound.subject) == ("dbt_test", "critical", True, "numbers")
    warned = checks["numbers_are_small"]
    assert (warned.severity, warned.passed, warned.stops) == ("warning", False, False)
    assert warned.message == (
        "numbers: numbers are small; 1 row breaks it (n 2). The numbers are published all the same; mend these rows at "
        "their source and export them again. All of them: runs/run1/broken/numbers_are_small.csv"
    )
    kept = json.loads((home.runs / "run1" / "dbt" / "tag_sound.json").read_text())
    assert {model["name"] for model in kept["models"]} == {"numbers", "doubled"}


def test_a_test_of_two_models_runs_with_the_build_that_has_both(home: Home) -> None:
    related = "relationships_bad_n__n__ref_numbers_"
    build(home, "run1", "tag:sound")
    assert related not in {check.name for check in run_checks(home, "run1")}
    with pytest.raises(GateFailed):
        build(home, "run2", "numbers bad")
    [check] = [check for check in run_checks(home, "run2") if check.name == related]
    assert (check.subject, check.severity, check.passed, check.kind) == ("bad", "critical", True, "dbt_test")


def test_what_could_not_be_built_is_not_asked(home: Home) -> None:
    (project(home) / "models" / "bad.sql").write_text("{{ config(tags=['bad']) }} select n from nowhere")
    with pytest.raises(GateFailed, match="bad could not be built"):
        build(home, "run1", "tag:bad")
    assert [check.name for check in run_checks(home, "run1")] == ["is_built"]


def test_of_a_source_without_files_nothing_is_asked_neither_together_nor_by_dbt(home: Home) -> None:
    folder = project(home) / "models" / "staging" / "shop"
    folder.mkdir(parents=True)
    (folder / "stg_shop.sql").write_text("{{ config(tags=['staged']) }} select 1 as n")
    (folder / "shop.yml").write_text(
        "models: [{name: stg_shop, columns: [{name: n, data_tests: "
        "[not_null, {unique: {config: {where: n > 0}}}]}]}]"  # one with a condition is left to dbt
    )
    both = {"not_null_stg_shop_n", "unique_stg_shop_n"}
    assert {check.name for check in build(home, "run1", "tag:staged").checks} == both
    assert {check.name for check in build(home, "run2", "tag:staged", absent=["mail"]).checks} == both
    without = build(home, "run3", "tag:staged", absent=["mail", "shop"])
    assert [model.name for model in without.models] == ["stg_shop"]
    assert without.checks == []


def test_a_build_sees_what_was_frozen_since_the_last_one_of_the_same_process(home: Home) -> None:
    (project(home) / "macros" / "landed.sql").symlink_to(PROJECT.dbt_project / "macros" / "landed.sql")
    models = project(home) / "models"
    (models / "house.yml").write_text("sources: [{name: house, schema: frozen, tables: [{name: batches}]}]")
    of_orders, of_refunds = (
        f"{{{{ frozen_paths(source('house', 'batches'), 'shop', '{table}') | join(' ') if execute }}}}"
        for table in ("orders", "refunds")
    )
    (models / "paths.sql").write_text(f"select '{of_orders}' as orders, '{of_refunds}' as refunds")

    def seen_after(*frozen: str) -> tuple[str, str]:
        with duckdb.connect(str(home.warehouse)) as connection:
            for batch in frozen:
                connection.execute("insert into frozen.batches values (?, ?, ?)", batch.split())
        build(home, "run1", "paths")
        with duckdb.connect(str(home.warehouse), read_only=True) as connection:
            [row] = connection.execute("select orders, refunds from paths").fetchall()
        return row

    assert seen_after() == ("", "")
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("create schema frozen")
        connection.execute("create table frozen.batches (source text, table_name text, path text)")
    assert seen_after("shop orders b", "other orders x", "shop orders a", "shop orders b") == ("a b", "")
    assert seen_after("shop refunds c") == ("a b", "c")


def test_a_table_and_a_view_take_each_others_place_and_a_model_that_fails_leaves_the_old_one(home: Home) -> None:
    def kinds() -> dict[str, str]:
        with duckdb.connect(str(home.warehouse), read_only=True) as connection:
            return dict(connection.execute("select table_name, table_type from information_schema.tables").fetchall())

    build(home, "run1", "tag:sound")
    assert {name: kinds()[name] for name in ("numbers", "doubled")} == {"numbers": "BASE TABLE", "doubled": "VIEW"}
    (project(home) / "models" / "doubled.sql").write_text(
        "{{ config(tags=['sound'], materialized='table') }} select 2 * n as n from {{ ref('numbers') }}"
    )
    build(home, "run2", "tag:sound")
    assert kinds()["doubled"] == "BASE TABLE"
    (project(home) / "models" / "doubled.sql").write_text(
        "{{ config(tags=['sound'], materialized='table') }} select cast('many' as integer) as n"
    )
    with pytest.raises(GateFailed, match="doubled could not be built"):
        build(home, "run3", "tag:sound")
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        assert connection.execute("select sum(n) from doubled").fetchone() == (6,)
    (project(home) / "models" / "doubled.sql").write_text("{{ config(tags=['sound']) }} select 1 as n")
    build(home, "run4", "tag:sound")
    assert kinds()["doubled"] == "VIEW"
    assert not [name for name in kinds() if "__dbt" in name]


def test_rows_that_break_a_test_are_named_and_lie_in_a_file(home: Home) -> None:
    (project(home) / "tests" / "said.yml").write_text(
        "data_tests:\n- name: numbers_are_one\n  description: no number\n    is above one.\n"
        "  config: {meta: {remedy: count again}}\n"
    )
    result = build(home, "run1", "numbers")
    named, other = (next(check for check in result.checks if check.name == f"numbers_are_{name}")
                    for name in ("one", "small"))  # fmt: skip
    assert named.message == (
        "numbers: no number is above one; 2 rows break it (tens 10, n 1; tens 20, n 2). Count again. All of them: "
        "runs/run1/broken/numbers_are_one.csv"
    )
    assert (named.remedy, named.broken_rows, named.severity) == ("count again", 2, "warning")
    assert (home.root / named.rows_file).read_text() == "tens,n\n10,1\n20,2\n"
    assert (home.root / other.rows_file).read_text() == "n\n2\n"
    # a check that holds has no file, and a run that begins anew none of an earlier try
    assert sorted(path.name for path in (home.runs / "run1" / "broken").iterdir()) == [
        "numbers_are_one.csv", "numbers_are_small.csv",
    ]  # fmt: skip
    forget_checks(home, "run1")
    assert not list((home.runs / "run1" / "broken").iterdir())


def test_a_file_of_rows_is_cut_where_it_is_huge_and_says_how_many_there_are(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broken_rows, "MOST_ROWS", 3)
    (project(home) / "models" / "bad.sql").write_text(
        "{{ config(tags=['bad']) }} select null as n, 'x' || range as who from range(2) union all select 1, 'one'"
        " union all select null, 'more' from range(5)"
    )
    with pytest.raises(GateFailed) as fault:
        build(home, "run1", "tag:bad")
    assert "every row of bad states its n; 7 of 8 rows break it" in str(fault.value)
    assert str(fault.value).endswith("The first 3 of 7 rows: runs/run1/broken/not_null_bad_n.csv")
    assert len((home.runs / "run1" / "broken" / "not_null_bad_n.csv").read_text().splitlines()) == 4


def test_the_warehouse_is_free_and_the_program_untouched_after_a_build(home: Home) -> None:
    before = set(project(home).rglob("*"))
    variable = os.environ.get("RACEWAY_WAREHOUSE")
    build(home, "run1", "tag:sound")
    look = "import duckdb, sys; print(duckdb.connect(sys.argv[1]).execute('select sum(n) from doubled').fetchall())"
    seen = subprocess.run([sys.executable, "-c", look, str(home.warehouse)], capture_output=True, text=True, check=True)
    assert "6" in seen.stdout
    assert set(project(home).rglob("*")) == before
    assert os.environ.get("RACEWAY_WAREHOUSE") == variable


def test_a_failed_critical_test_stops_names_itself_and_is_recorded(home: Home) -> None:
    with pytest.raises(GateFailed, match=r"bad: every row of bad states its n; 1 of \d rows breaks it"):
        build(home, "run1", "tag:bad")
    [recorded] = run_checks(home, "run1")
    assert (recorded.name, recorded.passed, recorded.severity) == ("not_null_bad_n", False, "critical")


def test_a_model_that_cannot_be_built_stops_with_dbts_own_words(home: Home) -> None:
    with pytest.raises(GateFailed, match=r"model broken could not be built: .*table_that_is_not_there") as fault:
        build(home, "run1", "tag:broken")
    # what was skipped because of it is no fault of its own
    assert "after" not in str(fault.value)
    assert "\n" not in str(fault.value)
    assert [check.subject for check in run_checks(home, "run1")] == ["broken"]


def test_a_selection_of_nothing_is_a_fault_and_no_success(home: Home) -> None:
    with pytest.raises(GateFailed, match=r"nothing in .* is selected by 'tag:misspelt'"):
        build(home, "run1", "tag:misspelt")


def test_a_project_that_cannot_be_parsed_stops_with_a_sentence(home: Home) -> None:
    (project(home) / "models" / "numbers.sql").write_text("select * from {{ ref('nowhere') }}")
    with pytest.raises(GateFailed, match=r"dbt could not run: .*nowhere"):
        build(home, "run1", "tag:sound")


def test_a_warehouse_that_another_process_holds_is_a_passing_fault(home: Home) -> None:
    hold = "import duckdb, sys; kept = duckdb.connect(sys.argv[1]); print('held', flush=True); sys.stdin.read()"
    holder = subprocess.Popen(
        [sys.executable, "-c", hold, str(home.warehouse)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(PassingFault, match="lock"):
            build(home, "run1", "tag:sound")
        assert run_checks(home, "run1") == []
    finally:
        holder.communicate("")
    assert build(home, "run1", "tag:sound").models


def test_a_disk_that_is_full_is_a_passing_fault_of_one_sentence(home: Home) -> None:
    (project(home) / "models" / "numbers.sql").write_text(
        "{{ config(materialized='table', tags=['sound']) }} select hash(i)::varchar as n from range(200000) as t(i)"
    )
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, before[1]))
    try:
        with pytest.raises(
            PassingFault, match=r"warehouse could not be used just now: .* make room on the disk"
        ) as met:
            build(home, "run1", "tag:sound")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert str(met.value).count("could not be built") == 1


def test_the_project_is_parsed_once_and_again_when_a_file_of_it_changes(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dbt.cli.main

    invoked: list[str] = []

    class Counting(dbt.cli.main.dbtRunner):  # type: ignore[misc]  # dbt ships no types
        def invoke(self, args: list[str], **more: Any) -> Any:
            invoked.append(args[0])
            return super().invoke(args, **more)

    monkeypatch.setattr(dbt.cli.main, "dbtRunner", Counting)
    build(home, "run1", "tag:sound")
    build(home, "run1", "tag:sound")
    assert invoked == ["parse", "compile", "build", "build"]
    (project(home) / "models" / "doubled.sql").write_text(
        "{{ config(tags=['sound']) }} select 20 * n as n from {{ ref('numbers') }}"
    )
    build(home, "run2", "tag:sound")
    assert invoked[4:] == ["parse", "compile", "build"]
    with duckdb.connect(str(home.warehouse)) as connection:
        assert connection.execute("select sum(n) from doubled").fetchone() == (60,)
