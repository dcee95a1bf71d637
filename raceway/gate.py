"""The gate: Great Expectations over a landed batch, and over the mart before it is published.

GX runs inside DuckDB over Parquet; no table becomes Python objects. It is imported at the first check of a
process (about 8 s), and one context serves every check after that: a batch then costs 0.1 to 0.2 s.
A failed check of severity critical refuses the batch, or stops publishing; the caller decides
(`Check.stops`).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import duckdb

from raceway.aside import write_aside
from raceway.faults import GateFailed
from raceway.history import BATCH_CHECKS, Check, check_lines
from raceway.home import Home
from raceway.ledger import Ledger
from raceway.mart_suites import mart_suites
from raceway.mart_tables import mart_tables
from raceway.settings import load_settings
from raceway.suites import landing_suite
from raceway.typing_sql import quoted

if TYPE_CHECKING:
    from raceway.contracts import TableContract
    from raceway.settings import Account

_EXAMPLES: Final = 5
"""How many of the rows that break an expectation are named."""


def check_batch(
    home: Home, table: TableContract, parquet: Path, account: Account, exported_at: dt.datetime, as_of: dt.date
) -> list[Check]:
    """Checks a landed batch against its suite, and keeps the checks beside it (`checks.jsonl`).

    `parquet` is the data file in the batch's folder, which carries its id; `exported_at` has a zone. Returns
    every check, passed ones too.
    """
    export_day = exported_at.astimezone(account.zone).date()
    suite = landing_suite(table).to_dict()
    parameters = {
        "as_of": as_of.isoformat(),
        "export_day": export_day.isoformat(),
        # timestamps are UTC; a day's grace covers exports that print local times of other zones
        "export_end": (exported_at.astimezone(dt.UTC) + dt.timedelta(days=1)).replace(tzinfo=None).isoformat(),
    }
    checks = [
        dataclasses.replace(check, batch_id=parquet.parent.name)
        for check in _validate(suite, f"select * from read_parquet({quoted(str(parquet))})", parameters, "_row")
    ]
    checks += _noticed(table, parquet.parent)
    write_aside(parquet.parent / BATCH_CHECKS, check_lines(checks))
    return checks


def _noticed(table: TableContract, batch: Path) -> list[Check]:
    """What landing noticed and let pass (a new column, a total that differs from its rows), as warnings."""
    manifest = batch / "manifest.json"
    findings = json.loads(manifest.read_text(encoding="utf-8")).get("findings", []) if manifest.exists() else []
    return [
        Check(
            name=finding["name"],
            kind="landing",
            severity=finding["severity"],
            passed=False,
            subject=table.full_name,
            batch_id=batch.name,
            message=f"{table.full_name}: {finding['message']}",
        )
        for finding in findings
    ]


def check_mart(home: Home, run_id: str) -> list[Check]:
    """Checks race_kpi and race_measure in the warehouse, and what they lost against the published version.

    Returns every check, passed ones too. Raises GateFailed where the warehouse or its mart is not there.
    """
    with tempfile.TemporaryDirectory(prefix="gate-", dir=home.run(run_id)) as folder:
        mart = _read_mart(home, Path(folder))
        kpi, catalog, measures = (
            f"read_parquet({quoted(str(mart.files[name]))})" for name in ("race_kpi", "kpi_catalog", "measure_catalog")
        )
        queries = {
            "mart__race_kpi": f"select * from {kpi}",
            "mart__race_kpi_parts": "select race_kpi.*, exists("
            f"from {measures} where unit = 'money' and regexp_matches(parts.numerator, '\\b' || measure || '\\b')"
            f") as is_money from {kpi} as race_kpi inner join {catalog} as parts using (kpi) "
            "where part_of_whole::int = 1",
            "mart__race_measure": f"select * from read_parquet({quoted(str(mart.files['race_measure']))})",
        }
        parameters = {"as_of": mart.as_of.isoformat(), "as_of_set": [mart.as_of.isoformat()]}
        checks = [
            check
            for suite in mart_suites()
            for check in _validate(suite.to_dict(), queries[suite.name], parameters, None)
        ]
    return [*checks, *_losses(home, mart)]


# Great Expectations


@cache
def _asset() -> Any:
    """One query asset for the whole process: adding one costs GX more than asking it."""
    import raceway.gx_duckdb  # noqa: F401, I001  # registers the source, and must come before GX itself
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    # nothing on disk (GX would make a temporary folder for docs), no progress bars in the log
    context = gx.get_context(
        mode="ephemeral",
        project_config=DataContextConfig(
            store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
            progress_bars=ProgressBarsConfig(globally=False),
            analytics_enabled=False,
        ),
    )
    source = context.data_sources.add_duckdb("parquet", connection_string="duckdb:///:memory:")
    asset = source.add_query_asset("rows", query="select 1")
    asset.add_batch_definition_whole_table("all")
    return asset


def _validate(
    suite: Mapping[str, Any], query: str, parameters: Mapping[str, Any], row_column: str | None
) -> list[Check]:
    """Runs a suite over a query; one Check per expectation, in the suite's order.

    GX is asked twice: first only whether each expectation holds, which is all that most batches need and takes
    half the time, then about those that do not, for the rows that break them.
    """
    expectations = suite["expectations"]
    held = {
        result.expectation_config.meta["name"]: bool(result.success)
        for result in _ask(suite, expectations, query, parameters, {"result_format": "BOOLEAN_ONLY"})
    }
    broken = [expectation for expectation in expectations if not held[expectation["meta"]["name"]]]
    details = {"result_format": "SUMMARY", "partial_unexpected_count": _EXAMPLES} | (
        {"unexpected_index_column_names": [row_column]} if row_column else {}
    )
    observed = {
        result.expectation_config.meta["name"]: _observed(result, query, row_column)
        for result in (_ask(suite, broken, query, parameters, details) if broken else ())
    }
    return [_check(suite["meta"]["subject"], expectation, observed) for expectation in expectations]


def _ask(
    suite: Mapping[str, Any],
    expectations: list[Any],
    query: str,
    parameters: Mapping[str, Any],
    result_format: Mapping[str, Any],
) -> list[Any]:
    """GX's results for some expectations of a suite over the rows of a query."""
    import great_expectations as gx

    asset = _asset()
    asset.query = query
    batch = asset.get_batch_definition("all").get_batch()
    asked = gx.ExpectationSuite(name=suite["name"], expectations=expectations, id=suite["id"])
    results: list[Any] = batch.validate(
        asked, result_format=dict(result_format), expectation_parameters=dict(parameters)
    ).results
    return results


