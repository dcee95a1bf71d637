"""`[alerts]` of raceway.toml: who hears of a night, how loud, and by when there must have been one.

Addresses of chats and mailboxes hold tokens and passwords, so none stands here: a route names where its address is
kept, the environment or an Airflow connection.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from raceway.config.values import Model, Name

Severity = Literal["critical", "warning", "info"]


def _clock(value: object) -> object:
    return value.strftime("%H:%M") if isinstance(value, dt.time) else value


Clock = Annotated[str, BeforeValidator(_clock), StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""A time of the day, HH:MM, as text or as TOML's own time."""


class Route(Model):
    """Somewhere that people read: a mailbox, a chat, a program's address."""

    name: Name
    at_least: Severity = "warning"
    """The mildest that it hears; info hears of every night."""
    conn_id: str = ""
    """Airflow connection with the address; empty: the environment."""

    @property
    def variable(self) -> str:
        """The variable of the environment with its address."""
        return "RACEWAY_ALERT_" + re.sub(r"[^A-Z0-9]", "_", self.name.upper())


def _addresses(value: object) -> bool:
    if isinstance(value, dict):
        return any(_addresses(inner) for inner in value.values())
    if isinstance(value, list | tuple):
        return any(_addresses(inner) for inner in value)
    return isinstance(value, str) and "://" in value


class Alerts(Model):
    """One message a night, and one where there was no night."""

    routes: tuple[Route, ...] = Field(
        (),
        description='Who hears of a night, such as { name = "ops", at_least = "warning" }. at_least: critical, warning '
        "or info (every night). The address never stands here: it is read from the variable RACEWAY_ALERT_<NAME> "
        "(RACEWAY_ALERT_OPS), or from the Airflow connection that conn_id names.",
    )
    deadline: Clock = Field(
        "08:00", description="By when the day's mart is published, else it is late (HH:MM); see raceway doctor --late."
    )
    quiet_from: Clock | Literal[""] = Field(
        "", description="From when on nothing is sent but what is critical (HH:MM); empty: at any hour."
    )
    quiet_to: Clock | Literal[""] = Field("", description="Until when; what waited is sent by the next look after it.")
    repeat_days: int = Field(
        7, ge=1, description="Days after which what still holds is said again; what is critical is said every night."
    )

    @model_validator(mode="before")
    @classmethod
    def _no_address(cls, values: Any) -> Any:
        if _addresses(values):  # never shown: it holds a token or a password
            raise ValueError(
                "an address holds a password or a token and does not belong into this file. Take it out here, write "
                'routes = [{ name = "ops" }], and put the address into the environment as RACEWAY_ALERT_OPS, or into '
                "an Airflow connection that conn_id names"
            )
        return values

    @model_validator(mode="after")
    def _consistent(self) -> Alerts:
        if bool(self.quiet_from) != bool(self.quiet_to):
            raise ValueError("alerts.quiet_from and alerts.quiet_to belong together: write both, or none")
        names = [route.name for route in self.routes]
        if len(set(names)) < len(names):
            raise ValueError("two routes of alerts have one name; give each its own")
        return self

    def quiet_until(self, now: dt.datetime) -> dt.datetime | None:
        """The end of the quiet hours that `now` (in the business zone) lies in; None outside of them."""
        if not self.quiet_from or self.quiet_from == self.quiet_to:
            return None
        begin, end = dt.time.fromisoformat(self.quiet_from), dt.time.fromisoformat(self.quiet_to)
        for day in (now.date() - dt.timedelta(days=1), now.date()):
            first = dt.datetime.combine(day, begin, tzinfo=now.tzinfo)
            over = day if begin < end else day + dt.timedelta(days=1)
            last = dt.datetime.combine(over, end, tzinfo=now.tzinfo)
            if first <= now < last:
                return last
        return None
