"""The formulas of the KPI catalogue: a numerator and a denominator, both sums of measures.

A side is written as `measure`, `a - b`, `a + b` or with a factor, `2 * a - b`. The models read the same language in
`int_kpi_terms`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

_TERM: Final = re.compile(
    r"\s*(?P<sign>[+-]?)\s*(?:(?P<factor>\d+(?:\.\d+)?)\s*\*\s*)?(?P<measure>[a-z_][a-z0-9_]*)\s*"
)


def terms(side: str) -> list[tuple[str, Decimal]]:
    """The measures of one side with what each counts: `a - 2 * b` is [(a, 1), (b, -2)]; an empty side has none.

    Raises ValueError where the side is no such sum.
    """
    found: list[tuple[str, Decimal]] = []
    at = 0
    while at < len(side):
        term = _TERM.match(side, at)
        if term is None or (found and not term["sign"]):
            raise ValueError(f"{side!r}: a side is a sum of measures, each with a factor or without")
        found.append((term["measure"], Decimal(f"{term['sign']}{term['factor'] or 1}")))
        at = term.end()
    return found


def measures_of(kpi: Mapping[str, str]) -> list[str]:
    """The measures that a row of the catalogue is made of, the numerator's first; one of both sides stands twice."""
    return [measure for side in ("numerator", "denominator") for measure, _ in terms(kpi[side])]
