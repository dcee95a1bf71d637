"""The command line as people use it: a process of its own, its output and exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Ran:
    """What one call of the command line gave."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


def raceway(home: Path, *arguments: str, **variables: str) -> Ran:
    """Runs the real command line on a home."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "RACEWAY"))}
    done = subprocess.run(
        [sys.executable, "-m", "raceway.console.cli", "--home", str(home), *arguments],
        capture_output=True,
        text=True,
        timeout=1_200,
        check=False,
        env=inherited | {"NO_COLOR": "1", "COLUMNS": "200"} | variables,
    )
    return Ran(done.returncode, done.stdout, done.stderr)
