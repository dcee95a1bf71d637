"""The formulas of the KPI catalogue."""

from __future__ import annotations

import csv
from decimal import Decimal

import pytest

from raceway.common.home import PROJECT
from raceway.common.kpi_formula import measures_of, terms


@pytest.mark.parametrize(
    ("side", "meant"),
    [
        ("", []),
        ("sales", [("sales", 1)]),
        ("gross_sales - discounts", [("gross_sales", 1), ("discounts", -1)]),
        ("2 * a - b+0.5*c", [("a", 2), ("b", -1), ("c", Decimal("0.5"))]),
        ("-a_1", [("a_1", -1)]),
    ],
)
def test_a_side_is_a_sum_of_measures(side: str, meant: list[tuple[str, Decimal]]) -> None:
    assert terms(side) == meant


@pytest.mark.parametrize("side", ["a b", "a / b", "2", "a -", "a * b", "(a - b)", "a - - b"])
def test_what_is_no_sum_is_refused_and_not_read_in_part(side: str) -> None:
    with pytest.raises(ValueError, match="is a sum of measures"):
        terms(side)


def test_every_formula_of_the_catalogue_is_one_and_names_measures() -> None:
    def seed(name: str) -> list[dict[str, str]]:
        return list(csv.DictReader((PROJECT.dbt_project / "seeds" / f"{name}.csv").read_text("utf-8").splitlines()))

    measures = {row["measure"] for row in seed("measures")}
    kpis = seed("kpi_catalog")
    assert kpis
    assert [(kpi["kpi"], name) for kpi in kpis for name in measures_of(kpi) if name not in measures] == []
