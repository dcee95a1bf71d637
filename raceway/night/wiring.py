"""What DAG files need while Airflow parses them: schedules, owners, limits and texts.

Parsing happens again and again, in every task's process too. So nothing heavy is imported here (no DuckDB,
dbt, Great Expectations, pandas) and nothing is read but contracts and settings. What a task does when it
runs stands in `raceway.night.steps`.
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass
from typing import Any, Final

from raceway.common.faults import PassingFault
from raceway.common.home import find_home
from raceway.common.stages import RACE_STAGES
from raceway.config.settings import Settings, load_settings
from raceway.contracts.files import source_names
from raceway.contracts.grammar import SourceContract
from raceway.contracts.load import load_contract, load_contracts

STAGES: Final = ("staging", "conform", *RACE_STAGES, "mart")
"""Tasks of `race_mart` between freeze and gate, in order; each builds the models of its tag."""

EXTRACT_PREFIX: Final = "extract_"
MART_DAG: Final = "race_mart"
DECIDE_DAG: Final = "decide"
UPKEEP_DAG: Final = "upkeep"

RETRIES: Final = 3
RETRY_DELAY: Final = dt.timedelta(seconds=20)
MAX_RETRY_DELAY: Final = dt.timedelta(minutes=10)
LANDINGS_AT_ONCE: Final = 4
"""Groups of exports of one source that land at the same time: DuckDB uses all cores for each already."""

WAREHOUSE_QUEUE: Final = "warehouse"
"""Tasks that open the warehouse, one DuckDB file: the workers of one machine take them. Extraction runs on any."""

WITHOUT_SCHEDULER: Final = "RACEWAY_WITHOUT_SCHEDULER"
"""Set while this process reads the DAG files to run them itself."""

STAGE_TIMEOUT: Final = dt.timedelta(hours=2)
WAIT_TIMEOUT: Final = dt.timedelta(hours=20)
"""Longer than any wait until the cut-off; only a guard against a wait that never ends."""


@dataclass(frozen=True)
class DagPlan:
    """How Airflow runs one DAG."""

    dag_id: str
    schedule: str
    zone: str
    owner: str
    tags: tuple[str, ...]
    timeout: dt.timedelta
    """Of a whole DAG run."""
    task_timeout: dt.timedelta
    doc: str
    queue: str = "default"
    """Which of Celery's workers take its tasks; other executors know no queues."""


def extract_plans(only_dag: str | None = None) -> dict[str, DagPlan]:
    """The plan of each source's extract DAG, by source.

    `only_dag` (a task's process knows its DAG) reads that source's contract alone. Raises BadContract and
    BadSettings.
    """
    home = find_home()
    zone = load_settings(home).business.zone
    if only_dag is not None:
        if not only_dag.startswith(EXTRACT_PREFIX):
            return {}
        source = only_dag.removeprefix(EXTRACT_PREFIX)
        contracts = {source: load_contract(source, home)}
    else:
        contracts = load_contracts(home)
    return {source: _extract_plan(contract, zone) for source, contract in sorted(contracts.items())}


def mart_plan() -> tuple[DagPlan, tuple[str, ...]]:
    """The plan of `race_mart` and the names of the sources that feed it. Raises as `extract_plans`."""
    home = find_home()
    settings = load_settings(home)
    plan = DagPlan(
        dag_id=MART_DAG,
        schedule=settings.night.schedule,
        zone=settings.business.zone,
        owner="data",
        tags=("mart", "critical"),
        timeout=dt.timedelta(hours=24),
        task_timeout=STAGE_TIMEOUT,
        doc=_mart_doc(settings),
        queue=WAREHOUSE_QUEUE,
    )
    return plan, tuple(source_names(home))