def _check(subject: str, expectation: Mapping[str, Any], observed: Mapping[str, str]) -> Check:
    """One expectation as a Check; `observed` says by name what was found of those that do not hold."""
    name, sentence = expectation["meta"]["name"], expectation["description"]
    found = observed.get(name, "")
    return Check(
        name=name,
        kind="expectation",
        severity=expectation["severity"],
        passed=name not in observed,
        subject=subject,
        observed=found,
        expected=sentence,
        message=f"{subject}: {sentence}" + (f"; {found}" if name in observed else ""),
    )


def _observed(answer: Any, query: str, row_column: str | None) -> str:
    """What GX saw where an expectation does not hold: a share of rows with examples, else the observed value."""
    said = _exception(answer.exception_info)
    if said:
        return said
    result = answer.result
    if "unexpected_rows_query" in answer.expectation_config.kwargs:
        broken = answer.expectation_config.kwargs["unexpected_rows_query"].format(batch=f"({query})")
        return _broken_rows(int(result["observed_value"]), broken, row_column)
    if "unexpected_count" not in result:
        value = result.get("observed_value")
        return f"{value} rows found" if isinstance(value, int) else f"found {_text(value)}"
    rows = result.get("partial_unexpected_index_list") or []
    if row_column and rows:
        examples = [
            f"row {row[row_column]}: " + ", ".join(_text(value) for name, value in row.items() if name != row_column)
            for row in rows
        ]
    else:
        examples = [_text(value) for value in result.get("partial_unexpected_list") or []]
    count = result["unexpected_count"] or 0
    return f"{count} of {result['element_count']} rows break it ({_some(examples, count)})"


