"""That publishing is held: a person went back to an earlier version, and nights publish nothing until it is released.

    published/_holds/<moment>.json   one decision to go back; who released it, when and why is written into it

The decision is written before `current` is switched, so that a kill in between leaves a hold whose switch whoever comes
next makes up for, and never a switch that the next night takes back. The newest decision counts.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from raceway.common.files import write_aside
from raceway.common.home import Home
from raceway.common.own_files import mended_by, read_own_json


@dataclass(frozen=True)
class Hold:
    """One decision to go back. Moments are UTC."""

    version: str
    """The version that readers see since."""
    as_of: dt.date
    """That version's."""
    rolled_back_from: str
    """The version that readers saw until then."""
    who: str
    why: str
    since: dt.datetime
    released_at: dt.datetime | None = None
    released_by: str = ""
    released_why: str = ""

    def __str__(self) -> str:
        """As a sentence without its full stop."""
        return (
            f"publishing is held since {self.since:%Y-%m-%d %H:%M} UTC by {self.who} ({self.why}): readers see "
            f'{self.version}; release with raceway rollback --release --why "…"'
        )


def holds(home: Home) -> list[Hold]:
    """All decisions to go back, oldest first."""
    return [hold for _, hold in _read(home)]


def open_hold(home: Home) -> Hold | None:
    """The hold that is not released; None where nights publish."""
    decided = holds(home)
    return decided[-1] if decided and decided[-1].released_at is None else None


def record_hold(home: Home, hold: Hold) -> None:
    """Holds publishing from now on."""
    _write(home.holds / f"{hold.since:%Y%m%dT%H%M%S%f}Z.json", hold)


def record_release(home: Home, who: str, why: str, at: dt.datetime) -> Hold:
    """Releases the hold that is open, which must be there; gives it as it stands then."""
    file, hold = _read(home)[-1]
    released = dataclasses.replace(hold, released_at=at, released_by=who, released_why=why)
    _write(file, released)
    return released


def _read(home: Home) -> list[tuple[Path, Hold]]:
    found = []
    for file in sorted(home.holds.glob("*.json")):
        with mended_by(file, _MEND):
            said = read_own_json(file, _MEND)
            moments = {name: dt.datetime.fromisoformat(said[name]) for name in ("since", "released_at") if said[name]}
            found.append((file, Hold(**said | moments | {"as_of": dt.date.fromisoformat(said["as_of"])})))
    return found


_MEND: Final = (
    "it says that publishing was held, or is. Put it back from a backup; or take it away, and nights publish again: "
    "where that is not wanted, go back once more (raceway rollback)"
)


def _write(file: Path, hold: Hold) -> None:
    values = {
        name: value.isoformat() if isinstance(value, dt.date) else value
        for name, value in dataclasses.asdict(hold).items()
    }
    write_aside(file, json.dumps(values, ensure_ascii=False, indent=2) + "\n")
