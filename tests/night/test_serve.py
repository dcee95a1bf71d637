"""The report's port asks for the login that Airflow's page asks for, and its password is nobody else's to read."""

from __future__ import annotations

import base64
import json
import stat
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from raceway.common.home import Home
from raceway.night.airflow_home import make_password
from raceway.night.serve import PIECES, report_server


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The report's address, and the password that was made for it."""
    home = Home(tmp_path)
    (home.published / "v1" / "report").mkdir(parents=True)
    (home.published / "v1" / "report" / "index.html").write_text("the report", encoding="utf-8")
    home.current.symlink_to("v1")
    password = make_password(home.secrets / "passwords.json")
    assert password is not None
    with report_server(home, 0, home.secrets / "passwords.json") as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/report/index.html", password
        server.shutdown()
        thread.join()


def asked(url: str, authorization: str | None, method: str = "GET") -> int:
    request = urllib.request.Request(url, method=method)
    if authorization is not None:
        request.add_header("Authorization", authorization)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code if refused.read() == b"" else 0


def basic(user: str, password: str, scheme: str = "Basic") -> str:
    return f"{scheme} {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def test_only_the_right_user_and_password_see_the_report(served: tuple[str, str]) -> None:
    url, password = served
    assert asked(url, basic("admin", password)) == 200
    for wrong in (None, basic("admin", "x"), basic("admin", ""), basic("nobody", "\0"), basic("nobody", password),
                  basic("admin", password, "Bearer"), "Basic not-base64", "Basic", "Basic /w=="):  # fmt: skip
        assert asked(url, wrong) == 401, wrong
        assert asked(url, wrong, "HEAD") == 401, wrong


def test_the_password_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "secrets" / "passwords.json"
    password = make_password(file)
    assert password is not None
    assert len(password) >= 20
    assert json.loads(file.read_text(encoding="utf-8")) == {"admin": password}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    assert make_password(file) is None
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_airflows_log_servers_which_listen_everywhere_are_not_started() -> None:
    assert {piece[0]: piece[1:] for piece in PIECES} == {
        "api-server": (), "scheduler": ("--skip-serve-logs",), "dag-processor": (), "triggerer": ("--skip-serve-logs",),
    }  # fmt: skip
