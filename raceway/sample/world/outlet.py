"""What happens on the company's second site, the outlet, which Segment measures alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from raceway.sample.world.things import Device, Event


@dataclass(frozen=True, slots=True)
class Identify:
    """A visitor says who they are: what the site then knows of them, at whole milliseconds since 1970 (in µs)."""

    at: int
    device: Device
    login: str
    email: str | None
    phone: str | None
    has_consent: bool


@dataclass(slots=True)
class Outlet:
    """The outlet's traces; `noise` is by robots and the office: in the files, never counted."""

    events: list[Event] = field(default_factory=list)
    identifies: list[Identify] = field(default_factory=list)
    noise: list[Event] = field(default_factory=list)
