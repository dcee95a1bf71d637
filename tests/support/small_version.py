"""A published version of a few tables, for what reads a home's mart."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import duckdb

from raceway.common.home import Home


def small_version(root: Path, as_of: str, statements: Iterable[str]) -> Home:
    """A home whose current version `v1` holds what the statements make."""
    home = Home(root)
    version = home.published / "v1"
    version.mkdir(parents=True)
    with duckdb.connect(str(version / "race.duckdb")) as connection:
        for statement in statements:
            connection.execute(statement)
    details = {"run_id": "r", "as_of": as_of, "published_at": f"{as_of}T00:00:00+00:00", "fingerprint": "f",
               "mart_version": "1.0"}  # fmt: skip
    (version / "run.json").write_text(json.dumps(details), encoding="utf-8")
    home.current.symlink_to("v1")
    return home
