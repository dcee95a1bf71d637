"""Runs raceway's DAGs: in this process, or through a scheduler that is alive for the home.

Both ways run the same DAG files and leave the same rows in Airflow's database, from which `_ended` reads
how a run went. `raceway.night.airflow_home.use` must have run before this module's functions import Airflow.
"""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any, Final, Protocol

from raceway.common.faults import BadSettings, PermanentFault
from raceway.common.home import PROJECT
from raceway.night.wiring import WITHOUT_SCHEDULER

POLL_SECONDS: Final = 1.0
KNOWN_WITHIN: Final = dt.timedelta(minutes=2)
"""A scheduler that has just started needs a moment before it knows the DAGs."""
RESTART_WITHIN: Final = dt.timedelta(minutes=1)
"""A scheduler that is restarted goes on with its runs."""


@dataclass(frozen=True)
class TaskEnd:
    """How one task of a DAG run ended. `seconds` is None for a task that never began."""

    task: str
    map_index: int
    state: str
    seconds: float | None


@dataclass(frozen=True)
class DagEnd:
    """How one DAG run ended, and what its tasks handed on."""

    dag_id: str
    run_id: str
    state: str
    tasks: tuple[TaskEnd, ...]
    handed_on: Mapping[tuple[str, int, str], Any]
    """By task, map index and key: the values that tasks pushed."""

    @property
    def succeeded(self) -> bool:
        """Whether every task ended well or was meant to be skipped."""
        return self.state == "success"

    def values(self, task: str, key: str = "return_value") -> list[Any]:
        """What the instances of a task handed on under a key, by map index."""
        found = {index: value for (name, index, k), value in self.handed_on.items() if (name, k) == (task, key)}
        return [found[index] for index in sorted(found)]

    def seconds(self, *tasks: str) -> float:
        """Time spent in these tasks, added up; all tasks where none is named."""
        return sum(end.seconds or 0.0 for end in self.tasks if not tasks or end.task in tasks)


Tell = Callable[[str], None]


class Runner(Protocol):
    """Runs DAGs to their end."""

    def run(self, dag_ids: Sequence[str], conf: Mapping[str, Any], tell: Tell) -> list[DagEnd]:
        """Runs each DAG once with this configuration; `tell` hears what is going on."""
        ...


def scheduler_is_alive() -> bool:
    """Whether a scheduler's heartbeat in Airflow's database is fresh."""
    from airflow.jobs.job import most_recent_job

    job = most_recent_job("SchedulerJob")
    return job is not None and job.is_alive()


class InProcess:
    """Runs DAGs here, one after the other, without a scheduler."""

    def __init__(self) -> None:
        _answer_this_version_alone()

    def run(self, dag_ids: Sequence[str], conf: Mapping[str, Any], tell: Tell) -> list[DagEnd]:
        """As `Runner.run`. Raises BadSettings where Airflow cannot read a DAG file."""
        dags = _read(dag_ids) if dag_ids else {}
        ends = []
        for dag_id in dag_ids:
            tell(dag_id)
            with _reading_only(dag_id):
                dag_run = dags[dag_id].test(run_conf=dict(conf))
            ends.append(_ended(dag_id, dag_run.run_id))
        return ends


