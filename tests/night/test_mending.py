"""What a night mends of the home's own things, and what it says of those that it cannot."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import duckdb
import pytest

from raceway.build.warehouse import begin_anew
from raceway.common.faults import GateFailed, PermanentFault
from raceway.common.files import write_aside
from raceway.common.home import HOME_VARIABLE
from raceway.history.records import run_records
from raceway.ledger.ledger import Ledger
from raceway.ledger.left_out import FROZEN
from raceway.night import airflow_home, steps
from raceway.night.mending import as_told, mend
from raceway.publish.version import published_version
from tests.support.mart_company import AS_OF, Company, make_company
from tests.support.small_company import AS_OF as MARCH
from tests.support.small_company import REPORT, put, small_company


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return make_company(tmp_path)


@pytest.mark.parametrize("spoil", ["gone", "dangling", "folder", "file"])
def test_current_shows_the_newest_version_again(company: Company, spoil: str) -> None:
    company.publish("night-1")
    newest = company.publish("night-2").name
    current = company.home.current
    current.unlink()
    if spoil == "dangling":
        current.symlink_to("v-of-nobody")
    elif spoil == "folder":
        shutil.copytree(company.home.published / newest, current)
    elif spoil == "file":
        current.write_text("copied", encoding="utf-8")
    [check] = mend(company.home)
    assert f"it shows {newest} again" in check.message
    version = published_version(company.home)
    assert version is not None
    assert version.name == newest
    assert mend(company.home) == []


@pytest.mark.parametrize("part", ["empty", "half", "text", "flipped"])
def test_a_damaged_warehouse_is_taken_away_with_a_warning(company: Company, part: str) -> None:
    company.sql("create table much as select range as a, hash(range) as b from range(100000)")
    whole = company.home.warehouse.read_bytes()
    spoilt = {
        "empty": b"",
        "half": whole[:6_000],
        "text": b"hello" * 1000,
        "flipped": whole[:20] + b"?" + whole[21:],
    }
    company.home.warehouse.write_bytes(spoilt[part])
    [check] = begin_anew(company.home, "this program")
    assert "damaged" in check.message
    assert not company.home.warehouse.exists()


def test_a_warehouse_that_breaks_while_it_is_used_is_taken_away_and_told(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(company.home.root))
    run = steps.Run("night-1", AS_OF, steps.dt.datetime(2026, 11, 22, 5, tzinfo=steps.dt.UTC))
    write_aside(company.home.run("night-1") / FROZEN, '{"fingerprint": "f", "waiting": {}}')
    company.home.warehouse.write_bytes(b"hello" * 1000)
    with pytest.raises(PermanentFault, match="it was taken away, since landing holds all"):
        steps.publish(run.to_json() | {"late": []})
    assert [record.status for record in run_records(company.home)] == ["failed"]


@pytest.mark.parametrize("content", [b"", b"no database" * 100, None])
def test_a_database_of_airflow_that_cannot_be_read_is_put_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    home = small_company(tmp_path / "home")
    database = home.airflow / "airflow.db"
    monkeypatch.setenv(airflow_home.DATABASE_VARIABLE, f"sqlite:///{database}")
    home.airflow.mkdir(exist_ok=True)
    if content is None:
        database.mkdir()
    else:
        database.write_bytes(content)
    assert "cannot be read" in airflow_home.mend_database(home)
    assert not database.exists()
    assert airflow_home.mend_database(home) == ""


def test_a_database_of_airflow_that_somebody_holds_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = small_company(tmp_path / "home")
    database = home.airflow / "airflow.db"
    monkeypatch.setenv(airflow_home.DATABASE_VARIABLE, f"sqlite:///{database}")
    home.airflow.mkdir(exist_ok=True)
    holder = sqlite3.connect(database)
    holder.execute("create table slot_pool (pool)")
    holder.commit()
    holder.execute("begin exclusive")
    assert airflow_home.mend_database(home) == ""
    holder.close()


def test_flipped_bytes_that_a_model_meets_are_named_and_land_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = small_company(tmp_path / "home")
    put(home, "report.csv", REPORT, steps.dt.datetime(2026, 3, 3, 1, tzinfo=steps.dt.UTC))
    monkeypatch.setenv(HOME_VARIABLE, str(home.root))
    [group] = steps.find("google_ads")
    steps.land("google_ads", group, {"as_of": MARCH.isoformat()}, "task")
    [batch] = Ledger(home).state().accepted()
    content = bytearray(batch.path.read_bytes())
    content[4:-8] = bytes(255 - byte for byte in content[4:-8])
    batch.path.write_bytes(content)
    run = steps.Run("night-1", MARCH, steps.dt.datetime(2026, 3, 3, 5, tzinfo=steps.dt.UTC)).to_json()
    with pytest.raises(duckdb.Error) as met, duckdb.connect() as connection:
        connection.execute(f"select sum(hash(campaign)) from read_parquet('{batch.path}')").fetchall()
    told = as_told(home, GateFailed(f"model stg_google_ads__campaign_daily could not be built: {met.value}"))
    assert isinstance(told, PermanentFault)
    assert str(told).endswith("it lands again; then run again")
    [group] = steps.find("google_ads")
    steps.land("google_ads", group, {"as_of": MARCH.isoformat()}, "task")
    assert steps.freeze(run | {"run_id": "night-2"})["changed"]


def test_a_damaged_database_of_a_published_version_is_named_with_its_mend(company: Company) -> None:
    version = company.publish("r1")
    content = version.database.read_bytes()
    version.database.unlink()
    version.database.write_bytes(content[: len(content) // 2])
    with pytest.raises(duckdb.Error) as met, duckdb.connect(str(version.database), read_only=True) as connection:
        connection.execute("select * from race_kpi").fetchall()
    told = as_told(company.home, met.value)
    assert isinstance(told, PermanentFault)
    assert str(version.path) in str(told)
    assert "take its whole folder away" in str(told)
