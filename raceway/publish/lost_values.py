"""What the closed periods of the mart have lost against the version that is published."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from raceway import __version__
from raceway.common.home import Home
from raceway.common.kpi_formula import measures_of
from raceway.common.measure_tables import measure_tables
from raceway.common.sql import quoted
from raceway.config.settings import Settings
from raceway.history.records import Check
from raceway.ledger.ledger import Ledger
from raceway.publish.version import Version

Period = tuple[str, dt.date]
"""Kind and first day."""


@dataclass(frozen=True)
class LostKpi:
    """A KPI of the catalogue with closed periods that had a value, over all channels and markets, and have none."""

    kpi: str
    periods: tuple[Period, ...]

    def __str__(self) -> str:
        (kind, start), more = self.periods[0], len(self.periods) - 1
        return f"{self.kpi} ({kind} of {start}{f' and {more} more' if more else ''})"


def values_are_kept(home: Home, settings: Settings, before: Version) -> Check:
    """Whether every closed period that has a value in the published version still has one.

    Nothing is lost that was given up or cannot be known: KPIs that the catalogue has no more, quarters and cycles that
    today's settings cut elsewhere, a rate whose denominator is known to be 0, and what the mart itself calls unknown
    (a young history). A loss stops publishing, unless each lost KPI is fed by a table of which a person took a batch
    out since (`raceway reject`), or another version of the program counted before: then it is a warning.
    """
    lost = _lost(home, settings, before)
    tables = {
        (batch.source, batch.table)
        for batch in Ledger(home).state().batches.values()
        if batch.status == "rejected" and batch.decided_at is not None and batch.decided_at > before.published_at
    }
    feeding = {kpi for kpi, measures in _formulas(home).items()
               if any(measure_tables().get(measure, frozenset()) & tables for measure in measures)}  # fmt: skip
    is_other_program = before.details.get("program_version", __version__) != __version__
    asked_for = bool(lost) and (is_other_program or all(one.kpi in feeding for one in lost))
    names = ", ".join(one.kpi for one in lost)
    return Check(
        name="no_kpi_is_lost",
        kind="reconcile",
        severity="warning" if asked_for else "critical",
        passed=not lost,
        subject="race_kpi",
        observed=f"without a value now: {names}" if lost else "every closed period that had a value has one",
        expected="every closed period that has a value in the published version has one, over all channels and markets",
        message=f"race_kpi: {', '.join(map(str, lost))} had values in {before.name} and has none any more; "
        "look for sources whose batches were refused, or reject the batches on purpose"
        if lost
        else f"race_kpi: every closed period of {before.name} has its values",
    )


def _lost(home: Home, settings: Settings, before: Version) -> list[LostKpi]:
    formulas = _formulas(home)
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(str(home.warehouse))} as warehouse (read_only)")
        connection.execute(f"attach {quoted(str(before.database))} as before (read_only)")
        gone = connection.execute(
            """
            select was.kpi, was.period, was.period_start,
                coalesce(now.numerator is not null and now.denominator = 0, false) as is_of_nothing
            from before.race_kpi as was
            cross join (select as_of from warehouse.frozen.settings) as settings
            left join warehouse.main.race_kpi as now using (kpi, period, period_start, channel, market)
            where was.channel = 'all' and was.market = 'all' and was.value is not null and now.value is null
                and was.period_end < settings.as_of
            order by was.kpi, was.period_start desc, was.period
            """
        ).fetchall()
        valued = {
            kpi for (kpi,) in connection.execute(
                "select distinct kpi from warehouse.main.race_kpi where value is not null"
            ).fetchall()
        }  # fmt: skip
        unknown = _unknown(connection)
    lost: dict[str, list[Period]] = {}
    for kpi, kind, start, is_of_nothing in gone:
        if kpi not in formulas or not _is_cut_so(settings, kind, start):
            continue
        # a rate of nothing is no loss, unless nothing is left of the KPI at all
        is_known = is_of_nothing and kpi in valued
        if not is_known and not any((measure, kind, start) in unknown for measure in formulas[kpi]):
            lost.setdefault(kpi, []).append((kind, start))
    return [LostKpi(kpi, tuple(periods)) for kpi, periods in lost.items()]


def _unknown(connection: duckdb.DuckDBPyConnection) -> set[tuple[str, str, dt.date]]:
    """Measures, kinds of period and first days that cannot be known over all markets."""
    there = connection.execute(
        "select count(*) from duckdb_tables() where database_name = 'warehouse' and table_name = 'int_unknown_windows'"
    ).fetchone()
    if not there or not there[0]:
        return set()
    return set(
        connection.execute(
            "select measure, period, window_start from warehouse.main.int_unknown_windows "
            "where coalesce(market, 'all') = 'all'"
        ).fetchall()
    )


def _formulas(home: Home) -> Mapping[str, list[str]]:
    """The measures of every KPI of the catalogue."""
    with duckdb.connect() as connection:
        connection.execute(f"attach {quoted(str(home.warehouse))} as warehouse (read_only)")
        rows = connection.execute("select kpi, numerator, denominator from warehouse.main.kpi_catalog").fetchall()
    return {
        kpi: measures_of({"numerator": numerator, "denominator": denominator or ""})
        for kpi, numerator, denominator in rows
    }


def _is_cut_so(settings: Settings, kind: str, start: dt.date) -> bool:
    """Whether such a period begins on that day by today's settings."""
    business = settings.business
    if kind == "cycle":
        since = (start - business.cycle_start).days
        return since >= 0 and since % 90 == 0
    return kind != "quarter" or (start.month - business.fiscal_year_start_month) % 3 == 0
