"""What the tasks of the DAGs do when they run: the pieces of a night, one function each.

Every function takes and gives JSON values, since that is what travels between tasks. It may be run again
at any time: landing knows what it has decided, a build starts from the frozen set, a version that is
published is published once. A `PermanentFault` is never retried, a `PassingFault` is.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

from raceway import __version__
from raceway.common.faults import GateFailed, PassingFault, PublishingIsHeld
from raceway.common.home import Home, find_home
from raceway.common.lock import together
from raceway.config.private import keep_private
from raceway.history.records import Check, RunRecord, RunStatus, record_checks, record_run
from raceway.night.tidying import tidy_up

if TYPE_CHECKING:
    from raceway.build.dbt_run import BuildResult
    from raceway.config.settings import Settings

Json = dict[str, Any]
Tell = Callable[[str], None]

_LISTENERS: Final[list[Tell]] = []
_FOUND: Final[dict[str, list[Json]]] = {}
"""By source: the groups of exports that the night's helpers have begun with."""
STOPPED_BY: Final[dict[str, str]] = {}
"""By run: why it stopped, as far as this process knows."""
_LOG: Final = logging.getLogger(__name__)


def hear(tell: Tell) -> None:
    """From now on `tell` hears what the steps of this process are doing, in a few words."""
    _LISTENERS[:] = [tell]


def _tell(doing: str) -> None:
    for tell in _LISTENERS:
        tell(doing)


@dataclass(frozen=True)
class Run:
    """What every task of one run of `race_mart` needs to know. `started_at` is UTC."""

    run_id: str
    as_of: dt.date
    started_at: dt.datetime
    full_refresh: bool = False
    late: list[str] = field(default_factory=list)
    """Required sources that are due and not in, as sentences."""

    def to_json(self) -> Json:
        """As JSON values."""
        return asdict(self) | {"as_of": self.as_of.isoformat(), "started_at": self.started_at.isoformat()}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Run:
        """The inverse of `to_json`."""
        return cls(
            run_id=values["run_id"],
            as_of=dt.date.fromisoformat(values["as_of"]),
            started_at=dt.datetime.fromisoformat(values["started_at"]),
            full_refresh=values["full_refresh"],
            late=list(values["late"]),
        )


def run_id_for(started_at: dt.datetime) -> str:
    """The id of a run that starts at this moment: sortable, and fit for a folder's name."""
    return started_at.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%S%fZ")


# extract_<source>


@contextmanager
def ahead(sources: Iterable[str], conf: Mapping[str, Any]) -> Iterator[None]:
    """Has the night's helpers begin with the exports of these sources, whose DAGs run in this process meanwhile.

    `conf` is the DAG runs'. What cannot be found here is left to the DAG, which says why. While they begin, this
    process gets ready to build; what that meets is told by the build.
    """
    from raceway.build.dbt_run import get_ready
    from raceway.night.groups import begin

    home = find_home()
    try:
        for source in sources:
            with suppress(Exception):
                _FOUND[source] = _find(source)
        begin(home, list(_FOUND.values()), _as_of(conf))
        if _FOUND:
            with suppress(Exception):
                get_ready(home)
        yield
    finally:
        _FOUND.clear()


def find(source: str) -> list[Json]:
    """The exports that wait in the inbox of `source`, in groups, each one mapped task; those that `ahead` found."""
    return _FOUND[source] if source in _FOUND else _find(source)


def _find(source: str) -> list[Json]:
    from raceway.config.settings import load_settings
    from raceway.inbox.exports import at_rest, find_exports
    from raceway.night.groups import in_groups
    from raceway.night.mending import mend

    with _at_work(f"{source}: looking into the inbox") as home:
        for check in mend(home, [source]):
            _LOG.warning(check.message)
        settings = load_settings(home)
        fetch(home, settings, [source])
        exports = at_rest(home, find_exports(home, source), settings.inbox.rest_seconds)
        return in_groups(exports)


def fetch(home: Home, settings: Settings, sources: Iterable[str]) -> list[str]:
    """Brings new files of a remote inbox into the local one; gives the paths of those that are left to rest."""
    from raceway.inbox.remote_inbox import RemoteInbox

    if not settings.inbox.address:
        return []
    remote = RemoteInbox(home, settings)
    now = dt.datetime.now(tz=dt.UTC)
    return [f"{path} ({settings.inbox.address})" for source in sources for path in remote.fetch(source, now)]


def land(source: str, group: Json, conf: Mapping[str, Any], task: str) -> Json:
    """Lands the exports of a group; gives their outcomes, refused ones too (`refuse` turns those into a failure).

    `conf` is the DAG run's; its `as_of` (ISO date, default: today's business day) is the day to check against.
    `task` names the task of the DAG run, the same at every try.
    """
    from raceway.night.groups import land_group

    with _at_work(f"{source}: {group['name']}") as home:
        return land_group(home, group, _as_of(conf), task, lambda name: _tell(f"{source}: {name}"))


