"""Amounts of a change for people: as many decimals as its unit has, and enough that the change can be seen."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from raceway.report.change import Change
from raceway.report.kpi_cells import Kpi
from raceway.report.parts import half_up

_DIGITS: Final = {"count": 0, "percent": 4, "ratio": 2, "score": 1}
"""Decimals by unit, of percent those of its fraction (0.1234 = 12.34 %); of all others 1."""
_NAMED: Final = ("months", "days", "hours", "minutes", "seconds", "milliseconds")
_SIGNIFICANT: Final = 3
_MOST: Final = 12


@dataclass(frozen=True)
class Numbers:
    """How the amounts of one change are written."""

    unit: str
    digits: int
    """Decimals of the value itself."""
    currency: str = ""

    @classmethod
    def of(cls, kpi: Kpi, change: Change, currency: str, minor_unit: int) -> Numbers:
        """Decimals by the KPI's unit, and more where three digits of the change would not be seen."""
        digits = minor_unit if kpi.unit == "money" else _DIGITS.get(kpi.unit, 1)
        if kpi.unit != "count":
            while digits < _MOST and change.amount and abs(change.amount) * 10**digits < 10 ** (_SIGNIFICANT - 1):
                digits += 1
        return cls(kpi.unit, digits, currency if kpi.unit == "money" else "")

    def value(self, amount: Fraction) -> str:
        """A value with its unit."""
        shown = self.number(amount)
        if self.unit == "percent":
            return f"{shown} %"
        named = self.currency or (self.unit if self.unit in _NAMED else "")
        return f"{shown} {named}".rstrip()

    def change(self, amount: Fraction) -> str:
        """A signed difference; of percent in points."""
        sign = "+" if amount > 0 else ""
        return f"{sign}{self.number(amount)}{' points' if self.unit == 'percent' else ''}"

    def number(self, amount: Fraction) -> str:
        """The bare number, thousands set apart."""
        digits, shown = self.digits, half_up(amount, self.digits)
        if self.unit == "percent":
            digits, shown = digits - 2, shown * 100
        count = abs(int(shown * 10**digits))
        text = f"{count // 10**digits:,}" + (f".{count % 10**digits:0{digits}d}" if digits else "")
        return f"-{text}" if shown < 0 else text
