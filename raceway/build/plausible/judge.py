"""All rules over one batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from raceway.build.plausible.case import Case, Oddity
from raceway.build.plausible.copies import copied_days, days_to_come, keys_of_others, rounded_ids, totals_as_rows
from raceway.build.plausible.crowds import crowds
from raceway.build.plausible.hours import odd_hours
from raceway.build.plausible.levels import huge_rows, odd_levels
from raceway.build.plausible.limits import FEWEST_DAYS
from raceway.build.plausible.parts import doubled_parts, missing_parts, odd_shares, strangers
from raceway.build.plausible.prices import odd_prices
from raceway.build.plausible.ratios import appeared, odd_ratios, zeroed
from raceway.build.plausible.restated import changed_days, long_over, resized

RULES: Final[tuple[Callable[[Case], Iterator[Oddity]], ...]] = (
    totals_as_rows, copied_days, keys_of_others, rounded_ids, days_to_come, changed_days, long_over, resized, zeroed,
    odd_ratios, appeared, odd_prices, doubled_parts, missing_parts, strangers, odd_shares, odd_hours, odd_levels,
    huge_rows, crowds,
)  # fmt: skip


OF_AGAIN: Final[tuple[Callable[[Case], Iterator[Oddity]], ...]] = (zeroed, odd_ratios, missing_parts, odd_levels)
"""What days of a report are asked that are filled in, or told anew before they are closed."""
OF_OLDER: Final[tuple[Callable[[Case], Iterator[Oddity]], ...]] = (odd_ratios,)
"""What days before all that is known are asked: growth, campaigns and what was measured then may be others."""


def oddities(case: Case) -> list[Oddity]:
    """What is not as usual in a batch, what holds it first; without a baseline nothing does."""
    found = _found(case, RULES)
    if case.table.scope.kind == "days":
        found += [*_found(case.looking_at("again"), OF_AGAIN), *_found(case.looking_at("older"), OF_OLDER)]
    return sorted(found, key=lambda oddity: not oddity.is_held)


def _found(case: Case, rules: tuple[Callable[[Case], Iterator[Oddity]], ...]) -> list[Oddity]:
    found = [oddity for rule in rules for oddity in rule(case)]
    return [replace(oddity, is_held=False) for oddity in found] if lacks_baseline(case) else found


def lacks_baseline(case: Case) -> bool:
    """Whether too few days before are known to say what is usual."""
    return bool(len(case.sheet.days)) and len(case.base) < FEWEST_DAYS
