"""Airflow's page for this home with the published report beside it: `make up`.

Airflow runs its standalone pieces (scheduler, DAG processor, triggerer, api-server) in one child process;
the report is served from `published/current`, so the page always shows the version that passed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Final

from raceway.common.faults import BadSettings, RacewayFault
from raceway.common.home import Home, find_home
from raceway.night.airflow_home import prepare_database, use

AIRFLOW_PORT: Final = "AIRFLOW__API__PORT"
REPORT_PORT: Final = "RACEWAY_REPORT_PORT"
LOOPBACK: Final = "127.0.0.1"


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files without writing a line for each request."""

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


def serve(home: Home) -> int:
    """Serves until interrupted; gives Airflow's exit code.

    Both pages listen on the loopback address only; ports from AIRFLOW__API__PORT (8080) and
    RACEWAY_REPORT_PORT (8081). Raises BadSettings where the report's port is taken.
    """
    use(home)
    prepare_database(home)
    os.environ.setdefault("AIRFLOW__API__HOST", LOOPBACK)
    os.environ.setdefault(AIRFLOW_PORT, "8080")
    # a page on one's own machine, reachable from there only: whoever opens it is its engineer
    os.environ.setdefault("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS", "True")
    report = _report_server(home, int(os.environ.get(REPORT_PORT, "8081")))
    Thread(target=report.serve_forever, daemon=True).start()
    print(f"Airflow  http://localhost:{os.environ[AIRFLOW_PORT]}/  (ready in about half a minute)")
    print(f"Report   http://localhost:{report.server_port}/report/  (Ctrl-C ends both)", flush=True)
    # `airflow standalone` starts its pieces by the bare name `airflow`
    beside = str(Path(sys.executable).parent)
    os.environ["PATH"] = f"{beside}{os.pathsep}{os.environ.get('PATH', '')}"
    airflow = subprocess.Popen(["airflow", "standalone"])
    signal.signal(signal.SIGTERM, lambda *_: airflow.terminate())
    try:
        return airflow.wait()
    except KeyboardInterrupt:
        airflow.send_signal(signal.SIGINT)
        return airflow.wait()
    finally:
        report.shutdown()


def _report_server(home: Home, port: int) -> ThreadingHTTPServer:
    # `current` is resolved at each request: the page follows a new version at once
    handler = partial(_Quiet, directory=str(home.current))
    try:
        return ThreadingHTTPServer((LOOPBACK, port), handler)
    except OSError as fault:
        raise BadSettings(f"port {port} for the report: {fault.strerror}; choose another with {REPORT_PORT}") from fault


if __name__ == "__main__":
    try:
        sys.exit(serve(find_home()))
    except RacewayFault as fault:
        sys.exit(f"raceway: {fault}")
