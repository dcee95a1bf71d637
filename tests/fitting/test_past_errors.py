"""How wide an interval is, on series whose errors are known beforehand."""

from __future__ import annotations

import numpy as np
import pytest

from raceway.fitting.past_errors import LENGTHS, Floats, past_of


def spread(values: Floats, length: int) -> float:
    """The relative standard deviation of the sum of `length` days, of a series without a season."""
    found = past_of(values, np.ones(len(values)))
    return float(np.sqrt(found.variances[found.lengths == length][0]))


def test_a_series_that_is_held_too_often_narrows_until_a_fifth_would_miss() -> None:
    # 95 and 105 in turn: every day is off by 5 %, and no interval of 1.28 × 5 % ever misses. What just holds
    # them is 5 % itself, 1 ÷ 1.2816 of that
    assert spread(np.tile([95.0, 105.0], 250), 1) == pytest.approx(0.05 / 1.2816, rel=0.02)


def test_a_first_year_narrows_nothing() -> None:
    assert spread(np.tile([95.0, 105.0], 150), 1) == pytest.approx(0.05, rel=0.02)


def test_a_series_that_outgrows_what_was_told_widens_at_most_twice() -> None:
    # 1 % more every day for sixty days: every interval misses, and 0.04 × 0.8 a day is the double after 22 of them
    calm = np.tile([95.0, 105.0], 150)
    grown = np.append(calm, 100 * np.exp(0.01 * np.arange(1, 61)))
    # the level by the shortest half-life (7 days) lags about ten days: 10 % too little, told as 20 % at most
    assert 0.1 < spread(grown, 7) <= 0.22
    assert spread(grown, 7) > 5 * spread(calm, 7)


def test_an_error_of_last_week_weighs_more_than_one_of_last_year() -> None:
    calm = np.tile([95.0, 105.0], 250)
    long_ago, of_late = calm.copy(), calm.copy()
    long_ago[60:90] *= 1.5
    of_late[-40:-10] *= 1.5
    assert spread(of_late, 7) > 1.5 * spread(long_ago, 7)


def test_a_length_is_looked_at_where_the_past_holds_it_twice() -> None:
    # 28 days before the first origin, and as many again as the length after it: 84 are enough for 28, not for 42
    assert past_of(np.full(84, 100.0), np.ones(84)).lengths.tolist() == LENGTHS[LENGTHS <= 28].tolist()
