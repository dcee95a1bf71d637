"""Questions of queries/ on a few rows whose answer is known beforehand."""

from __future__ import annotations

import duckdb

from raceway.common.home import PROJECT


def test_a_month_in_which_a_channel_cost_and_won_nobody_counts_in_what_a_customer_costs() -> None:
    with duckdb.connect() as mart:
        mart.execute("""
            create table race_kpi as select date '2026-07-01' as as_of;
            create table dim_channel as select 'paid_search' as channel, 'Paid search' as name, 'Tìm kiếm' as name_vi;
            create table dim_customer as
            select true as is_customer, 'paid_search' as first_order_channel, 1 as orders, 500.00 as net_sales,
                day as first_order_date
            from (values (date '2026-05-03'), (date '2026-05-09'), (date '2024-05-01'), (date '2026-07-01')) as days (day);
            create table race_measure as
            select 'month' as period, 'all' as market, measure, channel, start as period_start, value
            from (values
                ('new_customers', 'all', date '2026-05-01', 2), ('new_customers', 'all', date '2026-06-01', 0),
                ('new_customers', 'all', date '2026-04-01', null), ('new_customers', 'all', date '2026-07-01', 1),
                ('acquisition_cost', 'paid_search', date '2026-05-01', 300),
                ('acquisition_cost', 'paid_search', date '2026-06-01', 100),
                ('acquisition_cost', 'paid_search', date '2026-04-01', 7000),  -- nobody knows who was new
                ('acquisition_cost', 'paid_search', date '2026-07-01', 7000)  -- not over
            ) as rows (measure, channel, start, value)
        """)
        answer = mart.sql((PROJECT.queries / "value_by_first_channel.sql").read_text(encoding="utf-8"))
        told = answer.project("customers, acquisition_cost::integer, cost_per_customer::integer").fetchall()
    assert told == [(2, 400, 200)]
