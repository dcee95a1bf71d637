"""The whole way on the sample inbox: what is published equals the invented world's truth."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from raceway.common.home import PROJECT, Home
from raceway.common.kpi_formula import measures_of
from raceway.night import steps, wiring
from raceway.publish.equality import differences
from raceway.sample.invent.everything import invent_world
from raceway.sample.truth.attribution import MODELS
from raceway.sample.truth.comparison import compare, compare_targets
from raceway.sample.truth.truth import Truth
from tests.e2e.conftest import AS_OF, END, rows, version
from tests.support.backup import restored
from tests.support.command_line import Ran, raceway

pytestmark = pytest.mark.xdist_group("sample_night")


def test_every_measure_and_kpi_equals_the_truth(sample_nights: tuple[Path, Ran]) -> None:
    home, _ = sample_nights
    found = compare(home / "truth", home / "published" / "current" / "race.duckdb")
    print(found)
    assert found.compared > 1_000
    assert not found.differences, str(found)


def test_what_is_due_of_every_target_and_its_attainment_equal_the_truth(sample_nights: tuple[Path, Ran]) -> None:
    home, _ = sample_nights
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


PERIODS = ("day", "week", "month", "quarter", "cycle")
LONG = ("month", "quarter", "cycle")


def test_every_experiment_has_the_persons_and_conversions_of_the_invented_world(
    sample_nights: tuple[Path, Ran],
) -> None:
    home, _ = sample_nights
    columns = ("visitors", "persons", "mixed_persons", "conversions")
    with (home / "truth" / "experiments.csv").open(encoding="utf-8", newline="") as file:
        wanted = {
            (row["experiment"], row["variation"]): tuple(int(row[name]) if row[name] else None for name in columns)
            for row in csv.DictReader(file)
        }
    found = {
        row[:2]: row[2:]
        for row in rows(home, f"select experiment, variation, {', '.join(columns)} from fct_convert_experiment")
    }
    assert set(found) == set(wanted)
    for key, counts in found.items():
        assert counts[:3] == wanted[key][:3], key
        assert wanted[key][3] in (counts[3], None), key  # the truth tells conversions where success is an order
    verdicts = {
        (row[0], row[1]) for row in rows(home, "select is_counted, has_ratio_mismatch from fct_convert_experiment")
    }
    assert verdicts == {(True, False), (False, True), (False, False)}


def _seed(name: str) -> list[dict[str, str]]:
    with (PROJECT.dbt_project / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _periods(grains: str) -> set[str]:
    return set({"all": PERIODS, "month+": LONG}.get(grains) or grains.split(","))


MEASURES = {row["measure"]: row for row in _seed("measures")}
KPIS = {row["kpi"]: row for row in _seed("kpi_catalog")}
TERMS = {kpi: [MEASURES[name] for name in measures_of(row)] for kpi, row in KPIS.items()}


def declared(kpi: str) -> set[str]:
    """The periods at which the KPI and all its measures exist."""
    return _periods(KPIS[kpi]["grains"]).intersection(*(_periods(measure["grains"]) for measure in TERMS[kpi]))


def test_every_kpi_of_the_catalogue_has_values_and_the_command_line_counts_them(
    sample_nights: tuple[Path, Ran],
) -> None:
    home, _ = sample_nights
    asked = raceway(
        home, "query", "select count(distinct kpi) as kpis from race_kpi where value is not null", "-f", "csv"
    )
    assert asked.out.split() == ["kpis", str(len(KPIS))], asked.out + asked.err
    found = {kpi for (kpi,) in rows(home, "select distinct kpi from race_kpi where value is not null")}
    assert KPIS.keys() == found


UNKNOWN = {
    ("follower_growth_rate", "quarter"): "nobody read the followers before the quarter, which is older than the sample",
    ("share_of_voice", "quarter"): "a quarter with days on which only the brand's mentions are known has no whole",
    ("brand_click_share", "month"): "of two whole months of queries one is told",
    ("cac_payback_months", "month"): "what customers cost is paid back in the first month, or not yet",
    ("cac_payback_months", "quarter"): "it is not paid back yet",
    ("cac_payback_months", "cycle"): "it is not paid back yet",
    ("mrr_churn_rate", "quarter"): "the terms begin within the quarter",
    ("expansion_mrr", "cycle"): "a club of a few members: one of them pays more, in one month",
    ("contraction_mrr", "month"): "and one less, in none",
    ("contraction_mrr", "cycle"): "and one less, in none",
    **{
        ("customer_marketing_roi", period): "nobody came back by the one small campaign that is aimed at customers"
        for period in PERIODS
    },
}
"""Null by design, or the same everywhere, at the sample's length of 90 days and a quarter of its size."""


def test_every_kpi_has_values_that_vary_at_each_period_it_declares(sample_nights: tuple[Path, Ran]) -> None:
    """Over periods, channels and markets. Of quarters and cycles the sample may hold one only: its value is enough."""
    home, _ = sample_nights
    counted = {
        (kpi, period): (values, starts)
        for kpi, period, values, starts in rows(
            home,
            "select kpi, period, count(distinct value), count(distinct period_start) filter (where value is not null) "
            "from race_kpi group by kpi, period",
        )
    }
    poor = []
    for kpi in KPIS:
        for period in sorted(declared(kpi)):
            values, starts = counted.get((kpi, period), (0, 0))
            is_single = starts == 1 and period in ("quarter", "cycle")
            if (kpi, period) not in UNKNOWN and (values == 0 or (values == 1 and not is_single)):
                poor.append((kpi, period, values, starts))
    assert sorted(poor) == []


