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
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, TextIO

import duckdb

from raceway.build.dbt_writes import write_below_target
from raceway.build.due_models import Due, due
from raceway.build.kept import IN_GRAPH, KeptModels
from raceway.build.parsed_project import (
    WAREHOUSE_VARIABLE,
    NightProject,
    NotParsed,
    SimpleTest,
    keys_of,
    night_project,
    relations,
    simple_test,
)
from raceway.build.simple_tests import Answer, ask, due_tests
from raceway.build.told import checks_of
from raceway.build.unfit_rows import UnfitBatches, unfit_batches
from raceway.common.faults import GateFailed, PassingFault
from raceway.common.files import write_aside
from raceway.common.home import PROJECT, Home
from raceway.contracts.files import source_names
from raceway.history.records import Check, record_checks

OWN_SOURCES_VARIABLE: Final = "RACEWAY_OWN_SOURCES"
"""Where dbt finds a company's own sources: contracts and models in folders below the home's `sources/`."""

_PASSED: Final = {"success", "pass", "no-op"}
_LOGGED: Final = {"info", "warn", "error"}
# DuckDB's word for a file that another process holds, or that could not be read or written just now
_PASSING: Final = ("Could not set lock on file", "IO Error", "Could not write file")


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
    is_kept: bool = False
    """Left as it was: nothing that it is made from has changed."""


@dataclass(frozen=True)
class BuildResult:
    """What one call of `build` did."""

    select: str
    checks: list[Check]
    """One per dbt test that ran; failed ones of severity warning among them."""
    models: list[ModelRun]
    seconds: float


def build(home: Home, run_id: str, select: str, full_refresh: bool = False, absent: Sequence[str] = ()) -> BuildResult:
    """Builds and tests the seeds and models that `select` names (dbt's selection syntax, such as `tag:mart`), but
    for the tests of what the files of the sources `absent` say.

    Needs the schema `frozen` in the home's warehouse; nothing else may hold the file meanwhile. Simple tests are asked
    together when all models are there. Unit tests are left out: they test the program, not a night's data.

    Raises GateFailed with a sentence per model or test of severity error that failed, after having recorded the checks
    with the run (UnfitBatches where the rows behind all of them name their batches); PassingFault where the warehouse
    is held by another process.
    """
    began = time.monotonic()
    without = [f"models/staging/{source}" for source in absent]
    kept = KeptModels.of(home.warehouse, anew=full_refresh)
    project, chosen, nodes = _invoke(
        home, home.run(run_id), select, ["--full-refresh"] if full_refresh else [], without, kept
    )
    if not nodes and not chosen.staying:
        raise GateFailed(f"nothing in {PROJECT.dbt_project} is selected by {select!r}")
    tests = [result for result in nodes if result.node.resource_type == "test" and _ran(result)]
    made = [result for result in nodes if result.node.resource_type != "test"]
    staying = {node.unique_id for node in chosen.staying}
    simple = due_tests(
        project.simple_tests,
        project.manifest,
        selected={result.node.unique_id for result in made} | staying,
        built={result.node.unique_id for result in made if str(result.status) in _PASSED} | staying,
        without=without,
    )
    answers = [*_answers(tests, project), *_passed(chosen.passing, project), *_ask(home, simple, kept)]
    checks = checks_of(home, home.run(run_id), answers)
    left = kept.left if kept else set()
    keeps_rows = any(result.node.config.materialized == "incremental" for result in nodes)
    rewritten = _rows_rewritten(home) if keeps_rows else {}
    models = []
    for node_result in made:
        name = node_result.node.name
        written, unchanged = rewritten.get(name, (None, None))
        kind, seconds = str(node_result.node.resource_type), round(node_result.execution_time, 3)
        models.append(ModelRun(name, kind, str(node_result.status), seconds, written, unchanged, name in left))
    models += [ModelRun(one.name, str(one.resource_type), "success", 0.0, is_kept=True) for one in chosen.staying]
    broken = [_broken_model(result) for result in made if _failed(result)]
    result = BuildResult(select, [*broken, *checks], models, round(time.monotonic() - began, 3))
    _keep(home, run_id, result)
    _stop_on_failure(home, run_id, result, answers)
    return result


