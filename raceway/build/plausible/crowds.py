"""Many rows of one: test orders, a bot's visits."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from raceway.build.plausible.case import Case, Oddity, named
from raceway.build.plausible.limits import FEWEST_DAYS, MANY_OF_ONE, ONE_SHARE


def crowds(case: Case) -> Iterator[Oddity]:
    """Days on which one customer, visitor or other value has more rows than ever one had, and a large part of all."""
    if len(case.like) < FEWEST_DAYS or not len(case.new) or case.table.scope.kind == "days":
        return
    rows = case.values[:, case.rows]
    for column, place in case.figures.columns("top:").items():
        known = case.like[:, place]
        known_share = known / np.maximum(case.like[:, case.rows], 1)
        if np.median(known_share) > ONE_SHARE:
            continue
        top = case.values[:, place]
        share = top / np.maximum(rows, 1)
        odd = (top >= MANY_OF_ONE) & (top >= 3 * max(known.max(initial=0), 1)) & (share >= ONE_SHARE)
        odd &= share >= 1.5 * known_share.max(initial=0)
        for at in np.flatnonzero(odd)[:1].tolist():
            yield Oddity(
                "crowd", column,
                f"on {named(case.new_days[at])} {top[at]:.0f} of {rows[at]:.0f} rows have the same {column}, usual are "
                f"up to {known.max():.0f}",
                observed=f"{top[at]:.0f}", expected=f"0 to {known.max():.0f}", day=int(case.new_days[at]),
            )  # fmt: skip
