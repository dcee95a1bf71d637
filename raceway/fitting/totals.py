"""What a stretch of days brings in all, as a distribution with mean and spread.

Amounts and large counts are gamma, which never falls below 0 and leans to the right; counts below 100 are whole:
negative binomial, or Poisson where they vary no more than that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, gammainc, gammaincc, gammaincinv

SMALL: Final = 100.0
"""Expected counts below it have whole limits."""


@dataclass(frozen=True)
class Total:
    """The sum of some days that are still to come."""

    expected: float
    """Above 0."""
    spread: float
    """Standard deviation ÷ expected, above 0."""
    is_count: bool

    @property
    def low_80(self) -> float:
        """Less comes in 1 of 10 cases, at most expected."""
        return min(self.quantile(0.1), self.expected)

    @property
    def high_80(self) -> float:
        """More comes in 1 of 10 cases, at least expected."""
        return max(self.quantile(0.9), self.expected)

    def quantile(self, part: float) -> float:
        """The smallest sum that is not exceeded with probability `part`."""
        if self._is_whole:
            counts = np.arange(np.ceil(self.expected * (1 + 20 * self.spread)) + 20)
            return float(np.searchsorted(self._whole_below(counts), part))
        shape = self.spread**-2
        return float(gammaincinv(shape, part) * self.expected / shape)

    def probability_below(self, amount: float) -> float:
        """That less than `amount` comes (0 to 1)."""
        if amount <= 0:
            return 0.0
        if self._is_whole:
            return float(self._whole_below(np.array([np.ceil(amount) - 1]))[0])
        shape = self.spread**-2
        return float(gammainc(shape, amount * shape / self.expected))

    @property
    def _is_whole(self) -> bool:
        return self.is_count and self.expected < SMALL

    def _whole_below(self, counts: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Probabilities of at most so many."""
        variance = (self.spread * self.expected) ** 2
        if variance <= self.expected:
            return np.asarray(gammaincc(counts + 1, self.expected))
        size = self.expected**2 / (variance - self.expected)
        return np.asarray(betainc(size, counts + 1, size / (size + self.expected)))
