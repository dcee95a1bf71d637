"""`decide`: what people decide on Airflow's page, recorded with Airflow's user and a reason.

What is checked and done stands in `raceway.night.decide`.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import DAG, Param, get_parsing_context, task

from raceway.night import wiring
from raceway.night.decide import ACTIONS, SHORTEST_WHY
from raceway.night.decide import decide as carry_out


def decide_dag() -> DAG:
    """One task, started by a person alone."""
    plan = wiring.decide_plan()
    with DAG(
        plan.dag_id,
        description="Accepts, rejects, retries, waives, rolls back or releases, with your name and reason",
        doc_md=plan.doc,
        schedule=None,
        catchup=False,
        max_active_runs=1,
        dagrun_timeout=plan.timeout,
        tags=set(plan.tags),
        default_args=wiring.task_defaults(plan),
        params={
            "action": Param(ACTIONS[0], type="string", enum=list(ACTIONS), title="What to do"),
            "id": Param("", type="string", minLength=1, maxLength=300, title="Batch, file, check or version"),
            "why": Param("", type="string", minLength=SHORTEST_WHY, maxLength=1000, title="Why"),
        },
    ) as dag:

        @task(retries=0)
        def decide(params: Any = None, dag_run: Any = None) -> str:
            """Checks what is asked, and carries it out."""
            return carry_out(params, wiring.who_triggered(dag_run))

        decide()
    return dag


if get_parsing_context().dag_id in (None, wiring.DECIDE_DAG):
    race_decide = decide_dag()
