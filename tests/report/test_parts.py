"""Parts of a change: by hand, and for anything at all they sum to it."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from raceway.report.parts import (
    Cell,
    Part,
    Sides,
    decimal,
    half_up,
    measure_parts,
    ratio_parts,
    rounded,
    sum_parts,
    total,
)

SEARCH: Cell = ("paid_search", "VN")
DISPLAY: Cell = ("display", "VN")


def sides(numerator: object, denominator: object) -> Sides:
    return Sides(Fraction(str(numerator)), Fraction(str(denominator)))


def told(parts: Iterable[Part]) -> dict[tuple[str, str], str]:
    """Amounts as decimals of six digits, by channel and effect."""
    return {(part.channel, part.effect): decimal(part.amount, 6) for part in parts}


def test_a_sum_changes_by_what_its_cells_change() -> None:
    parts = sum_parts({SEARCH: Fraction(100), DISPLAY: Fraction(50)}, {SEARCH: Fraction(120), DISPLAY: Fraction(40)})

    assert told(parts) == {("paid_search", "amount"): "20.000000", ("display", "amount"): "-10.000000"}


def test_a_ratio_changes_by_mix_and_rate() -> None:
    """0.25 of 200 becomes 0.2 of 400: display, the better half, converts better, and is but a quarter now."""
    before = {SEARCH: sides(10, 100), DISPLAY: sides(40, 100)}
    after = {SEARCH: sides(30, 300), DISPLAY: sides(50, 100)}

    parts = ratio_parts(before, after)

    # mean of R: 0.225. search: (0.75 - 0.5)(0.1 - 0.225); display: (0.25 - 0.5)(0.45 - 0.225) and 0.375 · 0.1
    assert told(parts) == {
        ("paid_search", "mix"): "-0.031250", ("display", "mix"): "-0.056250", ("display", "rate"): "0.037500",
    }  # fmt: skip
    assert total(parts) == Fraction("-0.05")


def test_a_cell_that_is_new_takes_its_own_ratio_for_the_time_before() -> None:
    """0.1 of 100 becomes 0.2 of 200, since display came with 0.3: nobody's ratio has changed."""
    parts = ratio_parts({SEARCH: sides(10, 100)}, {SEARCH: sides(10, 100), DISPLAY: sides(30, 100)})

    # mean of R: 0.15. search: -0.5 (0.1 - 0.15); display: 0.5 (0.3 - 0.15)
    assert told(parts) == {("paid_search", "mix"): "0.025000", ("display", "mix"): "0.075000"}
    [new] = [part for part in parts if part.channel == "display"]
    assert (new.before, new.after, new.share_before, new.share_after) == (None, Fraction("0.3"), 0, Fraction("0.5"))


def test_a_numerator_without_denominator_is_a_part_of_its_own() -> None:
    """A channel costs and wins nobody: 120 for 10 customers becomes 150 for 10."""
    parts = ratio_parts(
        {SEARCH: sides(100, 10), DISPLAY: sides(20, 0)}, {SEARCH: sides(100, 10), DISPLAY: sides(50, 0)}
    )

    assert told(parts) == {("display", "numerator alone"): "3.000000"}


def test_a_channel_that_wins_its_first_customers_leaves_what_it_cost_before_apart() -> None:
    """120 for 10 customers, 20 of them for nobody; then 130 for 15."""
    parts = ratio_parts(
        {SEARCH: sides(100, 10), DISPLAY: sides(20, 0)}, {SEARCH: sides(100, 10), DISPLAY: sides(30, 5)}
    )

    # mean of R: 31/3. display: -20/10, and 1/3 (6 - 31/3) = -13/9; search: -1/3 (10 - 31/3) = 1/9
    assert told(parts) == {
        ("display", "numerator alone"): "-2.000000", ("display", "mix"): "-1.444444", ("paid_search", "mix"): "0.111111",
    }  # fmt: skip
    assert total(parts) == Fraction(26, 3) - 12


