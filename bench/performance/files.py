"""The files that are landed: written by DuckDB, as large as is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import duckdb

ADS: Final = {
    "Day": "date", "Campaign": "varchar", "Campaign type": "varchar", "Currency code": "varchar", "Impr.": "bigint",
    "Clicks": "bigint", "Cost": "decimal(18,6)", "Conversions": "double",
}  # fmt: skip
"""Columns of the ads report with their types."""

SPOILT_EACH: Final = 100
"""Of so many rows of a spoilt report one has a cost that is no number."""


def write_ads(path: Path, rows: int, spoilt: bool = False) -> None:
    """A campaign report with a Day segment: two years of days, 400 campaigns, numbers that do not repeat."""
    cost = "cast(cast(hash(i, 4) % 100000 as decimal(18, 2)) / 100 as varchar)"
    if spoilt:
        cost = f"case when i % {SPOILT_EACH} = 7 then 'n/a ' || i else {cost} end"
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            copy (
                select
                    date '2024-01-01' + cast(i * 730 // {rows} as integer) as "Day",
                    'Campaign ' || hash(i) % 400 as "Campaign",
                    ['Search', 'Performance Max', 'Display', 'Video'][1 + cast(hash(i, 1) % 4 as integer)]
                        as "Campaign type",
                    'USD' as "Currency code",
                    hash(i, 2) % 20000 as "Impr.",
                    hash(i, 3) % 300 as "Clicks",
                    {cost} as "Cost",
                    cast(hash(i, 5) % 1000 as decimal(18, 2)) / 100 as "Conversions"
                from range({rows}) as numbers (i)
            ) to '{path}' (format csv, header true)
            """
        )


def write_events(path: Path, rows: int) -> None:
    """Events of one day as GA4 exports them to BigQuery: JSON lines, packed."""

    def parameter(key: str, kind: str, value: str) -> str:
        cells = {"string_value": "null::varchar", "int_value": "null::varchar", "double_value": "null::double"}
        cells[kind] = value
        return f"{{'key': '{key}', 'value': {{{', '.join(f'{name!r}: {cell}' for name, cell in cells.items())}}}}}"

    parameters = ", ".join(
        [
            parameter("ga_session_id", "int_value", "cast(1780000000 + i // 20 as varchar)"),
            parameter("ga_session_number", "int_value", "cast(1 + i // 20 % 3 as varchar)"),
            parameter("page_location", "string_value", "'https://shop.example/p/' || hash(i) % 3000"),
            parameter("page_title", "string_value", "'Trang ' || hash(i) % 3000"),
            parameter("page_referrer", "string_value", "'https://www.google.com/'"),
            parameter("engagement_time_msec", "int_value", "cast(hash(i, 1) % 60000 as varchar)"),
            parameter("session_engaged", "string_value", "'1'"),
        ]
    )
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            copy (
                select
                    '20260301' as event_date,
                    cast(1772323200000000 + i * (60000000000 // {rows}) as varchar) as event_timestamp,
                    ['page_view', 'view_item', 'scroll', 'add_to_cart'][1 + cast(hash(i, 2) % 4 as integer)]
                        as event_name,
                    [{parameters}] as event_params,
                    cast(i // 4 as varchar) as event_bundle_sequence_id,
                    cast(i % 4 as varchar) as batch_event_index,
                    (hash(i // 20) % 1000000000) || '.' || (1700000000 + i // 20) as user_pseudo_id,
                    cast(1772000000000000 as varchar) as user_first_touch_timestamp,
                    {{
                        'category': ['mobile', 'desktop'][1 + cast(hash(i // 20, 3) % 2 as integer)],
                        'web_info': {{'browser': 'Chrome', 'hostname': 'shop.example'}}
                    }} as device,
                    {{'country': 'Vietnam'}} as geo,
                    {{'analytics_storage': 'Yes'}} as privacy_info,
                    'WEB' as platform,
                    '123456' as stream_id
                from range({rows}) as numbers (i)
            ) to '{path}' (format json, compression gzip)
            """
        )
