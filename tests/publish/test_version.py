"""Publishing: versions, the switch, and what a crash or a reader sees of it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from raceway.common.faults import GateFailed, PassingFault
from raceway.history.records import Check, RunRecord, record_checks, record_run, run_records
from raceway.history.waivers import apply_waivers, waive
from raceway.publish.version import published_version, published_versions, switch
from tests.support.mart_company import AS_OF, ASKED_BY_THE_REPORT, Company
from tests.support.report_page import block

MakeCheck = Callable[..., Check]
AT = dt.datetime(2026, 11, 22, 5, tzinfo=dt.UTC)


def test_a_version_holds_everything_that_is_promised(company: Company) -> None:
    version = company.publish("night-1", late=("shopify/vn: nothing has landed yet",))

    assert company.home.current.readlink() == Path(version.name)
    names = {str(file.relative_to(version.path)) for file in version.path.rglob("*") if file.is_file()}
    assert names == {
        "race.duckdb",
        "run.json",
        "sha256sums.txt",
        "contents.json",
        "report/index.html",
        *(f"report/data/kpi_{period}.csv" for period in ("day", "week", "month", "quarter", "cycle")),
        "quality/index.html",
        *(f"made_of/{name}.parquet" for name in ("batches", "exclusions", "scopes", "settings")),
        "parquet/dim_channel/part.parquet",
        "parquet/kpi_catalog/part.parquet",
        "parquet/kpi_published/month=2026-10/part.parquet",
        "parquet/measure_catalog/part.parquet",
        "parquet/osa_review/part.parquet",
        "parquet/fct_reach_ads/month=2026-10/part.parquet",
        "parquet/fct_reach_ads/month=2026-11/part.parquet",
        "parquet/race_kpi/month=2026-10/part.parquet",
        "parquet/race_kpi/month=2026-11/part.parquet",
        "parquet/race_measure/month=2026-10/part.parquet",
        "parquet/race_measure/month=2026-11/part.parquet",
        "parquet/run_history/part.parquet",
        "parquet/batch_history/part.parquet",
        "parquet/check_history/part.parquet",
        *(f"parquet/{name}/part.parquet" for name in ASKED_BY_THE_REPORT),
    }
    details = json.loads((version.path / "run.json").read_text(encoding="utf-8"))
    assert (details["run_id"], details["as_of"], details["fingerprint"]) == ("night-1", "2026-11-22", "of night-1")
    assert (details["mart_version"], details["kpis"]) == ("1.0", ["ad_spend", "customer_retention_rate"])
    assert (details["tables"]["fct_reach_ads"], details["late"]) == (52, ["shopify/vn: nothing has landed yet"])


def test_personal_mapping_stays_in_the_warehouse(company: Company) -> None:
    company.publish("night-1")

    assert company.read("select table_name from information_schema.tables where table_name like 'identity%'") == []
    assert not (company.home.current / "parquet" / "identity_person").exists()


def test_parquet_and_database_hold_the_same_numbers(company: Company) -> None:
    company.publish("night-1")

    facts = company.home.current.resolve() / "parquet" / "fct_reach_ads" / "*" / "*.parquet"
    assert duckdb.connect().sql(
        f"select sum(\"cost\"), count(*) from '{facts}' where month = '2026-10'"
    ).fetchall() == [(620, 31)]
    assert company.read("select sum(\"cost\"), count(*) from fct_reach_ads where day < '2026-11-01'") == [(620, 31)]


def test_the_database_holds_all_facts(company: Company) -> None:
    company.sql("insert into fct_reach_ads values ('google_ads', 'vn', 'a', '2014-09-30', 1, null, null)")

    company.publish("night-1")

    assert company.read("select min(day), count(*) from fct_reach_ads") == [(dt.date(2014, 9, 30), 53)]


def test_the_database_holds_as_many_months_of_facts_as_the_settings_say_and_parquet_all(company: Company) -> None:
    text = company.home.settings.read_text(encoding="utf-8")
    company.home.settings.write_text(text.replace("fact_months = 0", "fact_months = 25"), encoding="utf-8")
    # 25 months before November 2026 begin with October 2024
    company.sql(
        "insert into fct_reach_ads values ('google_ads', 'vn', 'a', '2024-09-30', 1, null, null), "
        "('google_ads', 'vn', 'b', '2024-10-01', 2, null, null)"
    )

    company.publish("night-1")

    assert company.read("select min(day), count(*) from fct_reach_ads") == [(dt.date(2024, 10, 1), 53)]
    said = company.read("select comment from duckdb_tables() where table_name = 'fct_reach_ads'")
    assert str(said[0][0]).endswith("From 2024-10 on (retention.fact_months = 25); parquet/ holds all.")
    details = json.loads((company.home.current / "run.json").read_text(encoding="utf-8"))
    assert details["partial_in_race_duckdb"]["fct_reach_ads"].startswith("From 2024-10 on")
    facts = company.home.current.resolve() / "parquet" / "fct_reach_ads" / "*" / "*.parquet"
    assert duckdb.connect().sql(f"select min(day), count(*) from '{facts}'").fetchall() == [(dt.date(2024, 9, 30), 54)]


def test_an_empty_fact_table_is_published_as_an_empty_file(company: Company) -> None:
    company.sql("create table fct_act_cart (session_id varchar, day date)")

    company.publish("night-1")

    file = company.home.current.resolve() / "parquet" / "fct_act_cart" / "part.parquet"
    assert duckdb.connect().sql(f"select count(*) from '{file}'").fetchall() == [(0,)]


def test_unchanged_months_are_hard_links_and_changed_ones_are_not(company: Company) -> None:
    first = company.publish("night-1")
    company.sql("insert into fct_reach_ads values ('google_ads', 'vn', 'new', '2026-11-21', 5, null, null)")

    second = company.publish("night-2")

    def inode(version: Path, file: str) -> int:
        return (version / "parquet" / file).stat().st_ino

    october, november = ("fct_reach_ads/month=2026-10/part.parquet", "fct_reach_ads/month=2026-11/part.parquet")
    assert inode(first.path, october) == inode(second.path, october)
    assert inode(first.path, november) != inode(second.path, november)
    assert inode(first.path, "dim_channel/part.parquet") == inode(second.path, "dim_channel/part.parquet")


def test_rows_in_another_order_give_the_same_files(company: Company) -> None:
    first = company.publish("night-1")
    company.sql("create or replace table fct_reach_ads as select * from fct_reach_ads order by ads_row_id desc")

    second = company.publish("night-2")

    for month in ("2026-10", "2026-11"):
        file = f"parquet/fct_reach_ads/month={month}/part.parquet"
        assert (first.path / file).stat().st_ino == (second.path / file).stat().st_ino


def test_a_reader_keeps_the_version_it_opened(company: Company) -> None:
    company.publish("night-1")
    asked = "select numerator from race_kpi where kpi = 'ad_spend' and period_start = '2026-10-01'"

    with duckdb.connect(str(company.home.current / "race.duckdb"), read_only=True) as reader:
        assert reader.execute(asked).fetchall() == [(620,)]
        company.sql("update race_kpi set numerator = 700 where kpi = 'ad_spend' and period_start = '2026-10-01'")
        company.publish("night-2")
        assert reader.execute(asked).fetchall() == [(620,)]
        assert company.read(asked) == [(700,)]
        # in a process of its own: DuckDB shares an open file of one path within a process
        seen = subprocess.run(
            [sys.executable, "-c",
             f"import duckdb; print(duckdb.connect('{company.home.current}/race.duckdb', read_only=True)"
             f'.execute("{asked}").fetchone()[0])'],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert seen.stdout.strip() == "700.000000"


def test_a_reader_of_a_version_that_is_removed_is_not_disturbed(company: Company) -> None:
    settings = company.home.settings
    settings.write_text(settings.read_text(encoding="utf-8").replace("versions = 14", "versions = 2"), encoding="utf-8")
    first = company.publish("night-1")

    with duckdb.connect(str(first.database), read_only=True) as reader:
        reader.execute("select * from race_kpi").fetchall()
        for night in (2, 3):
            company.publish(f"night-{night}")
        assert not first.path.exists()
        assert reader.execute("select count(*) from fct_reach_ads").fetchall() == [(52,)]

    assert [version.run_id for version in published_versions(company.home)] == ["night-2", "night-3"]


def test_current_shows_a_version_at_every_moment_of_a_switch(company: Company) -> None:
    for name in ("v1", "v2"):
        (company.home.published / name).mkdir(parents=True)
    switch(company.home, "v1")
    shown: list[str] = []
    watches = True

    def look(event: str, _: object) -> None:
        """Hears of each call of the operating system before it is made."""
        if watches and event.startswith("os."):
            shown.append(company.home.current.resolve(strict=True).name)

    sys.addaudithook(look)
    try:
        switch(company.home, "v2")
    finally:
        watches = False  # a hook stays as long as the process
    assert "v1" in shown
    assert company.home.current.resolve().name == "v2"


@pytest.mark.parametrize("moment", ["while writing", "before the switch", "after the switch"])
def test_a_kill_leaves_the_old_or_the_new_version(company: Company, moment: str) -> None:
    """The process is killed for good (SIGKILL) at the named moment; the next publish clears up."""
    first = company.publish("night-1")
    company.sql("update race_kpi set numerator = 700 where kpi = 'ad_spend'")
    patch = {
        "while writing": "publish.write_quality = die",
        "before the switch": "publish.switch = die",
        "after the switch": "publish.record_run = die",
    }[moment]
    killed = subprocess.run(
        [sys.executable, "-c", f"""
