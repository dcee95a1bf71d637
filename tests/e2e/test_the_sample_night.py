"""The whole way on the sample inbox: what is published equals the invented world's truth."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from raceway.home import PROJECT
from raceway.sample.comparison import compare_targets
from raceway.sample.truth import Truth, compare
from raceway.sample.truth_attribution import MODELS
from raceway.sample.world import invent_world
from tests.e2e.conftest import AS_OF, END, Ran, raceway, rows, version

pytestmark = pytest.mark.xdist_group("sample_night")


def test_every_measure_and_kpi_equals_the_truth(first_night: tuple[Path, Ran]) -> None:
    home, _ = first_night
    found = compare(home / "truth", home / "published" / "current" / "race.duckdb")
    print(found)
    assert found.compared > 1_000
    assert not found.differences, str(found)


def test_what_is_due_of_every_target_and_its_attainment_equal_the_truth(first_night: tuple[Path, Ran]) -> None:
    home, _ = first_night
    found = compare_targets(home / "truth", home / "published" / "current" / "race.duckdb")
    print(found)
    assert found.compared > 50
    assert not found.differences, str(found)
    # some run and are paced, some are over
    [(paced, whole)] = rows(
        home,
        "select count(*) filter (where paced_target < target), count(*) filter (where paced_target = target) from race_kpi",
    )
    assert paced > 0
    assert whole > 0


def test_each_kpi_that_the_sources_feed_has_values(first_night: tuple[Path, Ran]) -> None:
    home, _ = first_night
    found = rows(home, "select distinct kpi from race_kpi where value is not null")
    fed = {row["measure"] for row in _seed("measure_sources")}
    wanted = {
        row["kpi"]
        for row in _seed("kpi_catalog")
        if fed.issuperset(re.findall(r"[a-z]\w*", f"{row['numerator']} {row['denominator']}"))
    }
    assert {kpi for (kpi,) in found} == wanted
    assert len(wanted) >= 100


def _seed(name: str) -> list[dict[str, str]]:
    with (PROJECT.dbt_project / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_order_has_the_truths_credits_under_every_model(first_night: tuple[Path, Ran]) -> None:
    home, _ = first_night
    truth = Truth(invent_world(90, 0.25, 7, dt.date.fromisoformat(END)))
    wanted: dict[tuple[str, str, str], tuple[Decimal, int]] = {}
    for model in MODELS:
        for order in truth.counted:
            for credit in truth.attribution.credits(order, model):
                share, money = wanted.get((order.id, model, credit.channel), (Decimal(0), 0))
                wanted[order.id, model, credit.channel] = (
                    share + Decimal(credit.millionths).scaleb(-6),
                    money + credit.revenue,
                )
    found = {
        (order, model, channel): (share, int(money))
        for order, model, channel, share, money in rows(
            home, "select order_id, model, channel, sum(credit), sum(revenue) from fct_convert_attribution group by all"
        )
    }
    assert found == wanted
    assert rows(
        home, "select bool_or(is_fallback), bool_or(not is_fallback) from fct_convert_attribution "
        "where model = 'data_driven' and touches > 1",
    ) == [(True, True)]  # fmt: skip


def test_claims_stand_beside_what_the_clicks_earned(first_night: tuple[Path, Ran]) -> None:
    home, _ = first_night
    claimed = rows(home, "select source, sum(purchases) from fct_reach_ads where purchases is not null group by 1")
    beside = rows(home, "select model, source, sum(claimed_orders) from fct_convert_attribution_claims group by 1, 2")
    assert set(beside) == {(model, source, claims) for model in MODELS for source, claims in claimed}
    [(earned,)] = rows(
        home,
        "select sum(attributed_orders) from fct_convert_attribution_claims where model = 'last_non_direct'",
    )
    assert [(earned,)] == rows(
        home,
        "select sum(value) from race_measure where measure = 'platform_attributed_orders' and period = 'day' "
        "and channel = 'all' and market = 'all'",
    )


def test_nothing_is_lost(first_night: tuple[Path, Ran]) -> None:
    home, _ = first_night
    [(batches, unbalanced)] = rows(
        home,
        """
        select count(*), count(*) filter (rows_read <> rows_landed + rows_refused + rows_furniture)
        from batch_history
        """,
    )
    assert batches > 20
    assert unbalanced == 0


def test_a_second_run_finds_nothing_new_and_publishes_no_version(night_copy: Callable[[], Path]) -> None:
    home = night_copy()
    before = version(home)
    again = raceway(home, "run", "--as-of", AS_OF, "--json")
    assert again.code == 0, again.err
    assert version(home) == before
    assert len(list((home / "published").glob("v*"))) == 1


def test_no_address_or_phone_is_in_the_clear_outside_archive_and_quarantine(first_night: tuple[Path, Ran]) -> None:
    home, _ = first_night
    for file in (home / "landing").rglob("*.parquet"):
        columns = duckdb.sql(f"select * from read_parquet('{file}') limit 0").columns
        seen = " or ".join(f"contains(cast(\"{name}\" as varchar), '@example.')" for name in columns)
        assert duckdb.sql(f"select count(*) from read_parquet('{file}') where {seen}").fetchall() == [(0,)], file
