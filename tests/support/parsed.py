"""Parses dbt's project into the tests' cache: `python -m tests.support.parsed`.

On a fresh checkout each process of the tests would parse it otherwise, all of them at the same time.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from raceway.build.dbt_run import say_little, where_of
from raceway.build.parsed_project import night_project
from raceway.common.home import PROJECT


def parse() -> None:
    """Leaves the whole project and the night's in the cache, where they are not there yet."""
    say_little()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RACEWAY_WAREHOUSE"] = str(Path(folder, "warehouse.duckdb"))
        night_project([PROJECT.dbt_project, PROJECT.profiles], where_of(Path(folder, "target"), Path(folder, "logs")))


if __name__ == "__main__":
    parse()
