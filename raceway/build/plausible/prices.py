"""The price level: the same products, all by the same factor dearer, are a tax that is included from now on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from raceway.build.plausible.case import Case, Oddity, named
from raceway.build.plausible.figures import Numbers
from raceway.build.plausible.limits import FEWEST_DAYS, OWN_RATES, PRICE_EQUAL, PRICED_PARTS, VAT_RATES


def odd_prices(case: Case) -> Iterator[Oddity]:
    """Amounts by piece of the products, where at least five changed, nearly all by the same factor."""
    if len(case.base) < FEWEST_DAYS or not len(case.new):
        return
    rows = case.figures.parts("rows@")
    for column, parts in rows.items():
        if len(parts) < PRICED_PARTS or column == "hour":
            continue
        for amount in case.sums:
            if not case.table.by_name[amount].meta.money:
                continue
            factors = max((_factors(case, places) for places in _divided(case, column, parts, amount)), key=len)
            if len(factors) < PRICED_PARTS:
                continue
            factor = float(np.median(factors))
            alike = np.abs(np.log(factors / factor)) <= PRICE_EQUAL
            if alike.sum() < PRICED_PARTS or alike.mean() < 0.8 or not _is_tax(factor, _own_rates(case, amount)):
                continue
            yield Oddity(
                "prices", amount,
                f"from {named(case.new_days[0])} on {amount} of {alike.sum()} of {len(factors)} {column}s is "
                f"{factor:.3f} times what it was, as with a tax that is now included or left out",
                observed=f"{factor:.3f}", expected="1.000", day=int(case.new_days[0]),
            )  # fmt: skip
            break


def _is_tax(factor: float, own_rates: list[float]) -> bool:
    return any(abs(abs(np.log(factor)) - np.log(1 + rate)) <= PRICE_EQUAL for rate in (*VAT_RATES, *own_rates))


def _own_rates(case: Case, amount: str) -> list[float]:
    """What the other amounts are of this one, where that is the size of a tax: the rates of the account's market."""
    others = [
        place for column, place in case.sums.items() if column != amount and case.table.by_name[column].meta.money
    ]
    whole = float(case.base[:, case.sums[amount]].sum())
    found = [float(case.base[:, place].sum()) / whole for place in others] if whole else []
    return [rate for rate in found if OWN_RATES[0] <= rate <= OWN_RATES[1]]


def _divided(case: Case, column: str, parts: dict[str, int], amount: str) -> Iterator[list[tuple[int, int]]]:
    """By product the places of what an amount may be divided by (rows, or pieces) and of the amount."""
    sums = case.figures.parts(f"sum:{amount}@").get(column, {})
    pieces = [c for c in case.sums if not case.table.by_name[c].meta.money]
    for divisor in [parts, *(case.figures.parts(f"sum:{c}@").get(column, {}) for c in pieces)]:
        yield [(divisor[part], sums[part]) for part in parts if part and part in sums and part in divisor]


def _factors(case: Case, places: list[tuple[int, int]]) -> Numbers:
    """By product how its amount by piece changed, of those whose amount by piece hardly ever did before."""
    found = []
    for pieces, amount in places:
        known = case.base[case.base[:, pieces] > 0]
        told = case.values[case.values[:, pieces] > 0]
        if len(known) < 3 or not len(told):
            continue
        before, now = known[:, amount] / known[:, pieces], told[:, amount] / told[:, pieces]
        middle = float(np.median(before))
        if middle > 0 and np.median(np.abs(before - middle)) <= 0.002 * middle:
            found.append(float(np.median(now)) / middle)
    return np.array([factor for factor in found if factor > 0])