def deadline_alert() -> Any:
    """Airflow's alert for `race_mart`: at `alerts.deadline` it has `mart_is_late` look, while the run still works.

    None where no scheduler runs the DAG: nobody would look, and `DAG.test` breaks off on a DAG that has one (3.3.2).
    The deadline is told from when the schedule starts the run, so a run by hand has none. Airflow calls deadlines
    experimental; `raceway doctor --late` looks from outside, also where no scheduler is alive.
    """
    if os.environ.get(WITHOUT_SCHEDULER):
        return None
    from airflow.sdk import DeadlineAlert, DeadlineReference, SyncCallback  # type: ignore[attr-defined]  # experimental

    from raceway.night.late import mart_is_late

    settings = load_settings(find_home())
    return DeadlineAlert(
        reference=DeadlineReference.DAGRUN_LOGICAL_DATE,
        interval=until_deadline(settings.night.schedule, settings.alerts.deadline),
        callback=SyncCallback(mart_is_late),
        name="mart of the day",
    )


def until_deadline(schedule: str, deadline: str) -> dt.timedelta:
    """From the time of day at which a cron strikes first to the next deadline (HH:MM) after it; of one that is equal, a
    day. Raises ValueError for a cron that cannot be read."""
    from croniter import croniter

    begins: dt.datetime = croniter(schedule, dt.datetime(2024, 1, 1)).get_next(dt.datetime)  # noqa: DTZ001  # a time of the day
    ends = dt.datetime.combine(begins.date(), dt.time.fromisoformat(deadline))
    return ends - begins if ends > begins else ends + dt.timedelta(days=1) - begins


def decide_plan() -> DagPlan:
    """The plan of `decide`. Raises as `extract_plans`."""
    return DagPlan(
        dag_id=DECIDE_DAG,
        schedule="",
        zone=load_settings(find_home()).business.zone,
        owner="data",
        tags=("decision",),
        timeout=dt.timedelta(minutes=30),
        task_timeout=dt.timedelta(minutes=10),
        doc=_DECIDE_DOC,
        queue=WAREHOUSE_QUEUE,
    )


def upkeep_plan() -> DagPlan:
    """The plan of `upkeep`. Raises as `extract_plans`."""
    settings = load_settings(find_home())
    return DagPlan(
        dag_id=UPKEEP_DAG,
        schedule=settings.retention.schedule,
        zone=settings.business.zone,
        owner="data",
        tags=("upkeep",),
        timeout=dt.timedelta(hours=2),
        task_timeout=dt.timedelta(hours=1),
        doc=_UPKEEP_DOC,
        queue=WAREHOUSE_QUEUE,
    )


def who_triggered(dag_run: Any) -> str:
    """The name under which a person started a DAG run."""
    return str(dag_run.triggering_user_name or "Airflow")


def task_defaults(plan: DagPlan) -> dict[str, Any]:
    """What holds for every task of a DAG: owner, limits, and which faults are worth another try."""
    from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryRule

    return {
        "owner": plan.owner,
        "queue": plan.queue,
        "execution_timeout": plan.task_timeout,
        "retries": RETRIES,
        "retry_delay": RETRY_DELAY,
        "retry_exponential_backoff": 2.0,
        "max_retry_delay": MAX_RETRY_DELAY,
        "retry_policy": ExceptionRetryPolicy(
            rules=[
                RetryRule(exception=[PassingFault, OSError], action=RetryAction.RETRY, reason="may heal by itself"),
                # a refused file, a failed gate, a fault of the program: only a person mends these
                RetryRule(exception=Exception, action=RetryAction.FAIL, reason="permanent: needs a change"),
            ]
        ),
    }


def _extract_plan(contract: SourceContract, zone: str) -> DagPlan:
    return DagPlan(
        dag_id=f"{EXTRACT_PREFIX}{contract.name}",
        schedule=contract.meta.schedule,
        zone=zone,
        owner=contract.meta.owner,
        tags=("extract", *contract.meta.tags),
        timeout=dt.timedelta(minutes=3 * contract.meta.timeout_minutes),
        task_timeout=dt.timedelta(minutes=contract.meta.timeout_minutes),
        doc=_extract_doc(contract),
    )