def _read(dag_ids: Sequence[str]) -> dict[str, Any]:
    """The DAGs as their files say now; `DAG.test` stores each in Airflow's database before it runs."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import BundleDagBag

    dags: dict[str, Any] = {}
    with _reading_only(dag_ids[0]) if len(dag_ids) == 1 else nullcontext():
        for bundle in DagBundlesManager().get_all_dag_bundles():
            bundle.initialize()
            bag = BundleDagBag(dag_folder=bundle.path, bundle_path=bundle.path, bundle_name=bundle.name)
            for file, reason in bag.import_errors.items():
                raise BadSettings(f"{file}: Airflow cannot read this DAG file: {reason}")
            dags |= bag.dags
    missing = [dag_id for dag_id in dag_ids if dag_id not in dags]
    if missing:
        raise BadSettings(f"{', '.join(missing)}: no DAG file in {PROJECT.dags} makes this DAG")
    return dags


def _answer_this_version_alone() -> None:
    """Has the API between tasks and Airflow's database answer the newest version alone, in this process.

    On its first request Airflow builds the routes of every version that it ever had (nine by now, 7 s), for workers
    older than the server. Here both are this very process. The version before the newest stays too: it takes in the
    routes that are there no more, which Airflow insists on.
    """
    from airflow.api_fastapi.execution_api.versions import bundle
    from airflow.sdk.api.datamodels._generated import API_VERSION

    if bundle.version_values[0] == API_VERSION:
        bundle.versions = bundle.versions[:2]


@contextmanager
def _reading_only(dag_id: str) -> Iterator[None]:
    """Has Airflow read this DAG alone when it reads the DAG files, as `airflow dags test` does.

    `DAG.test` reads and stores all DAGs anew at each call, so that a run may trigger others. Ours trigger none,
    and with one for each source that took longer than their tasks. Airflow's own manager of this variable does not
    take it back.
    """
    from airflow.sdk.definitions.context import _AIRFLOW_PARSING_CONTEXT_DAG_ID as VARIABLE

    os.environ[VARIABLE] = dag_id
    os.environ[WITHOUT_SCHEDULER] = "1"
    try:
        yield
    finally:
        del os.environ[VARIABLE], os.environ[WITHOUT_SCHEDULER]


class Following:
    """Triggers DAG runs in a living scheduler and follows them; it may run them side by side."""

    def run(self, dag_ids: Sequence[str], conf: Mapping[str, Any], tell: Tell) -> list[DagEnd]:
        """As `Runner.run`. Raises PermanentFault where a DAG is unknown or paused, or the scheduler has stopped."""
        waiting = {dag_id: self._trigger(dag_id, conf) for dag_id in dag_ids}
        ends = {}
        seen_alive = time.monotonic()
        while waiting:
            for dag_id, run_id in list(waiting.items()):
                end = _ended(dag_id, run_id)
                if end.state in ("success", "failed"):
                    ends[dag_id] = end
                    del waiting[dag_id]
            if waiting:
                if scheduler_is_alive():
                    seen_alive = time.monotonic()
                elif time.monotonic() - seen_alive > RESTART_WITHIN.total_seconds():
                    raise PermanentFault(
                        f"Airflow's scheduler has stopped while it was at work on {', '.join(waiting)}; start it again "
                        "and it goes on, or run this command again without it"
                    )
                tell(f"{len(ends)} of {len(dag_ids)} done; waiting for {', '.join(waiting)}")
                time.sleep(POLL_SECONDS)
        return [ends[dag_id] for dag_id in dag_ids]

    @staticmethod
    def _trigger(dag_id: str, conf: Mapping[str, Any]) -> str:
        from airflow.api.common.trigger_dag import trigger_dag
        from airflow.models.dag import DagModel
        from airflow.utils.types import DagRunTriggeredByType

        known_until = time.monotonic() + KNOWN_WITHIN.total_seconds()
        while (dag := DagModel.get_current(dag_id)) is None:
            if time.monotonic() > known_until:
                raise PermanentFault(
                    f"{dag_id}: the scheduler does not know this DAG; is its DAG processor running, and without "
                    "import errors?"
                )
            time.sleep(POLL_SECONDS)
        if dag.is_paused:
            raise PermanentFault(f"{dag_id}: is paused in Airflow; unpause it with: airflow dags unpause {dag_id}")
        # Airflow cuts microseconds off a run's id by default: two runs within a second would be one
        dag_run = trigger_dag(
            dag_id,
            conf=dict(conf),
            triggered_by=DagRunTriggeredByType.CLI,
            triggering_user_name="raceway run",
            replace_microseconds=False,
        )
        if dag_run is None:
            raise PermanentFault(f"{dag_id}: Airflow did not accept a run of this DAG")
        return str(dag_run.run_id)


def _ended(dag_id: str, run_id: str) -> DagEnd:
    """How a DAG run stands in Airflow's database."""
    from airflow.models.dagrun import DagRun
    from airflow.models.taskinstance import TaskInstance
    from airflow.models.xcom import XComModel
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        state = session.scalar(select(DagRun.state).where(DagRun.dag_id == dag_id, DagRun.run_id == run_id))
        tasks = session.execute(
            select(TaskInstance.task_id, TaskInstance.map_index, TaskInstance.state,
                   TaskInstance.start_date, TaskInstance.end_date)
            .where(TaskInstance.dag_id == dag_id, TaskInstance.run_id == run_id)
        ).all()  # fmt: skip
        values = session.scalars(select(XComModel).where(XComModel.dag_id == dag_id, XComModel.run_id == run_id)).all()
        handed_on = {
            (value.task_id, value.map_index, value.key): XComModel.deserialize_value(value) for value in values
        }
    ends = tuple(
        TaskEnd(task, index, str(state or "none"), (end - begin).total_seconds() if begin and end else None)
        for task, index, state, begin, end in tasks
    )
    return DagEnd(dag_id, run_id, str(state), ends, handed_on)
