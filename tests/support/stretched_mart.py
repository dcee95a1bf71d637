"""A mart of 24 months for the report: the golden week's tables, with race_kpi made up by SQL at its full width."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import duckdb

from raceway.common.home import Home
from raceway.config.accounts import load_accounts
from raceway.config.settings import load_settings
from raceway.report.report import write_report

AS_OF = dt.date(2026, 7, 1)
HOSTILE = "</script><img src=x onerror=alert(1)>"
"""A name that would break out of a page that took it for HTML."""


def stretched_report(golden: Home, folder: Path) -> Path:
    """The report of that mart; `folder` also holds it as race.duckdb. The numbers follow from a hash of their cell."""
    folder.mkdir(parents=True)
    version = golden.current.resolve()
    with duckdb.connect(str(folder / "race.duckdb")) as made:
        made.execute("set threads = 1")
        made.execute(f"attach '{version / 'race.duckdb'}' as golden (read_only)")
        kept = made.execute(
            "select table_name from duckdb_tables() where database_name = 'golden' and table_name <> 'race_kpi'"
        ).fetchall()
        for (name,) in kept:
            made.execute(f"create table {name} as from golden.{name}")
        made.execute(f"""
            update kpi_catalog set name = '{HOSTILE}' where kpi = 'ad_spend';
            update batch_history set files = '{HOSTILE}', account = '{HOSTILE}';
            create table race_kpi as
            with periods as (
                select 'month' as period, start::date as period_start, last_day(start)::date as period_end, true as wide
                from range(date '2024-07-01', date '2026-07-02', interval 1 month) as months (start)
                union all
                select 'quarter', start::date, (start + interval 3 month - interval 1 day)::date, true
                from range(date '2024-07-01', date '2026-07-02', interval 3 month) as quarters (start)
                union all
                select 'cycle', start::date, (start + interval 89 day)::date, true
                from range(date '2024-07-01', date '2026-07-01', interval 90 day) as cycles (start)
                union all
                select 'week', start::date, (start + interval 6 day)::date, false
                from range(date '2025-12-29', date '2026-07-01', interval 7 day) as weeks (start)
                union all
                select 'day', start::date, start::date, false
                from range(date '2026-04-01', date '2026-07-01', interval 1 day) as days (start)
            ),
            channels as (select channel from dim_channel union all select 'all'),
            markets as (select unnest(['all', 'VN', 'US', 'SG']) as market),
            cells as (
                select kpi_catalog.kpi, stage, period, period_start, period_end, channel, market, scale, denominator,
                    hash(kpi_catalog.numerator, period_start, channel, market) as top,
                    hash(kpi_catalog.denominator, period_start, channel, market) as bottom
                from kpi_catalog
                cross join periods
                cross join channels
                cross join markets
                where (wide or channel = 'all' or market = 'all') and (channel = 'all' or hash(kpi_catalog.kpi, channel) % 5 = 0)
            ),
            valued as (
                -- parts are smaller numbers than the whole, one in fifty is unknown and some denominators are 0
                select *, if(channel = 'all' and market = 'all', 1000000, 1000) as size,
                    case when top % 50 > 0 then (top % size + top % 4 / 4) end::decimal(38, 6) as numerator_value,
                    case when denominator is not null then bottom % size end::decimal(38, 6) as denominator_value
                from cells
            )
            select kpi, stage, period, period_start, period_end, channel, market, numerator_value as numerator,
                denominator_value as denominator,
                case when denominator is null then scale * numerator_value::double
                    else scale * numerator_value::double / nullif(denominator_value::double, 0) end as value,
                null::double as previous_value, 7.5::double as previous_to_date_value, null::double as year_ago_value,
                case when channel = 'all' and market = 'all' and period = 'month' then numerator_value end as target,
                0.95::double as attainment, case when target is not null then 'at_risk' end as status,
                period_end < date '{AS_OF}' as is_complete, date '{AS_OF}' as as_of, target as paced_target,
                null::date as measured_on
            from valued
        """)
    details = json.loads((version / "run.json").read_text(encoding="utf-8")) | {"as_of": AS_OF.isoformat()}
    page = folder / "report" / "index.html"
    with duckdb.connect() as connection:
        connection.execute("set threads = 1")
        connection.execute(f"attach '{folder / 'race.duckdb'}' as race (read_only)")
        write_report(connection, page, load_settings(golden), details, load_accounts(golden))
    return page
