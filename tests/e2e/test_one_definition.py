"""Each KPI is defined once: race_kpi, the report's page, MetricFlow and `raceway query --kpi` give the same numbers.

MetricFlow counts over the published facts what the night has worked out by measure, window and period, so the two share
no SQL but the expressions of the daily measures.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest

from raceway.build.semantic_models import semantic_layer
from raceway.common.kpi_formula import measures_of
from raceway.common.sql import quoted
from raceway.report.context import Context
from raceway.report.kpi_values import Question, sliced_values
from raceway.report.metric_sql import program_metrics
from raceway.report.tabs.values import GRAINS, payload
from tests.support.command_line import Ran
from tests.support.length import ALL

MEDIANS = {"lcp_p75", "inp_p75", "cls_p75", "days_between_orders", "review_response_time"}
CELL = ("channel", "market")
CUTS = [("month", ()), ("month", ("channel",))]
if ALL:
    CUTS += [("month", ("market",)), ("month", CELL), ("quarter", CELL), ("cycle", ("market",))]
    CUTS += [(period, by) for period in ("day", "week", "quarter", "cycle") for by in ((), ("channel",))]
    CUTS += [("day", ("market",)), ("week", ("market",))]


@pytest.fixture(scope="module")
def mart(sample_nights: tuple[Path, Ran]) -> Iterator[duckdb.DuckDBPyConnection]:
    file = (sample_nights[0] / "published" / "current" / "race.duckdb").resolve()
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(str(file))} as race (read_only)")
        connection.execute("use race")
        yield connection


@pytest.mark.parametrize(
    ("period", "by"), CUTS, ids=lambda one: one if isinstance(one, str) else "×".join(one) or "all"
)
def test_metricflow_tells_of_every_kpi_what_race_kpi_tells(
    mart: duckdb.DuckDBPyConnection, period: str, by: tuple[str, ...], record_property: Any
) -> None:
    kpis = [kpi["kpi"] for kpi in semantic_layer().kpis if all(_has(kpi, place) for place in by)]
    asked = program_metrics().sql(kpis, by, period)
    doubles = ", ".join(f'cast("{kpi}" as double) as "{kpi}"' for kpi in kpis)
    cut = " and ".join(f"{place} {'<>' if place in by else '='} 'all'" for place in CELL)
    cells = mart.execute(
        f"""
        with told as (unpivot (select * replace ({doubles}) from ({asked})) on {", ".join(kpis)} into name kpi value mf)
        select kpi, period_start, {"".join(f"{place}, " for place in by)} cells.value, told.mf
        from (from race_kpi where period = {quoted(period)} and {cut}) as cells
        left join told using (kpi, period_start{"".join(f", {place}" for place in by)})
        where kpi in ({", ".join(map(quoted, kpis))}) and cells.value is not null
        """
    ).fetchall()
    # of what has no rows in a fact MetricFlow says nothing, and race_kpi that it is 0
    silent = [cell for cell in cells if cell[-1] is None]
    assert [cell for cell in silent if cell[-2] != 0] == []
    shared = [cell for cell in cells if cell[-1] is not None]
    assert [cell for cell in shared if not _near(cell[-1], cell[-2], cell[0])] == []
    assert len(shared) > 400
    record_property("cells", len(shared))
    print(
        f"{len(kpis)} KPIs by {period} and {by or 'all'}: {len(shared)} cells are equal, {len(silent)} are 0 and untold"
    )


def test_a_kpi_asked_of_the_facts_has_race_kpis_sides_and_value(mart: duckdb.DuckDBPyConnection) -> None:
    stored: dict[tuple[Any, ...], tuple[Any, ...]] = {
        row[:2]: row[2:]
        for row in mart.execute(
            "select kpi, period_start, numerator, denominator, value from race_kpi "
            "where period = 'month' and channel = 'all' and market = 'all'"
        ).fetchall()
    }
    compared = 0
    for kpi in semantic_layer().kpis:
        told = sliced_values(mart, kpi, Question((kpi["kpi"],)), program_metrics())
        assert told.notes == []
        for row in told.rows:
            assert [_near(*pair, kpi["kpi"]) for pair in zip(row[3:6], stored[row[0], row[2]], strict=True)] == [
                True
            ] * 3
            compared += 1
    assert compared > 600
    print(f"{compared} cells have equal numerators, denominators and values")


def test_the_page_holds_the_sides_that_race_kpi_holds(mart: duckdb.DuckDBPyConnection) -> None:
    (as_of,) = mart.execute("select max(as_of) from race_kpi").fetchone() or (None,)
    context = Context(mart, as_of, None, {}, None)  # type: ignore[arg-type]  # values read neither settings nor accounts
    compared = 0
    for grain in GRAINS:
        held = payload(context, grain)
        starts, texts, series = held["axis"]["start"], held["texts"], held["series"]
        paged = {}
        for number, kpi in enumerate(series["kpi"]):
            sides = []
            for side in ("top", "bottom"):
                values = [""] * series[f"{side}_from"][number] + texts[series[side][number]].split(",")
                sides.append(values + [""] * (len(starts) - len(values)))
            for start, top, bottom in zip(starts, *sides, strict=True):
                paged[(kpi, start, series["channel"][number], series["market"][number])] = (_exact(top), _exact(bottom))
        rows = mart.execute(
            "select kpi, period_start::varchar, channel, market, numerator, denominator from race_kpi "
            "where period = $period and period_start between $first::date and $last::date "
            "and ($all_cells or (channel = 'all' and market = 'all'))",
            {"period": grain.period, "first": starts[0], "last": starts[-1], "all_cells": grain.broken_down},
        ).fetchall()
        for *cell, numerator, denominator in rows:
            assert paged[tuple(cell)] == (_exact(numerator), _exact(denominator)), cell
        compared += len(rows)
    assert compared > 20_000
    print(f"{compared} cells of the page are those of race_kpi")


def _has(kpi: dict[str, str], place: str) -> bool:
    return all(getattr(part, place) for name in measures_of(kpi) for part in semantic_layer().measures[name])


def _near(told: Any, stored: Any, kpi: str) -> bool:
    """Equal; a quotient to the last digit but one, and a median, which the mart rounds, to its six decimals."""
    if told is None or stored is None:
        return told is stored
    if kpi in MEDIANS:
        return abs(float(told) - float(stored)) <= 1.01e-6
    return bool(told == stored) or (isinstance(stored, float) and abs(told - stored) <= 1e-15 * abs(stored))


def _exact(side: Any) -> Fraction | None:
    return None if side is None or side == "" else Fraction(side)
