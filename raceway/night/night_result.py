"""What a night did, gathered from Airflow's rows, the run's folder and the published mart."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import duckdb

from raceway.common.home import Home
from raceway.common.own_database import damage_told
from raceway.common.stages import RACE_STAGES
from raceway.config.settings import load_settings
from raceway.history.records import BATCH_CHECKS, Check, read_checks, run_checks, run_records
from raceway.inbox.strays import strays
from raceway.ledger.left_out import left_out
from raceway.night.airflow_runs import DagEnd
from raceway.night.steps import STOPPED_BY
from raceway.night.wiring import EXTRACT_PREFIX, STAGES
from raceway.report.mart_file import MEND

PUBLISHED: Final = 0
COULD_NOT_RUN: Final = 2
GATE_REFUSED: Final = 1
BATCH_REFUSED: Final = 3
PUBLISHING_HELD: Final = 4


@dataclass(frozen=True)
class SourceLanding:
    """What one source landed in a night. Row counts add up: read = landed + refused + furniture."""

    source: str
    exports: int = 0
    batches: int = 0
    duplicates: int = 0
    refused_exports: int = 0
    rows_read: int = 0
    rows_landed: int = 0
    rows_refused: int = 0
    rows_furniture: int = 0


@dataclass(frozen=True)
class Refusal:
    """An export of which nothing, or not everything, was landed, with the sentence that says why."""

    source: str
    account: str
    files: tuple[str, ...]
    kind: str
    """refused: the whole export; rows: some of its rows; failed: landing broke off, the files still wait."""
    reason: str


@dataclass(frozen=True)
class KpiLine:
    """A leading KPI of the last complete month, all channels and markets."""

    stage: str
    kpi: str
    name: str
    unit: str
    month: str
    value: float | None
    previous_value: float | None
    status: str | None


@dataclass(frozen=True)
class NightResult:
    """What a night did; everything `raceway run` prints."""

    run_id: str
    as_of: dt.date
    status: str
    """published, skipped, held, refused or failed."""
    exit_code: int
    message: str
    version: str | None
    landed: list[SourceLanding]
    refused: list[Refusal]
    pending: list[str]
    late: list[str]
    checks: dict[str, int]
    """Counts: passed, and failed by severity."""
    failed_checks: list[Check]
    kpis: list[KpiLine]
    currency: str
    """Of the money among them (ISO 4217)."""
    mart: Path | None
    report: Path | None
    log: Path | None
    seconds: dict[str, float] = field(default_factory=dict)
    """Wall time by part; they add up to `total`."""
    resting: list[str] = field(default_factory=list)
    """Files that were still being written: the next run takes them."""
    strays: list[str] = field(default_factory=list)
    """Sentences about files in the inbox that no source looks at."""
    recounted: dict[str, dict[str, int]] = field(default_factory=dict)
    """Rows `written` and `kept` of each model that counts anew only what has changed; none on a first night."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        values = asdict(self)
        values["as_of"] = self.as_of.isoformat()
        values["failed_checks"] = [check.to_dict() for check in self.failed_checks]
        for name in ("mart", "report", "log"):
            values[name] = str(values[name]) if values[name] else None
        return values


def gather(
    home: Home,
    run_id: str,
    as_of: dt.date,
    strict: bool,
    extracts: Sequence[DagEnd],
    mart: DagEnd,
    log: Path,
    total: float,
    resting: Sequence[str] = (),
    landing: float | None = None,
) -> NightResult:
    """The result of a night from its DAG runs; `total` is its wall time in seconds, `landing` that of all its extract
    DAGs where helpers landed beside them."""
    record = next((record for record in run_records(home) if record.run_id == run_id), None)
    status = record.status if record else "failed"
    refused = [refusal for extract in extracts for refusal in _refusals(extract)]
    checks = [*run_checks(home, run_id), *_landing_checks(home, extracts)]
    [run] = mart.values("wait_for_sources") or [{"late": []}]
    frozen = mart.values("freeze", "frozen")
    published = home.current.exists()
    return NightResult(
        run_id=run_id,
        as_of=as_of,
        status=status,
        exit_code=_exit_code(status, refused, strict),
        message=record.message if record else STOPPED_BY.get(run_id) or _broken_off(mart),
        version=home.current.resolve().name if published else None,
        landed=[_landing(extract) for extract in extracts],
        refused=refused,
        # not what the task handed on: what staging took out of it stands in the run alone
        pending=list(left_out(home, run_id).values()) if frozen else [],
        late=list(run["late"]),
        checks={
            "passed": sum(check.passed for check in checks),
            **{
                severity: sum(not check.passed and check.severity == severity for check in checks)
                for severity in ("critical", "warning", "info")
            },
        },
        # a critical check of a batch refused it: its sentence stands there
        failed_checks=[check for check in checks if not check.passed and not (check.batch_id and check.stops)],
        kpis=leading_kpis(home, as_of),
        currency=load_settings(home).business.reporting_currency,
        mart=home.current / "race.duckdb" if published else None,
        report=home.current / "report" / "index.html" if published else None,
        log=log,
        seconds=_seconds(extracts, mart, total, landing),
        resting=list(resting),
        strays=strays(home),
        recounted={
            model: rows
            for stage in STAGES
            for built in mart.values(stage)
            for model, rows in built["recounted"].items()
        },
    )


