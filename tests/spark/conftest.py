"""The stories that Spark is told are those of tests/dbt."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "dbt"))