def _extract_doc(contract: SourceContract) -> str:
    tables = "\n".join(f"- `{table.name}`: {table.description}" for table in contract.tables)
    return f"""\
### extract_{contract.name}

**What it does.** Looks into `inbox/{contract.name}/<account>/` for new files and reads, types, lands,
checks and accepts them, up to fifty exports to a task, as batches of:

{tables}

It never touches the warehouse; `race_mart` takes up what was accepted. Running it again does no harm: a
file that is decided is not read twice.

**What a failure means.** A failed `land` task refused a file: the file's kind is unknown, a column is
missing or renamed, or a critical check failed. Nothing of it counts; the other files, those of the same task
too, and the other sources have landed, and tonight's mart is published without it. The sentence in the task's
log, in `raceway status` and in `quarantine/` names file, row and reason. Refused files are not retried; locks
and I/O errors are, with growing pauses, and what had landed before is not read again.

**What to do.** Mend the export at its source and put it into the inbox again; or extend the contract
(`_{contract.name}__sources.yml`, or the overlay in the home's `sources/`) and run `raceway retry`; or,
where only a check refused a batch that is right, `raceway accept BATCH`. Then trigger this DAG, or wait
for the night.

**Who.** {contract.meta.owner}
"""


def _mart_doc(settings: Settings) -> str:
    required = "\n".join(
        f"- {required.source}: due {', '.join(required.due)}; newest day at most {required.lag_days} behind"
        for required in settings.night.required
    )
    return f"""\
### race_mart

**What it does.** Waits until the required sources that are due are in, or until {settings.night.cut_off}
({settings.business.zone}); freezes the effective set; builds the RACE stages and the KPI mart; checks the
mart; publishes it. Analysts see the new version only when `publish` is green. A night on which nothing has
changed ends after `freeze`, with the other tasks skipped.

Required sources:

{required or "- none"}

**What a failure means.** `staging` to `mart`: a model or a critical test failed. `gate_mart`: a critical
expectation failed. In both cases nothing is published and the last good version stays. `publish`: the new
version could not be written; the old one stays. Gate failures are not retried; locks and I/O errors are,
with growing pauses.

**What to do.** Read the reasons (task log, `raceway status`, `check_history`). Take a wrong batch out with
`raceway reject BATCH`, or mend the model or setting, then trigger this DAG again: it starts from landing
and loses nothing. A source that is late is taken up by the next run. `publish` is skipped while a person holds
publishing (`raceway rollback`): release it when the reason is mended.

**Who.** data
"""


_DECIDE_DOC: Final = """\
### decide

**What it does.** Carries out one decision and records it with your name and reason:

- `accept`: a batch that the gate refused or the freeze holds counts from the next run on.
- `reject`: an accepted batch is out from the next run on; what it had replaced counts again.
- `retry`: a refused file goes back into the inbox.
- `rollback`: readers see an earlier version (its id) at once, and nights publish nothing until
- `release`: publishing goes on with the next night; the id is the version that is held.
- `waive`: a critical check that stopped the mart may fail in the next run, once; a warning says so on the report.

It never runs by itself. The operators' page links to it with what it is about filled in.

**What a failure means.** The id is not there, stands so already, or the reason is missing. Nothing was changed; the
sentence is in the task's log.

**What to do.** Copy the id from the operators' page or `raceway status`, and start it again. Then trigger `race_mart`,
or wait for the night.

**Who.** data
"""


_UPKEEP_DOC: Final = """\
### upkeep

**What it does.** Removes what `[retention]` says was kept long enough: raw files and refused rows, logs of runs and of
Airflow's tasks, batches in whose place others stand since their files were read again. Nothing that is in effect, waits
for a decision or belongs to a kept version goes. With `dry_run` it only lists what would go, with sizes.

**What a failure means.** A file could not be removed, or a run held the home. What counts is untouched; the next run
of this DAG tries again.

**What to do.** Read the task's log: it names the file. Look at its rights and at the disk.

**Who.** data
"""
