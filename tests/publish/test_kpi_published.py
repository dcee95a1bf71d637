"""kpi_published: what was published of a period when it was over, and every change since."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from raceway.history.records import run_checks
from raceway.publish.kpi_published import KPI_PUBLISHED, carry_kpi_published
from raceway.publish.mart_files import write_parquet
from raceway.publish.version import Version, switch
from tests.support.mart_company import Company

AS_OF = dt.date(2026, 11, 22)
OCTOBER = """('ad_spend', 'month', date '2026-10-01', date '2026-10-31', 'all', 'all', {}, null, {}, {})"""
NOVEMBER = "('ad_spend', 'month', date '2026-11-01', date '2026-11-30', 'all', 'all', 420, null, 420, false)"

Row = tuple[object, ...]
Night = Callable[..., list[Row]]


@pytest.fixture
def night(tmp_path: Path) -> Night:
    """A night that shows these rows of race_kpi: the table after it. `versions` are the kept ones, by default all."""
    nights: list[Path] = []

    def show(*rows: str, versions: list[int] | None = None) -> list[Row]:
        number = len(nights) + 1
        kept = [*nights] if versions is None else [nights[at - 1] for at in versions]
        with duckdb.connect() as connection:
            connection.execute("set threads = 1")  # as a publish: equal rows give equal bytes
            connection.execute("attach ':memory:' as race")
            connection.execute('create table race.kpi_catalog (kpi varchar, "leading" integer)')
            connection.execute("insert into race.kpi_catalog values ('ad_spend', 1), ('roas', 0)")
            connection.execute(
                "create table race.race_kpi (kpi varchar, period varchar, period_start date, period_end date, channel "
                "varchar, market varchar, numerator decimal(38, 6), denominator decimal(38, 6), value double, "
                "is_complete boolean)"
            )
            connection.execute(f"insert into race.race_kpi values {', '.join(rows)}")
            at = dt.datetime(2026, 11, 22, number, tzinfo=dt.UTC)
            carry_kpi_published(connection, kept, version=f"v{number}", as_of=AS_OF, at=at)
            nights.append(tmp_path / f"v{number}")
            before = kept[-1] / "parquet" if kept else None
            write_parquet(connection, "race.kpi_published", KPI_PUBLISHED, nights[-1] / "parquet", before)
            return connection.execute(
                "select kpi, period, channel, numerator::integer, is_complete, version from race.kpi_published "
                "order by kpi, period, channel, published_at"
            ).fetchall()

    return show


def october(numerator: int | str, complete: bool = True) -> str:
    return OCTOBER.format(numerator, numerator, complete)


def test_a_period_is_told_once_it_is_over(night: Night) -> None:
    assert night(october(620), NOVEMBER) == [("ad_spend", "month", "all", 620, True, "v1")]


def test_the_same_mart_published_again_adds_nothing(night: Night, tmp_path: Path) -> None:
    first = night(october(620), NOVEMBER)

    assert night(october(620), NOVEMBER) == first
    files = list(tmp_path.rglob("part.parquet"))
    assert (len(files), len({file.stat().st_ino for file in files})) == (2, 1)


def test_a_restated_day_adds_one_row_and_the_first_stays(night: Night) -> None:
    night(october(620))
    night(october(700))

    assert [row[3:] for row in night(october(700))] == [(620, True, "v1"), (700, True, "v2")]


def test_what_comes_back_to_its_first_value_is_told_too(night: Night) -> None:
    night(october(620))
    night(october(700))

    assert [row[3] for row in night(october(620))] == [620, 700, 620]


def test_what_is_complete_later_is_told_when_it_is(night: Night) -> None:
    night(october(620, complete=False))

    assert [row[4:] for row in night(october(620))] == [(False, "v1"), (True, "v2")]


def test_a_value_that_was_not_known_is_first_published_when_it_is(night: Night) -> None:
    assert night(october("null")) == []
    assert [row[3:] for row in night(october(620))] == [(620, True, "v2")]


def test_a_value_that_is_known_no_more_is_told(night: Night) -> None:
    night(october(620))

    assert [row[3] for row in night(october("null"))] == [620, None]


def test_cells_are_told_of_leading_kpis_at_month_and_above_alone(night: Night) -> None:
    cell = october(300).replace("'all', 'all'", "'paid_search', 'all'")
    week = cell.replace("'month'", "'week'")
    other = cell.replace("ad_spend", "roas")

    told = night(october(620), cell, week, other, october(620).replace("month", "week"))
    assert [row[:4] for row in told] == [
        ("ad_spend", "month", "all", 620), ("ad_spend", "month", "paid_search", 300), ("ad_spend", "week", "all", 620),
    ]  # fmt: skip


def test_it_outlives_the_versions(night: Night) -> None:
    night(october(620))
    night(october(700))
    night(october(700))

    assert [row[3:] for row in night(october(700), versions=[3])] == [(620, True, "v1"), (700, True, "v2")]


def test_a_lost_file_is_made_up_for_by_the_other_versions(night: Night, tmp_path: Path) -> None:
    night(october(620))
    night(october(620))
    shutil.rmtree(tmp_path / "v2")

    assert [row[3:] for row in night(october(700))] == [(620, True, "v1"), (700, True, "v3")]


@pytest.mark.parametrize(("written", "told"), [("'abc'", [620, 700]), ("7.4::double", [7, 620, 700])])
def test_a_file_of_other_types_changes_none_of_the_table(
    night: Night, tmp_path: Path, written: str, told: list[int]
) -> None:
    night(october(620))
    [file] = (tmp_path / "v1").rglob("*.parquet")
    duckdb.connect().execute(
        f"copy (select * replace ({written} as numerator, 'v0' as version, timestamp '2026-11-21' as published_at) "
        f"from '{file}') to '{file.with_name('other.parquet')}'"
    )
    (tmp_path / "v1" / "parquet" / "kpi_published" / "gone.parquet").symlink_to(tmp_path / "nowhere")

    assert [row[3] for row in night(october(700))] == told
    [kept] = {kind for (kind,) in duckdb.connect().execute(
        f"select type from parquet_schema('{tmp_path}/v2/parquet/kpi_published/**/*.parquet') where name = 'numerator'"
    ).fetchall()}  # fmt: skip
    assert kept == "FIXED_LEN_BYTE_ARRAY"  # a decimal


def test_going_back_to_an_older_version_keeps_what_was_published_since(company: Company) -> None:
    asked = (
        "select numerator::integer, version from kpi_published where kpi = 'ad_spend' order by published_at, version"
    )
    first = company.publish("night-1")
    company.sql("update race_kpi set numerator = 700 where kpi = 'ad_spend' and period_start = '2026-10-01'")
    second = company.publish("night-2")
    switch(company.home, first.name)
    assert company.read(asked) == [(620, first.name)]  # the older version says what it knew
    company.sql("update race_kpi set numerator = 620 where kpi = 'ad_spend' and period_start = '2026-10-01'")
    third = company.publish("night-3")

    assert company.read(asked) == [(620, first.name), (700, second.name), (620, third.name)]


def test_rows_that_no_version_can_tell_any_more_are_warned_about(company: Company) -> None:
    first = company.publish("night-1")
    _spoil(first)
    second = company.publish("night-2")

    assert company.read("select distinct version from kpi_published") == [(second.name,)]
    [check] = run_checks(company.home, "night-2")
    assert (check.passed, check.severity, check.broken_rows) == (False, "warning", 2)
    assert f"2 of 2 rows of {first.name} can no more be read" in check.message
    assert second.details["checks"]["warning"] == 1
    assert company.read("select message from check_history where not passed") == [(check.message,)]


def _spoil(version: Version) -> None:
    """A file that a bad disk left half."""
    [file] = (version.path / "parquet" / "kpi_published").rglob("*.parquet")
    whole = file.read_bytes()
    other = Path(f"{file}.new")
    other.write_bytes(whole[: len(whole) // 2])
    other.replace(file)
