"""The same files by DuckDB alone: its reader with the columns told, the same threads, the same compression."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import duckdb

from bench.performance.files import ADS

_TO_PARQUET: Final = "(format parquet, compression zstd)"

_EVENT: Final = {
    "event_date": "varchar",
    "event_timestamp": "bigint",
    "event_name": "varchar",
    "event_params": "struct(key varchar, value struct(string_value varchar, int_value bigint, double_value double))[]",
    "event_bundle_sequence_id": "bigint",
    "batch_event_index": "bigint",
    "user_pseudo_id": "varchar",
    "user_first_touch_timestamp": "bigint",
    "device": "struct(category varchar, web_info struct(browser varchar, hostname varchar))",
    "geo": "struct(country varchar)",
    "privacy_info": "struct(analytics_storage varchar)",
    "platform": "varchar",
    "stream_id": "varchar",
}

EVENTS: Final = {
    "event_date": "strptime(event_date, '%Y%m%d')::date",
    "event_timestamp": "event_timestamp",
    "event_at": "make_timestamp(event_timestamp)",
    "event_name": "event_name",
    "user_pseudo_id": "user_pseudo_id",
    "event_bundle_sequence_id": "event_bundle_sequence_id",
    "batch_event_index": "batch_event_index",
    "user_first_touch_at": "make_timestamp(user_first_touch_timestamp)",
    "ga_session_id": "params['ga_session_id'].int_value",
    "ga_session_number": "params['ga_session_number'].int_value",
    "page_location": "params['page_location'].string_value",
    "page_title": "params['page_title'].string_value",
    "page_referrer": "params['page_referrer'].string_value",
    "engagement_time_msec": "params['engagement_time_msec'].int_value",
    "session_engaged": "params['session_engaged'].string_value",
    "hostname": "device.web_info.hostname",
    "country": "geo.country",
    "device_category": "device.category",
    "browser": "device.web_info.browser",
    "analytics_storage": "privacy_info.analytics_storage",
    "platform": "platform",
    "stream_id": "stream_id",
}
"""The landed columns that the events fill, as an analyst would write them."""


def copy_ads(source: Path, target: Path, threads: int) -> None:
    """A typed COPY of an ads report."""
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in ADS.items())
    _run(
        f"copy (select * from read_csv('{source}', header = true, auto_detect = false, delim = ',', quote = '\"', "
        f"columns = {{{columns}}})) to '{target}' {_TO_PARQUET}",
        threads,
    )


def copy_events(source: Path, target: Path, threads: int) -> None:
    """A COPY of GA4's events to the landed columns; each event's parameters are looked through once."""
    columns = ", ".join(f"{name}: '{kind}'" for name, kind in _EVENT.items())
    cells = ", ".join(f"{cell} as {name}" for name, cell in EVENTS.items())
    _run(
        f"""
        copy (
            select {cells}
            from (
                select *, map_from_entries(list_transform(event_params, lambda p: (p.key, p.value))) as params
                from read_json('{source}', format = 'newline_delimited', columns = {{{columns}}})
            ) as events
        ) to '{target}' {_TO_PARQUET}
        """,
        threads,
    )


def digest(path: Path | str, columns: list[str]) -> tuple[int, int]:
    """How many rows a Parquet file has, and a sum over all their values in some columns."""
    named = ", ".join(f'"{name}"' for name in columns)
    with duckdb.connect() as connection:
        found = connection.execute(f"select count(*), sum(hash({named})) from '{path}'").fetchone()
    assert found is not None
    return int(found[0]), int(found[1])


def _run(statement: str, threads: int) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"set threads = {threads}")
        connection.execute(statement)