def test_who_is_counted_in_two_channels_is_one_signed_overlap() -> None:
    """Buyers: 60 + 50 are 100 persons, then 70 + 60 are 110. Orders: 120, then 143; orders per buyer 1.2, then 1.3."""
    before = {SEARCH: sides(70, 60), DISPLAY: sides(50, 50)}
    after = {SEARCH: sides(83, 70), DISPLAY: sides(60, 60)}

    parts = ratio_parts(before, after, (sides(0, -10), sides(0, -20)))

    # the overlap grew from -10 % of the buyers to -20/110: -(-20/110 + 10/100) · 1.25
    [overlap] = [part for part in parts if part.effect == "overlap"]
    assert overlap.amount == Fraction(9, 110) * Fraction("1.25")
    assert total(parts) == Fraction("0.1")


def test_which_measure_moved_a_ratio() -> None:
    """100 for 10 becomes 120 for 8: ten to fifteen."""
    parts = measure_parts([("cost", Fraction(1), Fraction(100), Fraction(120))],
                          [("customers", Fraction(1), Fraction(10), Fraction(8))])  # fmt: skip

    # 20 at the mean of 1/10 and 1/8; 1/8 - 1/10 at the mean of 100 and 120
    assert [(part.name, part.amount) for part in parts] == [("cost", Fraction("2.25")), ("customers", Fraction("2.75"))]


def test_a_side_of_several_measures_is_divided_by_them() -> None:
    parts = measure_parts([("promoters", Fraction(100), Fraction(4), Fraction(6)),
                           ("detractors", Fraction(-100), Fraction(1), Fraction(2))],
                          [("answers", Fraction(1), Fraction(10), Fraction(10))])  # fmt: skip

    assert [(part.name, part.amount) for part in parts] == [("promoters", 20), ("detractors", -10), ("answers", 0)]


def test_thirds_are_shown_so_that_they_sum() -> None:
    third = Fraction(1, 3)

    assert rounded([third, third, third], Fraction(1), 2) == [Fraction("0.34"), Fraction("0.33"), Fraction("0.33")]
    assert rounded([-third, -third, -third], Fraction(-1), 0) == [0, 0, -1]


def test_halves_go_away_from_zero() -> None:
    assert [decimal(Fraction(value), 0) for value in ("0.5", "-0.5", "1.49")] == ["1", "-1", "1"]


amounts = st.fractions(min_value=-1000, max_value=1000, max_denominator=1000)
cells = st.dictionaries(
    st.tuples(st.sampled_from("abcd"), st.sampled_from(["VN", "US", ""])),
    st.builds(Sides, amounts, st.one_of(st.just(Fraction(0)), amounts)),
    max_size=8,
)


@given(cells, cells, st.builds(Sides, amounts, amounts), st.builds(Sides, amounts, amounts), st.integers(0, 12))
def test_whatever_the_cells_their_parts_sum_to_the_change(
    before: dict[Cell, Sides], after: dict[Cell, Sides], doubled: Sides, doubled_then: Sides, digits: int
) -> None:
    wholes = []
    for of, overlap in ((before, doubled), (after, doubled_then)):
        sides = [*of.values(), overlap]
        numerator = sum((side.numerator for side in sides), Fraction(0))
        denominator = sum((side.denominator for side in sides), Fraction(0))
        if not denominator:
            with pytest.raises(ZeroDivisionError):
                ratio_parts(before, after, (doubled, doubled_then))
            return
        wholes.append(numerator / denominator)

    parts = ratio_parts(before, after, (doubled, doubled_then))

    assert total(parts) == wholes[1] - wholes[0]
    shown = half_up(wholes[1], digits) - half_up(wholes[0], digits)
    pieces = rounded([part.amount for part in parts], shown, digits)
    assert sum(pieces) == (shown if parts else 0)
    assert all(abs(piece - part.amount) < Fraction(1, 10**digits) for piece, part in zip(pieces, parts, strict=True))
