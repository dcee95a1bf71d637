"""What a version takes over from the one before: what holds what it held, and nothing that is damaged."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import duckdb

from raceway.publish.equality import differences
from raceway.publish.version import Version
from raceway.reading.forgotten import Forgotten
from tests.support.mart_company import Company

FACT, KPIS = "fct_reach_ads", "race_kpi"
OCTOBER = Path("parquet", FACT, "month=2026-10", "part.parquet")


def publish(company: Company, night: str, program: str = "p1") -> Version:
    """A night's version, of a warehouse whose build has kept account of what its tables hold."""
    tables = [name for (name,) in held(company, "select table_name from duckdb_tables() where schema_name = 'main'")]
    contents = " union all ".join(
        f"select '{table}' as model, concat_ws(':', count(*), sum(hash(*columns(*)))) as content from main.{table}"
        for table in tables
    )
    company.sql(f"""
        create schema if not exists kept;
        create or replace table kept.models as {contents};
        create or replace table frozen.program as select '{program}' as program
    """)
    return company.publish(night)


def held(company: Company, query: str) -> list[tuple[Any, ...]]:
    """What the warehouse answers."""
    with duckdb.connect(str(company.home.warehouse), read_only=True) as connection:
        return connection.execute(query).fetchall()


def loaded_anew(version: Version) -> bool:
    """Whether race.duckdb was loaded as a whole: what was noted then is its size."""
    noted = json.loads((version.path / "contents.json").read_text(encoding="utf-8"))
    return bool(noted["loaded_bytes"] == version.database.stat().st_size)


def rows(version: Version, query: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(version.database), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_a_table_that_holds_what_it_held_is_taken_over_and_another_is_not(company: Company) -> None:
    first = publish(company, "night-1")
    company.sql(f"update {KPIS} set value = value + 1 where value is not null")
    second = publish(company, "night-2")
    assert (first.path / OCTOBER).samefile(second.path / OCTOBER)
    assert [loaded_anew(first), loaded_anew(second)] == [True, False]
    assert rows(second, f"select sum(value) from {KPIS}") == held(company, f"select sum(value) from {KPIS}")
    assert rows(first, f"select sum(value) from {KPIS}") != rows(second, f"select sum(value) from {KPIS}")
    comments = "select table_name, comment from duckdb_tables() order by all"
    assert rows(second, comments) == rows(first, comments)


def test_what_was_taken_over_is_what_would_have_been_written(company: Company) -> None:
    publish(company, "night-1")
    company.sql(f"insert into {KPIS} select * replace (7 as value) from {KPIS} limit 1")
    company.sql(f"delete from {FACT} where day = '2026-10-05'")
    taken_over = publish(company, "night-2")
    company.sql("drop schema kept cascade")
    written = company.publish("night-3")
    assert differences(taken_over.database, written.database) == []
    for file in taken_over.path.glob("parquet/*/**/*.parquet"):
        other = written.path / file.relative_to(taken_over.path)
        if not {"history", "published"} & set(file.relative_to(taken_over.path).parts[1].split("_")):
            assert file.read_bytes() == other.read_bytes(), file


def test_another_program_takes_nothing_over(company: Company) -> None:
    publish(company, "night-1")
    assert loaded_anew(publish(company, "night-2", program="p2"))


def test_a_damaged_version_does_not_live_on(company: Company) -> None:
    first = publish(company, "night-1")
    for file in (first.path / OCTOBER, first.database):
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 0xFF
        file.chmod(0o644)
        file.write_bytes(content)
    second = publish(company, "night-2")
    assert not (first.path / OCTOBER).samefile(second.path / OCTOBER)
    assert loaded_anew(second)
    assert rows(second, f"select count(*) from {FACT}") == held(company, f"select count(*) from {FACT}")


def test_after_a_person_was_forgotten_no_room_of_the_file_holds_her(company: Company) -> None:
    publish(company, "night-1")
    company.home.secrets.mkdir(exist_ok=True)
    Forgotten(company.home).forget(["her"], dt.datetime(2026, 11, 22, 6, tzinfo=dt.UTC))
    assert loaded_anew(publish(company, "night-2"))


def test_a_file_that_has_grown_by_half_is_loaded_as_a_whole(company: Company) -> None:
    company.sql("create table dim_large as select md5(i::varchar) as id from range(200000) as numbers (i)")
    publish(company, "night-1")
    sizes = []
    for night in range(2, 5):
        company.sql(
            f"create or replace table dim_large as select md5('{night}' || i) as id from range(200000) as n (i)"
        )
        version = publish(company, f"night-{night}")
        sizes.append(version.database.stat().st_size)
        assert rows(version, "select count(distinct id) from dim_large") == [(200_000,)]
    assert max(sizes) <= 2 * min(sizes)


def test_months_that_leave_race_duckdb_leave_it_though_their_table_holds_what_it_held(company: Company) -> None:
    text = company.home.settings.read_text(encoding="utf-8")
    company.home.settings.write_text(text.replace("fact_months = 0", "fact_months = 1"), encoding="utf-8")
    first = publish(company, "night-1")
    assert rows(first, f"select min(day) from {FACT}") == [(dt.date(2026, 10, 1),)]
    company.sql("update frozen.settings set as_of = '2026-12-02'")
    second = publish(company, "night-2")
    assert rows(second, f"select min(day) from {FACT}") == [(dt.date(2026, 11, 1),)]
    assert (first.path / OCTOBER).samefile(second.path / OCTOBER)
