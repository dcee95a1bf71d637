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

# The minor units of ISO 4217's list one that are not 2, all of them. Babel's are not ISO's but how many decimals
# people write (0 for the Iraqi dinar, the lek, the kip …), so money is rounded by this list; a test compares both.
_MINOR_UNITS: Final = {
    currency: places
    for places, currencies in {
        0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
        3: "BHD IQD JOD KWD LYD OMR TND",
        4: "CLF UYW",
    }.items()
    for currency in currencies.split()
}


def minor_unit(currency: str) -> int:
    """Decimal places of a currency's smallest unit (VND 0, USD 2), after ISO 4217."""
    return _MINOR_UNITS.get(currency, 2)


# reading the zone folder takes milliseconds, and accounts.csv asks once per row
_zones = functools.cache(available_timezones)


def _known_zone(value: str) -> str:
    if value not in _zones():
        raise ValueError(f"{value!r} is no IANA time zone; write one like Asia/Ho_Chi_Minh or Europe/Paris")
    return value


WITHOUT_MINOR_UNITS: Final = tuple(sorted(code for code, places in _MINOR_UNITS.items() if places == 0))
"""Currencies whose amounts have no decimals."""

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