def test_no_kpi_or_measure_stands_where_it_is_not_declared(sample_nights: tuple[Path, Ran]) -> None:
    home, _ = sample_nights
    stray = []
    for table, name in (("race_kpi", "kpi"), ("race_measure", "measure")):
        for key, period, channel, market in rows(
            home, f"select distinct {name}, period, channel, market from {table}"
        ):  # fmt: skip
            of = TERMS[key] if table == "race_kpi" else [MEASURES[key]]
            periods = declared(key) if table == "race_kpi" else _periods(MEASURES[key]["grains"])
            channels = [measure["channel_by"] for measure in of]
            is_meant = (
                period in periods
                and (channel == "all" or market == "all" or period in LONG)
                and (channel == "all" or "none" not in channels)
                and all(channel in ("all", by[6:]) for by in channels if by.startswith("fixed "))
                and (market == "all" or all(measure["market_by"] != "none" for measure in of))
            )
            if not is_meant:
                stray.append((key, period, channel, market))
    assert stray == []


def test_every_order_has_the_truths_credits_under_every_model(sample_nights: tuple[Path, Ran]) -> None:
    home, _ = sample_nights
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


def test_claims_stand_beside_what_the_clicks_earned(sample_nights: tuple[Path, Ran]) -> None:
    home, _ = sample_nights
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


def test_nothing_is_lost(sample_nights: tuple[Path, Ran]) -> None:
    home, _ = sample_nights
    [(batches, unbalanced)] = rows(
        home,
        """
        select count(*), count(*) filter (rows_read <> rows_landed + rows_refused + rows_furniture)
        from batch_history
        """,
    )
    assert batches > 20
    assert unbalanced == 0


def test_a_run_without_news_publishes_no_version(night_copy: Callable[[], Path]) -> None:
    home = night_copy()
    before = version(home)
    again = raceway(home, "run", "--as-of", AS_OF, "--json")
    assert again.code == 0, again.err
    assert version(home) == before
    assert len(list((home / "published").glob("v*"))) == 2


@pytest.fixture(scope="module")
def made_again(sample_nights: tuple[Path, Ran], tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A full refresh of what a backup holds, in a warehouse of which everything that nights keep is spoilt.

    The steps of a night in the tests' own process: that Airflow takes them, and what was asked for, to each other, the
    other nights show.
    """
    home = restored(Home(sample_nights[0]), tmp_path_factory.mktemp("restored") / "home")
    shutil.copy2(sample_nights[0] / "warehouse.duckdb", home.warehouse)
    with duckdb.connect(str(home.warehouse)) as warehouse:
        for table in KEPT:
            assert warehouse.execute(f"delete from {table} where hash({table}) % 2 = 0").fetchall() > [(0,)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RACEWAY_HOME", str(home.root))
        asked = {"as_of": AS_OF, "run_id": "again", "full_refresh": True, "wait": False}
        _, run = steps.start(asked, dt.datetime.now(tz=dt.UTC))
        frozen = steps.freeze(run)
        assert len(frozen["pending"]) == 1  # a batch without a rate, as in the nights
        for stage in wiring.STAGES:
            steps.build(run, stage)
    return home


KEPT = ("int_identity_tree", "int_session_events", "int_window_persons", "stg_ga4__events")
"""The models that keep what a night need not count anew."""


def test_what_nights_kept_is_what_one_night_makes_of_the_same_files(
    sample_nights: tuple[Path, Ran], made_again: Home
) -> None:
    published = sample_nights[0] / "published" / "current" / "race.duckdb"
    tables = {table for (table,) in rows(sample_nights[0], "select table_name from duckdb_tables()")}
    assert {"race_kpi", "race_measure", "identity_link", "customer_360"} <= tables
    assert [apart for apart in differences(published, made_again.warehouse) if apart.table in tables] == []


def test_landing_ledger_key_and_settings_give_the_same_mart_again(
    sample_nights: tuple[Path, Ran], made_again: Home
) -> None:
    assert not made_again.archive.exists()
    assert not made_again.inbox.exists()
    with duckdb.connect(str(made_again.warehouse), read_only=True) as warehouse:
        for table in ("fct_convert_order", "race_kpi", "customer_360"):
            [(count,)] = warehouse.execute(f"select count(*) from {table}").fetchall()
            assert [(count,)] == rows(sample_nights[0], f"select count(*) from {table}")
            assert count > 0


def test_every_model_that_keeps_rows_is_made_again() -> None:
    written = (PROJECT.dbt_project / "models").rglob("*.sql")
    assert {path.stem for path in written if "incremental" in path.read_text(encoding="utf-8")} == set(KEPT)


def test_no_address_or_phone_is_in_the_clear_outside_archive_and_quarantine(sample_nights: tuple[Path, Ran]) -> None:
    home, _ = sample_nights
    with duckdb.connect() as connection:  # to open one costs more than to ask about a file
        for file in (home / "landing").rglob("*.parquet"):
            columns = connection.sql(f"select * from read_parquet('{file}') limit 0").columns
            seen = " or ".join(f"contains(cast(\"{name}\" as varchar), '@example.')" for name in columns)
            found = connection.sql(f"select count(*) from read_parquet('{file}') where {seen}").fetchall()
            assert found == [(0,)], file
