"""The maximum of a smooth log-likelihood of a few positive parameters: deterministic, and judged."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Likelihood = Callable[[Floats], tuple[float, Floats]]
"""Parameters -> mean log-likelihood per customer and its slope by the parameters' logarithms."""

MOST_ALIKE: Final = 1000.0
"""How large a shape may become (and its inverse how small). A shape of 1,000 says that customers are alike to 3 %.
Where they are even more so the likelihood has no maximum but rises ever more slowly; forecasts barely move by then."""

_STEEPEST: Final = 1e-8
"""The largest slope, per customer and unit of a parameter's logarithm, that counts as none."""
_GAIN: Final = 1e-15
"""The gain of mean log-likelihood, as the next step promises it, that is worth no step."""
_STEP: Final = 1e-4
"""The step of the differences that the curvature is taken from."""
_MOST_STEPS: Final = 200


@dataclass(frozen=True)
class Maximum:
    """Where the search ended."""

    at: Floats
    """The parameters (not their logarithms)."""
    mean: float
    """Mean log-likelihood per customer there."""
    reason: str | None
    """Why this is no maximum; None: it is one."""


def maximise(likelihood: Likelihood, starts: Sequence[Sequence[float]], largest: Sequence[float]) -> Maximum:
    """Climbs from the best point of a coarse grid by Newton's method, damped where the surface is not yet a hill.

    `starts` holds the grid's values of each parameter; every parameter lies between 1 ÷ `largest` and `largest`. The
    end is a maximum where the slope is 0, or points out of bounds, and the surface falls off to all other sides; a
    slope that stays and a flat surface are named in `reason`.
    """
    edge = np.log(np.asarray(largest, dtype=float))

    def downwards(logs: Floats) -> tuple[float, Floats]:
        value, slope = likelihood(np.exp(logs))
        return -value, -slope

    grid = [np.log(np.asarray(point, dtype=float)) for point in itertools.product(*starts)]
    logs: Floats = min(grid, key=lambda point: downwards(point)[0])
    value, slope = downwards(logs)
    damping, reason = 0.0, "the search did not come to rest"
    for _ in range(_MOST_STEPS):
        free = np.flatnonzero(~(((logs <= -edge) & (slope > 0)) | ((logs >= edge) & (slope < 0))))
        if not free.size:
            return Maximum(np.exp(logs), -value, None)
        curvature = _curvature(downwards, logs)[np.ix_(free, free)]
        least = float(np.linalg.eigvalsh(curvature)[0])
        lift = damping if least > 0 else damping + 1e-6 - 2 * least
        step = np.linalg.solve(curvature + lift * np.eye(free.size), slope[free])
        is_level = np.abs(slope[free]).max() < _STEEPEST
        if is_level and least <= 0:
            return Maximum(np.exp(logs), -value, "the likelihood is flat around its best point")
        if is_level and slope[free] @ step < _GAIN:
            return Maximum(np.exp(logs), -value, None)
        moved = logs.copy()
        moved[free] = np.clip(logs[free] - step * min(1.0, 1.0 / np.abs(step).max()), -edge[free], edge[free])
        value_there, slope_there = downwards(moved)
        if value_there <= value + 1e-12 * (1 + abs(value)):
            logs, value, slope, damping = moved, value_there, slope_there, damping / 10 if damping > 1e-6 else 0.0
        elif damping > 1e6:
            break
        else:
            damping = max(10 * damping, 1e-3)
    return Maximum(np.exp(logs), -value, reason)


def _curvature(slope_of: Likelihood, logs: Floats) -> Floats:
    """The second derivatives, from differences of the first."""
    rows = [(slope_of(logs + move)[1] - slope_of(logs - move)[1]) / (2 * _STEP) for move in _STEP * np.eye(len(logs))]
    hessian = np.asarray(rows)
    return (hessian + hessian.T) / 2