def _as_of(conf: Mapping[str, Any]) -> dt.date | None:
    return dt.date.fromisoformat(conf["as_of"]) if conf.get("as_of") else None


def refuse(landed: Json) -> None:
    """Raises where an export of `land` broke off (PassingFault, PermanentFault) or was refused (ExportRefused)."""
    from raceway.night.groups import raise_what_befell

    raise_what_befell(landed)


# race_mart


def start(conf: Mapping[str, Any], started_at: dt.datetime) -> tuple[bool, Json]:
    """Whether `race_mart` may go on, and the run as all later tasks see it.

    `conf` is the DAG run's: `as_of` (ISO date; else the business day of `started_at`, read here and nowhere
    else), `full_refresh`, `wait` (False: go on at once, whatever is late). It may go on when every required
    source that is due is in, or the cut-off has passed. Raises BadSettings where `as_of` lies after tomorrow.
    """
    from raceway.config.settings import load_settings
    from raceway.landing.aside import sweep_unheld
    from raceway.night.days import refuse_days_ahead
    from raceway.night.due import late_sources, past_cut_off

    named = conf.get("run_id") or run_id_for(started_at)
    with _at_work("which sources are in", Run(named, _as_of(conf) or started_at.date(), started_at)) as home:
        sweep_unheld(home.scratch)
        settings = load_settings(home)
        home.run_folder(named)  # a name that leads elsewhere stops here
        as_of = _as_of(conf) or settings.business_day(started_at)
        refuse_days_ahead(home, settings, as_of, dt.datetime.now(tz=dt.UTC))
        late = late_sources(home, settings, as_of)
        ready = not late or not conf.get("wait", True) or past_cut_off(settings, as_of)
    run = Run(
        run_id=named,
        as_of=as_of,
        started_at=started_at,
        full_refresh=bool(conf.get("full_refresh", False)),
        late=late,
    )
    return ready, run.to_json()


def freeze(run: Json) -> Json:
    """Freezes the effective set. `changed` is false where the published mart was made of exactly this."""
    from raceway.build.freeze import freeze as freeze_effective_set
    from raceway.config.accounts import load_accounts
    from raceway.config.settings import load_settings
    from raceway.publish.current import damage_when_opened
    from raceway.publish.version import published_version

    this = Run.from_json(run)
    with _at_work("freezing the effective set", this) as home:
        frozen = freeze_effective_set(home, this.run_id, this.as_of, load_settings(home), load_accounts(home))
        published = published_version(home)
        same = published is not None and published.fingerprint == frozen.fingerprint
        if published is not None and same and (damage := damage_when_opened(published)):
            _LOG.warning("%s; this night publishes it anew", damage)
            same = False
        if published is not None and same and not this.full_refresh:
            message = f"nothing new since {published.name}"
            record_run(home, _record(this, "skipped", message, version=published.name))
            tidy_up(home, this.run_id, this.started_at)
    return {"changed": this.full_refresh or not same, "fingerprint": frozen.fingerprint, "pending": frozen.pending}


def build(run: Json, stage: str) -> Json:
    """Builds and tests the models of one stage. Raises GateFailed naming what failed.

    Batches whose rows break a critical test of staging are left out, once, and staging is built again without them.
    """
    from raceway.build.unfit_rows import UnfitBatches

    this = Run.from_json(run)
    with _at_work(f"building {stage}", this) as home:
        try:
            result = _build(home, this, stage)
        except UnfitBatches as fault:
            if stage != "staging" or not _without(home, this, fault.batches):
                raise
            result = _build(home, this, stage)
        record_checks(home, this.run_id, result.checks)
    recounted = {
        model.name: {"written": model.rows_written, "kept": model.rows_kept}
        for model in result.models
        if model.rows_written is not None
    }
    return {"stage": stage, "models": len(result.models), "recounted": recounted}


def _build(home: Home, run: Run, stage: str) -> BuildResult:
    from raceway.build.dbt_run import absent_sources
    from raceway.build.dbt_run import build as build_models

    absent = absent_sources(home) if stage == "staging" else []
    return build_models(home, run.run_id, f"tag:{stage}", run.full_refresh, absent)


def _without(home: Home, run: Run, unfit: Mapping[str, str]) -> bool:
    """Freezes the run anew without these batches; False where a person put one of them into effect."""
    from raceway.build.freeze import freeze as freeze_effective_set
    from raceway.build.unfit_rows import take_out
    from raceway.config.accounts import load_accounts
    from raceway.config.settings import load_settings
    from raceway.ledger.ledger import Ledger

    if not take_out(home, run.run_id, unfit, Ledger(home).state().batches):
        return False
    _tell(f"building staging again without {len(unfit)} batches whose rows break a rule of the mart")
    freeze_effective_set(home, run.run_id, run.as_of, load_settings(home), load_accounts(home))
    return True


