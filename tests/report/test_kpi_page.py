"""docs/reference/kpis.md is what the catalogue and the contracts say, and names the landed columns behind every fed measure."""

from __future__ import annotations

import csv
import re

from raceway.common.home import PROJECT
from raceway.common.kpi_formula import measures_of
from raceway.report.kpi_page import PAGE, caveats, examples, kpi_page, surprises, unknown_columns


def seed(name: str) -> list[dict[str, str]]:
    with (PROJECT.dbt_project / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


SOURCES = seed("measure_sources")
FED = {row["measure"] for row in SOURCES}


def test_the_page_is_what_the_generator_writes() -> None:
    assert PAGE.read_text(encoding="utf-8") == kpi_page(), (
        "docs/reference/kpis.md is older than dbt_project/seeds: write it anew by python -m raceway.report.kpi_page"
    )


def test_the_numbers_of_every_example_by_hand_agree() -> None:
    catalogue = {kpi["kpi"]: kpi for kpi in seed("kpi_catalog")}
    for row in examples():
        kpi = catalogue[row["kpi"]]
        assert bool(row["denominator"]) == bool(kpi["denominator"]), row["kpi"]
        value = float(kpi["scale"]) * float(row["numerator"]) / float(row["denominator"] or 1)
        assert value == float(row["value"]), row["kpi"]
        assert all(cell for name, cell in row.items() if name != "denominator"), row["kpi"]


def test_every_named_table_and_column_stands_in_a_contract() -> None:
    assert list(unknown_columns()) == []


def test_no_column_is_named_twice_for_one_table_of_a_measure() -> None:
    assert [row for row in SOURCES if len(set(row["columns"].split())) < len(row["columns"].split())] == []


def test_every_fed_measure_stands_on_the_page_with_all_its_tables_and_columns() -> None:
    page = PAGE.read_text(encoding="utf-8")
    parts = dict(re.findall(r"^\*\*`(\w+)`\*\* (.*?)(?=^\*\*|^#|\Z)", page, flags=re.MULTILINE | re.DOTALL))
    assert set(parts) == FED
    for row in SOURCES:
        what = "From" if row["role"] == "covers" else "With"
        columns = ", ".join(f"`{column}`" for column in row["columns"].split())
        table = re.escape(f"`{row['source']}.{row['table_name']}`")
        assert re.search(f"^- {what} .*{table}.*: {columns}$", parts[row["measure"]], flags=re.MULTILINE), row


def test_every_kpi_of_fed_measures_has_a_row_and_the_others_are_named_as_not_fed() -> None:
    shown, _, waiting = PAGE.read_text(encoding="utf-8").partition("## Not fed yet")
    kpis = {kpi["kpi"]: FED.issuperset(measures_of(kpi)) for kpi in seed("kpi_catalog")}
    assert set(re.findall(r"^\| `(\w+)`", shown, flags=re.MULTILINE)) == {kpi for kpi, is_fed in kpis.items() if is_fed}
    assert set(re.findall(r"`(\w+)`", waiting)) == {kpi for kpi, is_fed in kpis.items() if not is_fed}


def test_every_kpi_says_what_it_is_counted_in_and_of_and_every_measure_is_defined() -> None:
    for kpi in seed("kpi_catalog"):
        assert all(kpi[name] for name in ("name", "name_vi", "unit", "good", "numerator", "scale", "grains")), kpi
    for measure in seed("measures"):
        assert all(measure.values()), measure
    assert {name for kpi in seed("kpi_catalog") for name in measures_of(kpi)} <= {
        row["measure"] for row in seed("measures")
    }


def test_cohorts_young_history_and_needed_lists_stand_among_the_caveats() -> None:
    found = {kpi["kpi"]: caveats(kpi) for kpi in seed("kpi_catalog")}
    assert found["return_rate"] == ["complete 60 days later"]
    assert found["cart_abandonment_rate"] == ["complete a cart window later"]
    assert found["gross_margin"] == ["needs `plan.products`"]
    assert found["customer_acquisition_cost"] == ["young history"]
    assert found["customer_retention_rate"] == ["young history", "counted anew", "no channels"]
    assert found["viral_coefficient"] == ["complete 90 days later", "young history", "counted anew", "no channels"]
    assert found["usability_success_rate"] == ["no channels", "no markets"]
    assert found["sessions"] == []


def test_every_row_of_a_table_has_the_cells_of_its_head_and_no_sentence_ends_twice() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    assert {line.count("|") for line in lines if line.startswith("|")} == {8}
    assert [line for line in lines if ".." in line] == []


def test_what_surprises_is_said_once_of_a_known_kpi_and_stands_on_the_page() -> None:
    named = [row["kpi"] for row in surprises()]
    assert len(set(named)) == len(named)
    assert set(named) <= {kpi["kpi"] for kpi in seed("kpi_catalog")}
    page = PAGE.read_text(encoding="utf-8")
    assert all(f"- `{row['kpi']}`: {row['caveat']}." in page for row in surprises())
    # sessions, churn windows, the scope of ROMI and CAC, pacing, a year ago, claims and refunds
    assert {"sessions", "churn_rate", "romi", "customer_acquisition_cost", "unique_visitors", "platform_overclaim",
            "return_rate"} <= set(named)  # fmt: skip
    assert "`year_ago_value` is the whole period of a year ago, also while this one runs" in page
