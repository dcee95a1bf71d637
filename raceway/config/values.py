"""Kinds of cells that settings and lists share: zones, currencies, markets, names."""

from __future__ import annotations

import functools
from typing import Annotated, Final, Literal, TypeVar
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    StringConstraints,
)

# ISO 4217 minor units that differ from 2, of the currencies marketing exports come in.
_MINOR_UNITS: Final = {"VND": 0, "JPY": 0, "KRW": 0, "CLP": 0, "ISK": 0, "UGX": 0, "XAF": 0, "XOF": 0,
                       "PYG": 0, "BHD": 3, "KWD": 3, "OMR": 3, "JOD": 3, "TND": 3}  # fmt: skip


def minor_unit(currency: str) -> int:
    """Decimal places of a currency's smallest unit (VND 0, USD 2), after ISO 4217."""
    return _MINOR_UNITS.get(currency, 2)


# reading the zone folder takes milliseconds, and accounts.csv asks once per row
_zones = functools.cache(available_timezones)


def _known_zone(value: str) -> str:
    if value not in _zones():
        raise ValueError(f"{value!r} is no IANA time zone; write one like Asia/Ho_Chi_Minh or Europe/Paris")
    return value


Zone = Annotated[str, AfterValidator(_known_zone)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Market = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]*$")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: Final[tuple[Weekday, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Model(BaseModel):
    """A part of settings: unknown keys are faults, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Row = TypeVar("Row", bound=Model)
