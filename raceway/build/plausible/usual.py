"""What is usual: medians and robust spreads of columns, whatever is unknown left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from raceway.build.plausible.figures import Numbers

_TO_SPREAD = 1.4826
"""A median deviation as a standard deviation, were the noise Gaussian."""


@dataclass
class Usual:
    """Of each column: its median, its robust spread, the least and the greatest value, and of how many days."""

    middle: Numbers
    spread: Numbers
    least: Numbers
    most: Numbers
    days: Numbers


def median(values: Numbers) -> Numbers:
    """The median of each column without the NaN in it; NaN where there is nothing else."""
    count = np.sum(~np.isnan(values), axis=0)
    if not len(values):
        return np.full(values.shape[1], np.nan)
    ordered = np.sort(values, axis=0)
    columns = np.arange(values.shape[1])
    low = ordered[np.maximum(count - 1, 0) // 2, columns]
    high = ordered[np.minimum(count // 2, len(values) - 1), columns]
    return np.where(count > 0, (low + high) / 2, np.nan)


def usual(values: Numbers) -> Usual:
    """What is usual of each column (days down)."""
    middle = median(values)
    known = ~np.isnan(values)
    return Usual(
        middle,
        _TO_SPREAD * median(np.abs(values - middle)),
        np.min(np.where(known, values, np.inf), axis=0, initial=np.inf),
        np.max(np.where(known, values, -np.inf), axis=0, initial=-np.inf),
        np.sum(known, axis=0).astype(np.float64),
    )


def logs(above: Numbers, below: Numbers) -> Numbers:
    """Logarithm of a ratio; NaN where one of the two is not above 0."""
    known = (above > 0) & (below > 0)
    return np.where(known, np.log(np.where(known, above, 1) / np.where(known, below, 1)), np.nan)


def chance_of_none(counts: Numbers, weak: float = 1.0) -> float:
    """How often chance leaves a day without any of what had these counts on the days before.

    They are taken for a negative binomial (events of one visit come together) with a variance at the upper end of what
    they show; on a weak day that part of them is due.
    """
    mean = float(counts.mean())
    variance = float(counts.var(ddof=1)) * (1 + np.sqrt(2 / (len(counts) - 1)))
    if variance <= mean:
        return float(np.exp(-mean * weak))
    size = mean**2 / (variance - mean)
    return float((1 + mean * weak / size) ** -size)
