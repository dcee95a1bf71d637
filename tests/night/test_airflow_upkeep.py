"""Old rows of the home's own Airflow database are counted, and Airflow itself removes them."""

from __future__ import annotations

import datetime as dt
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from raceway.common.home import Home
from raceway.config.init import init_home
from raceway.night.airflow_home import DATABASE_VARIABLE
from raceway.night.airflow_upkeep import told_of_airflow

NOW = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)
_PREPARE = """
from pathlib import Path
from raceway.common.home import Home
from raceway.night.airflow_home import prepare_database, use
home = Home(Path({root!r}))
use(home)
prepare_database(home)
"""
_CLEAN = """
import datetime as dt
from pathlib import Path
from raceway.common.home import Home
from raceway.night.airflow_upkeep import told_of_airflow
for line in told_of_airflow(Home(Path({root!r})), 90, dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC), False):
    print(line)
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.delenv(DATABASE_VARIABLE, raising=False)
    return init_home(tmp_path / "home")


def in_a_process(code: str, home: Home) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code.format(root=str(home.root))],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return done.stdout


def events(home: Home) -> list[str]:
    with closing(sqlite3.connect(home.airflow / "airflow.db")) as connection:
        return [event for (event,) in connection.execute("select event from log order by id")]


def write_events(home: Home, *at: tuple[str, str]) -> None:
    with closing(sqlite3.connect(home.airflow / "airflow.db")) as connection:
        connection.executemany("insert into log (event, dttm) values (?, ?)", at)
        connection.commit()


def test_a_trial_counts_old_rows_and_removes_none_and_upkeep_has_airflow_remove_them(home: Home) -> None:
    in_a_process(_PREPARE, home)
    write_events(home, ("old", "2026-03-01 00:00:00.000000"), ("new", "2026-06-30 00:00:00.000000"))
    [said] = told_of_airflow(home, 90, NOW, dry_run=True)
    assert "older than 90 days: 1 of log (airflow/airflow.db, " in said
    assert events(home) == ["old", "new"]
    lines = in_a_process(_CLEAN, home).splitlines()
    assert len(lines) == 1, "Airflow's own words are not the operator's"
    assert "1 were removed (1 of log)" in lines[0]
    assert events(home) == ["new"]
    assert told_of_airflow(home, 90, NOW, dry_run=True) == []


def test_no_database_another_one_and_a_damaged_one_are_left_alone(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told_of_airflow(home, 90, NOW, dry_run=False) == []
    home.airflow.mkdir(exist_ok=True)
    (home.airflow / "airflow.db").write_bytes(b"no database, but long enough to be looked at" * 50)
    assert "stay until the next upkeep: file is not a database" in told_of_airflow(home, 90, NOW, dry_run=False)[0]
    monkeypatch.setenv(DATABASE_VARIABLE, "postgresql://server/airflow")
    assert told_of_airflow(home, 90, NOW, dry_run=False) == []
