"""The price level: the same products, all by the same factor dearer, are a tax that is included from now on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from raceway.build.plausible.case import Case, Oddity, named
from raceway.build.plausible.figures import Numbers
from raceway.build.plausible.limits import FEWEST_DAYS, PRICE_EQUAL, PRICED_PARTS, VAT_FACTORS


def odd_prices(case: Case) -> Iterator[Oddity]:
    """Amounts by row of the products, where at least five changed, nearly all by the same factor."""
    if len(case.base) < FEWEST_DAYS or not len(case.new):
        return
    rows = case.figures.parts("rows@")
    for column, parts in rows.items():
        if len(parts) < PRICED_PARTS or column == "hour":
            continue
        for amount in case.sums:
            if not case.table.by_name[amount].meta.money:
                continue
            sums = case.figures.parts(f"sum:{amount}@").get(column, {})
            places = [(parts[part], sums[part]) for part in parts if part and part in sums]
            factors = _factors(case, places)
            if len(factors) < PRICED_PARTS:
                continue
            factor = float(np.median(factors))
            alike = np.abs(np.log(factors / factor)) <= PRICE_EQUAL
            if alike.sum() < PRICED_PARTS or alike.mean() < 0.8 or not _is_tax(factor):
                continue
            yield Oddity(
                "prices", amount,
                f"from {named(case.new_days[0])} on {amount} of {alike.sum()} of {len(factors)} {column}s is {factor:.3f} "
                "times what it was, as with a tax that is now included or left out",
                observed=f"{factor:.3f}", expected="1.000", day=int(case.new_days[0]),
            )  # fmt: skip
            break


def _is_tax(factor: float) -> bool:
    return any(abs(np.log(factor * sign)) > 0 and abs(np.log(factor) - turn * np.log(vat)) <= PRICE_EQUAL
               for vat in VAT_FACTORS for turn in (1, -1) for sign in (1,))  # fmt: skip


def _factors(case: Case, places: list[tuple[int, int]]) -> Numbers:
    """By product how its amount by row changed, of those whose amount by row hardly ever did before."""
    found = []
    for rows, amount in places:
        known = case.base[case.base[:, rows] > 0]
        told = case.values[case.values[:, rows] > 0]
        if len(known) < 3 or not len(told):
            continue
        before, now = known[:, amount] / known[:, rows], told[:, amount] / told[:, rows]
        middle = float(np.median(before))
        if middle > 0 and np.median(np.abs(before - middle)) <= 0.002 * middle:
            found.append(float(np.median(now)) / middle)
    return np.array([factor for factor in found if factor > 0])
