"""What became of one export."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["landed", "duplicate", "refused"]


@dataclass
class Outcome:
    """What became of one export. `batches` are ids; `reason` is a sentence where something was refused."""

    source: str
    account: str
    status: Status
    files: list[str]
    batches: list[str] = field(default_factory=list)
    rows_read: int = 0
    rows_landed: int = 0
    rows_refused: int = 0
    rows_furniture: int = 0
    reason: str = ""
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By table: status, batch_id and row counts."""
    seconds: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return dict(vars(self))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Outcome:
        """The inverse of `to_dict`."""
        return cls(**values)
