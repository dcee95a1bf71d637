"""What a lead is worth: how many earlier leads bought, times what a first order brings."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from raceway.sample.truth.orders import Order, half_up
from raceway.sample.truth.tally import Tally

_FEWEST: Final = 30
_OLDEST, _YOUNGEST = dt.timedelta(days=270), dt.timedelta(days=90)
_SALES: Final = dt.timedelta(days=179)  # and the day itself
_ONE: Final = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LeadOutcome:
    """A lead: the day it became one, its channel and market, whether it was won within 90 days."""

    day: dt.date
    place: tuple[str, str]
    is_won: bool


def tally_lead_values(
    tally: Tally, leads: list[LeadOutcome], orders: list[Order], ready_from: dt.date
) -> set[dt.date]:  # fmt: skip
    """Adds the measure; gives the days whose leads have no known value. `orders` are those that count."""
    firsts = [order for order in orders if order.number == 1]
    unknown = set()
    for day in {lead.day for lead in leads}:
        worth = _worth(day - _ONE, leads, firsts, ready_from)
        if worth is None:
            unknown.add(day)
            continue
        for lead in leads:
            if lead.day == day:
                tally.add("lead_value", day, worth, *lead.place)
    return unknown


def _worth(known_on: dt.date, leads: list[LeadOutcome], firsts: list[Order], ready_from: dt.date) -> int | None:
    """The worth of one lead by what was known on a day, in đồng."""
    cohort = [lead for lead in leads if known_on - _OLDEST <= lead.day <= known_on - _YOUNGEST]
    sold = [order.gross - order.discount for order in firsts if known_on - _SALES <= order.day <= known_on]
    if len(cohort) < _FEWEST or not sold or known_on - _SALES < ready_from:
        return None
    return half_up(Fraction(sum(lead.is_won for lead in cohort), len(cohort)) * Fraction(sum(sold), len(sold)))
