"""Parses the DAG files as Airflow does and prints what is in them as JSON.

A process of its own: Airflow can serve one home in a process, and what parsing imports shows only in a fresh
one. Argument: the home.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from raceway.common.faults import BadContract, ExportRefused, GateFailed, HomeIsLocked
from raceway.common.home import PROJECT, Home
from raceway.night.airflow_home import use

HEAVY = (
    "duckdb",
    "dbt",
    "great_expectations",
    "pandas",
    "numpy",
    "pyarrow",
    "raceway.landing.land",
    "raceway.build.freeze",
)
FAULTS = (ExportRefused, GateFailed, BadContract, HomeIsLocked, OSError, KeyError)


def main() -> None:
    use(Home(Path(sys.argv[1])))
    import airflow.models
    import airflow.sdk  # what follows measures raceway's part alone
    from airflow.dag_processing.dagbag import DagBag

    airflow.models.import_all_models()
    DagBag(dag_folder="/dev/null")
    before = {name for name in HEAVY if name in sys.modules}
    seconds, dags, errors = {}, {}, {}
    for file in sorted(PROJECT.dags.glob("*.py")):
        began = time.process_time()  # of this process alone: other tests run beside it
        bag = DagBag(dag_folder=file)
        seconds[file.name] = time.process_time() - began
        errors |= bag.import_errors
        dags |= {dag_id: {"file": file.name, **describe(dag)} for dag_id, dag in bag.dags.items()}
    heavy = sorted({name for name in HEAVY if name in sys.modules} - before)
    print("DAGS=" + json.dumps({"dags": dags, "errors": errors, "seconds": seconds, "heavy": heavy}))


def describe(dag: Any) -> dict[str, Any]:
    return {
        "schedule": getattr(dag.timetable, "expression", None),
        "zone": str(getattr(dag.timetable, "timezone", "")),
        "params": {name: dag.params.get_param(name).schema for name in dag.params},
        "catchup": dag.catchup,
        "max_active_runs": dag.max_active_runs,
        "dagrun_timeout": dag.dagrun_timeout.total_seconds(),
        "deadline": [(alert.interval.total_seconds(), alert.callback.path) for alert in dag.deadline or []],
        "tags": sorted(dag.tags),
        "doc": dag.doc_md or "",
        "tasks": {task.task_id: describe_task(task) for task in dag.tasks},
    }


def describe_task(task: Any) -> dict[str, Any]:
    plain = task.partial_kwargs if task.is_mapped else vars(task)
    policy = plain["retry_policy"]
    return {
        "mapped": task.is_mapped,
        "owner": task.owner,
        "retries": task.retries,
        "retry_delay": task.retry_delay.total_seconds(),
        "backoff": float(task.retry_exponential_backoff),
        "max_retry_delay": task.max_retry_delay.total_seconds(),
        "timeout": task.execution_timeout.total_seconds(),
        "pool": task.pool,
        "mode": getattr(task, "mode", None),
        "teardown": task.is_teardown,
        "fails_the_run": task.on_failure_fail_dagrun,
        "trigger_rule": getattr(task.trigger_rule, "value", task.trigger_rule),
        "outlets": [asset.uri for asset in plain.get("outlets") or []],
        "inlets": [asset.uri for asset in plain.get("inlets") or []],
        "downstream": sorted(task.downstream_task_ids),
        "on_fault": {
            type(fault).__name__: policy.evaluate(fault, 1, task.retries).action.value
            for fault in (
                ExportRefused("x"),
                GateFailed("x"),
                BadContract("x"),
                HomeIsLocked("x"),
                OSError(),
                KeyError(),
            )
        },
    }


if __name__ == "__main__":
    main()
