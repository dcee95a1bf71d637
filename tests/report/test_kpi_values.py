"""KPIs by slices that race_kpi has not: counted over the facts, and never more certain than race_kpi is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import duckdb
import pytest

from raceway.common.faults import PermanentFault
from raceway.report.kpi_values import KpiValues, Question, kpi_values
from tests.support.tiny_mart import SEEDS

MAY, JUNE, JULY = (dt.date(2026, month, 1) for month in (5, 6, 7))


@pytest.fixture(scope="module")
def mart() -> Iterator[duckdb.DuckDBPyConnection]:
    """Two campaigns in June, one of which states no clicks; in May nobody knows the cost; July is not over."""
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            create table kpi_catalog as from read_csv('{SEEDS}/kpi_catalog.csv');
            create table measure_catalog as select *, true as is_fed from read_csv('{SEEDS}/measures.csv');
            create table fct_reach_ads (
                source text, account text, day date, campaign text, ad_set text, ad text, breakdown text,
                report_level text, currency text, channel text, market text, impressions bigint, clicks bigint,
                cost decimal(18, 6), purchases decimal(18, 6), purchase_value decimal(18, 6)
            );
            insert into fct_reach_ads by name
            select 'google_ads' as source, 'main' as account, 'VN' as market, * from (values
                (date '2026-05-31', 'Brand', 'paid_search', 500, 10, 77.0),
                (date '2026-06-01', 'Brand', 'paid_search', 1000, 30, 60.0),
                (date '2026-06-30', 'Brand', 'paid_search', 1000, 20, 40.5),
                (date '2026-06-02', 'Video', 'paid_video', 4000, null, 300.0),
                (date '2026-07-01', 'Brand', 'paid_search', 1000, 99, 999.0)
            ) as rows(day, campaign, channel, impressions, clicks, cost);
            create table race_kpi as
            select 'month' as period, 'all' as channel, 'all' as market, date '2026-07-01' as as_of, true as is_complete,
                kpi, period_start, numerator::decimal(38, 6) as numerator, denominator::decimal(38, 6) as denominator,
                numerator / denominator::double as value
            from (values
                ('cpc', date '2026-06-01', 100.5, 50), ('cpc', date '2026-05-01', null, 10),
                ('ad_spend', date '2026-06-01', 500.5, null), ('net_sales', date '2026-06-01', 1, null)
            ) as cells(kpi, period_start, numerator, denominator);
            """
        )
        yield connection


def ask(mart: duckdb.DuckDBPyConnection, *kpis: str, **more: Any) -> KpiValues:
    return kpi_values(mart, Question(kpis, **more))


def test_a_kpi_is_counted_by_campaign_over_its_fact(mart: duckdb.DuckDBPyConnection) -> None:
    told = ask(mart, "cpc", by=("campaign",), first=JUNE)
    assert told.columns[3:7] == ["campaign", "numerator", "denominator", "value"]
    # Brand: 60 + 40.5 on 30 + 20 clicks; Video states no clicks, so its cost is on no side
    assert [row[2:7] for row in told.rows] == [
        (JUNE, "Brand", Decimal("100.5"), 50, 100.5 / 50),
        (JUNE, "Video", 0, 0, None),
    ]
    assert told.notes == []


def test_a_side_that_race_kpi_does_not_know_stays_unknown(mart: duckdb.DuckDBPyConnection) -> None:
    told = ask(mart, "cpc", by=("campaign",), last=MAY)
    assert [row[2:7] for row in told.rows] == [(MAY, "Brand", None, 10, None)]


def test_a_period_without_a_row_and_days_that_are_not_over_are_left_out(mart: duckdb.DuckDBPyConnection) -> None:
    assert {row[2] for row in ask(mart, "cpc", by=("campaign",)).rows} == {MAY, JUNE}


def test_slices_that_do_not_come_to_race_kpi_are_told(mart: duckdb.DuckDBPyConnection) -> None:
    # 60 + 40.5 + 300 of the 500.5 that race_kpi holds
    told = ask(mart, "ad_spend", by=("campaign",))
    assert [row[4] for row in told.rows] == [Decimal("100.5"), 300]
    assert "400.500000 of 500.500000" in told.notes[0]


def test_one_channel_alone_is_asked_of_the_facts_too(mart: duckdb.DuckDBPyConnection) -> None:
    mart.execute(
        "insert into race_kpi by name select * replace ('paid_search' as channel) from race_kpi where kpi = 'cpc'"
    )
    try:
        told = ask(mart, "cpc", by=("campaign",), channel="paid_search", first=JUNE)
        assert [row[3] for row in told.rows] == ["Brand"]
    finally:
        mart.execute("delete from race_kpi where channel = 'paid_search'")


@pytest.mark.parametrize(
    ("kpi", "more", "says"),
    [
        ("cpcc", {}, "nearest are cpc"),
        ("cpc", {"period": "fortnight"}, "no period 'fortnight'"),
        (
            "cpc",
            {"by": ("device",)},
            "counted over fct_reach_ads. It has: account, campaign, channel, is_paid, market, ad",
        ),
        ("cost_per_order", {"by": ("campaign",)}, "only what all of them hold"),
        ("mrr", {"by": ("campaign",)}, "a state"),
        ("cpc", {"channel": "email"}, "has no channel 'email'; it has: all"),
        ("cpc", {"by": ("campaign",), "channel": "email"}, "has no channel 'email'; it has: all"),
        ("cpc", {"by": ("campaign",), "channel": "{% for n in range(10**9) %}{% endfor %}"}, "has no channel '{% for"),
        ("cpc", {"by": ("campaign",), "market": "{{ 7*7"}, "has no market '{{ 7*7'"),
        ("cpc", {"channel": "\udcff"}, "has no channel '\\udcff'"),
        ("cpc", {"period": "day"}, "does not exist by day; it has: month"),
        ("orders", {"by": ("campaign",), "channel": "{% for"}, "none of its sources has been loaded"),
        ("orders", {}, "none of its sources has been loaded"),
        ("domain_authority", {"by": ("channel",)}, "has no rows"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(
    mart: duckdb.DuckDBPyConnection, kpi: str, more: dict[str, Any], says: str
) -> None:
    with pytest.raises(PermanentFault) as fault:
        ask(mart, kpi, **more)
    assert says in str(fault.value)
