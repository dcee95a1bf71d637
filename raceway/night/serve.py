"""Airflow's page for this home with the published report beside it: `make up`.

Airflow's four pieces (scheduler, DAG processor, triggerer, api-server) run as child processes; the report comes from
`published/current`, so the page always shows the version that passed. Both ask for the same login, and nothing listens
but on the loopback address: Airflow's log servers, which listen on every address and have no setting for it, are not
started, since the logs lie on this very disk.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final

from raceway.common.faults import BadSettings, RacewayFault
from raceway.common.home import Home, find_home
from raceway.night.airflow_home import PASSWORDS, make_password, prepare_database, use

AIRFLOW_PORT: Final = "AIRFLOW__API__PORT"
REPORT_PORT: Final = "RACEWAY_REPORT_PORT"
ALL_ADMINS: Final = "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS"
LOOPBACK: Final = "127.0.0.1"
PIECES: Final = (
    ("api-server",),
    ("scheduler", "--skip-serve-logs"),
    ("dag-processor",),
    ("triggerer", "--skip-serve-logs"),
)
"""Commands of `airflow`, as `airflow standalone` starts them but for the log servers."""


class ReportPage(SimpleHTTPRequestHandler):
    """Serves the published version's files to who knows a password; writes no line for each request."""

    def __init__(self, *args: Any, passwords: Path | None, **named: Any) -> None:
        self._passwords = passwords
        super().__init__(*args, **named)

    def send_head(self) -> Any:
        """As the base class; 401 without a login, for GET and HEAD alike."""
        if self._passwords is None or _knows_password(self.headers.get("Authorization", ""), self._passwords):
            return super().send_head()
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="raceway", charset="UTF-8"')
        self.send_header("Content-Length", "0")
        self.end_headers()
        return None

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


def _knows_password(said: str, passwords: Path) -> bool:
    """Whether a header of HTTP Basic names a user of the file with the right password, in constant time."""
    scheme, _, encoded = said.partition(" ")
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        known: dict[str, str] = json.loads(passwords.read_text(encoding="utf-8"))
    except (binascii.Error, UnicodeDecodeError, ValueError, OSError):
        return False
    # an unknown user takes as long as a wrong password, and never fits
    right = hmac.compare_digest(password.encode(), known.get(user, "\0").encode())
    return right and user in known and scheme.lower() == "basic"


def serve(home: Home) -> int:
    """Serves until interrupted; gives the exit code of the piece of Airflow that ended.

    Both pages listen on the loopback address only; ports from AIRFLOW__API__PORT (8080) and
    RACEWAY_REPORT_PORT (8081). Raises BadSettings where the report's port is taken.
    """
    use(home)
    prepare_database(home)
    os.environ.setdefault("AIRFLOW__API__HOST", LOOPBACK)
    os.environ.setdefault(AIRFLOW_PORT, "8080")
    # the pieces of Airflow speak to each other over its page's port, too
    os.environ.setdefault(
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL", f"http://localhost:{os.environ[AIRFLOW_PORT]}/execution/"
    )
    passwords = None
    if os.environ.get(ALL_ADMINS, "").lower() != "true":
        passwords = Path(os.environ.setdefault(PASSWORDS, str(home.secrets / "airflow_passwords.json")))
        _tell_login(passwords, make_password(passwords))
    report = report_server(home, int(os.environ.get(REPORT_PORT, "8081")), passwords)
    Thread(target=report.serve_forever, daemon=True).start()
    print(f"Airflow  http://localhost:{os.environ[AIRFLOW_PORT]}/  (ready in about half a minute)")
    print(f"Report   http://localhost:{report.server_port}/report/  (Ctrl-C ends both)", flush=True)
    try:
        return _run_airflow()
    finally:
        report.shutdown()


def _tell_login(passwords: Path, made: str | None) -> None:
    """Says the password once, when it was made, and where it is kept."""
    if made is not None:
        print(f"Login    admin / {made}  (said this once; kept in {passwords}, which only you can read)")
    else:
        print(f"Login    admin, with the password in {passwords}")


def _run_airflow() -> int:
    """Runs Airflow's pieces until one of them ends; then ends the others."""
    # from this program's own environment, whatever is on the path
    airflow = str(Path(sys.executable).parent / "airflow")
    page, *others = PIECES
    running = [subprocess.Popen([airflow, *page])]

    def end(*_: object) -> None:
        for piece in running:
            piece.terminate()

    signal.signal(signal.SIGTERM, end)
    code = 0
    try:
        # tasks speak to the page's port: one that began before it answers would fail
        while running[0].poll() is None and not _answers(int(os.environ[AIRFLOW_PORT])):
            time.sleep(0.5)
        running += [subprocess.Popen([airflow, *piece]) for piece in others]
        ended, status = os.waitpid(-1, 0)
        code = os.waitstatus_to_exitcode(status)
        for piece in running:
            if piece.pid == ended:
                piece.returncode = code
    except KeyboardInterrupt:
        pass  # Ctrl-C reaches the pieces by itself
    finally:
        end()
        for piece in running:
            try:
                piece.wait(20)
            except subprocess.TimeoutExpired:
                piece.kill()
                piece.wait()
    return max(code, 0)


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
        return True
    return False


def report_server(home: Home, port: int, passwords: Path | None) -> ThreadingHTTPServer:
    """A server of the published version on the loopback address; `passwords`: JSON of users, None asks nobody.

    Raises BadSettings where the port is taken.
    """
    # `current` is resolved at each request: the page follows a new version at once
    handler = partial(ReportPage, directory=str(home.current), passwords=passwords)
    try:
        return ThreadingHTTPServer((LOOPBACK, port), handler)
    except OSError as fault:
        raise BadSettings(f"port {port} for the report: {fault.strerror}; choose another with {REPORT_PORT}") from fault


if __name__ == "__main__":
    try:
        sys.exit(serve(find_home()))
    except RacewayFault as fault:
        sys.exit(f"raceway: {fault}")
