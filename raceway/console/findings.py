"""What `raceway doctor` finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "error"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `message` names the remedy where it is not ok."""

    level: Level
    subject: str
    message: str
