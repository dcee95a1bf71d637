"""Intervals and p-values against what was published, and against sums that fit on a line."""

from __future__ import annotations

import math

import pytest

from raceway.fitting.proportions import compare_variations, difference_p_value, newcombe, ratio_p_value, wilson


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_intervals_are_those_of_newcombe_1998_page_857_table_i(
    successes: int, trials: int, low: float, high: float
) -> None:
    found = wilson(successes, trials)
    assert tuple(round(limit, 4) for limit in found) == (low, high)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0000),
        ((10, 10, 0, 10), 0.6075, 1.0000),
    ],
)
def test_differences_are_those_of_newcombe_1998_page_873_table_ii_method_10(
    counts: tuple[int, int, int, int], low: float, high: float
) -> None:
    found = newcombe(*counts)
    assert tuple(round(limit, 4) for limit in found) == (low, high)


def test_a_limit_never_lies_beside_a_rate_of_0_or_1() -> None:
    for trials in range(1, 2_000):
        assert wilson(0, trials)[0] == 0.0 < wilson(0, trials)[1] < 1.0
        assert wilson(trials, trials)[1] == 1.0 > wilson(trials, trials)[0] > 0.0


def test_the_p_value_of_a_difference_is_that_of_the_pooled_z_test() -> None:
    # 56 of 70 and 48 of 80: pooled 104/150, error sqrt(104/150 × 46/150 × (1/70 + 1/80)) = 0.0754659, z = 2.6502
    assert difference_p_value(56, 70, 48, 80) == pytest.approx(0.008045, abs=2e-6)
    # R: prop.test(c(15, 25), c(50, 50), correct = FALSE) gives X-squared = 4.1667, p-value = 0.04123
    assert difference_p_value(15, 50, 25, 50) == pytest.approx(0.04123, abs=5e-6)
    assert difference_p_value(25, 50, 15, 50) == difference_p_value(15, 50, 25, 50)
    assert difference_p_value(7, 10, 14, 20) == 1.0


def test_where_all_succeeded_or_nobody_there_is_no_p_value() -> None:
    assert difference_p_value(0, 10, 0, 20) is None
    assert difference_p_value(10, 10, 20, 20) is None


def test_a_split_of_visitors_has_the_published_p_value() -> None:
    # Kohavi, Tang and Xu, Trustworthy Online Controlled Experiments (2020), chapter 3: 821,588 and 815,482 of an
    # equal split have p = 1.8E-6; the chi-square is 6,106² ÷ 1,637,070 = 22.7745
    assert ratio_p_value([821_588, 815_482], [50, 50]) == pytest.approx(1.8e-6, abs=5e-8)


@pytest.mark.parametrize(
    ("visitors", "planned", "p"),
    [
        # chi-square 100 × (0.65 − 0.5)² × 4 = 9 at 1 degree of freedom: twice the normal tail beyond 3
        ([65, 35], [0.5, 0.5], 0.0026998),
        ([90, 10], [9, 1], 1.0),
        # chi-square (60 − 50)² ÷ 50 + (20 − 25)² ÷ 25 × 2 = 4 at 2 degrees of freedom: exp(−2)
        ([60, 20, 20], [50, 25, 25], math.exp(-2)),
        # at 4 degrees of freedom exp(−x/2) × (1 + x/2); x = 4 × 10² ÷ 100 = 4
        ([110, 90, 110, 90, 100], [1, 1, 1, 1, 1], 3 * math.exp(-2)),
    ],
)
def test_the_p_value_of_a_split_is_the_tail_of_chi_square(visitors: list[int], planned: list[float], p: float) -> None:
    assert ratio_p_value(visitors, planned) == pytest.approx(p, rel=1e-5)


def test_a_variation_that_nobody_should_see_is_a_mismatch() -> None:
    assert ratio_p_value([500, 500, 1], [1, 1, 0]) == 0.0
    assert ratio_p_value([0, 0], [1, 1]) is None
    assert ratio_p_value([7], [1]) is None


def row(variation: str, persons: int, conversions: int, *, base: bool = False, share: float = 0.5) -> dict[str, object]:
    return {
        "experiment": "e", "variation": variation, "is_baseline": base, "planned_share": share, "visitors": persons,
        "persons": persons, "conversions": conversions,
    }  # fmt: skip


def test_variations_are_compared_with_their_experiments_baseline() -> None:
    a, b, other = compare_variations(
        [row("a", 80, 48, base=True), row("b", 70, 56), {**row("x", 10, 1, share=math.nan), "experiment": "f"}]
    )
    assert (a["conversion_rate"], a["uplift"], a["p_value"]) == (0.6, None, None)
    assert (b["conversion_rate"], round(b["uplift"], 9), round(b["relative_uplift"], 9)) == (0.8, 0.2, 0.333333333)
    assert (round(b["uplift_low"], 4), round(b["uplift_high"], 4)) == (0.0524, 0.3339)
    # (80 − 75)² ÷ 75 × 2 = 0.6667 at 1 degree of freedom
    assert a["ratio_p_value"] == b["ratio_p_value"] == pytest.approx(0.414216, abs=1e-6)
    # not in the list: a rate, and nothing to compare with
    assert (other["conversion_rate"], other["uplift"], other["ratio_p_value"]) == (0.1, None, None)


def test_what_cannot_be_said_is_null() -> None:
    base, empty, other = compare_variations([row("a", 20, 0, base=True), row("b", 0, 0), row("c", 10, 2)])
    assert [empty[name] for name in ("conversion_rate", "rate_low", "uplift", "p_value")] == [None] * 4
    assert (other["uplift"], other["relative_uplift"]) == (0.2, None)
    assert base["rate_low"] == 0.0
    (alone,) = compare_variations([row("b", 10, 2)])
    assert (alone["conversion_rate"], alone["uplift"]) == (0.2, None)
