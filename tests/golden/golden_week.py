"""The golden week's home: its files with the times at which they were exported, and what one night makes of them."""

from __future__ import annotations

import csv
import datetime as dt
import os
import shutil
from pathlib import Path

import pytest

from raceway.common.home import Home
from raceway.config.init import init_home
from tests.support.command_line import raceway
from tests.support.once import once

FOLDER = Path(__file__).parent
AS_OF = "2026-03-09"


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one of the golden week's csv files."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lay_out(root: Path) -> Home:
    """A new home at `root` with the golden week's settings and inbox."""
    home = init_home(root)
    for name in ("raceway.toml", "accounts.csv", "exclusions.csv", "holidays.csv"):
        shutil.copyfile(FOLDER / name, home.root / name)
    for row in rows("exported_at.csv"):
        target = home.inbox / row["path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(FOLDER / "inbox" / row["path"], target)
        moment = dt.datetime.fromisoformat(row["exported_at"]).timestamp()
        os.utime(target, (moment, moment))
    return home


def night(folders: pytest.TempPathFactory) -> Home:
    """The home after one real night, which all tests of a run look at and nobody changes."""

    def build(folder: Path) -> None:
        ran = raceway(lay_out(folder / "home").root, "run", "--as-of", AS_OF)
        assert ran.code == 0, ran.out + ran.err

    return Home(once(folders, "golden_week", build) / "home")
