"""`upkeep`: what `[retention]` says was kept long enough is removed once a week; a trial run only lists it.

What is looked for and removed stands in `raceway.night.upkeep`.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, CronTriggerTimetable, Param, get_parsing_context, task

from raceway.night import wiring
from raceway.night.upkeep import keep_up


def upkeep_dag() -> DAG:
    """One task, on the schedule of the settings."""
    plan = wiring.upkeep_plan()
    with DAG(
        plan.dag_id,
        description="Removes what was kept long enough",
        doc_md=plan.doc,
        schedule=CronTriggerTimetable(plan.schedule, timezone=plan.zone),
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=plan.timeout,
        tags=set(plan.tags),
        default_args=wiring.task_defaults(plan),
        params={"dry_run": Param(False, type="boolean", title="Only list what would go")},
    ) as dag:

        @task
        def upkeep(params: Any = None) -> list[str]:
            """Removes it, or lists it; the lines are in the task's log and result."""
            return keep_up(params)

        upkeep()
    return dag


if get_parsing_context().dag_id in (None, wiring.UPKEEP_DAG):
    race_upkeep = upkeep_dag()
