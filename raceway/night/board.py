"""What the operators' page shows of the last night: read from the home alone, nothing is changed."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

from raceway.alerts.message import at_stake
from raceway.alerts.points import CAUSES, Night, Place, Point, open_points
from raceway.alerts.stakes import Stakes
from raceway.alerts.tell import look_for_mart
from raceway.alerts.words import HEADINGS
from raceway.common.home import Home
from raceway.config.accounts import load_accounts
from raceway.config.settings import Settings, load_settings
from raceway.history.records import RunRecord, run_records
from raceway.history.waivers import Waiver, open_waivers
from raceway.ledger.ledger import Ledger, LedgerState
from raceway.ledger.left_out import left_out
from raceway.night.due import late_sources
from raceway.publish.version import Version, published_version, published_versions

DAYS: Final = 30
_DECISIONS: Final = {
    "refused_file": ("retry",),
    "refused_batch": ("accept",),
    "held": ("accept", "reject"),
    "rows": ("reject",),
    "gate": ("waive",),
    "publish_held": ("release",),
}
"""What a person may decide about a point, by its cause."""


@dataclass(frozen=True)
class SourceLine:
    """What the last night did with one account."""

    place: str
    landed: int
    rows: int
    late: str
    refused: int
    held: int
    warned: int
    covers_to: dt.date | None
    days_behind: int | None

    @property
    def tone(self) -> str:
        """How the page colours it."""
        return "bad" if self.refused else "warn" if self.late or self.held or self.warned else "good"


@dataclass(frozen=True)
class Decision:
    """A link to the form of a decision, filled in."""

    action: str
    link: str


@dataclass(frozen=True)
class OpenPoint:
    """A point with what hangs on it and what may be decided."""

    point: Point
    stake: str
    decisions: list[Decision]


@dataclass(frozen=True)
class Group:
    """Points of one cause."""

    heading: str
    points: list[OpenPoint]


@dataclass(frozen=True)
class KeptVersion:
    """A version that is kept, with the link to go back to it; none where readers see it."""

    version: Version
    decision: Decision | None


@dataclass(frozen=True)
class NightBar:
    """One run on the chart of night times."""

    run: RunRecord
    seconds: float
    height: float
    """Of the longest, 0 to 1."""

    @property
    def tone(self) -> str:
        """How the page colours it."""
        return {"published": "good", "skipped": "soft", "refused": "warn", "held": "warn"}.get(self.run.status, "bad")


@dataclass(frozen=True)
class Board:
    """Everything on the page."""

    settings: Settings
    night: Night | None
    version: Version | None
    late_mart: Point | None
    sources: list[SourceLine]
    groups: list[Group]
    nights: list[NightBar]
    waivers: list[Waiver]
    versions: list[KeptVersion]
    """The newest first."""
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def open(self) -> int:
        """How many points there are."""
        return sum(len(group.points) for group in self.groups)

    @property
    def tone(self) -> str:
        """How the headline is coloured."""
        if self.night is None:
            return "soft"
        bad = self.late_mart is not None or self.night.status in ("failed", "refused")
        return "bad" if bad else "warn" if self.open else "good"


def read_board(home: Home, now: dt.datetime | None = None) -> Board:
    """Reads how the last night went and what is open; `now` (with a zone) defaults to this moment.

    Raises BadSettings and BadContract.
    """
    now = now or dt.datetime.now(tz=dt.UTC)
    settings = load_settings(home)
    runs = run_records(home)
    version = published_version(home)
    state = Ledger(home).state()
    night = None
    points: list[Point] = []
    late: list[str] = []
    if runs:
        late = late_sources(home, settings, runs[-1].as_of)
        night = Night(runs[-1].run_id, runs[-1].as_of, runs[-1].started_at, runs[-1], tuple(late))
        points = [point for point in open_points(home, settings, night) if not point.is_old]
    late_point = look_for_mart(home, now) if runs else None
    english = settings.model_copy(update={"business": settings.business.model_copy(update={"language": "en"})})
    stakes = Stakes(home, "en")
    stands_at = version.as_of if version else None
    by_cause: dict[str, list[OpenPoint]] = defaultdict(list)
    # as the message has it: of one cause, what most money hangs on comes first
    for point in sorted(points, key=lambda one: (CAUSES.index(one.cause), -stakes.of(one.place, one.model).total)):
        stake = at_stake(point, stakes.of(point.place, point.model), stands_at, english)
        by_cause[point.cause].append(OpenPoint(point, stake, _decisions(point)))
    return Board(
        settings=settings,
        night=night,
        version=version,
        late_mart=late_point,
        sources=_sources(home, state, runs, late, points),
        groups=[Group(HEADINGS[cause], found) for cause, found in by_cause.items()],
        nights=_nights(runs, now),
        waivers=open_waivers(home),
        versions=_versions(home, version),
        counts=dict(Counter(point.cause for point in points)),
    )


def _decisions(point: Point) -> list[Decision]:
    name = point.ids[0] if point.ids else ""
    if not name:
        return []
    return [
        _decision(action, name)
        for action in _DECISIONS.get(point.cause, ())
        if not (action == "waive" and point.command == "raceway run")
    ]


def _decision(action: str, name: str) -> Decision:
    return Decision(action, "decide?" + urlencode({"action": action, "id": name}))


def _versions(home: Home, shown: Version | None) -> list[KeptVersion]:
    return [
        KeptVersion(kept, None if shown is not None and kept.name == shown.name else _decision("rollback", kept.name))
        for kept in reversed(published_versions(home))
    ]


def _sources(
    home: Home, state: LedgerState, runs: list[RunRecord], late: list[str], points: list[Point]
) -> list[SourceLine]:
    """One line for each account in accounts.csv or the ledger; what landed since the run before the last began."""
    if not runs:
        return []
    before = [run.finished_at for run in runs[:-1] if run.status == "published"]
    since = before[-1] if before else dt.datetime.min.replace(tzinfo=dt.UTC)
    landed: Counter[Place] = Counter()
    rows: Counter[Place] = Counter()
    refused: Counter[Place] = Counter()
    covers: dict[Place, dt.date] = {}
    for batch in state.batches.values():
        place = Place(batch.source, batch.account)
        if batch.landed_at is not None and batch.landed_at > since and batch.status != "refused":
            landed[place] += 1
            rows[place] += batch.rows_landed
        if batch.is_accepted and batch.covers_to is not None:
            covers[place] = max(batch.covers_to, covers.get(place, dt.date.min))
    for point in points:
        if point.cause in ("refused_file", "refused_batch"):
            refused[point.place] += point.count
    held = Counter(
        Place(state.batches[batch].source, state.batches[batch].account)
        for batch in left_out(home, runs[-1].run_id)
        if batch in state.batches
    )
    warned = Counter(point.place for point in points if point.cause in ("check", "rows", "waiting"))
    is_late = {Place(*sentence.partition(":")[0].split("/", 1)): sentence for sentence in late}
    accounts = load_accounts(home)
    places = {Place(*key) for key in accounts} | {
        Place(batch.source, batch.account) for batch in state.batches.values()
    }
    expected = runs[-1].as_of - dt.timedelta(days=1)
    lines = []
    for place in sorted(places):
        listed = accounts.get((place.source, place.account))
        last = min(expected, listed.ended_on) if listed is not None and listed.ended_on else expected
        reach = covers.get(place)
        lines.append(
            SourceLine(
                str(place), landed[place], rows[place], is_late.get(place, ""), refused[place], held[place],
                warned[place] + warned[Place(place.source)], reach, max(0, (last - reach).days) if reach else None,
            )
        )  # fmt: skip
    tones = ("bad", "warn", "good")
    return sorted(lines, key=lambda line: (tones.index(line.tone), line.place))


def _nights(runs: list[RunRecord], now: dt.datetime) -> list[NightBar]:
    recent = [run for run in runs if run.started_at > now - dt.timedelta(days=DAYS)] or runs[-DAYS:]
    seconds = [(run, (run.finished_at - run.started_at).total_seconds()) for run in recent]
    longest = max((took for _, took in seconds), default=0) or 1
    return [NightBar(run, took, max(0.02, took / longest)) for run, took in seconds]
