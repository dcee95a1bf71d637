"""Rates of an experiment's variations: intervals, differences, and whether visitors were split as planned.

All at 95 %. The intervals are Wilson's score interval for one rate and Newcombe's hybrid score interval for the
difference of two (R. G. Newcombe, Statistics in Medicine 17, 1998: pages 857 and 873, there method 10); they hold
for few persons and for rates of 0 and 1, too.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import Any, Final

from scipy.special import chdtrc

STATISTICS: Final = (
    "conversion_rate",
    "rate_low",
    "rate_high",
    "uplift",
    "uplift_low",
    "uplift_high",
    "relative_uplift",
    "p_value",
    "ratio_p_value",
)
"""What is said of a variation."""

Interval = tuple[float, float]

_Z: Final = NormalDist().inv_cdf(0.975)


def wilson(successes: int, trials: int) -> Interval:
    """Score interval of a rate; `trials` is at least 1."""
    rate, square = successes / trials, _Z * _Z
    middle = (rate + square / (2 * trials)) / (1 + square / trials)
    half = _Z * math.sqrt(rate * (1 - rate) / trials + square / (4 * trials * trials)) / (1 + square / trials)
    # at a rate of 0 or 1 the limit is that rate, and rounding must not put it beside
    return (0.0 if successes == 0 else middle - half, 1.0 if successes == trials else middle + half)


def newcombe(successes: int, trials: int, base_successes: int, base_trials: int) -> Interval:
    """Hybrid score interval of a rate less another, of which it is independent; not corrected for continuity."""
    rate, base = successes / trials, base_successes / base_trials
    low, high = wilson(successes, trials)
    base_low, base_high = wilson(base_successes, base_trials)
    difference = rate - base
    return (
        difference - math.hypot(rate - low, base_high - base),
        difference + math.hypot(high - rate, base - base_low),
    )


def difference_p_value(successes: int, trials: int, base_successes: int, base_trials: int) -> float | None:
    """Two-sided p-value of the pooled two-proportion z-test; None where all succeeded, or nobody."""
    pooled = (successes + base_successes) / (trials + base_trials)
    error = math.sqrt(pooled * (1 - pooled) * (1 / trials + 1 / base_trials))
    if error == 0:
        return None
    return math.erfc(abs(successes / trials - base_successes / base_trials) / error / math.sqrt(2))


def ratio_p_value(visitors: Sequence[int], planned: Sequence[float]) -> float | None:
    """P-value of the chi-square test of visitors against planned shares: small where the split went wrong.

    None without visitors or with one variation; 0 where somebody saw a variation that nobody should see.
    """
    total, weight = sum(visitors), sum(planned)
    if any(seen and not share for seen, share in zip(visitors, planned, strict=True)):
        return 0.0
    expected = [(seen, total * share / weight) for seen, share in zip(visitors, planned, strict=True) if share]
    if total == 0 or len(expected) < 2:
        return None
    return float(chdtrc(len(expected) - 1, sum((seen - wanted) ** 2 / wanted for seen, wanted in expected)))


def compare_variations(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The statistics of each row of counts: experiment, variation, is_baseline, planned_share (of the listed ones),
    visitors, persons, conversions. What cannot be said is None."""
    experiments: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        experiments[row["experiment"]].append(row)
    told = []
    for variations in experiments.values():
        shares = [row["planned_share"] for row in variations]
        is_planned = not any(share is None or math.isnan(share) for share in shares)
        ratio = ratio_p_value([row["visitors"] for row in variations], shares) if is_planned else None
        base = next((row for row in variations if row["is_baseline"]), None)
        told += [{**_told(row, base), "ratio_p_value": ratio} for row in variations]
    return told


def _told(row: Mapping[str, Any], base: Mapping[str, Any] | None) -> dict[str, Any]:
    """The statistics of one variation, its difference where it is not the baseline itself."""
    told = {"experiment": row["experiment"], "variation": row["variation"], **dict.fromkeys(STATISTICS)}
    successes, trials = row["conversions"], row["persons"]
    if trials == 0:
        return told
    rate = successes / trials
    told["conversion_rate"] = rate
    told["rate_low"], told["rate_high"] = wilson(successes, trials)
    if base is None or row["is_baseline"] or base["persons"] == 0:
        return told
    counts = (successes, trials, base["conversions"], base["persons"])
    base_rate = base["conversions"] / base["persons"]
    told["uplift"] = rate - base_rate
    told["uplift_low"], told["uplift_high"] = newcombe(*counts)
    told["relative_uplift"] = told["uplift"] / base_rate if base_rate else None
    told["p_value"] = difference_p_value(*counts)
    return told
