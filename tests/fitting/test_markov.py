"""Removal effects against chains worked out by hand, and what must change nothing."""

from __future__ import annotations

import pytest

from raceway.fitting.markov import Path, removal_effects


def test_the_textbook_chain_of_three_channels() -> None:
    """A > B > C buys; A leaves; B > C leaves: the example by which AnalyzeCore explains the method.

    Steps: start to A 2/3, to B 1/3; A to B 1/2, else nothing; B to C 1; C to an order 1/2, else nothing.
    An order: (2/3 × 1/2 + 1/3) × 1 × 1/2 = 1/3. Without A: 1/3 × 1 × 1/2 = 1/6, so that A's effect is 1/2;
    without B or C nobody buys: 1 each. Shares of 1/2 + 1 + 1: 0.2, 0.4, 0.4.
    """
    found = removal_effects([Path(("A", "B", "C"), 1, 0), Path(("A",), 0, 1), Path(("B", "C"), 0, 1)])
    assert found == pytest.approx({"A": 0.2, "B": 0.4, "C": 0.4}, abs=1e-12)


def test_the_published_chain_of_google_ads_and_mailing() -> None:
    """S. Puzyrov, "Markov chain attribution: simple explanation of removal effect" (2019).

    Google Ads 2 orders and 1 nothing, mailing 1 order, Google Ads > mailing 1 order. Start to Google Ads 4/5, to
    mailing 1/5; Google Ads to an order 1/2, to mailing 1/4, to nothing 1/4; mailing to an order 1.
    An order: 4/5 × (1/2 + 1/4) + 1/5 = 0.8. Without Google Ads 0.2 (effect 3/4), without mailing 0.4 (effect 1/2).
    """
    found = removal_effects(
        [Path(("ads",), 2, 1), Path(("mailing",), 1, 0), Path(("ads", "mailing"), 1, 0)]
    )  # fmt: skip
    assert found == pytest.approx({"ads": 0.6, "mailing": 0.4}, abs=1e-12)


def test_a_chain_that_goes_round() -> None:
    """A > B > A buys, B leaves. Start to A 1/2, to B 1/2; A to B 1/2, to an order 1/2; B to A 1/2, to nothing 1/2.

    From A: a = 1/2 + b/2, from B: b = a/2, so a = 2/3, b = 1/3; an order: 1/2. Without A: nobody, effect 1.
    Without B: 1/2 × 1/2 = 1/4, effect 1/2. Shares 2/3 and 1/3.
    """
    found = removal_effects([Path(("A", "B", "A"), 1, 0), Path(("B",), 0, 1)])
    assert found == pytest.approx({"A": 2 / 3, "B": 1 / 3}, abs=1e-12)


PATHS = [
    Path(("email",), 30, 200),
    Path(("search", "email"), 12, 40),
    Path(("social", "search", "direct"), 7, 90),
    Path(("direct", "social", "direct"), 3, 55),
    Path(("display", "social"), 0, 70),
    Path(("display",), 0, 400),
]


def test_twice_as_many_persons_change_nothing() -> None:
    doubled = [Path(path.channels, 2 * path.conversions, 2 * path.nulls) for path in PATHS]
    assert removal_effects(doubled) == pytest.approx(removal_effects(PATHS), abs=1e-12)


def test_the_same_persons_in_another_order_and_in_parts_change_nothing() -> None:
    parts = [part for path in reversed(PATHS) for part in (Path(path.channels, path.conversions, 0),
                                                           Path(path.channels, 0, path.nulls))]  # fmt: skip
    assert removal_effects(parts) == pytest.approx(removal_effects(PATHS), abs=1e-12)


def test_a_step_on_the_same_channel_changes_nothing() -> None:
    stuttering = [Path(tuple(c for channel in path.channels for c in (channel, channel)), path.conversions, path.nulls)
                  for path in PATHS]  # fmt: skip
    assert removal_effects(stuttering) == pytest.approx(removal_effects(PATHS), abs=1e-12)


def test_a_channel_that_never_leads_to_an_order_has_exactly_nothing() -> None:
    found = removal_effects([*PATHS, Path(("banner",), 0, 10), Path(("search", "banner"), 0, 3)])
    assert found["banner"] == 0.0
    assert sum(found.values()) == pytest.approx(1, abs=1e-12)


def test_only_channel_has_everything() -> None:
    assert removal_effects([Path(("email",), 1, 99)]) == {"email": 1.0}


def test_without_orders_there_is_nothing_to_share() -> None:
    assert removal_effects([Path(("email", "search"), 0, 9)]) == {"email": 0.0, "search": 0.0}
    assert removal_effects([]) == {}


@pytest.mark.parametrize("path", [Path((), 1, 0), Path(("email",), -1, 0), Path(("email",), 0, -1)])
def test_what_is_no_path_is_refused(path: Path) -> None:
    with pytest.raises(ValueError, match="at least one channel"):
        removal_effects([path])
