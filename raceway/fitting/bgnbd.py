"""BG/NBD: how often customers buy while they are customers, and how likely they still are.

Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way: An Alternative to the Pareto/NBD Model, Marketing
Science 24(2). A customer buys at a rate λ, Gamma(r, α) over customers, and after each purchase leaves for good with
chance p, Beta(a, b) over customers.

A customer is told by `frequency` x (purchases after the first; those of one day are one), `recency` t_x (time from the
first to the last purchase) and `age` T (time from the first purchase to the end of observation). Times are in any one
unit, which α then has too; the pipeline speaks of weeks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.linalg import eigh_tridiagonal
from scipy.special import digamma, expit, gammaln

from raceway.fitting.maximum import MOST_ALIKE, Floats, maximise

_STARTS: Final = ((0.2, 1.0, 4.0), (0.3, 1.0, 3.0), (0.05, 0.4), (2.0, 20.0))
"""r, purchases in a mean age, odds of leaving, a + b."""
_LARGEST: Final = (MOST_ALIKE, 1e6, MOST_ALIKE, MOST_ALIKE)
_NODES: Final = 60
"""Points of the quadrature: ten digits and more for 200 purchases and any leaving chance."""


@dataclass(frozen=True)
class BgNbd:
    """A fitted model."""

    r: float
    alpha: float
    """In the unit of the times."""
    a: float
    b: float
    log_likelihood: float
    """Of all customers together."""
    reason: str | None
    """Why the fit must not be used; None: it may."""


def fit(frequency: Floats, recency: Floats, age: Floats, customers: Floats) -> BgNbd:
    """The most likely model of customers; `customers` says how many have the statistics of each place in the arrays."""
    unit, total = float(np.average(age, weights=customers)), float(customers.sum())
    if not unit > 0:
        return BgNbd(np.nan, np.nan, np.nan, np.nan, np.nan, "all customers bought on the last day for the first time")
    share, recent, aged = customers / total, recency / unit, age / unit

    def likelihood(at: Floats) -> tuple[float, Floats]:
        return _likelihood(at, frequency, recent, aged, share)

    best = maximise(likelihood, _STARTS, _LARGEST)
    r, alpha, a, b = (float(value) for value in _parameters(best.at))
    # in another unit of time every purchase's density has another height
    log_likelihood = total * best.mean - float(np.sum(customers * frequency)) * np.log(unit)
    return BgNbd(r, alpha * unit, a, b, float(log_likelihood), best.reason)


def p_alive(model: BgNbd, frequency: Floats, recency: Floats, age: Floats) -> Floats:
    """Probability of still being a customer at T (equation 7 of Fader, Hardie & Lee 2008, "Computing P(alive)").

    1 for those who bought once: in this model only a later purchase can be the last.
    """
    left = _log_odds_of_having_left(np.array([model.r, model.alpha, model.a, model.b]), frequency, recency, age)
    alive: Floats = expit(-left)
    return alive


def expected_orders(model: BgNbd, t: float | Floats, frequency: Floats, recency: Floats, age: Floats) -> Floats:
    """Expected purchases in the time `t` after T, one for all or one each (equation 10 of the paper).

    Who is still a customer and leaves with chance p after each purchase buys (1 − (1 + p t ÷ (α + T))^−(r + x)) ÷ p
    times, and p is Beta(a, b + x) given the past. The mean over p is taken by Gauss's quadrature: the paper's
    hypergeometric function is the same number, but overflows or loses digits where a is large or near 1.
    """
    bought = np.zeros_like(age)
    within = np.broadcast_to(t, age.shape)
    for x in np.unique(frequency):
        of = frequency == x
        reach = within[of] / (model.alpha + age[of])
        for p, weight in zip(*_beta_nodes(model.a, model.b + float(x)), strict=True):
            bought[of] += weight * -np.expm1(-(model.r + x) * np.log1p(p * reach)) / p
    expected: Floats = bought * p_alive(model, frequency, recency, age)
    return expected


def probability_of_an_order(model: BgNbd, t: float, frequency: Floats, recency: Floats, age: Floats) -> Floats:
    """Probability of at least one purchase in the time `t` after T.

    Who is still a customer buys next at the rate λ, Gamma(r + x, α + T) given the past, and cannot leave before:
    P(alive) × (1 − ((α + T) ÷ (α + T + t))^(r + x)).
    """
    waits = (model.r + frequency) * np.log1p(t / (model.alpha + age))
    buys: Floats = p_alive(model, frequency, recency, age) * -np.expm1(-waits)
    return buys


def _beta_nodes(a: float, b: float) -> tuple[Floats, Floats]:
    """Points and weights that give the mean of a smooth function of a Beta(a, b) variable (Golub & Welsch 1969)."""
    k = np.arange(1.0, _NODES)
    s = 2 * k + a + b - 2
    middle = np.append((a - b) / (a + b), (a - b) * (a + b - 2) / (s * (s + 2)))
    # of the first the general form has 0 ÷ 0 where a + b = 1
    first = 4 * a * b / ((a + b) ** 2 * (a + b + 1))
    k, s = k[1:], s[1:]
    beside = np.append(first, 4 * k * (k + a - 1) * (k + b - 1) * (k + a + b - 2) / (s * s * (s + 1) * (s - 1)))
    nodes, vectors = eigh_tridiagonal(middle, np.sqrt(beside))
    return np.maximum((1 + nodes) / 2, np.finfo(float).tiny), vectors[0] ** 2


def _log_odds_of_having_left(at: Floats, frequency: Floats, recency: Floats, age: Floats) -> Floats:
    r, alpha, a, b = at
    repeats = np.maximum(frequency, 1)
    odds = np.log(a / (b + repeats - 1)) + (r + frequency) * np.log((alpha + age) / (alpha + recency))
    return np.where(frequency > 0, odds, -np.inf)


def _parameters(at: Floats) -> Floats:
    """r, α, a, b of what is searched for: how alike rates are, the mean rate, the odds of leaving, how alike those are.

    Unlike r and α, or a and b, which rise together for ever where customers are alike, these stay apart.
    """
    r, rate, odds, alike = at
    return np.array([r, r / rate, alike * odds / (1 + odds), alike / (1 + odds)])


def _likelihood(at: Floats, x: Floats, t_x: Floats, t: Floats, share: Floats) -> tuple[float, Floats]:
    """Mean log-likelihood (equation 6, taken apart as in the paper's appendix) and its slope by the logarithms."""
    r, alpha, a, b = _parameters(at)
    left_odds = _log_odds_of_having_left(np.array([r, alpha, a, b]), x, t_x, t)
    n, of = np.unique(x, return_inverse=True)  # the costly functions once per number of purchases
    purchases = (gammaln(r + n) - gammaln(r) + r * np.log(alpha))[of]
    stays = (gammaln(a + b) + gammaln(b + n) - gammaln(b) - gammaln(a + b + n))[of]
    waits = -(r + x) * np.log(alpha + t) + np.logaddexp(0, left_odds)
    left = expit(left_odds)
    by_r = (digamma(r + n) - digamma(r) + np.log(alpha))[of] - np.log(alpha + t)
    by_r += left * (np.log(alpha + t) - np.log(alpha + t_x))
    by_alpha = r / alpha - (r + x) * ((1 - left) / (alpha + t) + left / (alpha + t_x))
    by_a = (digamma(a + b) - digamma(a + b + n))[of] + left / a
    by_b = (digamma(a + b) + digamma(b + n) - digamma(b) - digamma(a + b + n))[of] - left / (b + np.maximum(x, 1) - 1)
    slopes = (
        r * by_r + alpha * by_alpha,
        -alpha * by_alpha,
        a * b / (a + b) * (by_a - by_b),
        a * by_a + b * by_b,
    )
    return float(np.sum(share * (purchases + stays + waits))), np.array([np.sum(share * slope) for slope in slopes])
