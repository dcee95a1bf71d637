"""What each test costs in CPU seconds: its own process, and every process that it started and waited for.

Wall time is noise on shared cores; CPU seconds are nearly the same on each run. The cost of a fixture counts for the
test that needed it first. After the run the dearest tests and files are told.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Generator
from typing import Any

import pytest

DEAREST = int(os.environ.get("RACEWAY_DEAREST_TESTS", "10"))
"""How many tests and files are told."""


_BEFORE = pytest.StashKey[float]()


def _spent() -> float:
    """CPU seconds of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was spent up to here is for finding the tests, and no test's own."""
    session.stash[_BEFORE] = _spent()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[Any]) -> Generator[None, Any, Any]:
    """Writes onto each report what was spent since the one before in this process."""
    report: Any = yield
    now = _spent()
    report.cpu_seconds = now - item.session.stash[_BEFORE]
    item.session.stash[_BEFORE] = now
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Tells the dearest tests and files."""
    tests: Counter[str] = Counter()
    files: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if (spent := getattr(report, "cpu_seconds", None)) is not None:
                tests[report.nodeid] += spent
                files[report.nodeid.split("::")[0]] += spent
    if not tests:
        return
    terminalreporter.section(f"{tests.total():.0f} CPU seconds in tests")
    for kind, counted in (("tests", tests), ("files", files)):
        terminalreporter.write_line(f"the {DEAREST} dearest {kind}:")
        for name, spent in counted.most_common(DEAREST):
            terminalreporter.write_line(f"{spent:8.1f}  {name}")
