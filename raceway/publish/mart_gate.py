"""The mart's gate: its suite, and what it may not have lost against the published version."""

from __future__ import annotations

import datetime as dt
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb

from raceway.common.faults import GateFailed
from raceway.common.home import Home
from raceway.common.kpi_formula import terms
from raceway.common.own_database import damage_of_database, says_damage
from raceway.common.sql import parquet_of, quoted, text_list
from raceway.config.settings import load_settings
from raceway.gate.broken import with_rows
from raceway.gate.engine import validate
from raceway.gate.mart_suites import mart_suites
from raceway.history.records import Check
from raceway.publish.mart_tables import mart_tables

if TYPE_CHECKING:
    from raceway.publish.version import Version


def check_mart(home: Home, run_id: str) -> list[Check]:
    """Checks race_kpi and race_measure in the warehouse, and what they lost against the published version.

    Returns every check, passed ones too. Raises GateFailed where the warehouse or its mart is not there.
    """
    with tempfile.TemporaryDirectory(prefix="gate-", dir=home.run(run_id)) as folder:
        mart = _read_mart(home, Path(folder))
        kpi, catalog = (parquet_of(mart.files[name]) for name in ("race_kpi", "kpi_catalog"))
        queries = {
            "mart__race_kpi": f"select * from {kpi}",
            "mart__race_kpi_parts": f"""
                select race_kpi.*, list_contains({text_list(mart.money)}::varchar[], kpi) as is_money
                from {kpi} as race_kpi inner join {catalog} as parts using (kpi)
                where part_of_whole::int = 1
            """,
            "mart__race_measure": f"select * from {parquet_of(mart.files['race_measure'])}",
        }
        parameters = {"as_of": mart.as_of.isoformat(), "as_of_set": [mart.as_of.isoformat()]}
        checks = []
        for suite in (suite.to_dict() for suite in mart_suites()):
            query = queries[suite["name"]]
            found = validate(suite, query, parameters, None)
            checks += with_rows(home, home.run(run_id), suite, query, parameters, found, _REMEDIES, f"{suite['name']}.")
    return [*checks, *_against_the_past(home, mart)]


_REMEDIES: Final = {
    "critical": "nothing is published until it holds: take out the batch behind it (raceway reject BATCH), or mend the "
    "setting; where both are right, report this sentence with its rows",
    "warning": "the numbers are published all the same; look for the batch behind these rows",
    "info": "nothing has to be done",
    "not_empty": "put exports of a source that feeds a KPI into the inbox",
}


_LOOK: Final = "Compare the newest batches of its sources with those before, and export again what is missing"


@dataclass(frozen=True)
class _Mart:
    """What the gate reads of the warehouse."""

    as_of: dt.date
    files: dict[str, Path]
    """Copies as Parquet, so that GX never holds the warehouse's lock."""
    rows: dict[str, int]
    """Rows of every table that would be published."""
    money: list[str]
    """KPIs with money in their numerator."""


def _read_mart(home: Home, folder: Path) -> _Mart:
    if not home.warehouse.exists():
        raise GateFailed(f"{home.warehouse}: not there, so there is no mart to check; build it first")
    copied = ("race_kpi", "race_measure", "kpi_catalog")
    files = {name: folder / f"{name}.parquet" for name in copied}
    try:
        with duckdb.connect() as connection:
            connection.execute(f"attach {quoted(str(home.warehouse))} as warehouse (read_only)")
            for name, path in files.items():
                connection.execute(f"copy warehouse.main.{name} to {quoted(str(path))} (format parquet)")
            [(as_of,)] = connection.execute("select as_of from warehouse.frozen.settings").fetchall()
            rows = {
                table.name: connection.execute(f"select count(*) from warehouse.main.{table.name}").fetchall()[0][0]
                for table in mart_tables(connection, "warehouse")
            }
            formulas = connection.execute(
                "select kpi, numerator from warehouse.main.kpi_catalog order by kpi"
            ).fetchall()
            money = connection.execute(
                "select measure from warehouse.main.measure_catalog where unit = 'money'"
            ).fetchall()
    except duckdb.CatalogException as fault:
        raise GateFailed(f"{home.warehouse}: the mart is not built: {str(fault).splitlines()[0]}") from fault
    named = {measure for (measure,) in money}
    of_money = [kpi for kpi, numerator in formulas if any(measure in named for measure, _ in terms(numerator))]
    return _Mart(as_of, files, rows, of_money)


def _against_the_past(home: Home, mart: _Mart) -> list[Check]:
    """Days that leap or are odd, and what the mart lost against the version that is published."""
    from raceway.publish.lost_values import values_are_kept
    from raceway.publish.own_past import like_their_past
    from raceway.publish.version import published_version

    before = published_version(home)
    if before is None:
        return like_their_past(home, None)
    settings = load_settings(home)
    try:
        compared = [*like_their_past(home, before.database), values_are_kept(home, settings, before)]
    except duckdb.Error as fault:
        damage = damage_of_database(before.database) if says_damage(str(fault)) else ""
        if not damage:
            raise
        return [*like_their_past(home, None), _not_compared(before, damage)]
    return [
        *compared,
        *(
            _volume(name, mart.rows.get(name, 0), rows, settings.gate.volume_drop, before.name)
            for name, rows in sorted(before.details["tables"].items())
            if name in mart.rows
        ),
    ]


def _not_compared(before: Version, damage: str) -> Check:
    """What nights hold against the published version cannot be held against a damaged one: that is told."""
    return Check(
        name="own_files_are_whole",
        kind="reconcile",
        severity="warning",
        passed=False,
        subject="published",
        expected="what raceway keeps of its own is as it was written",
        message=f"{before.database}: damaged ({damage}); the new mart was not compared with it, and takes its place",
        remedy="look at the numbers of the new version, at the disk, and at who else writes into this home",
    )


def _volume(name: str, now: int, before: int, largest_drop: float, version: str) -> Check:
    """A table that shrinks much is mostly a source that came in part."""
    drop = 1 - now / before if before else 0.0
    observed = f"{now} rows, {before} in {version}"
    passed = drop <= largest_drop
    return Check(
        name="volume_holds",
        kind="reconcile",
        severity="warning",
        passed=passed,
        subject=name,
        observed=observed,
        expected=f"at most {largest_drop:.0%} fewer rows than in the published version",
        message=f"{name}: {observed}"
        + ("" if passed else f": {drop:.0%} fewer; a source may have come in part. {_LOOK}"),
        remedy="" if passed else _LOOK,
    )
