"""One real night on the sample inbox, shared by the tests that look at its result."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

END = "2026-06-30"
"""Last day of the sample world: fixed, so that the nights do not change with the calendar."""
AS_OF = "2026-07-01"


@dataclass(frozen=True)
class Ran:
    """What one call of the command line gave."""

    code: int
    out: str
    err: str

    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


def raceway(home: Path, *arguments: str) -> Ran:
    """Runs the real command line in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "raceway.cli", "--home", str(home), *arguments],
        capture_output=True,
        text=True,
        timeout=600,
        env=os.environ | {"COLUMNS": "200", "NO_COLOR": "1"},
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def rows(home: Path, sql: str) -> list[tuple[Any, ...]]:
    """Rows of the published mart."""
    with duckdb.connect(str(home / "published" / "current" / "race.duckdb"), read_only=True) as mart:
        return mart.execute(sql).fetchall()


def version(home: Path) -> str:
    return (home / "published" / "current").readlink().name


@pytest.fixture(scope="session")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ran]:
    """A sample home after its first run; tests that change it take a copy from `night_copy`."""
    home = tmp_path_factory.mktemp("night") / "home"
    made = raceway(home, "init")
    assert made.code == 0, made.err
    sample = raceway(home, "sample", "--scale", "0.25", "--end", END)
    assert sample.code == 0, sample.err
    ran = raceway(home, "run", "--as-of", AS_OF, "--json")
    assert ran.code == 0, ran.out + ran.err
    return home, ran


@pytest.fixture
def night_copy(first_night: tuple[Path, Ran], tmp_path: Path) -> Callable[[], Path]:
    """A copy of the home after its first night, links and times kept."""

    def copy() -> Path:
        target = tmp_path / "home"
        shutil.copytree(first_night[0], target, symlinks=True)
        return target

    return copy
