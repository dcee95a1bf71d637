"""The words and number formats of the report, in English and Vietnamese."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final

from raceway.report.texts import texts

_DECIMALS: Final = {"count": 0, "percent": 1, "money": 2, "score": 1, "ratio": 2}
_ALL_DIGITS: Final = Context(prec=400)  # of any double; the standard one refuses numbers of more than 28
_NAMED_UNITS: Final = ("months", "days", "hours", "minutes", "seconds", "milliseconds")


@dataclass(frozen=True)
class Wording:
    """How one report speaks: its language, and the currency its amounts are in."""

    language: str
    currency: str
    minor_unit: int

    def say(self, key: str) -> str:
        """A text of texts.csv in the report's language. Raises KeyError where there is none of that key."""
        return texts()[key][1 if self.language == "vi" else 0]

    def name(self, name: str, name_vi: str | None) -> str:
        """A KPI's name in the report's language; English where it has no other."""
        return name_vi if self.language == "vi" and name_vi else name

    def number(self, value: float, decimals: int) -> str:
        """A number with thousands and decimals set apart as the language does; halves are rounded up."""
        rounded = Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, _ALL_DIGITS)
        plain = f"{rounded:,f}"
        return plain.translate(str.maketrans(",.", ".,")) if self.language == "vi" else plain

    def value(self, value: float | None, unit: str) -> str:
        """A KPI's value in its unit: money with its currency, a rate as percent."""
        if value is None:
            return "–"
        if unit == "money":
            # amounts below ten lose too much at a whole unit (a cost per click)
            decimals = self.minor_unit if value == 0 or abs(value) >= 10 else max(self.minor_unit, 2)
            return f"{self.number(value, decimals)} {self.currency}"
        if unit == "percent":
            return f"{self.number(value * 100, 1)} %"
        shown = self.number(value, _DECIMALS.get(unit, 1))
        return f"{shown} {self.say(unit)}" if unit in _NAMED_UNITS else shown

    def change(self, value: float | None, before: float | None, unit: str) -> str:
        """The change against the period before: rates in points, all else in percent; empty if unknown."""
        if value is None or before is None:
            return ""
        if unit == "percent":
            return f"{self._signed((value - before) * 100)} {self.say('points')}"
        if unit == "score":
            return self._signed(value - before)
        return f"{self._signed((value / before - 1) * 100)} %" if before > 0 else ""

    def day(self, day: dt.date | None) -> str:
        """A date: ISO in English, day first in Vietnamese."""
        if day is None:
            return "–"
        return f"{day:%d/%m/%Y}" if self.language == "vi" else day.isoformat()

    def month(self, first_day: dt.date) -> str:
        """A month."""
        return f"{first_day:%m/%Y}" if self.language == "vi" else f"{first_day:%B %Y}"

    def _signed(self, value: float) -> str:
        shown = self.number(abs(value), 1)
        is_zero = not any(digit in "123456789" for digit in shown)
        return ("±" if is_zero else "+" if value > 0 else "−") + shown
