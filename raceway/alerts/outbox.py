"""What people were told, and what waits to be told: `alerts/` of the home.

    alerts/points.json       what the newest night told: each open point, since when, when it was said last
    alerts/waiting/<id>.json a message that its route has not taken yet
    alerts/history.jsonl     every message, one line when it was taken or given up

A message is written down before it is sent, and leaves `waiting/` only once it was taken: what a broken network or a
killed process leaves is sent by the next look (a night, `raceway doctor --late`).
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from raceway.alerts.message import Message
from raceway.common.files import write_aside
from raceway.common.home import Home
from raceway.common.own_files import mended_by, read_own_json

GIVEN_UP_AFTER: Final = dt.timedelta(days=7)
"""Older news is none: a message that no look could deliver so long is given up, and recorded so."""


@dataclass(frozen=True)
class Waiting:
    """A message for one route. Times are UTC."""

    id: str
    route: str
    run_id: str
    message: Message
    made_at: dt.datetime
    not_before: dt.datetime | None = None
    """The end of the quiet hours in which it was made."""
    attempts: tuple[Mapping[str, str], ...] = field(default=())
    """When it was tried, and why it was not taken."""

    def tried(self, at: dt.datetime, reason: str) -> Waiting:
        """The same after another try that failed."""
        return replace(self, attempts=(*self.attempts, {"at": at.isoformat(), "reason": reason}))


class Outbox:
    """The folder `alerts/` of a home; hold it with `alone` while messages are made or sent."""

    def __init__(self, home: Home) -> None:
        self._folder = home.alerts
        self._waiting = home.alerts / "waiting"
        self._points = home.alerts / "points.json"
        self._history = home.alerts / "history.jsonl"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One process at a time tells; another waits until it is done."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._folder / ".lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def put(self, waiting: Waiting) -> None:
        """Writes a message down, or what became of it so far."""
        values = asdict(waiting) | {
            "made_at": waiting.made_at.isoformat(),
            "not_before": waiting.not_before.isoformat() if waiting.not_before else None,
        }
        write_aside(self._waiting / f"{waiting.id}.json", json.dumps(values, ensure_ascii=False, indent=2) + "\n")

    def waiting(self) -> list[Waiting]:
        """All that waits, oldest first."""
        found = []
        for file in self._waiting.glob("*.json"):
            with mended_by(file, _MEND):
                found.append(_waiting(read_own_json(file, _MEND)))
        return sorted(found, key=lambda one: (one.made_at, one.id))

    def close(self, waiting: Waiting, status: str, at: dt.datetime) -> None:
        """Ends a message as `delivered` or `given_up`, with a line of history."""
        tries = len(waiting.attempts) + (status == "delivered")
        line = {
            "id": waiting.id, "route": waiting.route, "run_id": waiting.run_id, "title": waiting.message.title,
            "severity": waiting.message.severity, "made_at": waiting.made_at.isoformat(), "status": status,
            "ended_at": at.isoformat(), "tries": tries, "reasons": list(waiting.attempts),
        }  # fmt: skip
        with self._history.open("a", encoding="utf-8") as file:
            file.write(("\n" if self._is_torn() else "") + json.dumps(line, ensure_ascii=False) + "\n")
        (self._waiting / f"{waiting.id}.json").unlink(missing_ok=True)

    def history(self) -> list[dict[str, Any]]:
        """Every message that was taken or given up, oldest first."""
        if not self._history.exists():
            return []
        return [line for text in self._history.read_text(encoding="utf-8").split("\n") if (line := _whole(text))]

    def _is_torn(self) -> bool:
        """Whether a process was killed while it wrote the last line."""
        held = self._history.read_bytes() if self._history.exists() else b""
        return bool(held) and not held.endswith(b"\n")

    def points(self) -> dict[str, Any]:
        """What the newest night told: `run_id`, and `points` by key."""
        if not self._points.exists():
            return {"run_id": None, "points": {}}
        with mended_by(self._points, _MEND_POINTS):
            found = read_own_json(self._points, _MEND_POINTS)
            return {"run_id": found["run_id"], "points": dict(found["points"])}

    def keep_points(self, run_id: str, points: Mapping[str, Mapping[str, Any]]) -> None:
        """Keeps what a night told."""
        text = json.dumps({"run_id": run_id, "points": points}, ensure_ascii=False, indent=2)
        write_aside(self._points, text + "\n")


_MEND: Final = "take it away: the message that waits in it reaches nobody, raceway status says what it was about"
_MEND_POINTS: Final = "take it away: the next message tells all points as new"


def _whole(text: str) -> dict[str, Any] | None:
    """A line of history; None where it is empty or was torn off, which must not keep anybody from being told."""
    try:
        found: dict[str, Any] = json.loads(text)
    except ValueError:
        return None
    return found


def _waiting(values: dict[str, Any]) -> Waiting:
    return Waiting(
        id=values["id"],
        route=values["route"],
        run_id=values["run_id"],
        message=Message(**values["message"]),
        made_at=dt.datetime.fromisoformat(values["made_at"]),
        not_before=dt.datetime.fromisoformat(values["not_before"]) if values["not_before"] else None,
        attempts=tuple(values["attempts"]),
    )
