"""Data-driven attribution: what share of the orders would be lost without a channel.

Anderl, Becker, von Wangenheim & Schumann (2016), "Mapping the customer journey: Lessons learned from graph-based online
attribution modeling", International Journal of Research in Marketing 33(3). A person's path is a walk through a Markov
chain of first order: from the start over channels, each step depending on the channel before it alone, into one of two
absorbing states: order or nothing. The removal effect of a channel is the part of the chain's chance of an order that
is lost when every walk that comes to the channel ends in nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

_Floats: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Path:
    """Persons who came by the same channels in the same order."""

    channels: tuple[str, ...]
    conversions: int
    """How often it ended with an order."""
    nulls: int
    """How often it ended with nothing."""


def removal_effects(paths: Iterable[Path]) -> dict[str, float]:
    """Each channel's share of all removal effects, by name; they add up to 1, or are all 0 where nothing converts.

    Raises ValueError for a path without a channel or with a negative count.
    """
    walked = list(paths)
    if any(not path.channels or path.conversions < 0 or path.nulls < 0 for path in walked):
        raise ValueError("a path has at least one channel, and no count below 0")
    names = sorted({channel for path in walked for channel in path.channels})
    start, steps, to_order = _chain(walked, {name: number for number, name in enumerate(names)})
    whole = _chance_of_an_order(start, steps, to_order)
    if whole <= 0:
        return dict.fromkeys(names, 0.0)
    effects = np.array([1 - _chance_without(number, start, steps, to_order) / whole for number in range(len(names))])
    # what solving leaves of a channel that no order needs
    effects[effects < 1e-12] = 0
    shares: _Floats = effects / effects.sum()
    return dict(zip(names, shares.tolist(), strict=True))


def _chain(paths: list[Path], number_of: dict[str, int]) -> tuple[_Floats, _Floats, _Floats]:
    """Chances of each channel to be the first, to be followed by each channel, and by an order."""
    many = len(number_of)
    first, followed, ordered, left = np.zeros(many), np.zeros((many, many)), np.zeros(many), np.zeros(many)
    for path in paths:
        walks = path.conversions + path.nulls
        places = [number_of[channel] for channel in path.channels]
        first[places[0]] += walks
        for place, following in pairwise(places):
            followed[place, following] += walks
        ordered[places[-1]] += path.conversions
        left[places[-1]] += path.nulls
    seen = followed.sum(axis=1) + ordered + left
    seen[seen == 0] = 1  # only on paths that nobody walked
    walks = max(first.sum(), 1)
    return first / walks, followed / seen[:, None], ordered / seen


def _chance_of_an_order(start: _Floats, steps: _Floats, to_order: _Floats) -> float:
    """Absorbing chain: x = steps · x + to_order is the chance of an order from each channel."""
    return float(start @ np.linalg.solve(np.eye(len(start)) - steps, to_order)) if len(start) else 0.0


def _chance_without(number: int, start: _Floats, steps: _Floats, to_order: _Floats) -> float:
    """The same when what comes to one channel ends there in nothing."""
    kept = np.arange(len(start)) != number
    return _chance_of_an_order(start[kept], steps[np.ix_(kept, kept)], to_order[kept])
