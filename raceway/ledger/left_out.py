"""What a freeze decided; of the newest: accepted batches that wait for a rate, an account or a decision."""

from __future__ import annotations

import json
from typing import Final

from raceway.common.home import Home

FROZEN: Final = "frozen.json"
"""Name of the file in a run's folder that says what its freeze decided."""


def left_out(home: Home, run_id: str | None = None) -> dict[str, str]:
    """Accepted batches that a run left out: batch id to sentence. Default: the newest freeze's."""
    found = sorted(home.runs.glob(f"{run_id or '*'}/{FROZEN}"))
    if not found:
        return {}
    waiting: dict[str, str] = json.loads(found[-1].read_text(encoding="utf-8"))["waiting"]
    return waiting


def frozen_fingerprint(home: Home, run_id: str) -> str:
    """The fingerprint of a run's freeze; of the later one where batches were taken out since."""
    said = json.loads((home.run_folder(run_id) / FROZEN).read_text(encoding="utf-8"))
    return str(said["fingerprint"])