def gate_mart(run: Json) -> Json:
    """Checks the built mart. Raises GateFailed with every critical failure's sentence."""
    from raceway.history.waivers import apply_waivers
    from raceway.night import beside

    this = Run.from_json(run)
    with _at_work("checking the mart", this) as home:
        checks = apply_waivers(home, this.run_id, beside.do("check_mart", home, this.run_id))
        record_checks(home, this.run_id, checks)
        stopping = [check.message for check in checks if check.stops]
        if stopping:
            raise GateFailed("the mart did not pass its gate: " + "; ".join(stopping))
    return {"checks": len(checks), "warnings": sum(not check.passed for check in checks)}


def publish(run: Json) -> Json:
    """Publishes the mart that passed: a new version and one switch.

    `version` is None where publishing is held; `held` says since when and by whom.
    """
    from raceway.ledger.left_out import frozen_fingerprint
    from raceway.publish.version import publish as publish_version

    this = Run.from_json(run)
    with _at_work("publishing", this) as home:
        try:
            version = publish_version(
                home,
                this.run_id,
                started_at=this.started_at,
                fingerprint=frozen_fingerprint(home, this.run_id),
                late=tuple(this.late),
            )
        except PublishingIsHeld as held:
            record_run(home, _record(this, "held", str(held), version=home.current.resolve().name))
            tidy_up(home, this.run_id, this.started_at)
            return {"version": None, "held": str(held)}
        tidy_up(home, this.run_id, this.started_at)
    return {"version": version.name, "held": ""}


def tell(run: Json | None, conf: Mapping[str, Any], started_at: dt.datetime) -> Json:
    """Tells people how the night went: one message for each route of raceway.toml, none where it names none.

    `run` is what `start` gave, None where that broke off; then `started_at` is the DAG run's. What no
    route takes never fails a night: it waits for the next look. Under a scheduler, where nobody sits before the
    night, PassingFault has the task tried again; `raceway run` (`wait` False) tells its user at once instead.
    """
    from raceway.config.settings import load_settings

    home = find_home()
    if not load_settings(home).alerts.routes:
        return {"deliveries": []}
    from raceway.alerts.tell import tell_night

    this = Run.from_json(run) if run else None
    as_of = this.as_of if this else _as_of(conf) or load_settings(home).business_day(started_at)
    named = this.run_id if this else str(conf.get("run_id") or run_id_for(started_at))
    try:
        home.run_folder(named)
        deliveries = tell_night(home, named, as_of, this.started_at if this else started_at, this.late if this else ())
    except Exception as fault:
        _LOG.exception("telling people failed")
        with suppress(Exception):
            message = f"nobody was told of this night: {str(fault) or type(fault).__name__}"
            record_checks(home, named, [Check("message_is_delivered", "landing", "warning", False, "alerts",
                                              expected="somebody is told of the night", message=message)])  # fmt: skip
        return {"deliveries": []}
    waiting = [delivery for delivery in deliveries if delivery.status == "waiting"]
    if waiting and conf.get("wait", True):
        raise PassingFault("; ".join(f"{delivery.route}: {delivery.reason}" for delivery in waiting))
    return {"deliveries": [asdict(delivery) for delivery in deliveries]}


# what all steps share


@contextmanager
def _at_work(doing: str, run: Run | None = None) -> Iterator[Home]:
    """The home, held beside other tasks; faults get their kind, and a run that fails its record."""
    from raceway.night.mending import as_told

    home = find_home()
    keep_private(home)
    _tell(doing)
    try:
        with together(home):
            yield home
    except Exception as fault:
        told = as_told(home, fault)
        if run is not None:  # it may pass: a later try that goes well replaces the record
            _record_failure(home, run, told)
        if told is fault:
            raise
        raise told from fault


def _record(run: Run, status: RunStatus, message: str, **more: Any) -> RunRecord:
    return RunRecord(
        run_id=run.run_id,
        as_of=run.as_of,
        started_at=run.started_at,
        finished_at=dt.datetime.now(tz=dt.UTC),
        status=status,
        program_version=__version__,
        message=message,
        **more,
    )


def _record_failure(home: Home, run: Run, fault: Exception) -> None:
    """Keeps why a run stopped; a later try of the same run replaces the record.

    Where the disk takes no record, the fault itself is what is told, by the process that runs the night.
    """
    STOPPED_BY[run.run_id] = str(fault) or type(fault).__name__
    with suppress(OSError):
        record_run(home, _record(run, "refused" if isinstance(fault, GateFailed) else "failed", str(fault)))
