"""The numbers beside the page: CSV files for what it does not hold, and for those who work in a spreadsheet."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from raceway.common.spreadsheet import spreadsheet_sql
from raceway.common.sql import quoted
from raceway.report.context import Context

FILES: Final = {
    "kpi_month": "period = 'month'",
    "kpi_quarter": "period = 'quarter'",
    "kpi_cycle": "period = 'cycle'",
    "kpi_week": "period = 'week'",
    "kpi_day": "period = 'day' and channel = 'all' and market = 'all'",
}
"""Rows of race_kpi by file. Days by channel and by market would be nine tenths of it all: they stand in the mart."""


def write_data(context: Context, folder: Path) -> None:
    """Writes the files: every cell that is known, of all periods, as `race_kpi` has it."""
    folder.mkdir()
    for name, rows in FILES.items():
        context.connection.execute(
            f"""
            copy (
                select kpi, period_start, period_end, {spreadsheet_sql("channel")} as channel,
                    {spreadsheet_sql("market")} as market, numerator, denominator, value, target, status, is_complete
                from race.race_kpi where {rows} and numerator is not null
                order by kpi, race_kpi.channel, race_kpi.market, period_start
            ) to {quoted(str(folder / f"{name}.csv"))} (header)
            """
        )
