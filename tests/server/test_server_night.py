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

from raceway.night import operators_page
from raceway.night.logins import ROLES
from tests.support.listening import listening_of_session
from tests.support.receivers import Hook, web_server
from tests.support.server import Server, compose, server, wait_out_a_lock
from tests.support.small_company import AS_OF, OVERVIEW_CARD, REPORT, put, small_company

MORNING = dt.datetime(2026, 3, 3, 1, 0, tzinfo=dt.UTC)
LASTING = ["api-server", "scheduler", "dag-processor", "triggerer"]


PAGES = ["", "trends", "decide", "decide?action=retry&id=x", "style.css", "decide.js", "published/report/index.html"]
"""Every route of the operators' page, as somebody opens it."""


@pytest.fixture(scope="module")
def hook() -> Iterator[Hook]:
    """Where the night's message is posted."""
    with web_server() as served:
        yield served


@pytest.fixture(scope="module")
def night(hook: Hook) -> Iterator[tuple[Server, dict[str, Any]]]:
    """A server after one night of the small company, still running, and what `raceway run` printed."""

    def make_home(root: Any) -> Any:
        home = small_company(root)
        put(home, "report.csv", REPORT, MORNING)
        put(home, "overview.csv", OVERVIEW_CARD, MORNING)
        settings = home.settings.read_text(encoding="utf-8")
        home.settings.write_text(settings.replace("routes = []", 'routes = [{ name = "ops" }]'), encoding="utf-8")
        return home

    with server(make_home) as services:
        services.environment["RACEWAY_ALERT_OPS"] = f"json://127.0.0.1:{hook.port}"
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
    assert _log_in(services, "only-for-this-admin") == 201
    assert _log_in(services, "admin") == 401
    assert _log_in(services, "only-for-this-viewer") == 401
    passwords = services.environment["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"]
    assert stat.S_IMODE(Path(passwords).stat().st_mode) == 0o600


def test_each_role_may_do_what_the_documentation_says(night: tuple[Server, dict[str, Any]]) -> None:
    services, _ = night
    tokens = {user: _token(services, user) for user in ROLES}
    asked = {
        "see": ("GET", "dags/race_mart"),
        "run or decide": ("POST", "dags/decide/dagRuns"),
        "see connections": ("GET", "connections"),
        "change the pool": ("PATCH", "pools/warehouse"),
    }
    # 422: may do it, and said nothing of what to do
    assert {user: {what: _api(services, *asked[what], token) for what in asked} for user, token in tokens.items()} == {
        "viewer": {"see": 200, "run or decide": 403, "see connections": 403, "change the pool": 403},
        "operator": {"see": 200, "run or decide": 422, "see connections": 403, "change the pool": 403},
        "admin": {"see": 200, "run or decide": 422, "see connections": 200, "change the pool": 422},
    }
    assert {what: _api(services, *asked[what], None) for what in asked} == dict.fromkeys(asked, 401)


def test_nothing_of_ours_listens_beyond_this_machine(night: tuple[Server, dict[str, Any]]) -> None:
    services, _ = night
    listening = {name: listening_of_session(process.pid) for name, process in services.running.items()}
    assert listening["api-server"], "the page listens, so the look finds what listens"
    assert listening["scheduler"], "its health port"
    assert (listening["dag-processor"], listening["triggerer"]) == ([], [])
    assert {address for found in listening.values() for address, _ in found} <= {"127.0.0.1", "::1"}
    assert not {port for found in listening.values() for _, port in found} & {8793, 8794}, "no log server"


def test_the_schedulers_night_is_told_once(night: tuple[Server, dict[str, Any]], hook: Hook) -> None:
    [posted] = hook.posted
    told = json.loads(posted.body)
    assert told["title"] == "[raceway] Small 2026-03-03: published, 1 to look at"
    assert "raceway retry google_ads/main/overview.csv" in told["message"]


def test_every_route_of_the_operators_page_asks_for_a_login(night: tuple[Server, dict[str, Any]]) -> None:
    services, _ = night
    paths = {f"/{page.partition('?')[0]}".replace("report/index.html", "{path:path}") for page in PAGES}
    assert paths == {route.path for route in operators_page._routes.routes}
    assert {page: _open(services, f"raceway/{page}")[0] for page in PAGES} == dict.fromkeys(PAGES, 401)
    token = _token(services, "viewer")
    opened = {page: _open(services, f"raceway/{page}", token) for page in PAGES}
    assert {page: status for page, (status, _) in opened.items()} == dict.fromkeys(PAGES, 200)
    assert "raceway retry google_ads/main/overview.csv" in opened[""][1]
    assert 'href="decide?action=retry&amp;id=google_ads%2Fmain%2Foverview.csv"' in opened[""][1]
    # nothing of the home but the published pages, and no list of the routes
    for path in ("published/run.json", "published/report/..%2Frun.json", "docs", "openapi.json"):
        assert _open(services, f"raceway/{path}", token)[0] == 404, path


def test_a_lock_is_waited_out_by_a_second_try(night: tuple[Server, dict[str, Any]]) -> None:
    services, _ = night
    put(services.home, "overview again.csv", OVERVIEW_CARD, MORNING)
    services.who.owns(services.home.inbox)

    def rows(sql: str) -> list[tuple[object, ...]]:
        with _database(services) as connection:
            return [tuple(row) for row in connection.execute(sqlalchemy.text(sql)).fetchall()]

    tasks = wait_out_a_lock(services, rows)
    assert {("find_exports", "success", 2), ("land", "failed", 1)} <= tasks


def _open(services: Server, path: str, token: str | None = None) -> tuple[int, str]:
    request = urllib.request.Request(f"http://{services.here('localhost:8080')}/{path}")
    if token is not None:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status), answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, ""


def _api(services: Server, method: str, path: str, token: str | None) -> int:
    """The status of a call that says nothing of what to do."""
    request = urllib.request.Request(
        f"http://{services.here('localhost:8080')}/api/v2/{path}", method=method,
        data=None if method == "GET" else b"[]", headers={"Content-Type": "application/json"},
    )  # fmt: skip
    if token is not None:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def _database(services: Server) -> Any:
    url = services.environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
    assert url.startswith("postgresql")
    return sqlalchemy.create_engine(url).connect()


def _log_in(services: Server, password: str) -> int:
    try:
        _token(services, "admin", password)
    except urllib.error.HTTPError as refused:
        return refused.code
    return 201


def _token(services: Server, user: str, password: str = "") -> str:
    """What Airflow gives a user who knows the password (none: the right one). Raises HTTPError."""
    request = urllib.request.Request(
        f"http://{services.here('localhost:8080')}/auth/token",
        data=json.dumps({"username": user, "password": password or f"only-for-this-{user}"}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 201
        token: str = json.load(answer)["access_token"]
        return token
