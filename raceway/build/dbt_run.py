"""Runs dbt inside this process and turns its results into checks.

One warm process builds a night's stages one after the other. dbt writes nothing into the program's folder: its
target folder lies in the home (`dbt_target/`, for the partial parse), its log and the timings of each build in
the run's folder.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import duckdb

from raceway.build.parsed_project import NotParsed, parsed_project
from raceway.common.faults import GateFailed, PassingFault
from raceway.common.files import write_aside
from raceway.common.home import PROJECT, Home
from raceway.contracts.files import source_names
from raceway.history.records import Check, Severity, record_checks

WAREHOUSE_VARIABLE: Final = "RACEWAY_WAREHOUSE"
OWN_SOURCES_VARIABLE: Final = "RACEWAY_OWN_SOURCES"
"""Where dbt finds a company's own sources: contracts and models in folders below the home's `sources/`."""

_SEVERITIES: Final[dict[str, Severity]] = {"error": "critical", "warn": "warning"}
_PASSED: Final = {"success", "pass", "no-op"}
# DuckDB's word for a file that another process holds, or that could not be read or written just now
_PASSING: Final = ("Could not set lock on file", "IO Error")


@dataclass(frozen=True)
class ModelRun:
    """One model or seed that was built."""

    name: str
    kind: str
    """model or seed."""
    status: str
    """dbt's word: success, error or skipped."""
    seconds: float
    rows_written: int | None = None
    """How many rows were counted anew; None for models that are made as a whole."""
    rows_kept: int | None = None


@dataclass(frozen=True)
class BuildResult:
    """What one call of `build` did."""

    select: str
    checks: list[Check]
    """One per dbt test that ran; failed ones of severity warning among them."""
    models: list[ModelRun]
    seconds: float


def build(home: Home, run_id: str, select: str, full_refresh: bool = False, exclude: Sequence[str] = ()) -> BuildResult:
    """Builds and tests the seeds and models that `select` names (dbt's selection syntax, such as `tag:mart`), but
    for what `exclude` names.

    Needs the schema `frozen` in the home's warehouse; nothing else may hold the file meanwhile. Unit tests
    are left out: they test the program, not a night's data.

    Raises GateFailed with a sentence per model or test of severity error that failed, after having recorded
    the checks with the run; PassingFault where the warehouse is held by another process.
    """
    began = time.monotonic()
    arguments = [
        "build", "--select", *select.split(), "--indirect-selection", "buildable",
        "--exclude-resource-type", "unit_test",
    ]  # fmt: skip
    if exclude:
        arguments += ["--exclude", *exclude]
    if full_refresh:
        arguments.append("--full-refresh")
    nodes = _invoke(home, home.run(run_id), arguments)
    if not nodes:
        raise GateFailed(f"nothing in {PROJECT.dbt_project} is selected by {select!r}")
    tests = [result for result in nodes if result.node.resource_type == "test" and _ran(result)]
    checks = [_check(result, _named(home, result)) for result in tests]
    keeps_rows = any(result.node.config.materialized == "incremental" for result in nodes)
    rewritten = _rows_rewritten(home) if keeps_rows else {}
    models = [
        ModelRun(
            result.node.name,
            str(result.node.resource_type),
            str(result.status),
            round(result.execution_time, 3),
            *rewritten.get(result.node.name, (None, None)),
        )
        for result in nodes
        if result.node.resource_type != "test"
    ]
    broken = [_broken_model(result) for result in nodes if result.node.resource_type != "test" and _failed(result)]
    result = BuildResult(select, [*broken, *checks], models, round(time.monotonic() - began, 3))
    _keep(home, run_id, result)
    _stop_on_failure(home, run_id, result)
    return result


def tests_of_absent_sources(home: Home) -> list[str]:
    """Selects the tests of what a source's files say, for each source without a batch in effect: there is nothing
    to test, and most homes have few of all the sources."""
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        rows = connection.execute(
            "select source from frozen.batches union select source from frozen.state_files"
        ).fetchall()
    present = {source for (source,) in rows}
    return [f"path:models/staging/{source},resource_type:test" for source in source_names() if source not in present]


def _stop_on_failure(home: Home, run_id: str, result: BuildResult) -> None:
    stopping = [check for check in result.checks if check.stops]
    if not stopping:
        return
    sentences = "; ".join(check.message for check in stopping)
    if any(mark in check.observed for check in stopping for mark in _PASSING):
        raise PassingFault(f"the warehouse could not be used just now: {sentences}")
    record_checks(home, run_id, result.checks)
    raise GateFailed(sentences)


