"""Reproducible luck: the random numbers of the invented world.

Every part of the world draws from its own stream, named after it, so that a change in one part (one more
campaign) does not reshuffle the others.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")


class Chance(random.Random):
    """A stream of random numbers with the few distributions that marketing traces need."""

    def __init__(self, seed: int, stream: str) -> None:
        super().__init__(f"{seed}/{stream}")

    def hit(self, probability: float) -> bool:
        """True with this probability."""
        return self.random() < probability

    def poisson(self, mean: float) -> int:
        """A count with this mean and variance; above 60 by its normal neighbour, which is near enough."""
        if mean <= 0:
            return 0
        if mean > 60:
            return max(0, round(self.gauss(mean, math.sqrt(mean))))
        limit, product, count = math.exp(-mean), self.random(), 0
        while product > limit:
            product *= self.random()
            count += 1
        return count

    def count(self, mean: float, evenness: float = 12.0) -> int:
        """An overdispersed count (negative binomial): the smaller `evenness`, the wilder."""
        return self.poisson(mean * self.gammavariate(evenness, 1 / evenness)) if mean > 0 else 0

    def geometric(self, mean: float) -> int:
        """A count of at least 1 with this mean."""
        return 1 + int(math.log(1 - self.random()) / math.log(1 - 1 / mean)) if mean > 1 else 1

    def one_of(self, weights: Mapping[T, float]) -> T:
        """One key, in proportion to its weight."""
        return self.choices(list(weights), list(weights.values()))[0]

    def token(self, length: int) -> str:
        """A random id of letters and digits."""
        return "".join(self.choices("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", k=length))
