"""CDNOW: 2,357 customers of the first quarter of 1997, and what three papers publish about them.

Fader, Hardie & Lee (2005) for BG/NBD, Fader & Hardie (2013) for Gamma-Gamma. Estimated are the weeks up to 1997-09-30,
forecast the 39 weeks after them.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from raceway.fitting import bgnbd, gamma_gamma
from raceway.fitting.maximum import Floats

CALIBRATED_TO = dt.date(1997, 9, 30)
FORECAST_WEEKS = 39


@pytest.fixture(scope="module")
def purchases(cdnow: Path) -> dict[str, dict[dt.date, float]]:
    """Customer -> day -> dollars: purchases of one day are one."""
    found: dict[str, dict[dt.date, float]] = defaultdict(lambda: defaultdict(float))
    for line in (cdnow / "CDNOW_sample.txt").read_text(encoding="utf-8").splitlines():
        customer, _, day, _, dollars = line.split()
        found[customer][dt.date.fromisoformat(day)] += float(dollars)
    return found


@pytest.fixture(scope="module")
def statistics(purchases: dict[str, dict[dt.date, float]]) -> tuple[Floats, Floats, Floats]:
    """x, t_x and T in weeks, by customer."""
    rows = []
    for days in purchases.values():
        bought = sorted(day for day in days if day <= CALIBRATED_TO)
        rows.append((len(bought) - 1, (bought[-1] - bought[0]).days / 7, (CALIBRATED_TO - bought[0]).days / 7))
    x, t_x, age = np.asarray(rows, dtype=float).T
    return x, t_x, age


@pytest.fixture(scope="module")
def fitted(statistics: tuple[Floats, Floats, Floats]) -> bgnbd.BgNbd:
    alike, customers = np.unique(np.array(statistics), axis=1, return_counts=True)
    return bgnbd.fit(alike[0], alike[1], alike[2], customers.astype(float))


def test_the_statistics_of_the_transactions_are_the_published_ones(
    statistics: tuple[Floats, Floats, Floats], cdnow: Path
) -> None:
    with (cdnow / "cdnow_customers_summary.csv").open(encoding="utf-8", newline="") as file:
        published = [(row["frequency"], row["recency"], row["T"]) for row in csv.DictReader(file)]
    ours = [(f"{x:.0f}", f"{t_x:.2f}", f"{age:.2f}") for x, t_x, age in zip(*statistics, strict=True)]
    assert sorted((int(x), float(t_x), float(age)) for x, t_x, age in ours) == sorted(
        (int(x), float(t_x), float(age)) for x, t_x, age in published
    )


def test_bgnbd_finds_the_published_parameters(fitted: bgnbd.BgNbd) -> None:
    print(
        f"\nCDNOW BG/NBD (published): r {fitted.r:.3f} (0.243), alpha {fitted.alpha:.3f} (4.414), a {fitted.a:.3f} "
        f"(0.793), b {fitted.b:.3f} (2.426), log-likelihood {fitted.log_likelihood:.2f} (-9582.43)"
    )
    assert fitted.reason is None
    assert [round(value, 3) for value in (fitted.r, fitted.alpha, fitted.a, fitted.b)] == [0.243, 4.414, 0.793, 2.426]
    assert round(fitted.log_likelihood, 2) == -9582.43


def test_the_forecast_of_the_next_39_weeks_is_the_published_one(
    fitted: bgnbd.BgNbd,
    statistics: tuple[Floats, Floats, Floats],
    purchases: dict[str, dict[dt.date, float]],
) -> None:
    expected = float(bgnbd.expected_orders(fitted, FORECAST_WEEKS, *statistics).sum())
    until = CALIBRATED_TO + dt.timedelta(weeks=FORECAST_WEEKS)
    actual = sum(CALIBRATED_TO < day <= until for days in purchases.values() for day in days)
    print(f"\nCDNOW repeat orders of weeks 40 to 78: forecast {expected:,.1f} (published 1,653), actual {actual:,}")
    assert expected == pytest.approx(1653, abs=2)
    assert actual == 1882


def test_a_customer_of_the_paper_is_expected_to_buy_as_it_says(fitted: bgnbd.BgNbd) -> None:
    one = (np.array([2.0]), np.array([30.43]), np.array([38.86]))
    assert round(float(bgnbd.expected_orders(fitted, FORECAST_WEEKS, *one)[0]), 3) == 1.226


def test_gamma_gamma_finds_the_published_parameters(cdnow: Path) -> None:
    with (cdnow / "cdnow_customers_summary_with_transactions.csv").open(encoding="utf-8", newline="") as file:
        repeated = [(float(row["x"]), float(row["zbar"])) for row in csv.DictReader(file) if row["x"] != "0"]
    found = gamma_gamma.fit(*np.asarray(repeated).T)
    print(
        f"\nCDNOW Gamma-Gamma (published), {len(repeated)} repeat customers: p {found.p:.2f} (6.25), "
        f"q {found.q:.2f} (3.74), v {found.v:.2f} (15.44)"
    )
    assert len(repeated) == 946
    assert found.reason is None
    assert (found.p, found.q, found.v) == pytest.approx((6.25, 3.74, 15.44), abs=0.01)