def _ask(home: Home, tests: Sequence[SimpleTest], kept: KeptModels | None) -> list[Answer]:
    """The answers of simple tests; one that was asked of the same before, and found no row, finds none."""
    if kept is None:
        return ask(home.warehouse, tests)
    asked_of = {test.name: kept.asked_of(test) for test in tests}
    due = [test for test in tests if not kept.has_passed(test.name, asked_of[test.name])]
    answers = {answer.test.name: answer for answer in ask(home.warehouse, due)}
    for name, answer in answers.items():
        kept.is_answered(name, asked_of[name], 1 if answer.fault else answer.failures)
    kept.write_passed(home.warehouse)
    return [answers.get(test.name) or Answer(test, 0) for test in tests]


def build_untested(home: Home, run_id: str, select: str) -> None:
    """Builds the seeds and models that `select` names as `build` does, and tests none of them: for a scratch home,
    where what is built is compared and never published. Raises GateFailed, PassingFault.
    """
    of_models = ["--resource-type", "model", "--resource-type", "seed"]
    _, _, nodes = _invoke(home, home.run(run_id), select, of_models, [], KeptModels.of(home.warehouse))
    if broken := [_broken_model(result).message for result in nodes if _failed(result)]:
        raise _fault("; ".join(broken))


def get_ready(home: Home) -> None:
    """Imports dbt and reads the project for the builds of this process: five seconds. Raises GateFailed."""
    say_little()
    with _warehouse_of(home):
        _project(home, _where(home, home.root / "dbt_target"))


def absent_sources(home: Home) -> list[str]:
    """The sources without a batch in effect: of what their files say there is nothing to test, and most homes have few
    of all the sources."""
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        rows = connection.execute(
            "select source from frozen.batches union select source from frozen.state_files"
        ).fetchall()
    present = {source for (source,) in rows}
    return [source for source in source_names() if source not in present]


def _stop_on_failure(home: Home, run_id: str, result: BuildResult, answers: Sequence[Answer]) -> None:
    stopping = [check for check in result.checks if check.stops]
    if not stopping:
        return
    sentences = "; ".join(check.message for check in stopping)
    passing = [check for check in stopping if any(mark in check.observed for mark in _PASSING)]
    if passing:
        others = f" (and {len(stopping) - 1} others)" if len(stopping) > 1 else ""
        raise PassingFault(
            f"the warehouse could not be used just now: {passing[0].message}{others}; make room on the disk, or close "
            "what has it open, then run again"
        )
    record_checks(home, run_id, result.checks)
    failed = [answer for answer in answers if answer.test.severity == "error" and (answer.failures or answer.fault)]
    if len(failed) == len(stopping) and not any(answer.fault for answer in failed):
        unfit = unfit_batches(home, [answer.test for answer in failed])
        if unfit:
            raise UnfitBatches(sentences, unfit)
    raise GateFailed(sentences)


def _invoke(
    home: Home, folder: Path, select: str, more: list[str], without: Sequence[str], kept: KeptModels | None
) -> tuple[NightProject, Due, list[Any]]:
    """The project, what of it dbt was given, and dbt's results, one per node; raises where dbt could not even begin.

    Tests of models in the folders `without` are left out; `kept` says which models stay as they are.
    """
    from dbt.cli.main import dbtRunner

    where = _where(home, folder)
    say_little()
    write_below_target()
    with _warehouse_of(home), (folder / "dbt.log").open("a", encoding="utf-8") as log:
        project = _project(home, where)
        graph = project.manifest.flat_graph  # dbt's own, which a later call of this process has as well
        graph[IN_GRAPH] = kept
        try:
            chosen = due(project.manifest, select, kept, _tests_of(project.manifest, without))
            if not chosen.selection:
                return project, chosen, []
            outcome = dbtRunner(manifest=project.manifest, callbacks=[_logged(log)]).invoke(
                ["build", *chosen.selection, "--use-fast-test-edges", *more, *where]
            )
        finally:
            _let_go_of_the_warehouse()
            del graph[IN_GRAPH]
    if outcome.exception is not None:
        raise _fault(str(outcome.exception))
    return project, chosen, list(outcome.result.results)


