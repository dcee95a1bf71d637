"""raceway: a nightly ELT pipeline from marketing exports to a gated RACE KPI mart."""

from __future__ import annotations

__version__ = "0.1.0"
MART_VERSION = "1.0"
