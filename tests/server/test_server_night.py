"""One night on a server: the compose file's very commands as processes, on PostgreSQL, under a real scheduler."""

from __future__ import annotations

import datetime as dt
import json
import stat
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from tests.support.server import Server, compose, server
from tests.support.small_company import AS_OF, OVERVIEW_CARD, REPORT, put, small_company

MORNING = dt.datetime(2026, 3, 3, 1, 0, tzinfo=dt.UTC)
LASTING = ["api-server", "scheduler", "dag-processor", "triggerer"]


@pytest.fixture(scope="module")
def night() -> Iterator[tuple[Server, dict[str, Any]]]:
    """A server after one night of the small company, still running, and what `raceway run` printed."""

    def make_home(root: Any) -> Any:
        home = small_company(root)
        put(home, "report.csv", REPORT, MORNING)
        put(home, "overview.csv", OVERVIEW_CARD, MORNING)
        return home

    with server(make_home) as services:
        try:
            prepared = services.run(compose()["services"]["init"]["command"])
            assert prepared.returncode == 0, prepared.stdout + prepared.stderr
            for name in LASTING:
                services.start(name)
            for name in LASTING:
                services.wait_until_healthy(name)
            ran = services.run(["raceway", "run", "--as-of", AS_OF.isoformat(), "--json"])
            logs = "\n".join(f"{name}:\n{services.log(name)}" for name in LASTING)
            assert ran.returncode == 0, ran.stdout + ran.stderr + logs
            yield services, json.loads(ran.stdout)
        finally:
            services.stop()


def test_a_night_under_a_real_scheduler_publishes_the_mart(night: tuple[Server, dict[str, Any]]) -> None:
    services, said = night
    assert said["status"] == "published"
    asked = services.run(
        ["raceway", "query", "--format", "json",
         "select value::integer as v from race_kpi where kpi = 'ad_impressions' and period = 'month'"
         " and channel = 'all' and market = 'all' order by period_start"]
    )  # fmt: skip
    assert json.loads(asked.stdout) == [{"v": 3000}, {"v": 600}]


def test_the_scheduler_ran_it_and_not_the_command_line(night: tuple[Server, dict[str, Any]]) -> None:
    services, _ = night
    with _database(services) as connection:
        runs = connection.execute(
            sqlalchemy.text("select dag_id, state, triggering_user_name from dag_run order by dag_id")
        ).fetchall()
        workers = connection.execute(
            sqlalchemy.text("select count(distinct pid) from task_instance where state in ('success', 'failed')")
        ).scalar()
    assert [tuple(run) for run in runs] == [
        ("extract_google_ads", "failed", "raceway run"),  # it refused a file, and shows so
        ("race_mart", "success", "raceway run"),
    ]
    assert workers is not None
    assert workers > 1


def test_a_refused_file_is_not_tried_again(night: tuple[Server, dict[str, Any]]) -> None:
    services, said = night
    assert [refusal["files"] for refusal in said["refused"]] == [["overview.csv"]]
    with _database(services) as connection:
        tries = connection.execute(
            sqlalchemy.text("select try_number from task_instance where dag_id = 'extract_google_ads'"
                            " and task_id = 'land' and state = 'failed'")
        ).fetchall()  # fmt: skip
    assert [tuple(row) for row in tries] == [(1,)]


def test_only_the_given_password_opens_airflows_page(night: tuple[Server, dict[str, Any]]) -> None:
    services, _ = night
    assert _log_in(services, "only-for-this-test") == 201
    assert _log_in(services, "admin") == 401
    passwords = services.environment["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"]
    assert stat.S_IMODE(Path(passwords).stat().st_mode) == 0o600


def _database(services: Server) -> Any:
    url = services.environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
    assert url.startswith("postgresql")
    return sqlalchemy.create_engine(url).connect()


def _log_in(services: Server, password: str) -> int:
    request = urllib.request.Request(
        f"http://{services.here('localhost:8080')}/auth/token",
        data=json.dumps({"username": "admin", "password": password}).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
