"""The compose file's services as processes of this machine, on Debian's PostgreSQL."""

from __future__ import annotations

import fcntl
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from raceway.common.home import PROJECT, Home
from raceway.night.logins import ROLES

ORDINARY_USER = "nobody"
START_SECONDS = 120


def compose() -> dict[str, Any]:
    """docker-compose.yml, anchors resolved."""
    found: dict[str, Any] = yaml.safe_load((PROJECT.root / "docker-compose.yml").read_text(encoding="utf-8"))
    return found


def missing(what: str) -> None:
    """Skips with the reason, or fails where everything must be there (CI)."""
    if os.environ.get("RACEWAY_REQUIRE_EXTRAS"):
        pytest.fail(what)
    pytest.skip(what)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(ready: Callable[[], bool], what: str, seconds: float = START_SECONDS, *, between: float = 0.25) -> None:
    """Asks again and again until it is so; fails when it takes too long."""
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds:.0f} s")
        time.sleep(between)  # between two looks at a state, never instead of one


@dataclass(frozen=True)
class Who:
    """The account under which processes run: PostgreSQL refuses root, and a server should have no root either."""

    popen: Mapping[str, Any]

    @classmethod
    def ordinary(cls) -> Who:
        if os.geteuid() != 0:
            return cls({})
        account = pwd.getpwnam(ORDINARY_USER)
        return cls({"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []})

    def may_run(self, program: str) -> bool:
        """Whether this account can run a program (root's own Python is closed to others)."""
        try:
            return subprocess.run([program, "-c", ""], check=False, cwd="/", **self.popen).returncode == 0
        except PermissionError:
            return False

    def owns(self, folder: Path) -> None:
        """Gives it a folder and all below."""
        if self.popen:
            for path in [folder, *folder.rglob("*")]:
                os.chown(path, self.popen["user"], self.popen["group"], follow_symlinks=False)


@dataclass
class Server:
    """Services as processes. `environment` is the compose file's for all of them, with this machine's places."""

    folder: Path
    home: Home
    who: Who
    environment: dict[str, str]
    replaced: dict[str, str]
    given: dict[str, str] = field(default_factory=dict)
    """The compose file's variables."""
    python: str = sys.executable
    """Of the environment whose programs are run."""
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def here(self, text: str) -> str:
        """A text of the compose file with names and ports of this machine."""
        for there, on_this_machine in self.replaced.items():
            text = text.replace(there, on_this_machine)
        return text

    def command(self, words: list[str]) -> list[str]:
        """A command of the compose file; programs come from this environment, else from the machine."""
        beside = Path(self.python).with_name(words[0])
        program = self.python if words[0] == "python" else str(beside) if beside.exists() else words[0]
        return [program, *(self.here(filled(word, self.given)) for word in words[1:])]

    def run(self, words: list[str], **more: str) -> subprocess.CompletedProcess[str]:
        """Runs a command to its end, in the services' environment."""
        return subprocess.run(
            self.command(words), env=self.environment | more, cwd=self.folder, capture_output=True, text=True,
            timeout=1_200, check=False, **self.who.popen,
        )  # fmt: skip

    def start(self, name: str, *more: str) -> None:
        """Starts a service with its command of the compose file, and `more` words that only this machine needs."""
        with (self.folder / f"{name}.log").open("wb") as log:
            self.running[name] = subprocess.Popen(
                [*self.command(compose()["services"][name]["command"]), *more], env=self.environment, cwd=self.folder,
                stdout=log, stderr=subprocess.STDOUT, start_new_session=True, **self.who.popen,
            )  # fmt: skip

    def wait_until_healthy(self, name: str) -> None:
        """Waits for the service's own health check of the compose file."""
        check = compose()["services"][name]["healthcheck"]["test"]
        assert check[0] == "CMD"

        def healthy() -> bool:
            assert self.running[name].poll() is None, f"{name} ended:\n{self.log(name)}"
            return self.run(check[1:]).returncode == 0

        wait_until(healthy, f"health check of {name}", between=1.0)  # each asks in a process of its own

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")[-4000:]

    def stop(self) -> None:
        """Ends what was started, by process group: the scheduler's workers are its children."""
        for process in self.running.values():
            _signal(process, signal.SIGTERM)
        for process in self.running.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL)
                process.wait(10)


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        process.poll()


def wait_out_a_lock(services: Server, rows: Callable[[str], list[tuple[object, ...]]]) -> set[tuple[object, ...]]:
    """Starts a DAG while the home is locked, as an in-process `raceway run` locks it, with a file that will be refused.

    Frees the lock when a second try is planned, and waits until the file is refused. `rows` asks Airflow's database.
    Gives task, state and try of every task of the run.
    """

    def tasks() -> set[tuple[object, ...]]:
        return set(rows("select task_id, state, try_number from task_instance where run_id = 'behind_the_lock'"))

    with services.home.lock.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        dags = "select dag_id from dag where dag_id = 'extract_google_ads'"
        wait_until(lambda: bool(rows(dags)), "the DAG processor knows the DAG")
        triggered = services.run(["airflow", "dags", "trigger", "extract_google_ads", "--run-id", "behind_the_lock"])
        assert triggered.returncode == 0, triggered.stderr
        wait_until(lambda: ("find_exports", "up_for_retry", 1) in tasks(), "a second try is planned")
    wait_until(lambda: ("land", "failed", 1) in tasks(), "the file is refused")
    return tasks()


@contextmanager
def server(
    make_home: Callable[[Path], Home], python: str = sys.executable, given: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """PostgreSQL and the services' environment; the services themselves are started by the test.

    `python` is that of another environment, `given` more of the compose file's variables.
    """
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        missing("PostgreSQL is not installed (Debian: apt install postgresql)")
    who = Who.ordinary()
    # not pytest's folder: the ordinary user could not enter it
    folder = Path(tempfile.mkdtemp(prefix="raceway-server-"))
    folder.chmod(0o755)
    password = secrets.token_hex(16)
    try:
        home = make_home(folder / "home")
        who.owns(folder)
        with _postgres(programs[-1].parent, folder, who, password) as port:
            airflow_as = who if who.may_run(python) else Who({})
            if airflow_as is not who:
                Who({"user": os.geteuid(), "group": os.getegid()}).owns(home.root)
            yield _server(folder, home, airflow_as, password, port, python, given or {})
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _server(
    folder: Path, home: Home, who: Who, password: str, database_port: int, python: str, more: Mapping[str, str]
) -> Server:
    page, health, workers, broker = free_port(), free_port(), free_port(), free_port()
    replaced = {
        "postgres:5432": f"127.0.0.1:{database_port}",
        "api-server:8080": f"127.0.0.1:{page}",
        "localhost:8080": f"127.0.0.1:{page}",
        "8080": str(page),
        "redis:6379": f"127.0.0.1:{broker}",
        "6379": str(broker),
        "localhost:8974": f"127.0.0.1:{health}",
        "/srv/raceway": str(home.root),
        "/opt/raceway": str(PROJECT.root),
    }
    given = {
        "RACEWAY_DB_PASSWORD": password,
        "RACEWAY_JWT_SECRET": secrets.token_hex(32),
        "RACEWAY_SECRET_KEY": secrets.token_hex(32),
        "RACEWAY_FERNET_KEY": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        **{f"RACEWAY_{user.upper()}_PASSWORD": f"only-for-this-{user}" for user in ROLES},
        "RACEWAY_HOME_FOLDER": str(home.root),
        **more,
    }
    # XDG_CACHE_HOME: what another process of the tests has parsed is not parsed again
    inherited = {name: os.environ[name] for name in ("PATH", "LANG", "TZ", "XDG_CACHE_HOME") if name in os.environ}
    services = Server(folder, home, who, {}, replaced, given, python)
    services.environment = inherited | {
        "HOME": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "RACEWAY_PROGRAM": str(PROJECT.root),
        "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_PORT": str(health),
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(workers),
        "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(free_port()),
        "AIRFLOW__API__HOST": "127.0.0.1",
        # the DAGs do not change meanwhile: to read them again every half a minute would cost more than the night
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "600",
    }
    services.environment |= {
        name: services.here(filled(str(value), given))
        for name, value in compose()["services"]["init"]["environment"].items()
    }
    return services


def filled(text: str, given: Mapping[str, str]) -> str:
    """A value of the compose file with its ${VARIABLE:?why} and ${VARIABLE:-else} filled in, as compose does."""

    def value(found: re.Match[str]) -> str:
        name, otherwise = found[1], found[2]
        return given[name] if otherwise is None else given.get(name, otherwise)

    return re.sub(r"\$\{(\w+)(?::\?[^}]*|:-([^}]*))?\}", value, text)


@contextmanager
def _postgres(programs: Path, folder: Path, who: Who, password: str) -> Iterator[int]:
    """A fresh PostgreSQL on a free port of the loopback address, with an empty database `airflow`."""
    data, secret, port = folder / "postgres", folder / "password", free_port()
    secret.write_text(password, encoding="utf-8")
    who.owns(secret)

    def run(*words: str, **more: str) -> None:
        subprocess.run(
            [str(programs / words[0]), *words[1:]], check=True, capture_output=True, timeout=120, cwd=folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **more}, **who.popen,
        )  # fmt: skip

    run("initdb", "--pgdata", str(data), "--username", "raceway", "--pwfile", str(secret), "--auth", "scram-sha-256",
        "--encoding", "UTF8", "--no-sync")  # fmt: skip
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    run("pg_ctl", "start", "--wait", "--pgdata", str(data), "--log", str(folder / "postgres.log"), "-o", options)
    try:
        run("createdb", "--host", "127.0.0.1", "--port", str(port), "--username", "raceway", "airflow",
            PGPASSWORD=password)  # fmt: skip
        yield port
    finally:
        run("pg_ctl", "stop", "--wait", "--mode", "immediate", "--pgdata", str(data))
