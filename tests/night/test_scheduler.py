"""The embedded Airflow (SQLite below the home) with its scheduler alive, as `make up` starts it."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from raceway.common.home import Home
from raceway.night.airflow_home import environment
from tests.support.length import ALL
from tests.support.server import Server, Who, free_port, wait_out_a_lock
from tests.support.small_company import OVERVIEW_CARD, put, small_company

MORNING = dt.datetime(2026, 3, 3, 1, 0, tzinfo=dt.UTC)


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Server]:
    """Page, scheduler and DAG processor on the home's own database."""
    home = small_company(tmp_path / "home")
    page, health, workers = free_port(), free_port(), free_port()
    variables = {name: value for name, value in environment(home).items() if not name.startswith("RACEWAY_REQUIRE")}
    variables |= {
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{page}/execution/",
        "AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK": "True",
        "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_PORT": str(health),
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(workers),
    }
    places = {"localhost:8974": f"127.0.0.1:{health}", "localhost:8080": f"127.0.0.1:{page}", "8080": str(page)}
    services = Server(tmp_path, home, Who({}), variables, places)
    try:
        prepared = services.run(["python", "-m", "raceway.night.airflow_home"])
        assert prepared.returncode == 0, prepared.stderr
        for name in ("api-server", "scheduler", "dag-processor"):
            services.start(name)
        for name in ("api-server", "scheduler"):
            services.wait_until_healthy(name)
        yield services
    finally:
        services.stop()


@pytest.mark.skipif(not ALL, reason="starts services once more: make test-all; on a server: tests/server")
def test_a_lock_is_waited_out_and_a_refused_file_is_not_tried_again(embedded: Server) -> None:
    put(embedded.home, "overview.csv", OVERVIEW_CARD, MORNING)
    # the lock is free then: the second try finds the file, and landing refuses it once and for all
    tasks = wait_out_a_lock(embedded, lambda sql: _rows(embedded.home, sql))
    assert ("find_exports", "success", 2) in tasks


def _rows(home: Home, sql: str) -> list[tuple[object, ...]]:
    database = sqlite3.connect(f"file:{home.airflow / 'airflow.db'}?mode=ro", uri=True, timeout=30)
    try:
        return database.execute(sql).fetchall()
    finally:
        database.close()
