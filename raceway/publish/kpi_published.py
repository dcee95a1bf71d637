"""`kpi_published`: what was published of a period when it was over, and every change since.

The table only grows. Each version carries the rows of all kept versions on, and adds what it shows otherwise than the
last row said; so it outlives the versions, and neither a version that was gone back to nor a file that is lost takes
anything from it. A publish that was broken off has left no version, and so no row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from raceway.common.sql import parquet_of, quoted
from raceway.history.records import Check
from raceway.publish.mart_tables import MartTable

KPI_PUBLISHED: Final = MartTable("kpi_published", "period_start")
DESCRIPTION: Final = (
    "What was published of every KPI's periods: the value of a period in the first version in which it was over, and "
    "one row more for each version that showed another numerator, denominator or completeness. Over all channels and "
    "markets; of leading KPIs by month, quarter and cycle also each cell. Rows are never changed or taken away, also "
    "when the version that wrote them is gone: what newer exports restate is the last row less the first complete one. "
    "Grain - KPI × period × period_start × channel × market × version."
)
COLUMNS: Final = {
    "kpi": ("varchar", "Key of the KPI, see kpi_catalog."),
    "period": ("varchar", "day, week (ISO), month, quarter (fiscal) or cycle (90 days)."),
    "period_start": ("date", "First day of the period, which was over when it was published."),
    "channel": ("varchar", "Marketing channel or `all`."),
    "market": ("varchar", "ISO country or `all`."),
    "numerator": ("decimal(38, 6)", "The numerator as this version showed it; null where it showed none any more."),
    "denominator": ("decimal(38, 6)", "The denominator as this version showed it; null where the KPI has none."),
    "value": ("double", "The KPI in its unit as this version showed it (percent: 1 = 100 %)."),
    "is_complete": ("boolean", "Whether the period, and what follows on it, was complete in this version."),
    "as_of": ("date", "The business day of that run."),
    "version": ("varchar", "The version that showed it first."),
    "published_at": ("timestamp", "When that version was published (UTC)."),
}
_KEY: Final = "kpi, period, period_start, channel, market"


def carry_kpi_published(
    connection: duckdb.DuckDBPyConnection, versions: Sequence[Path], *, version: str, as_of: dt.date, at: dt.datetime
) -> int:
    """Creates the table in the attached database `race`; gives how many of its rows are older versions'.

    `versions` are the folders of all kept versions; `version`, `as_of` and `at` (with zone) those of the one that is
    being written, whose race_kpi is in `race`. Files that cannot be read are left out: `earlier_rows_are_kept` says so.
    """
    names = ", ".join(COLUMNS)
    rows = _carried(_files(versions))
    connection.register("carried", rows)
    connection.execute(
        f"""
        create table race.{KPI_PUBLISHED.name} as
        with latest as (
            select * from carried
            qualify row_number() over (partition by {_KEY} order by published_at desc, version desc) = 1
        ),
        shown as (
            select now.*
            from race.race_kpi as now
            inner join race.kpi_catalog as catalog on now.kpi = catalog.kpi
            where now.period_end < ?::date and (
                now.channel = 'all' and now.market = 'all'
                or catalog.leading::integer = 1 and now.period in ('month', 'quarter', 'cycle')
            )
        )
        select {names} from carried
        union all
        select now.kpi, now.period, now.period_start, now.channel, now.market, now.numerator, now.denominator,
            now.value, now.is_complete, ?::date, {quoted(version)}, ?::timestamp
        from shown as now
        left join latest using ({_KEY})
        where case
            when latest.version is null then now.value is not null
            else now.numerator is distinct from latest.numerator
                or now.denominator is distinct from latest.denominator
                or now.is_complete is distinct from latest.is_complete
        end
        order by {_KEY}, published_at, version
        """,
        [as_of, as_of, at.astimezone(dt.UTC).replace(tzinfo=None)],
    )
    connection.unregister("carried")
    connection.execute(f"comment on table race.{KPI_PUBLISHED.name} is {quoted(DESCRIPTION)}")
    for column, (_, said) in COLUMNS.items():
        connection.execute(f"comment on column race.{KPI_PUBLISHED.name}.{column} is {quoted(said)}")
    return int(rows.num_rows)


def earlier_rows_are_kept(before: str, expected: int, carried: int) -> Check:
    """Whether all rows of the version before were carried on; a warning where files of it were lost."""
    lost = max(0, expected - carried)
    return Check(
        name="published_values_are_kept",
        kind="reconcile",
        severity="warning",
        passed=not lost,
        subject=KPI_PUBLISHED.name,
        observed=f"{carried} of {expected} earlier rows",
        expected="every row of the version before, and of all that are kept",
        message=f"kpi_published: {lost} of {expected} rows of {before} can no more be read and stand in no other "
        "version; periods that have lost theirs count as first published now"
        if lost
        else f"kpi_published: all {expected} rows of {before} are carried on",
        remedy="put parquet/kpi_published/ of a kept version back from a backup; the next night reads it"
        if lost
        else "",
        broken_rows=lost or None,
    )


def _carried(files: Sequence[Path]) -> pa.Table:
    """The rows of these files, each once. One that cannot be read is left out: it must not spoil the others.

    Read by a connection of its own, since a fault in a transaction is the end of it.
    """
    columns = ", ".join(f"null::{kind} as {name}" for name, (kind, _) in COLUMNS.items())
    with duckdb.connect() as connection:

        def read(some: Sequence[Path]) -> pa.Table:
            rows = f"select {_typed()} from {parquet_of(some, by_name=True)} union " if some else ""
            return connection.sql(f"{rows}(select {columns} limit 0)").to_arrow_table()

        try:
            return read(files)
        except duckdb.Error:
            return read([file for file in files if _is_whole(connection, file)])


def _typed() -> str:
    """The columns as the table has them: a file of another program must not change their types."""
    return ", ".join(f"{name}::{kind} as {name}" for name, (kind, _) in COLUMNS.items())


def _is_whole(connection: duckdb.DuckDBPyConnection, file: Path) -> bool:
    try:
        connection.sql(f"select {_typed()} from {parquet_of(file)}").to_arrow_table()
    except duckdb.Error:
        return False
    return True


def _files(versions: Sequence[Path]) -> list[Path]:
    """The files of the table in these versions, each once: a month that did not change is one file of many names."""
    found: dict[tuple[int, int], Path] = {}
    for folder in versions:
        for file in sorted((folder / "parquet" / KPI_PUBLISHED.name).rglob("*.parquet")):
            if not file.is_file():  # a link that leads nowhere
                continue
            told = file.stat()
            found.setdefault((told.st_dev, told.st_ino), file)
    return list(found.values())
