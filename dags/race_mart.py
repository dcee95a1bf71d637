"""`race_mart`: from the accepted batches to a published mart, once a night.

What the tasks do stands in `raceway.night.steps`; the documentation that Airflow shows, in `raceway.night.wiring`.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, Asset, CronTriggerTimetable, PokeReturnValue, chain, get_parsing_context, task, teardown
from airflow.sdk.exceptions import AirflowSkipException

from raceway.night import steps, wiring
from raceway.night.airflow_home import WAREHOUSE_POOL


def this_run(ti: Any) -> dict[str, Any]:
    """The run as the first task read it: id, as_of, what is late."""
    run: dict[str, Any] = ti.xcom_pull(task_ids="wait_for_sources")
    return run


def mart_dag() -> DAG:
    """One line of tasks from `wait_for_sources` to `publish`, and `tell` after whatever became of them."""
    plan, sources = wiring.mart_plan()
    with DAG(
        plan.dag_id,
        description="Freezes, builds, checks and publishes the RACE mart",
        doc_md=plan.doc,
        schedule=CronTriggerTimetable(plan.schedule, timezone=plan.zone),
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=plan.timeout,
        deadline=wiring.deadline_alert(),
        tags=set(plan.tags),
        default_args=wiring.task_defaults(plan),
    ) as dag:

        @task.sensor(mode="reschedule", poke_interval=60, timeout=wiring.WAIT_TIMEOUT.total_seconds())
        def wait_for_sources(dag_run: Any = None) -> PokeReturnValue:
            """Waits until the required sources that are due are in, or the cut-off has passed."""
            ready, run = steps.start(dag_run.conf or {}, dag_run.start_date)
            return PokeReturnValue(is_done=ready, xcom_value=run)

        @task.short_circuit(
            pool=WAREHOUSE_POOL,
            inlets=[Asset(f"landing_{name}", uri=f"raceway://landing/{name}") for name in sources],
        )
        def freeze(ti: Any = None) -> bool:
            """Freezes the effective set; where nothing has changed, the rest is skipped."""
            frozen = steps.freeze(this_run(ti))
            ti.xcom_push("frozen", frozen)
            return bool(frozen["changed"])

        def stage(name: str) -> Any:
            """The task that builds and tests the models of one stage."""

            @task(task_id=name, pool=WAREHOUSE_POOL)
            def build(ti: Any = None) -> dict[str, Any]:
                """Builds and tests the models of this stage."""
                return steps.build(this_run(ti), name)

            return build()

        @task(pool=WAREHOUSE_POOL)
        def gate_mart(ti: Any = None) -> dict[str, Any]:
            """Checks the mart; a critical failure stops here and the last good version stays."""
            return steps.gate_mart(this_run(ti))

        @task(pool=WAREHOUSE_POOL, outlets=[Asset("race_mart", uri="raceway://published/race_mart")])
        def publish(ti: Any = None) -> dict[str, Any]:
            """Writes a new version and switches `current` to it; skipped while a person holds publishing."""
            published = steps.publish(this_run(ti))
            if published["held"]:
                raise AirflowSkipException(published["held"])
            return published

        @teardown
        @task
        def tell(ti: Any = None, dag_run: Any = None) -> dict[str, Any]:
            """Tells people how the night went, whatever became of it; it decides nothing about the run."""
            return steps.tell(this_run(ti), dag_run.conf or {}, dag_run.start_date)

        chain(wait_for_sources(), freeze(), *[stage(name) for name in wiring.STAGES], gate_mart(), publish(), tell())
    return dag


# who reads the file for one DAG needs no other: a night without a scheduler, for each source's
if get_parsing_context().dag_id in (None, wiring.MART_DAG):
    race_mart = mart_dag()
