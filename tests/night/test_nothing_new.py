"""A run that finds nothing new ends as skipped without starting Airflow, and never where a scheduler may be at work."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from raceway.common.home import Home
from raceway.config.init import init_home
from raceway.history.compacted import gather_checks
from raceway.night import nothing_new, steps
from raceway.night.airflow_home import DATABASE_VARIABLE
from raceway.night.nothing_new import is_unattended
from tests.golden import golden_week
from tests.support.desk import Ads, Desk

RUN = """
import datetime as dt, json, sys
from pathlib import Path
from raceway.common.home import Home
from raceway.night.run import run_night
night = run_night(Home(Path(sys.argv[1])), as_of=dt.date.fromisoformat(sys.argv[2]))
print(json.dumps({"status": night.status, "version": night.version, "message": night.message,
                  "airflow": "airflow" in sys.modules, "parts": sum(night.seconds.values()) - night.seconds["total"],
                  "total": night.seconds["total"]}))
"""


def run(home: Home) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(home.root), golden_week.AS_OF], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


@pytest.fixture
def home(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A copy of a home after its night."""
    shutil.copytree(golden_week.night(tmp_path_factory).root, tmp_path / "home", symlinks=True)
    return Home(tmp_path / "home")


def test_a_run_with_nothing_new_needs_no_airflow_and_is_on_record(home: Home) -> None:
    published = home.current.readlink().name
    said = run(home)
    assert (said["status"], said["version"], said["airflow"]) == ("skipped", published, False)
    assert said["message"] == f"nothing new since {published}"
    assert said["parts"] == pytest.approx(said["total"], abs=0.1)
    [record] = [path for path in home.runs.glob("*/run.json") if json.loads(path.read_text())["status"] == "skipped"]
    assert json.loads(record.read_text())["version"] == published


def test_a_step_that_fails_is_left_to_airflow_which_tries_again_and_tells_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = init_home(tmp_path / "home")
    monkeypatch.setenv("RACEWAY_HOME", str(home.root))
    now = dt.datetime.now(tz=dt.UTC)
    with duckdb.connect(str(home.warehouse)):  # an analyst looks into the warehouse
        code = (
            "import datetime as dt\nfrom raceway.common.home import find_home\nfrom raceway.night import nothing_new\n"
            f"print(nothing_new.skipped(find_home(), '20260310T000000000000Z', dt.datetime.fromisoformat('{now.isoformat()}'), "
            "dt.date(2026, 3, 10)))"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "None"
    assert "PassingFault" in done.stderr, "the reason stands in the log"


def test_what_is_left_to_airflow_has_its_checks_from_airflows_freeze_alone(
    desk: Desk, ads: Ads, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = ads(("2026-03-07", "Brand", 10, 1, "5.00"), currency="USD")
    assert desk.land_one("google_ads/us/report.csv", report).status == "landed"  # and waits for a rate of dollars
    monkeypatch.setenv("RACEWAY_HOME", str(desk.home.root))
    now, as_of = dt.datetime.now(tz=dt.UTC), dt.date(2026, 3, 10)
    assert nothing_new.skipped(desk.home, "tonight", now, as_of) is None, "nothing is published yet"
    _, run = steps.start({"run_id": "tonight", "as_of": as_of.isoformat(), "wait": False}, now)
    assert steps.freeze(run)["changed"]
    with duckdb.connect() as connection:
        gather_checks(connection, desk.home)
        rows = connection.execute("select name from kept_check where run_id = 'tonight' and not passed").fetchall()
    assert rows == [("batch_is_in_effect",)]


@pytest.fixture
def airflow_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    home = Home(tmp_path)
    home.airflow.mkdir()
    monkeypatch.setenv(DATABASE_VARIABLE, f"sqlite:///{home.airflow / 'airflow.db'}")
    return home


def heartbeat(home: Home, state: str, age: dt.timedelta) -> None:
    """Airflow's own row of a scheduler: the moment is UTC without a zone."""
    beat = (dt.datetime.now(tz=dt.UTC) - age).replace(tzinfo=None)
    with sqlite3.connect(home.airflow / "airflow.db") as database:
        database.execute("create table if not exists job (job_type text, state text, latest_heartbeat timestamp)")
        database.execute("insert into job values ('SchedulerJob', ?, ?)", [state, beat.isoformat(sep=" ")])


def test_a_home_without_airflows_database_is_unattended(airflow_of: Home) -> None:
    assert is_unattended(airflow_of)


@pytest.mark.parametrize(
    ("state", "age", "alone"),
    [
        ("running", dt.timedelta(seconds=20), False),
        ("running", dt.timedelta(minutes=9), False),  # perhaps dead: Airflow is asked
        ("running", dt.timedelta(hours=1), True),
        ("success", dt.timedelta(seconds=20), True),
    ],
)
def test_a_fresh_heartbeat_of_a_scheduler_is_left_to_airflow(
    airflow_of: Home, state: str, age: dt.timedelta, alone: bool
) -> None:
    heartbeat(airflow_of, state, age)
    assert is_unattended(airflow_of) == alone


def test_a_database_that_is_elsewhere_or_cannot_be_read_is_left_to_airflow(
    airflow_of: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    (airflow_of.airflow / "airflow.db").write_text("no database")
    assert not is_unattended(airflow_of)
    monkeypatch.setenv(DATABASE_VARIABLE, "postgresql+psycopg2://raceway@db/airflow")
    assert not is_unattended(airflow_of)