def _broken_rows(count: int, query: str, row_column: str | None) -> str:
    """How many rows break a rule, with the first of them."""
    order = f" order by {row_column}" if row_column else ""
    cursor = _duckdb().execute(f"from ({query}){order} limit {_EXAMPLES}")
    names = [column[0] for column in cursor.description or []]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    examples = [
        f"row {row[row_column]}" if row_column else ", ".join(_text(value) for value in list(row.values())[:7])
        for row in rows
    ]
    return f"{count} {'row breaks' if count == 1 else 'rows break'} it ({_some(examples, count)})"


def _some(examples: list[str], count: int) -> str:
    shown = examples[:_EXAMPLES]
    return "; ".join([*shown, "…"] if count > len(shown) else shown)


def _exception(info: Mapping[str, Any]) -> str:
    """Why an expectation could not be evaluated; empty where it was. GX nests this by metric, or does not."""
    parts = [info] if "raised_exception" in info else list(info.values())
    messages = [str(part.get("exception_message")) for part in parts if part.get("raised_exception")]
    return f"no answer: {messages[0].strip().splitlines()[0]}" if messages else ""


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_text(item)}" for name, item in value.items())
    if isinstance(value, tuple | list):
        return ", ".join(_text(item) for item in value)
    if isinstance(value, Decimal):
        value = f"{value.normalize():f}"
    text = "empty" if value is None else str(value)
    return text if len(text) <= 80 else text[:79] + "…"


# DuckDB


@cache
def _duckdb() -> duckdb.DuckDBPyConnection:
    """One connection in memory for small questions about Parquet files: opening one takes 50 ms."""
    return duckdb.connect()


@dataclass(frozen=True)
class _Mart:
    """What the gate reads of the warehouse."""

    as_of: dt.date
    files: dict[str, Path]
    """Copies as Parquet, so that GX never holds the warehouse's lock."""
    rows: dict[str, int]
    """Rows of every table that would be published."""
    kpis: set[str]
    """KPIs that have a value."""


def _read_mart(home: Home, folder: Path) -> _Mart:
    if not home.warehouse.exists():
        raise GateFailed(f"{home.warehouse}: not there, so there is no mart to check; build it first")
    copied = ("race_kpi", "race_measure", "kpi_catalog", "measure_catalog")
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
            kpis = connection.execute(
                "select distinct kpi from warehouse.main.race_kpi where value is not null"
            ).fetchall()
    except duckdb.CatalogException as fault:
        raise GateFailed(f"{home.warehouse}: the mart is not built: {str(fault).splitlines()[0]}") from fault
    return _Mart(as_of, files, rows, {kpi for (kpi,) in kpis})


# against the published version


def _losses(home: Home, mart: _Mart) -> list[Check]:
    """What the mart lost against the version that is published; no checks before the first publish.

    A KPI that had values and has none any more stops publishing, unless a person took batches out of effect
    since (`raceway reject`): then the loss was asked for and is a warning.
    """
    from raceway.publish import published_version

    before = published_version(home)
    if before is None:
        return []
    largest_drop = load_settings(home).gate.volume_drop
    asked_for = any(
        batch.status == "rejected" and batch.decided_at is not None and batch.decided_at > before.published_at
        for batch in Ledger(home).state().batches.values()
    )
    gone = sorted(set(before.details["kpis"]) - mart.kpis)
    kept = Check(
        name="no_kpi_is_lost",
        kind="reconcile",
        severity="warning" if asked_for else "critical",
        passed=not gone,
        subject="race_kpi",
        observed=f"without a value now: {', '.join(gone)}" if gone else f"{len(mart.kpis)} KPIs have values",
        expected="every KPI that has values in the published version has some",
        message=f"race_kpi: {', '.join(gone)} had values in {before.name} and has none any more; "
        "look for sources whose batches were refused, or reject the batches on purpose"
        if gone
        else f"race_kpi: every KPI of {before.name} has values",
    )
    return [kept, *(_volume(name, mart.rows.get(name, 0), rows, largest_drop, before.name)
                    for name, rows in sorted(before.details["tables"].items()) if name in mart.rows)]  # fmt: skip


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
        message=f"{name}: {observed}" + ("" if passed else f": {drop:.0%} fewer; a source may have come in part"),
    )
