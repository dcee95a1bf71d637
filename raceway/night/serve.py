"""Airflow's page for this home with the published report beside it: `make up`.

Airflow's four pieces (scheduler, DAG processor, triggerer, api-server) run as child processes; the report comes from
`published/current`, so the page always shows the version that passed. Both ask for the same login, and nothing listens
but on the loopback address: Airflow's log servers, which listen on every address and have no setting for it, are not
started, since the logs lie on this very disk.
"""

from __future__ import annotations

import os
import socket
import sys
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Final

from raceway.common.faults import BadSettings, RacewayFault
from raceway.common.home import Home, find_home
from raceway.night.airflow_home import prepare_database, use
from raceway.night.logins import PASSWORDS, knows_password, make_passwords, said_of
from raceway.night.together import run_together

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
        if self._passwords is None or knows_password(self.headers.get("Authorization", ""), self._passwords):
            return super().send_head()
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="raceway", charset="UTF-8"')
        self.send_header("Content-Length", "0")
        self.end_headers()
        return None

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


def serve(home: Home) -> int:
    """Serves until interrupted; gives the exit code of the piece of Airflow that ended.

    Both pages listen on the loopback address only; ports from AIRFLOW__API__PORT (8080) and
    RACEWAY_REPORT_PORT (the one after it). Raises BadSettings where a port is none, or taken.
    """
    os.environ.setdefault(AIRFLOW_PORT, "8080")
    os.environ.setdefault(REPORT_PORT, str(_port(AIRFLOW_PORT) + 1))
    _refuse_taken(_port(AIRFLOW_PORT))
    use(home)
    prepare_database(home)
    os.environ.setdefault("AIRFLOW__API__HOST", LOOPBACK)
    # the pieces of Airflow speak to each other over its page's port, too
    os.environ.setdefault(
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL", f"http://localhost:{os.environ[AIRFLOW_PORT]}/execution/"
    )
    passwords = None
    if os.environ.get(ALL_ADMINS, "").lower() != "true":
        passwords = Path(os.environ[PASSWORDS])
        for line in said_of(passwords, make_passwords(passwords)):
            print(line)
    report = report_server(home, _port(REPORT_PORT), passwords)
    Thread(target=report.serve_forever, daemon=True).start()
    print(f"Airflow  http://localhost:{os.environ[AIRFLOW_PORT]}/  (ready in about half a minute)")
    print(f"Report   http://localhost:{report.server_port}/report/  (Ctrl-C ends both)", flush=True)
    try:
        return _run_airflow()
    finally:
        report.shutdown()


def _run_airflow() -> int:
    """Runs Airflow's pieces until one of them ends; then ends the others."""
    # from this program's own environment, whatever is on the path
    airflow = str(Path(sys.executable).parent / "airflow")
    page, *others = ([airflow, *piece] for piece in PIECES)
    # tasks speak to the page's port: one that began before it answers would fail
    return run_together(page, others, lambda: _answers(_port(AIRFLOW_PORT)))


def _port(variable: str) -> int:
    """A port from the environment. Raises BadSettings where it is none."""
    said = os.environ[variable]
    if not said.isdecimal() or not 0 < int(said) < 65536:  # ports are numbers of 16 bits
        raise BadSettings(f"{variable} = {said}: no port; write a number from 1 to 65535, as in: make up PORT=9080")
    return int(said)


def _refuse_taken(port: int) -> None:
    """Raises BadSettings where another program listens: the pieces of Airflow would take it for their page."""
    if _answers(port):
        raise BadSettings(f"port {port} for Airflow's page: another program is on it; choose one: make up PORT=9080")


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
        raise BadSettings(
            f"port {port} for the report is taken ({fault.strerror}); choose one for the page, the report takes the "
            "next: make up PORT=9080"
        ) from fault


if __name__ == "__main__":
    try:
        sys.exit(serve(find_home()))
    except RacewayFault as fault:
        sys.exit(f"raceway: {fault}")
