"""BG/NBD and Gamma-Gamma beyond the textbook: other formulas of the same thing, other units, and data that tell nothing."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import hyp2f1

from raceway.fitting import bgnbd, gamma_gamma
from raceway.fitting.maximum import MOST_ALIKE, Floats

SEED = 7
CUSTOMERS = 3000
WEEKS = 78.0


def simulated(r: float, alpha: float, a: float, b: float) -> tuple[Floats, Floats, Floats, Floats]:
    """Customers who act as the model says: x, t_x, T, and how many purchases they make in the 13 weeks after."""
    chance = np.random.default_rng(SEED)
    rows = []
    for _ in range(CUSTOMERS):
        rate, leaves = chance.gamma(r, 1 / alpha), chance.beta(a, b)
        age = chance.uniform(20, WEEKS)
        at, bought = 0.0, []
        while True:
            at += chance.exponential(1 / rate)
            if at > age + 13:
                break
            bought.append(at)
            if chance.random() < leaves:
                break
        seen = [moment for moment in bought if moment <= age]
        rows.append((len(seen), seen[-1] if seen else 0.0, age, len(bought) - len(seen)))
    x, t_x, age_, later = np.asarray(rows, dtype=float).T
    return x, t_x, age_, later


def ones(values: Floats) -> Floats:
    return np.ones_like(values)


def test_the_forecast_of_simulated_customers_comes_true() -> None:
    x, t_x, age, later = simulated(0.8, 6.0, 1.2, 4.0)
    model = bgnbd.fit(x, t_x, age, ones(x))
    assert model.reason is None
    expected, bought = bgnbd.expected_orders(model, 13, x, t_x, age), later.sum()
    assert expected.sum() == pytest.approx(bought, abs=3 * np.sqrt(expected.sum()))
    buyers = bgnbd.probability_of_an_order(model, 13, x, t_x, age)
    assert buyers.sum() == pytest.approx((later > 0).sum(), abs=3 * np.sqrt(buyers.sum()))


@pytest.mark.parametrize(("a", "b"), [(0.793, 2.426), (0.999, 3.0), (0.05, 90.0), (30.0, 70.0), (3.5, 0.4)])
@pytest.mark.parametrize(("x", "age"), [(0, 0.0), (0, 150), (1, 60), (7, 41), (80, 156)])
def test_expected_orders_are_the_published_formula(a: float, b: float, x: float, age: float) -> None:
    """Equation 10 of the paper, with its hypergeometric function where that can be computed."""
    model, t = bgnbd.BgNbd(0.243, 4.414, a, b, 0.0, None), 365 / 7
    z = t / (model.alpha + age + t)
    series = (1 - z) ** (model.r + x) * hyp2f1(model.r + x, b + x, a + b + x - 1, z)
    published = (a + b + x - 1) / (a - 1) * (1 - series)
    statistics = (np.array([float(x)]), np.array([age * 0.9]), np.array([float(age)]))
    expected = bgnbd.expected_orders(model, t, *statistics) / bgnbd.p_alive(model, *statistics)
    assert expected[0] == pytest.approx(published, rel=1e-9)


@pytest.mark.parametrize(("a", "b"), [(1.0, 1.0), (1000.0, 0.001), (0.001, 0.001), (999.0, 1.0), (0.5, 0.5)])
def test_a_purchase_is_expected_of_any_chance_to_leave(a: float, b: float) -> None:
    """At least the probability of one, at most what somebody buys who never leaves."""
    model, t = bgnbd.BgNbd(1.5, 10.0, a, b, 0.0, None), 13.0
    x, t_x, age = np.array([0.0, 1, 400]), np.array([0.0, 5, 100]), np.array([0.0, 20, 101])
    expected = bgnbd.expected_orders(model, t, x, t_x, age)
    assert (expected >= bgnbd.probability_of_an_order(model, t, x, t_x, age) * (1 - 1e-12)).all()
    never_leaving = bgnbd.p_alive(model, x, t_x, age) * (model.r + x) * t / (model.alpha + age)
    assert (expected <= never_leaving * (1 + 1e-12)).all()


def test_weights_stand_for_customers_with_equal_statistics() -> None:
    x, t_x, age = np.array([0.0, 1, 3, 0]), np.array([0.0, 5, 20, 0]), np.array([30.0, 30, 30, 10])
    many = np.array([60.0, 25, 10, 30])
    each = [np.repeat(values, many.astype(int)) for values in (x, t_x, age)]
    assert bgnbd.fit(x, t_x, age, many).log_likelihood == pytest.approx(
        bgnbd.fit(*each, ones(each[0])).log_likelihood, rel=1e-12
    )


def test_days_and_weeks_tell_the_same_of_everybody() -> None:
    x, t_x, age, _ = simulated(0.8, 6.0, 1.2, 4.0)
    weeks, days = bgnbd.fit(x, t_x, age, ones(x)), bgnbd.fit(x, t_x * 7, age * 7, ones(x))
    assert days.alpha == pytest.approx(weeks.alpha * 7, rel=1e-6)
    assert bgnbd.expected_orders(days, 90, x, t_x * 7, age * 7) == pytest.approx(
        bgnbd.expected_orders(weeks, 90 / 7, x, t_x, age), rel=1e-6
    )


def test_dong_and_dollars_tell_the_same_of_everybody() -> None:
    chance = np.random.default_rng(SEED)
    x = chance.integers(1, 6, 500).astype(float)
    z = chance.gamma(6 * x, 1 / chance.gamma(3.7, 1 / 15.0, 500)) / x
    dollars, dong = gamma_gamma.fit(x, z), gamma_gamma.fit(x, z * 26_000)
    assert dollars.reason is None
    assert (dong.p, dong.q, dong.v) == pytest.approx((dollars.p, dollars.q, dollars.v * 26_000), rel=1e-6)


def test_customers_who_are_alike_are_fitted_at_the_largest_shape() -> None:
    chance = np.random.default_rng(SEED)
    x = chance.integers(1, 6, 800).astype(float)
    found = gamma_gamma.fit(x, chance.gamma(3 * x, 100.0) / x)
    assert (found.reason, found.q) == (None, pytest.approx(MOST_ALIKE))
    assert found.p * found.v / (found.q - 1) == pytest.approx(300, rel=0.05)


def test_customers_of_the_last_day_tell_nothing() -> None:
    none = np.zeros(1)
    assert (
        bgnbd.fit(none, none, none, np.array([500.0])).reason
        == "all customers bought on the last day for the first time"
    )
    assert gamma_gamma.fit(np.array([]), np.array([])).reason == "no customer came back"


def test_one_purchase_leaves_everybody_a_customer() -> None:
    model = bgnbd.BgNbd(0.243, 4.414, 0.793, 2.426, 0.0, None)
    assert bgnbd.p_alive(model, np.array([0.0]), np.array([0.0]), np.array([500.0])).tolist() == [1.0]