def leading_kpis(home: Home, as_of: dt.date) -> list[KpiLine]:
    """The published mart's leading KPIs of the last month that was over at `as_of`; none without a mart."""
    database = home.current / "race.duckdb"
    if not database.exists():
        return []
    # the version's own path: a new connection never meets a cached one of the version before
    with damage_told(database, MEND), duckdb.connect(str(database.resolve()), read_only=True) as connection:
        rows = connection.execute(
            """
            select kpi.stage, kpi.kpi, catalog.name, catalog.unit, kpi.period_start, kpi.value,
                kpi.previous_value, kpi.status
            from race_kpi as kpi
            inner join kpi_catalog as catalog on kpi.kpi = catalog.kpi
            where kpi.period = 'month' and kpi.channel = 'all' and kpi.market = 'all'
                and catalog.leading::integer = 1
                and kpi.period_start = date_trunc('month', ?::date) - interval 1 month
            order by list_position(?::varchar[], kpi.stage), kpi.kpi
            """,
            [as_of, list(RACE_STAGES)],
        ).fetchall()
    return [
        KpiLine(stage, kpi, name, unit, f"{month:%Y-%m}", value, previous_value, status)
        for stage, kpi, name, unit, month, value, previous_value, status in rows
    ]


def _outcomes(extract: DagEnd) -> list[dict[str, Any]]:
    """What became of each export of a source, over all its groups."""
    return [outcome for landed in extract.values("land", "landed") for outcome in landed["outcomes"]]


def _landing(extract: DagEnd) -> SourceLanding:
    outcomes = _outcomes(extract)

    def total(count: str) -> int:
        return sum(int(outcome[count]) for outcome in outcomes)

    return SourceLanding(
        source=extract.dag_id.removeprefix(EXTRACT_PREFIX),
        exports=len(outcomes),
        batches=sum(len(outcome["batches"]) for outcome in outcomes if outcome["status"] == "landed"),
        duplicates=sum(outcome["status"] == "duplicate" for outcome in outcomes),
        refused_exports=sum(outcome["status"] == "refused" for outcome in outcomes),
        rows_read=total("rows_read"),
        rows_landed=total("rows_landed"),
        rows_refused=total("rows_refused"),
        rows_furniture=total("rows_furniture"),
    )


def _refusals(extract: DagEnd) -> list[Refusal]:
    source = extract.dag_id.removeprefix(EXTRACT_PREFIX)
    refusals = []
    for outcome in _outcomes(extract):
        if outcome["status"] == "refused" or outcome["rows_refused"]:
            kind = "refused" if outcome["status"] == "refused" else "rows"
            refusals.append(Refusal(source, outcome["account"], tuple(outcome["files"]), kind, outcome["reason"] or ""))
    return [*refusals, *_broken_off_landings(extract)]


def _broken_off_landings(extract: DagEnd) -> list[Refusal]:
    """Landings that ended without a decision, one line for each reason; their files wait for the next run.

    A task that was killed hands nothing on: which of its exports it had decided stands in the ledger alone.
    """
    source = extract.dag_id.removeprefix(EXTRACT_PREFIX)
    reasons: Counter[str] = Counter()
    killed: Counter[str] = Counter()
    for landed in extract.values("land", "landed"):
        reasons.update(fault["reason"] for fault in landed["faults"])
    [groups] = extract.values("find_exports") or [[]]
    for end in extract.tasks:
        if end.state == "failed" and (end.task, end.map_index, "landed") not in extract.handed_on:
            reason = str(extract.handed_on.get((end.task, end.map_index, "fault"), "the reason stands in the log"))
            killed[reason] += len(groups[end.map_index]["exports"]) if 0 <= end.map_index < len(groups) else 1
    undecided = "those that were not decided yet wait for the next run (raceway status tells of the others)"
    sentences = [
        *(f"{count} exports could not be read and wait for the next run: {why}" for why, count in reasons.items()),
        *(f"landing {count} exports broke off; {undecided}: {why}" for why, count in killed.items()),
    ]
    return [Refusal(source, "", (), "failed", sentence) for sentence in sentences]


def _landing_checks(home: Home, extracts: Iterable[DagEnd]) -> list[Check]:
    batches = [batch for extract in extracts for outcome in _outcomes(extract) for batch in outcome["batches"]]
    return [
        check
        for batch in batches
        for file in home.landing.glob(f"*/*/{batch}/{BATCH_CHECKS}")
        for check in read_checks(file)
    ]


def _exit_code(status: str, refused: Sequence[Refusal], strict: bool) -> int:
    if status == "failed" or any(refusal.kind == "failed" for refusal in refused):
        return COULD_NOT_RUN
    if status == "refused":
        return GATE_REFUSED
    if status == "held":
        return PUBLISHING_HELD
    return BATCH_REFUSED if strict and any(refusal.kind == "refused" for refusal in refused) else PUBLISHED


def _broken_off(mart: DagEnd) -> str:
    tasks = ", ".join(end.task for end in mart.tasks if end.state == "failed") or "a task"
    return f"{mart.dag_id}: {tasks} broke off; the reason stands in the log"


def _seconds(extracts: Sequence[DagEnd], mart: DagEnd, total: float, landing: float | None) -> dict[str, float]:
    """Wall time by part. Orchestration is what is left: Airflow itself, its imports and its database.

    Where helpers land beside it, Airflow's share in the extract DAGs is landing's, too: both go on at once.
    """
    parts = {
        "landing": sum(extract.seconds("find_exports", "land") for extract in extracts) if landing is None else landing,
        "freeze": mart.seconds("wait_for_sources", "freeze"),
        "dbt": mart.seconds(*STAGES),
        "gate": mart.seconds("gate_mart"),
        "publish": mart.seconds("publish"),
    }
    parts["orchestration"] = max(0.0, total - sum(parts.values()))
    return {name: round(seconds, 2) for name, seconds in {**parts, "total": total}.items()}
