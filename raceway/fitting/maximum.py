"""The maximum of a smooth log-likelihood of a few positive parameters: deterministic, and judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats = NDArray[np.float64]
Likelihood = Callable[[Floats], tuple[float, Floats]]
"""Parameters -> mean log-likelihood per customer and its slope by the parameters' logarithms."""

MOST_ALIKE: Final = 1000.0
"""How large a shape may become (and its inverse how small). A shape of 1,000 says that customers are alike to 3 %.
Where they are even more so the likelihood has no maximum but rises ever more slowly; forecasts barely move by then."""

_STEEPEST: Final = 1e-8
"""The largest slope, per customer and unit of a parameter's logarithm, that counts as none."""
_STEP: Final = 1e-4
"""The step of the differences that the curvature is taken from."""
_NEWTON_STEPS: Final = 30


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
    """Searches from every start by L-BFGS-B and sharpens the best end by Newton's method.

    Every parameter lies between 1 ÷ `largest` and `largest`. The end is a maximum where the slope is 0 and the surface
    falls off to all sides, or points out of bounds; a slope that stays and a flat surface are named in `reason`.
    """
    edge = np.log(np.asarray(largest, dtype=float))

    def downwards(logs: Floats) -> tuple[float, Floats]:
        value, slope = likelihood(np.exp(logs))
        return -value, -slope

    ends = [
        minimize(
            downwards,
            np.log(np.asarray(start, dtype=float)),
            jac=True,
            method="L-BFGS-B",
            bounds=list(zip(-edge, edge, strict=True)),
            options={"maxiter": 1000, "ftol": 1e-12, "gtol": 1e-6},
        )
        for start in starts
    ]
    logs: Floats = min(ends, key=lambda end: float(end.fun)).x
    reason: str | None = "the search did not come to rest"
    for _ in range(_NEWTON_STEPS):
        slope = downwards(logs)[1]
        held = ((logs <= -edge) & (slope > 0)) | ((logs >= edge) & (slope < 0))
        free = np.flatnonzero(~held)
        if not np.isfinite(slope).all():
            break
        if not free.size or np.abs(slope[free]).max() < _STEEPEST:
            reason = None
            break
        curvature = _curvature(downwards, logs)[np.ix_(free, free)]
        if np.linalg.eigvalsh(curvature)[0] <= 0:
            reason = "the likelihood is flat around the best point found"
            break
        step = np.linalg.solve(curvature, slope[free])
        logs = logs.copy()
        logs[free] = np.clip(logs[free] - step * min(1.0, 1.0 / np.abs(step).max()), -edge[free], edge[free])
    at = np.exp(logs)
    return Maximum(at, likelihood(at)[0], reason)


def _curvature(slope_of: Likelihood, logs: Floats) -> Floats:
    """The second derivatives, from differences of the first."""
    rows = [(slope_of(logs + move)[1] - slope_of(logs - move)[1]) / (2 * _STEP) for move in _STEP * np.eye(len(logs))]
    hessian = np.asarray(rows)
    return (hessian + hessian.T) / 2