def _invoke(home: Home, folder: Path, arguments: list[str]) -> list[Any]:
    """dbt's results, one per node; raises where dbt could not even begin."""
    from dbt.cli.main import dbtRunner

    where = [
        "--project-dir", str(PROJECT.dbt_project), "--profiles-dir", str(PROJECT.profiles),
        "--target-path", str(home.root / "dbt_target"), "--log-path", str(folder),
        "--log-level", "none", "--log-level-file", "info", "--no-print", "--no-use-colors",
        "--no-write-json", "--no-send-anonymous-usage-stats",
    ]  # fmt: skip
    with _warehouse_of(home):
        try:
            outcome = dbtRunner(manifest=_manifest(home, where)).invoke([*arguments, *where])
        finally:
            _let_go_of_the_warehouse()
    if outcome.exception is not None:
        raise _fault(str(outcome.exception))
    return list(outcome.result.results)


def _rows_rewritten(home: Home) -> dict[str, tuple[int, int]]:
    """Of each model that keeps what has not changed: rows counted anew since the freeze, and rows kept."""
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        rows = connection.execute("select model, rows_written, rows_kept from frozen.rows_rewritten").fetchall()
    return {model: (written, kept) for model, written, kept in rows}


def _let_go_of_the_warehouse() -> None:
    """Closes the connection that dbt-duckdb keeps open for a next call: gate and publish attach the file anew."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()


def _manifest(home: Home, where: list[str]) -> Any:
    try:
        return parsed_project([PROJECT.dbt_project, PROJECT.profiles, home.sources], where)
    except NotParsed as fault:
        raise _fault(str(fault)) from fault


@contextmanager
def _warehouse_of(home: Home) -> Iterator[None]:
    """The profile reads the warehouse's place from the environment, the project that of a company's own sources.

    dbt-duckdb keeps the file open until the process ends, and so locked for all others: it is told to let go.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    said = {WAREHOUSE_VARIABLE: str(home.warehouse), OWN_SOURCES_VARIABLE: str(home.sources)}
    before = {name: os.environ.get(name) for name in said}
    os.environ.update(said)
    try:
        yield
    finally:
        DuckDBConnectionManager.close_all_connections()
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _fault(message: str) -> GateFailed | PassingFault:
    said = _one_line(message)
    if any(mark in message for mark in _PASSING):
        return PassingFault(f"dbt could not use the warehouse: {said}")
    return GateFailed(f"dbt could not run: {said}")


def _ran(result: Any) -> bool:
    return str(result.status) != "skipped"


def _failed(result: Any) -> bool:
    return _ran(result) and str(result.status) not in _PASSED


def _broken_model(result: Any) -> Check:
    """A model or seed that could not be built, as a failed check."""
    node, said = result.node, _one_line(result.message)
    return Check(
        name="is_built",
        kind="dbt_test",
        severity="critical",
        passed=False,
        subject=node.name,
        observed=said,
        expected="built",
        message=f"{node.resource_type} {node.name} could not be built: {said}",
    )


def _named(home: Home, result: Any) -> str:
    """What breaks a test that stores its rows (`store_failures`): the first column of the first of them.

    It is published with the check, so only a test whose first column is a day or a name stores its rows.
    """
    if not result.failures or getattr(result.node, "relation_name", None) is None:
        return ""
    try:
        with duckdb.connect(str(home.warehouse), read_only=True) as connection:
            rows = connection.execute(f"select * from {result.node.relation_name} order by all limit 12").fetchall()
    except duckdb.Error:  # somebody has just opened the file: the count alone must do
        return ""
    return ": " + ", ".join(str(row[0]) for row in rows)


def _check(result: Any, named: str) -> Check:
    """A dbt test's result. dbt counts the rows that break the claim; a test that could not run is critical."""
    node, status = result.node, str(result.status)
    subject = _subject(node)
    passed = status == "pass"
    claim = node.description.strip() or node.name.replace("_", " ")
    if status == "error":
        severity: Severity = "critical"
        observed = _one_line(result.message)
        message = f"{subject}: the check {node.name} could not run: {observed}"
    else:
        severity = _SEVERITIES[str(node.config.severity).lower()]
        observed = f"{result.failures or 0} rows break it{named}"
        message = f"{subject}: {claim}" + ("" if passed else f": {observed}")
    return Check(
        name=node.name,
        kind="dbt_test",
        severity=severity,
        passed=passed,
        subject=subject,
        observed=observed,
        expected="no rows",
        message=message,
    )


def _subject(node: Any) -> str:
    """The model that a test is about: the one it is attached to, else the first that it reads."""
    about = getattr(node, "attached_node", None) or next(
        (parent for parent in node.depends_on.nodes if parent.startswith(("model.", "seed."))), node.unique_id
    )
    return str(about).rsplit(".", maxsplit=1)[-1]


def _one_line(message: object) -> str:
    return re.sub(r"\s+", " ", str(message)).strip()


def _keep(home: Home, run_id: str, result: BuildResult) -> None:
    """Writes what was built and how long each model took into the run's folder."""
    name = re.sub(r"[^A-Za-z0-9]+", "_", result.select).strip("_")
    values = {
        "select": result.select,
        "seconds": result.seconds,
        "models": [asdict(model) for model in result.models],
        "tests": len(result.checks),
    }
    write_aside(home.run(run_id) / "dbt" / f"{name}.json", json.dumps(values, indent=2) + "\n")
