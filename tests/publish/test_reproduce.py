"""A version is held against a mart built from the same; what cannot be built again is refused with a sentence."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from raceway.build.freeze import program_hash
from raceway.common.faults import PermanentFault
from raceway.common.home import Home
from raceway.ledger.ledger import Ledger
from raceway.publish.made_of import FOLDER
from raceway.publish.reproduce import check_batches, check_program, compared
from raceway.publish.version import Version, published_version
from tests.support.mart_company import Company, make_company

BATCH = "20261121T200000Z-0123456789ab"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """A version made of one batch; the warehouse is as it was published."""
    made = make_company(tmp_path_factory.mktemp("published"))
    made.land(BATCH, days=("2026-11-20", "2026-11-20"))
    file = made.home.landing / "google_ads" / "campaign_daily" / BATCH / "data.parquet"
    duckdb.connect().sql(f"copy (select 1 as clicks) to '{file}' (format parquet)")
    made.sql(f"create table frozen.program as select '{program_hash(made.home)}' as program")
    made.sql("create table frozen.state_files (source varchar, table_name varchar, path varchar)")
    made.publish("night-1")
    return made


@pytest.fixture
def company(published: Company, tmp_path: Path) -> Company:
    shutil.copytree(published.home.root, tmp_path / "home", symlinks=True)
    return Company(Home(tmp_path / "home"))


def version(company: Company) -> Version:
    found = published_version(company.home)
    assert found is not None
    return found


def test_an_unchanged_version_shows_no_difference(company: Company) -> None:
    found = compared(version(company), company.home.warehouse)

    assert found.is_equal
    assert found.tables > 10


def test_a_tampered_database_is_found_with_its_table_and_rows(company: Company) -> None:
    database = version(company).database
    database.chmod(0o600)
    with duckdb.connect(str(database)) as connection:
        connection.execute("update race_kpi set value = value + 1 where period_start = '2026-10-01'")
        [(rows,)] = connection.execute("select count(*) from race_kpi where period_start = '2026-10-01'").fetchall()

    found = compared(version(company), company.home.warehouse)

    assert [(one.table, one.only_left, one.only_right) for one in found.database] == [("race_kpi", rows, rows)]
    assert found.parquet == ()
    assert not found.is_equal


def test_a_tampered_file_is_found_with_its_table_and_rows(company: Company) -> None:
    file = version(company).path / "parquet" / "fct_reach_ads" / "month=2026-10" / "part.parquet"
    rows = duckdb.connect().sql(f"from '{file}'").to_arrow_table()
    file.unlink()
    duckdb.connect().sql(f"copy (select * from rows limit {rows.num_rows - 2}) to '{file}' (format parquet)")

    found = compared(version(company), company.home.warehouse)

    assert [(one.table, one.only_left, one.only_right) for one in found.parquet] == [("fct_reach_ads", 0, 2)]
    assert found.database == ()


def test_a_version_of_today_with_all_its_batches_can_be_built_again(company: Company) -> None:
    check(company)


def check(company: Company) -> None:
    check_program(company.home, version(company))
    check_batches(company.home, version(company))


def _older_program(company: Company) -> None:
    file = version(company).path / "run.json"
    text = file.read_text(encoding="utf-8")
    file.unlink()
    file.write_text(text.replace('"program_version": "', '"program_version": "0.0.'), encoding="utf-8")


def _other_models(company: Company) -> None:
    (company.home.sources / "own").mkdir(parents=True)
    (company.home.sources / "own" / "stg_own.sql").write_text("select 1", encoding="utf-8")


def _batch_gone(company: Company) -> None:
    shutil.rmtree(company.home.landing / "google_ads" / "campaign_daily")


def _person_erased(company: Company) -> None:
    Ledger(company.home).append("forgotten", who="lan", why="asked for it")


def _nothing_kept(company: Company) -> None:
    shutil.rmtree(version(company).path / FOLDER)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_older_program, r"was built by raceway 0\.0\..*: install that version beside this one"),
        (_other_models, "was built by other models than today's"),
        (_batch_gone, rf"1 of its files are not in landing/ any more, as google_ads/campaign_daily/{BATCH}/data"),
        (_person_erased, f"a person was erased on {dt.datetime.now(tz=dt.UTC):%Y}"),
        (_nothing_kept, "does not keep what it was made of"),
    ],
)
def test_what_cannot_be_built_again_is_refused(company: Company, spoil: Callable[[Company], None], said: str) -> None:
    spoil(company)

    with pytest.raises(PermanentFault, match=said):
        check(company)
