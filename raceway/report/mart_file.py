"""The published race.duckdb as a file: whether it is there, and what mends it where it is damaged."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from raceway.common.faults import PermanentFault

MEND: Final = (
    'go back to a version that is whole (raceway rollback --why "…"), or publish the mart anew: raceway run '
    "--full-refresh"
)
"""What to do where a file of the published version is damaged."""


def version_file(shown: Path) -> Path:
    """A file of the published version by its own path, given by its path below `current`: what is opened stays, though
    `current` may move to another version meanwhile.

    Raises PermanentFault where nothing is published yet, and where what was published is not there.
    """
    if shown.exists():
        return shown.resolve()
    if not shown.parent.is_symlink():
        raise PermanentFault("nothing is published yet; run: raceway run")
    if not shown.parent.exists():
        raise PermanentFault(
            f"{shown.parent}: damaged: it shows no version; run a night, which shows the newest that is kept again, or "
            "publishes anew: raceway run"
        )
    raise PermanentFault(f"{shown}: damaged: it is not there any more; {MEND}")
