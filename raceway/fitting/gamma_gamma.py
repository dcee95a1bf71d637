"""Gamma-Gamma: what a purchase of a customer is worth on average.

Fader & Hardie (2013), The Gamma-Gamma Model of Monetary Value. The purchases of a customer are Gamma(p, ν), and
ν is Gamma(q, v) over customers; how much somebody spends has nothing to do with how often. A purchase of somebody is
then expected to be worth p (v + x z̄) ÷ (p x + q − 1), of a customer without a second one p v ÷ (q − 1) (equation 5).

A customer is told by `frequency` x (how many purchases the mean is of) and `mean` z̄ of their values, more than 0,
in any one currency, which v then has too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import digamma, gammaln

from raceway.fitting.maximum import MOST_ALIKE, Floats, maximise

_STARTS: Final = ((1.0, 5.0, 25.0), (2.0, 5.0, 50.0), (0.7, 1.0))
"""p, q, p v ÷ q in mean values."""
_LARGEST: Final = (MOST_ALIKE, MOST_ALIKE, 1e6)


@dataclass(frozen=True)
class GammaGamma:
    """A fitted model."""

    p: float
    q: float
    v: float
    """In the currency of the values."""
    log_likelihood: float
    """Of all customers together."""
    reason: str | None
    """Why the fit must not be used; None: it may."""


def fit(frequency: Floats, mean: Floats) -> GammaGamma:
    """The most likely model of customers with at least one purchase and a positive mean."""
    if not mean.size:
        return GammaGamma(np.nan, np.nan, np.nan, np.nan, "no customer came back")
    unit = float(mean.mean())
    worth = mean / unit

    def likelihood(at: Floats) -> tuple[float, Floats]:
        return _likelihood(at, frequency, worth)

    best = maximise(likelihood, _STARTS, _LARGEST)
    p, q, v = (float(value) for value in _parameters(best.at))
    reason = best.reason
    if reason is None and q <= 1:
        reason = "q is not above 1: the mean value of a purchase is not finite"
    log_likelihood = mean.size * (best.mean - np.log(unit))
    return GammaGamma(p, q, v * unit, float(log_likelihood), reason)


def _parameters(at: Floats) -> Floats:
    """p, q, v of what is searched for: q and v would rise together for ever where customers are alike."""
    p, q, level = at
    return np.array([p, q, level * q / p])


def _likelihood(at: Floats, x: Floats, z: Floats) -> tuple[float, Floats]:
    """Mean log-likelihood (equation 1a) and its slope by the logarithms of what is searched for."""
    p, q, v = _parameters(at)
    spread = v + x * z
    n, of = np.unique(x, return_inverse=True)  # the costly functions once per number of purchases
    value = (gammaln(p * n + q) - gammaln(p * n) - gammaln(q) + q * np.log(v))[of] - (p * x + q) * np.log(spread)
    value += (p * x - 1) * np.log(z) + p * x * np.log(x)
    by_p = x * ((digamma(p * n + q) - digamma(p * n))[of] + np.log(x * z) - np.log(spread))
    by_q = (digamma(p * n + q) - digamma(q) + np.log(v))[of] - np.log(spread)
    by_v = q / v - (p * x + q) / spread
    slopes = (p * by_p - v * by_v, q * by_q + v * by_v, v * by_v)
    return float(value.mean()), np.array([float(slope.mean()) for slope in slopes])
