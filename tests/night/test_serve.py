"""The report's port asks for the login that Airflow's page asks for, and its password is nobody else's to read."""

from __future__ import annotations

import base64
import os
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from raceway.common.faults import BadSettings
from raceway.common.home import PROJECT, Home
from raceway.config.init import init_home
from raceway.night.logins import KEYS, ROLES, USERS, keys, make_passwords, passwords_of
from raceway.night.serve import PIECES, report_server
from tests.support.command_line import raceway


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The report's address, and the password that was made for it."""
    home = Home(tmp_path)
    (home.published / "v1" / "report").mkdir(parents=True)
    (home.published / "v1" / "report" / "index.html").write_text("the report", encoding="utf-8")
    home.current.symlink_to("v1")
    password = make_passwords(home.secrets / "passwords.json")["admin"]
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


def test_every_role_may_read_the_report_and_who_is_named_no_more_may_not(
    served: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, _ = served
    passwords = passwords_of(tmp_path / "secrets" / "passwords.json")
    assert {user: asked(url, basic(user, password)) for user, password in passwords.items()} == dict.fromkeys(
        ROLES, 200
    )
    monkeypatch.setenv(USERS, "admin:admin,lan:viewer")
    assert asked(url, basic("viewer", passwords["viewer"])) == 401


def test_an_empty_password_opens_nothing(served: tuple[str, str], tmp_path: Path) -> None:
    (tmp_path / "secrets" / "passwords.json").write_text('{"admin": ""}', encoding="utf-8")
    assert asked(served[0], basic("admin", "")) == 401


def test_passwords_are_made_once_for_each_role_and_are_their_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "secrets" / "passwords.json"
    made = make_passwords(file)
    assert list(made) == ["admin", "operator", "viewer"]
    assert len(set(made.values())) == 3
    assert all(len(password) >= 20 for password in made.values())
    assert passwords_of(file) == made
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    file.chmod(0o644)
    assert make_passwords(file) == {}
    assert passwords_of(file) == made
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_person_who_is_named_gets_a_password_and_the_others_keep_theirs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "passwords.json"
    before = make_passwords(file)
    monkeypatch.setenv(USERS, "admin:admin,lan:viewer")
    made = make_passwords(file)
    assert list(made) == ["lan"]
    assert passwords_of(file) == before | made


def test_a_given_password_must_not_be_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RACEWAY_ADMIN_PASSWORD", "admin")
    with pytest.raises(BadSettings, match="RACEWAY_ADMIN_PASSWORD: shorter than 12 signs"):
        make_passwords(tmp_path / "passwords.json")
    monkeypatch.setenv("RACEWAY_ADMIN_PASSWORD", "long-enough-for-all")
    assert list(make_passwords(tmp_path / "passwords.json")) == ["operator", "viewer"]
    assert passwords_of(tmp_path / "passwords.json")["admin"] == "long-enough-for-all"


def test_airflows_keys_are_made_once_and_differ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in KEYS:
        monkeypatch.delenv(variable, raising=False)
    made = keys(Home(tmp_path))
    assert made.keys() == KEYS.keys()
    assert len(set(made.values())) == len(KEYS)
    assert len(base64.urlsafe_b64decode(made["AIRFLOW__CORE__FERNET_KEY"])) == 32
    assert keys(Home(tmp_path)) == made
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "secrets").iterdir()} == dict.fromkeys(
        KEYS.values(), 0o600
    )


def test_the_keys_and_passwords_of_a_home_come_from_one_command(tmp_path: Path) -> None:
    home = init_home(tmp_path / "home")
    first, again = raceway(home.root, "secrets"), raceway(home.root, "secrets")
    passwords = passwords_of(home.secrets / "airflow_passwords.json")
    assert all(f"{user} / {password}" in first.out for user, password in passwords.items())
    assert not any(password in again.out for password in passwords.values())
    assert {"airflow_passwords.json", *KEYS.values(), "hash.key"} == {path.name for path in home.secrets.iterdir()}


@pytest.mark.parametrize(("given", "before"), [([], "exec env "), (["PORT=9080"], "exec env AIRFLOW__API__PORT=9080")])
def test_make_up_is_the_program_itself_so_that_a_signal_reaches_it(given: list[str], before: str) -> None:
    told = subprocess.run(
        ["make", "--dry-run", "up", *given], cwd=PROJECT.root, capture_output=True, text=True, check=True
    ).stdout
    [command] = [line for line in told.splitlines() if "raceway.night.serve" in line]
    assert command == f"{before} .venv/bin/python -m raceway.night.serve"


@pytest.mark.parametrize("port", ["http", "0", "65536", ""])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str) -> None:
    home = init_home(tmp_path / "home")
    ran = subprocess.run(
        [sys.executable, "-m", "raceway.night.serve"], capture_output=True, text=True, check=False,
        env=os.environ | {"RACEWAY_HOME": str(home.root), "AIRFLOW__API__PORT": port},
    )  # fmt: skip
    assert ran.returncode == 1
    assert "no port; write a number from 1 to 65535" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_airflows_log_servers_which_listen_everywhere_are_not_started() -> None:
    assert {piece[0]: piece[1:] for piece in PIECES} == {
        "api-server": (), "scheduler": ("--skip-serve-logs",), "dag-processor": (), "triggerer": ("--skip-serve-logs",),
    }  # fmt: skip
