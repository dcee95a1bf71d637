"""Homes beside a company's own that share its settings, lists, contracts and key: to land and to freeze in, aside."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

from raceway.common.home import Home

_OWN: Final = frozenset({
    "airflow", "alerts", "archive", "backfills", "dbt_target", "inbox", "landing", "published", "quarantine",
    "run.lock", "runs", "scratch", "truth", "warehouse.duckdb", "warehouse.duckdb.wal",
})  # fmt: skip
"""What a run writes: an aside home has its own."""


def aside_home(home: Home, folder: Path) -> Home:
    """A new home in `folder` with links to what a company wrote itself, an empty landing, and nothing decided."""
    folder.mkdir(mode=0o700)
    for path in home.root.iterdir():
        if path.name not in _OWN and not path.name.startswith("."):
            (folder / path.name).symlink_to(path)
    aside = Home(folder)
    aside.landing.mkdir()
    if home.key_fingerprint.exists():
        shutil.copy2(home.key_fingerprint, aside.key_fingerprint)
    return aside


def mirror_landing(home: Home, aside: Home) -> None:
    """Shows an aside home all batches of a home by links, and a ledger of its own that begins with the same events."""
    for table in home.landing.glob("[!_.]*/*"):
        mirrored = aside.landing / table.relative_to(home.landing)
        mirrored.parent.mkdir(exist_ok=True)
        if table.is_file():  # a note beside batches, which a freeze may write anew
            shutil.copy2(table, mirrored)
            continue
        mirrored.mkdir()
        for path in table.iterdir():
            (mirrored / path.name).symlink_to(path)
    shutil.copytree(home.ledger, aside.ledger, copy_function=_link)
    if home.archive.exists():
        aside.archive.symlink_to(home.archive)


def _link(source: str, target: str) -> None:
    """Events never change: a hard link is as good as a copy, where the disk has them."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
