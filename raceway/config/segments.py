"""A home's segments.csv: which customers make a segment, by rules over what is known of a customer on a day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints, model_validator

from raceway.common.faults import BadSettings
from raceway.common.home import Home
from raceway.config.accounts import typed_rows
from raceway.config.values import Model

COLUMNS: Final[Mapping[str, Literal["number", "text", "yes or no"]]] = MappingProxyType(
    {
        "orders": "number",
        "net_sales": "number",
        "days_since_first_order": "number",
        "days_since_last_order": "number",
        "probability_90d": "number",
        "clv_12m": "number",
        "churn_risk": "number",
        "market": "text",
        "churn_band": "text",
        "is_active": "yes or no",
    }
)
"""The columns of customer_360 that are known for every day: a segment is looked up as of the day before a period."""

_NUMBER: Final = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,6})?")
"""A number as it is kept: up to six decimals, a point before them, no thousands apart."""
_THOUSANDS: Final = re.compile(r"-?[1-9][0-9]{0,2}\.[0-9]{3}")

NOBODYS: Final = "none"
"""The segment of persons that no rule describes."""


class SegmentRule(Model):
    """A condition of a segment: one row of segments.csv.

    Several rows of one segment must all hold. Of several segments the first in the file counts; whoever is in none is
    in `none`. What is not known of a customer meets no rule.
    """

    segment: Annotated[str, StringConstraints(min_length=1, max_length=60)] = Field(description="Name of the segment.")
    column: str = Field(description=f"What the rule looks at: {', '.join(COLUMNS)}.")
    operator: Literal["=", "<>", ">", ">=", "<", "<="] = Field(
        description="=, <>, >, >=, < or <=; texts and is_active know = and <> alone."
    )
    value: str = Field(
        description="A number in the column's unit (money: the reporting currency), a text, true or false."
    )

    @model_validator(mode="after")
    def _can_hold(self) -> SegmentRule:
        if self.segment.lower() == NOBODYS:
            raise ValueError(f"{NOBODYS} is everybody who is in no segment; give it another name")
        kind = COLUMNS.get(self.column)
        if kind is None:
            raise ValueError(f"there is no column {self.column}; a rule may name {', '.join(COLUMNS)}")
        if kind == "number":
            if self.number is None:
                raise ValueError(f"{self.column} is a number; {self.value} is none (write it as 1000000 or 0.5)")
            if _THOUSANDS.fullmatch(self.value):
                whole = self.value.replace(".", "")
                raise ValueError(f"{self.value} may be {whole} or {self.value}0; write the one that is meant")
        elif self.operator not in ("=", "<>"):
            raise ValueError(f"{self.column} is no number; it is compared by = or <>")
        if kind == "yes or no" and self.value.lower() not in ("true", "false"):
            raise ValueError(f"{self.column} is true or false")
        return self

    @property
    def number(self) -> Decimal | None:
        """The value of a rule over numbers; None where it is none."""
        if COLUMNS.get(self.column) != "number":
            return None
        return Decimal(self.value) if _NUMBER.fullmatch(self.value) else None


def load_segments(home: Home) -> list[SegmentRule]:
    """The rows of segments.csv in their order; none where the file is missing.

    Raises BadSettings with the row and what is wrong with it, also where one stands twice.
    """
    found: list[SegmentRule] = []
    for number, rule in typed_rows(home.segments, SegmentRule) if home.segments.exists() else []:
        if rule in found:
            raise BadSettings(f"{home.segments}, row {number}: the same rule stands twice; keep one of the rows")
        for other in found:
            if other.segment != rule.segment and other.segment.casefold() == rule.segment.casefold():
                raise BadSettings(
                    f"{home.segments}, row {number}: segment {rule.segment} is written {other.segment} further up; "
                    "write it alike"
                )
        found.append(rule)
    return found


def usual_segments() -> list[SegmentRule]:
    """What a new home begins with: at risk before VIP, so that a VIP who stays away is seen."""
    rows = (
        ("new", "days_since_first_order", "<=", "30"),
        ("new", "orders", "=", "1"),
        ("at risk", "orders", ">=", "2"),
        ("at risk", "days_since_last_order", ">", "60"),
        ("at risk", "days_since_last_order", "<=", "180"),
        ("VIP", "orders", ">=", "4"),
        ("VIP", "is_active", "=", "true"),
    )
    return [SegmentRule(segment=s, column=c, operator=o, value=v) for s, c, o, v in rows]
