"""One DAG for each source: `extract_<source>` lands what waits in the source's inbox.

Schedule, owner, tags, limits and documentation come from the source's contract; what the tasks do stands
in `raceway.night.steps`.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, Asset, CronTriggerTimetable, get_parsing_context, task

from raceway.night import steps, wiring


def extract_dag(source: str, plan: wiring.DagPlan) -> DAG:
    """`find_exports` → one `land` for up to fifty exports, in parallel where workers are free."""
    with DAG(
        plan.dag_id,
        description=f"Lands the exports of {source}",
        doc_md=plan.doc,
        schedule=CronTriggerTimetable(plan.schedule, timezone=plan.zone),
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=plan.timeout,
        tags=set(plan.tags),
        default_args=wiring.task_defaults(plan),
    ) as dag:

        @task
        def find_exports() -> list[dict[str, Any]]:
            """Looks into the inbox for exports that are not decided yet, and puts small ones into groups."""
            return steps.find(source)

        @task(
            outlets=[Asset(f"landing_{source}", uri=f"raceway://landing/{source}")],
            map_index_template="{{ task.op_kwargs['group']['name'] }}",
            max_active_tis_per_dagrun=wiring.LANDINGS_AT_ONCE,
        )
        def land(group: dict[str, Any], ti: Any = None, dag_run: Any = None) -> None:
            """Reads, types, lands, checks and accepts each export of a group, or refuses it with a sentence."""
            try:
                landed = steps.land(source, group, dag_run.conf or {}, f"{dag_run.run_id} {ti.map_index}")
            except Exception as fault:
                ti.xcom_push("fault", str(fault) or type(fault).__name__)
                raise
            ti.xcom_push("landed", landed)
            steps.refuse(landed)

        land.expand(group=find_exports())
    return dag


for _source, _plan in wiring.extract_plans(only_dag=get_parsing_context().dag_id).items():
    globals()[_plan.dag_id] = extract_dag(_source, _plan)