def _tests_of(manifest: Any, folders: Sequence[str]) -> list[str]:
    """Names of the tests that dbt itself asks and that read models of these folders of the project alone.

    By name, since dbt holds every node against every path that it is to select, and most homes lack most sources.
    """
    models = {
        name: str(Path(node.original_file_path).parent) in folders
        for name, node in manifest.nodes.items()
        if node.resource_type == "model"
    }
    return [
        node.name
        for node in manifest.nodes.values()
        if node.resource_type == "test"
        and (read := [models[name] for name in node.depends_on.nodes if name in models])
        and all(read)
    ]


def _where(home: Home, folder: Path) -> list[str]:
    return where_of(home.root / "dbt_target", folder)


def where_of(target: Path, logs: Path) -> list[str]:
    """dbt's arguments that say where it finds the project, and where it writes its artifacts and logs."""
    return [
        "--project-dir", str(PROJECT.dbt_project), "--profiles-dir", str(PROJECT.profiles),
        "--target-path", str(target), "--log-path", str(logs),
        "--log-level", "none", "--log-level-file", "none", "--no-print", "--no-use-colors",
        "--no-write-json", "--no-send-anonymous-usage-stats",
    ]  # fmt: skip


@cache
def say_little() -> None:
    """Has this process's dbt drop what only its developers read: ten thousand events a night, of many fields each."""
    from dbt_common.events.base_types import EventLevel
    from dbt_common.events.event_manager import EventManager
    from dbt_common.events.event_manager_client import ctx_set_event_manager

    class Little(EventManager):
        def fire_event(
            self, e: Any, level: Any = None, node: Any = None, force_warn_or_error_handling: bool = False
        ) -> None:
            if (level or e.level_tag()) not in (EventLevel.DEBUG, EventLevel.TEST) or force_warn_or_error_handling:
                super().fire_event(e, level, node, force_warn_or_error_handling)

    ctx_set_event_manager(Little())


def _logged(log: TextIO) -> Callable[[Any], None]:
    """Writes what dbt says into a log. dbt's own logger puts each of its many events into words, to drop most."""

    def hear(event: Any) -> None:
        if event.info.level in _LOGGED and event.info.msg:
            print(event.info.ts.ToJsonString(), event.info.level, event.info.msg, file=log)

    return hear


def _rows_rewritten(home: Home) -> dict[str, tuple[int, int]]:
    """Of each model that keeps what has not changed: rows counted anew since the freeze, and rows kept."""
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        rows = connection.execute("select model, rows_written, rows_kept from frozen.rows_rewritten").fetchall()
    return {model: (written, kept) for model, written, kept in rows}


def _let_go_of_the_warehouse() -> None:
    """Closes the connection that dbt-duckdb keeps open for a next call: gate and publish attach the file anew."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()


def _project(home: Home, where: list[str]) -> NightProject:
    # a file beside these folders changes a contract of the program (its schedule, its names) and nothing of dbt's
    own_sources = home.sources.glob("*/")
    try:
        return night_project([PROJECT.dbt_project, PROJECT.profiles, *own_sources], where)
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


def _answers(results: Sequence[Any], project: NightProject) -> list[Answer]:
    """dbt's own results in the form of the tests that were asked together. dbt counts the rows that break the claim."""
    keys, tables = keys_of(project.manifest), relations(project.manifest)
    return [
        Answer(
            simple_test(result.node, keys, tables),
            0 if str(result.status) == "pass" else result.failures or 0,
            _one_line(result.message) if str(result.status) == "error" else "",
        )
        for result in results
    ]


def _passed(tests: Sequence[Any], project: NightProject) -> list[Answer]:
    """The answers of tests that dbt was not given, since they find no row."""
    keys, tables = keys_of(project.manifest), relations(project.manifest)
    return [Answer(simple_test(node, keys, tables), 0) for node in tests]


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
