"""A published mart of one KPI, written by hand: for what reads a mart and needs no night."""

from __future__ import annotations

from pathlib import Path

import duckdb

from raceway.common.home import PROJECT, Home
from raceway.config.init import init_home

SEEDS = PROJECT.dbt_project / "seeds"


def tiny_home(root: Path) -> Home:
    """A home whose published mart, version v1, holds `cpc` of June 2026: 300 ÷ 100 and by channel."""
    home = init_home(root)
    publish_tiny(home, "v1", clicks=100)
    return home


def publish_tiny(home: Home, version: str, clicks: int) -> None:
    """Publishes that mart anew, with another number of clicks: the last step is the one that readers see."""
    folder = home.root / "published" / version
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / "race.duckdb")) as mart:
        mart.execute(f"create table kpi_catalog as from read_csv('{SEEDS}/kpi_catalog.csv')")
        mart.execute(f"create table measure_catalog as select *, true as is_fed from read_csv('{SEEDS}/measures.csv')")
        mart.execute(
            """
            create table race_kpi as
            select 'cpc' as kpi, 'month' as period, date '2026-06-01' as period_start, channel, 'all' as market,
                numerator::decimal(38, 6) as numerator, denominator::decimal(38, 6) as denominator,
                numerator / nullif(denominator, 0)::double as value, true as is_complete, date '2026-07-01' as as_of
            from (values ('all', 300, $1), ('paid_search', 200, $1 - 40), ('paid_social', 100, 40), ('email', 0, 0))
                as cells(channel, numerator, denominator)
            """,
            [clicks],
        )
    link = home.root / "published" / "next"
    link.symlink_to(version)
    link.replace(home.current)