import datetime as dt, os, pathlib, signal
from raceway.common.home import Home
from raceway.publish import version as publish
def die(*args): os.kill(os.getpid(), signal.SIGKILL)
{patch}
publish.publish(Home(pathlib.Path({str(company.home.root)!r})), "night-2",
                started_at=dt.datetime(2026, 11, 22, 5, tzinfo=dt.UTC), fingerprint="of night-2")
"""],
        check=False,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL

    shown = published_version(company.home)
    assert shown is not None
    assert shown.run_id == ("night-2" if moment == "after the switch" else "night-1")
    expected = 700 if moment == "after the switch" else 620
    asked = "select numerator from race_kpi where kpi = 'ad_spend' and period_start = '2026-10-01'"
    assert company.read(asked) == [(expected,)]

    company.publish("night-3")

    kept = [version.run_id for version in published_versions(company.home)]
    assert kept == (["night-1", "night-2", "night-3"] if moment == "after the switch" else ["night-1", "night-3"])
    assert [record.run_id for record in run_records(company.home)] == kept
    names = {path.name for path in company.home.published.iterdir()}
    assert names == {".lock", "current", *(version.name for version in published_versions(company.home))}
    assert first.path.exists()
    # what the killed publish would have published first is told of the version that did
    told = "select numerator, version from kpi_published where kpi = 'ad_spend' order by published_at"
    assert company.read(told) == [(620, first.name), (700, published_versions(company.home)[1].name)]


def test_versions_outlive_the_records_of_their_runs(company: Company) -> None:
    for night in (1, 2):
        company.publish(f"night-{night}")
    shutil.rmtree(company.home.runs)

    company.publish("night-3")

    assert [version.run_id for version in published_versions(company.home)] == ["night-1", "night-2", "night-3"]


def test_a_file_system_without_hard_links_keeps_copies(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    first = company.publish("night-1")
    monkeypatch.setattr(os, "link", refuse)
    second = company.publish("night-2")

    file = "parquet/dim_channel/part.parquet"
    assert (first.path / file).read_bytes() == (second.path / file).read_bytes()
    assert not list(second.path.rglob("linked"))


def test_a_run_is_published_once(company: Company) -> None:
    first = company.publish("night-1")

    assert company.publish("night-1") == first
    assert len(published_versions(company.home)) == 1


def test_two_publishes_never_mix(company: Company) -> None:
    company.publish("night-1")
    holder = subprocess.Popen(
        [sys.executable, "-c",
         "import fcntl, sys\n"
         f"file = open('{company.home.published}/.lock', 'a')\n"
         "fcntl.flock(file, fcntl.LOCK_EX)\n"
         "print('held', flush=True)\n"
         "sys.stdin.read()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(PassingFault, match="another publish is at work"):
            company.publish("night-2")
    finally:
        holder.communicate("")
    assert company.publish("night-2").run_id == "night-2"


def test_a_critical_failure_keeps_the_old_version(company: Company, failing: MakeCheck) -> None:
    company.publish("night-1")
    record_checks(company.home, "night-2", [failing("critical", "race_kpi: keys stand twice")])

    with pytest.raises(GateFailed, match="nothing was published: race_kpi: keys stand twice"):
        company.publish("night-2")

    shown = published_version(company.home)
    assert shown is not None
    assert shown.run_id == "night-1"
    assert len(published_versions(company.home)) == 1


def test_a_warning_publishes_and_is_shown(company: Company, failing: MakeCheck) -> None:
    rows = "runs/night-1/broken/a_check.csv"
    warning = failing("warning", "fct_reach_ads: 40% fewer rows")
    warning = dataclasses.replace(warning, remedy="export the days again", broken_rows=4, rows_file=rows)
    record_checks(company.home, "night-1", [warning])

    version = company.publish("night-1")

    assert company.read(
        "select message, remedy, broken_rows, rows_file from check_history where not passed and run_id = 'night-1'"
    ) == [("fct_reach_ads: 40% fewer rows", "export the days again", 4, rows)]
    page = (version.path / "quality" / "index.html").read_text(encoding="utf-8")
    assert "export the days again" in page
    assert rows in page
    assert version.details["checks"] == {"passed": 0, "warning": 1, "info": 0}
    told = block(version.report.read_text(encoding="utf-8"), "catalogue")["warnings"]["message"]
    assert told == ["fct_reach_ads: 40% fewer rows"]
    assert "fct_reach_ads: 40% fewer rows" in (version.path / "quality" / "index.html").read_text(encoding="utf-8")


def test_a_waived_check_publishes_once_and_the_version_says_who_and_why(company: Company, failing: MakeCheck) -> None:
    stopping = dataclasses.replace(failing("critical", "race_kpi: keys stand twice"), kind="reconcile")
    record_checks(company.home, "night-1", [stopping])
    record_run(company.home, RunRecord("night-1", AS_OF, AT, AT, "refused", "0.1.0"))
    waive(company.home, stopping.name, "one late double, seen by hand", who="lan")
    record_checks(company.home, "night-2", apply_waivers(company.home, "night-2", [stopping]))

    version = company.publish("night-2")

    [waived] = version.details["waived"]
    assert (waived["check"], waived["who"], waived["why"]) == (stopping.name, "lan", "one late double, seen by hand")
    page = version.report.read_text(encoding="utf-8")
    assert f"{stopping.name} was let pass once by lan: one late double, seen by hand" in page
    said = "let pass once by lan (one late double, seen by hand): race_kpi: keys stand twice"
    assert said in block(page, "trust")["open"]["sentence"]
    record_checks(company.home, "night-3", apply_waivers(company.home, "night-3", [stopping]))
    with pytest.raises(GateFailed, match="nothing was published: race_kpi: keys stand twice"):
        company.publish("night-3")


def test_files_of_a_version_are_read_only(company: Company) -> None:
    version = company.publish("night-1")

    writable = [file for file in version.path.rglob("*") if file.is_file() and file.stat().st_mode & 0o222]
    assert writable == []


def test_descriptions_become_comments(company: Company) -> None:
    company.publish("night-1")

    [(comment,)] = company.read(
        "select comment from duckdb_columns() where table_name = 'race_kpi' and column_name = 'period_end'"
    )
    assert comment == "Last day of the period."
    undescribed = (
        "select count(*) from duckdb_columns() where table_name like '%_history' and coalesce(comment, '') = ''"
    )
    assert company.read(undescribed) == [(0,)]


def test_duckdb_1_5_opens_the_file(company: Company) -> None:
    """RACEWAY_DUCKDB15_PYTHON names a Python of an environment with DuckDB 1.5."""
    python = os.environ.get("RACEWAY_DUCKDB15_PYTHON")
    if not python:
        reason = "RACEWAY_DUCKDB15_PYTHON is not set: no environment with DuckDB 1.5 at hand"
        if os.environ.get("RACEWAY_REQUIRE_EXTRAS") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    version = company.publish("night-1")

    asked = "select sum(numerator)::varchar from race_kpi where kpi = 'ad_spend'"
    seen = subprocess.run(
        [python, "-c",
         "import duckdb; print(duckdb.__version__);"
         f"print(duckdb.connect('{version.database}', read_only=True).execute(\"{asked}\").fetchone()[0])"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    engine, total = seen.stdout.split()
    assert engine.startswith("1.5.")
    assert total == "1040.000000"


def test_as_of_is_the_frozen_one(company: Company) -> None:
    assert company.publish("night-1").as_of == AS_OF
