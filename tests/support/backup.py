"""What a backup of a home holds, and a home that is made of it."""

from __future__ import annotations

import shutil
from pathlib import Path

from raceway.common.home import Home

BACKED_UP = ("landing", "secrets", "sources", "raceway.toml", "accounts.csv", "exclusions.csv", "holidays.csv",
             "channel_rules.csv", "sales_channels.csv", "ticket_topics.csv", "vat_rates.csv", "reasons.csv", "offline_codes.csv",
             "loyalty_tiers.csv", "segments.csv")  # fmt: skip


def restored(home: Home, root: Path, *without: str) -> Home:
    """A new home at `root` with what is backed up of another one, less the names that are left out."""
    root.mkdir()
    for name in BACKED_UP:
        if name not in without:
            (shutil.copytree if (home.root / name).is_dir() else shutil.copy2)(home.root / name, root / name)
    return Home(root)
