"""The published report: where its page lies, and a month of it on paper.

The page prints itself: it has a monthly report of its own (`index.html#print`), which a Chromium that is installed
opens without a window and writes as PDF. Nothing is served and nothing leaves the machine.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from raceway.common.faults import PassingFault, PermanentFault
from raceway.common.home import Home
from raceway.console.query import ask, published_file

BROWSER: Final = "RACEWAY_BROWSER"
"""Names the browser where it is none of the usual ones."""
_BROWSERS: Final = (
    "chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "microsoft-edge",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)  # fmt: skip
_MONTHS_HELD: Final = 24
"""The page holds that many months; what is older stands in the mart."""
_SECONDS: Final = 120


def report_page(home: Home) -> Path:
    """The page of the published version. Raises PermanentFault where nothing is published yet."""
    return published_file(home, "report/index.html")


def print_month(home: Home, month: str | None = None, language: str | None = None, to: Path | None = None) -> Path:
    """Writes a month (`2026-05`; default: the last that is over) of the published report as PDF and gives its path.

    `language` is en or vi, by default the report's; `to` is a file or a folder, by default report-2026-05.pdf in the
    working directory.
    Raises PermanentFault where nothing is published, the page does not hold the month, or no browser is found, and
    PassingFault where the browser does not write.
    """
    page = report_page(home).resolve()  # the version's own path: `current` may move to another one meanwhile
    first = _month(home, month)
    name = f"report-{first:%Y-%m}.pdf"
    target = (to / name if to and to.is_dir() else to or Path(name)).absolute()
    if not target.parent.is_dir():
        raise PermanentFault(f"{target.parent}: no such folder; make it, or choose another place with --to")
    asked = urlencode({"at": first.isoformat()} | ({"language": language} if language else {}))
    _write(_browser(), f"{page.as_uri()}#print?{asked}", target)
    return target


def _month(home: Home, month: str | None) -> dt.date:
    """The first day of the month that is asked for."""
    rows = ask(
        home,
        f"""
        select distinct period_start, period_end < as_of as is_over from race_kpi
        where period = 'month' and period_start < as_of order by period_start desc limit {_MONTHS_HELD}
        """,
    ).rows
    months: list[dt.date] = [start for start, _ in rows]
    if not months:
        raise PermanentFault("the published mart holds no month yet; land an export and run")
    if month is None:
        over = (start for start, (_, is_over) in zip(months, rows, strict=True) if is_over)
        return next(over, months[0])
    try:
        asked = dt.date.fromisoformat(f"{month}-01")
    except ValueError:
        raise PermanentFault(f"{month}: no month; write it as 2026-05") from None
    if asked not in months:
        raise PermanentFault(
            f"{month}: the report has no such month; it holds {months[-1]:%Y-%m} to {months[0]:%Y-%m}, and the mart "
            "what is older"
        )
    return asked


def _browser() -> str:
    named = os.environ.get(BROWSER)
    if named and shutil.which(named) is None:
        raise PermanentFault(f"RACEWAY_BROWSER={named}: no such program; write the path of a Chromium or Chrome")
    found = next(filter(None, map(shutil.which, [named] if named else _BROWSERS)), None)
    if found is None:
        raise PermanentFault(
            "no Chromium, Chrome or Edge was found to print the report; install one (Debian: apt install chromium), "
            f"or name it with {BROWSER}=/path/to/chromium; or open the page and print it from any browser"
        )
    return found


def _write(browser: str, address: str, target: Path) -> None:
    """Prints aside and moves the file when it is whole."""
    with tempfile.TemporaryDirectory(prefix="raceway-print-") as scratch:
        aside = Path(scratch) / "report.pdf"
        command = [
            browser, "--headless", "--disable-gpu", "--no-first-run", f"--user-data-dir={scratch}/profile",
            "--no-pdf-header-footer", "--virtual-time-budget=30000", f"--print-to-pdf={aside}",
        ]  # fmt: skip
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.append("--no-sandbox")  # Chromium refuses its sandbox to root; the page is ours and loads nothing
        try:
            done = subprocess.run(
                [*command, address], capture_output=True, text=True, timeout=_SECONDS, check=False, errors="replace"
            )
        except subprocess.TimeoutExpired:
            raise PassingFault(f"{browser} did not print the report within {_SECONDS} seconds; try again") from None
        except OSError as fault:
            raise PermanentFault(f"{browser} could not be started: {fault}") from fault
        if not aside.exists():
            said = done.stderr.strip().splitlines()[-1:] or ["it says nothing"]
            raise PassingFault(f"{browser} wrote no PDF (exit code {done.returncode}): {said[0]}")
        try:
            shutil.move(aside, target)
        except OSError as fault:
            raise PermanentFault(f"{target}: cannot be written ({fault}); choose another place with --to") from fault
