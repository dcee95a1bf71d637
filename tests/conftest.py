"""How the tests are spread over processes: files stay together, since their tests share costly fixtures.

The longest go first, so that no process is left alone with one of them at the end. This is done here and not
with xdist's `loadgroup`, which has no effect under pytest 9.2 (it renames tests by an attribute that is gone).
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

pytest_plugins = ("tests.support.cpu", "tests.support.desk", "tests.support.mart", "tests.support.mart_company")
"""Fixtures that several folders use, and what the tests cost."""

SHARE_ONE_NIGHT = (
    "tests/e2e/test_the_sample_night.py", "tests/e2e/test_every_check_can_fail.py",
    "tests/e2e/test_a_night_with_bad_files.py", "tests/e2e/test_every_change_is_explained.py",
    "tests/e2e/test_queries.py", "tests/e2e/test_one_definition.py",
)  # fmt: skip
"""Files that share session fixtures: together they are one piece of work."""

LONGEST = (
    *SHARE_ONE_NIGHT, "tests/server", "tests/golden", "tests/night/test_run.py", "tests/e2e", "tests/spark",
    "tests/models/marts", "tests/models", "tests/relations/test_the_mart.py", "tests/docs/test_blocks.py", "tests/browser",
    "tests/fuzz", "tests/relations", "tests/night", "tests/sample", "tests/sources/test_samples.py",
)  # fmt: skip
"""What begins first. What waits for a night that another one makes (test_restore for the golden week) stands apart."""


def pytest_configure(config: pytest.Config) -> None:
    """Keeps what the tests' dbt has parsed in a cache of their own, shared by their processes and by nights.

    What the environment tells dbt belongs to what is parsed: tests in this process tell it what a night does.
    """
    os.environ.setdefault("XDG_CACHE_HOME", str(Path(config.rootpath) / ".pytest_cache" / "user"))
    os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "False")
    if config.getoption("numprocesses", None):  # once, before several processes would
        subprocess.run([sys.executable, "-m", "tests.support.parsed"], cwd=config.rootpath, check=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def rank(item: pytest.Item) -> int:
        return next((place for place, name in enumerate(LONGEST) if item.nodeid.startswith(name)), len(LONGEST))

    items.sort(key=rank)


@pytest.hookimpl(optionalhook=True)  # only pytest-xdist asks
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.split("::")[0]
            return SHARE_ONE_NIGHT[0] if file in SHARE_ONE_NIGHT else file

    config.option.loadscopereorder = False  # by number of tests; ours is by time
    return ByFile(config, log)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Says what became of the spoilt files; tests run in other processes, whose prints nobody sees."""
    told: Counter[str] = Counter()
    held: Counter[str] = Counter()
    unheld: Counter[str] = Counter()
    slowest = 0.0
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, said in getattr(report, "user_properties", ()):
                if name == "spoilt_files" and getattr(report, "when", "") == "call":
                    told.update({key: count for key, count in said.items() if isinstance(count, int)})
                    held.update(said["held"])
                    unheld.update(said["unheld"])
                    slowest = max(slowest, said["slowest"])
    if told:
        terminalreporter.write_line(
            f"{told['files']} spoilt files: {told['refused']} refused whole with a sentence, {told['landed']} tables "
            f"landed with {told['rows']} rows; {held.total()} held row by row against other readers "
            f"({_counts(held)}), {unheld.total()} not ({_counts(unheld)}); the slowest took {slowest:.2f} CPU seconds"
        )


def _counts(of: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in of.most_common())
