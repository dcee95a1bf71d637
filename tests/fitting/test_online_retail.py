"""UCI's Online Retail: what our SQL makes of its 20,725 invoices, against published tables.

The published table scores all guests as one customer with the number 0, who is none here.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.mart import SETTINGS

GUEST = "0"


@pytest.fixture(scope="module")
def warehouse(online_retail: Path, tmp_path_factory: pytest.TempPathFactory, dbt: Callable[..., Any]) -> Path:
    """A warehouse with the invoices as orders, and RFM and cohorts as dbt builds them."""
    file = tmp_path_factory.mktemp("retail") / "warehouse.duckdb"
    settings = SETTINGS | {"as_of": dt.date(2011, 12, 10), "minor_unit": 2}
    with duckdb.connect(str(file)) as connection:
        kinds = {int: "integer", float: "double", str: "varchar", dt.date: "date"}
        columns = ", ".join(f"{name} {kinds[type(value)]}" for name, value in settings.items())
        connection.execute(f"create schema frozen; create table frozen.settings ({columns})")
        marks = ", ".join("?" for _ in settings)
        connection.execute(f"insert into frozen.settings values ({marks})", list(settings.values()))
        connection.execute(
            """
            create table int_orders as
            select
                InvoiceNo::varchar as order_id,
                nullif(CustomerID::bigint::varchar, ?) as person_id,
                max(InvoiceDate::timestamp) as ordered_at,
                max(InvoiceDate::timestamp)::date as order_date,
                any_value(Country) as market,
                true as is_counted,
                case when person_id is not null
                    then row_number() over (partition by person_id order by ordered_at, order_id) end as order_number,
                sum(Quantity * UnitPrice::decimal(18, 6))::decimal(18, 6) as gross_sales,
                0::decimal(18, 6) as discounts,
                gross_sales as net_sales
            from read_parquet(?)
            group by InvoiceNo, CustomerID
            """,
            [GUEST, str(online_retail / "online_retail.parquet")],
        )
        connection.execute(
            "create table int_measure_coverage "
            "(measure varchar, period varchar, window_start date, is_period boolean, is_complete boolean)"
        )
        connection.execute("create table int_young_histories (market varchar, from_day date, until_day date)")
        connection.execute(
            "create table int_refunds (order_id varchar, refund_date date, refunded_sales decimal(18, 6), is_counted boolean)"
        )
    dbt(file, ["build", "--select", "rfm_segments", "fct_engage_rfm", "cohort_retention",
               "--exclude-resource-type", "unit_test"])  # fmt: skip
    return file


def rows(file: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(file)) as connection:
        return connection.execute(sql).fetchall()


def test_recency_frequency_and_monetary_are_the_published_ones(warehouse: Path, online_retail: Path) -> None:
    with (online_retail / "rfm_segments.csv").open(encoding="utf-8", newline="") as file:
        published = {
            row["customer_id"]: (int(row["recency"]), int(row["frequency"]), round(float(row["monetary"]), 2))
            for row in csv.DictReader(file)
            if row["customer_id"] != GUEST
        }
    ours = {
        person: (recency, frequency, round(float(monetary), 2))
        for person, recency, frequency, monetary in rows(
            warehouse, "select person_id, recency_days, frequency, monetary from fct_engage_rfm"
        )
    }
    equal = sum(ours.get(person) == told for person, told in published.items())
    total = round(sum(money for _, _, money in ours.values()), 2)
    print(f"\nOnline Retail RFM: {equal:,} of {len(published):,} customers equal, {len(ours):,} ours, GBP {total:,.2f}")
    assert ours == published
    assert (len(ours), total) == (4339, 8_911_407.90)


def test_equal_customers_have_equal_scores_and_each_score_is_a_fifth_of_distinct_ones(warehouse: Path) -> None:
    for value, score, better in (
        ("recency_days", "r_score", "<"),
        ("frequency", "f_score", ">"),
        ("monetary", "m_score", ">"),
    ):
        assert (
            rows(warehouse, f"select {value} from fct_engage_rfm group by 1 having count(distinct {score}) > 1") == []
        )
        assert rows(
            warehouse,
            f"select 1 from fct_engage_rfm a join fct_engage_rfm b on a.{value} {better} b.{value} where a.{score} < b.{score} limit 1",
        ) == []  # fmt: skip
        counts = dict(rows(warehouse, f"select {score}, count(*) from fct_engage_rfm group by 1"))
        assert set(counts) <= {1, 2, 3, 4, 5}
        if value == "monetary":  # nearly no ties
            assert all(abs(count - 4339 / 5) < 5 for count in counts.values())


def test_cohorts_are_the_published_ones(warehouse: Path, online_retail: Path) -> None:
    with (online_retail / "cohort_retention.csv").open(encoding="utf-8", newline="") as file:
        published = {
            (row["cohort_month"], int(month)): float(rate)
            for row in csv.DictReader(file)
            for month, rate in row.items()
            if month != "cohort_month" and rate
        }
    ours = {
        (month.isoformat(), since): (retained, customers)
        for month, since, retained, customers in rows(
            warehouse, "select cohort_month, months_since, retained, customers from cohort_retention"
        )
    }
    assert ours.keys() == published.keys()
    equal = sum(round(retained / customers, 3) == published[key] for key, (retained, customers) in ours.items())
    print(f"\nOnline Retail cohorts: {equal} of {len(published)} rates equal, the others with guests as one customer")
    assert sum(customers for (_, since), (_, customers) in ours.items() if since == 0) == 4339
    # the guests' number 0 bought in every month since the first one
    for (month, since), (retained, customers) in ours.items():
        guests = int(month == "2010-12-01")
        assert published[month, since] == round((retained + guests) / (customers + guests), 3), (month, since)
