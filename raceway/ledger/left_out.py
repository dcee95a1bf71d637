"""What a freeze decided; of the newest: accepted batches that wait for a rate, an account or a decision."""

from __future__ import annotations

from typing import Final

from raceway.common.home import Home
from raceway.common.own_files import mended_by, read_own_json

FROZEN: Final = "frozen.json"
"""Name of the file in a run's folder that says what its freeze decided."""


def left_out(home: Home, run_id: str | None = None) -> dict[str, str]:
    """Accepted batches that a run left out: batch id to sentence. Default: the newest freeze's."""
    found = sorted(home.runs.glob(f"{run_id or '*'}/{FROZEN}"))
    if not found:
        return {}
    with mended_by(found[-1], _MEND):
        waiting: dict[str, str] = read_own_json(found[-1], _MEND)["waiting"]
        return dict(waiting)


def frozen_fingerprint(home: Home, run_id: str) -> str:
    """The fingerprint of a run's freeze; of the later one where batches were taken out since."""
    file = home.run_folder(run_id) / FROZEN
    with mended_by(file, _MEND):
        return str(read_own_json(file, _MEND)["fingerprint"])


_MEND: Final = "take it away and run again: the next freeze says anew what it leaves out"
