"""Homes for faults: one that is half landed, and cheap copies of it."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from pathlib import Path

from raceway.common.home import Home
from raceway.sample.write import write_sample

SOURCES = ("google_ads", "shopify", "mailchimp", "square", "zendesk", "plan")
END = dt.date(2026, 6, 30)
AS_OF = dt.date(2026, 7, 1)


def make_home(root: Path, scale: float) -> Home:
    """14 days of six sources in the inbox."""
    home = Home(root)
    write_sample(home, days=14, scale=scale, seed=7, end=END)
    for folder in home.inbox.iterdir():
        if folder.name not in SOURCES:
            shutil.rmtree(folder)
    return home


def copy(home: Home, root: Path) -> Home:
    """A copy of its own; what is never written in place (rows, archived files) is linked."""

    def link(source: str, target: str) -> None:
        if source.endswith(".parquet") or source.startswith(f"{home.archive}/"):
            os.link(source, target)
        else:
            shutil.copy2(source, target)

    shutil.copytree(home.root, root, copy_function=link, symlinks=True)
    return Home(root)


def put_aside(home: Home, folder: Path, every: int) -> list[tuple[Path, Path]]:
    """Takes every so-manieth file of the inbox away, for a second night; where it lay and where it lies."""
    files = sorted(path for path in home.inbox.rglob("*") if path.is_file())[::every]
    moved = []
    for number, path in enumerate(files):
        aside = folder / f"{number}"
        folder.mkdir(parents=True, exist_ok=True)
        path.rename(aside)
        moved.append((path, aside))
    return moved
