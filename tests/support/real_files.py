"""Where real exports and reference data lie: `../shared/samples`, or RACEWAY_SAMPLES; without them tests skip."""

from __future__ import annotations

import os
from pathlib import Path

from raceway.common.home import PROJECT

SAMPLES = Path(os.environ.get("RACEWAY_SAMPLES") or PROJECT.root.parent / "shared" / "samples")
REFERENCE = Path(os.environ.get("RACEWAY_REFERENCE") or SAMPLES.parent / "reference")
