"""One night as one message: a title, a text for chats and programs, a page for mail."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from raceway.alerts.points import CAUSES, Night, Point
from raceway.alerts.stakes import Stake, Stakes
from raceway.alerts.words import ENDINGS, HEADINGS, money, speaking, whole
from raceway.common.home import Home
from raceway.config.alerts import Severity
from raceway.config.settings import Settings
from raceway.publish.version import published_version
from raceway.report.phrases import in_vietnamese

if TYPE_CHECKING:
    import jinja2

SEVERITIES: Final[tuple[Severity, ...]] = ("critical", "warning", "info")
_SHOWN: Final = 5
"""Points of one cause that a message tells one by one."""
_NAMED_KPIS: Final = 3


@dataclass(frozen=True)
class Told:
    """A point as this night tells it."""

    point: Point
    first: dt.date
    """The day on which it was first seen."""
    is_new: bool


@dataclass(frozen=True)
class Recovered:
    """A point of an earlier night that is none any more."""

    cause: str
    severity: Severity
    subject: str
    place: str
    first: dt.date


@dataclass(frozen=True)
class Message:
    """What is sent; `severity` is the worst in it."""

    title: str
    text: str
    html: str
    severity: Severity


def at_least(severity: Severity, threshold: Severity) -> bool:
    """Whether a severity is as bad as a threshold, or worse."""
    return SEVERITIES.index(severity) <= SEVERITIES.index(threshold)


def compose(
    home: Home,
    settings: Settings,
    night: Night,
    told: Sequence[Told],
    recovered: Sequence[Recovered],
    ending: str | None = None,
    unchanged: int = 0,
) -> Message:
    """The message about a night in the business language.

    `ending` (default: the run's) says how it ended; `unchanged` counts the open points that are not told again.
    """
    language = settings.business.language
    say = speaking(language)
    stakes = Stakes(home, language)
    version = published_version(home)
    stands_at = version.as_of if version else None
    numbers = [say("{count} to look at", count=len(told))] if told else []
    numbers += [say("{count} recovered", count=len(recovered))] if recovered else []
    numbers += [say("{count} as before", count=unchanged)] if unchanged and not numbers else []
    how = say(ending or ENDINGS[night.status])
    title = f"[raceway] {settings.business.name} {night.as_of}: {', '.join([how, *(numbers or [say('all is well')])])}"
    groups = []
    worst_first = sorted(told, key=lambda one: _order(one, stakes))
    for cause, of_cause in groupby(worst_first, key=lambda one: one.point.cause):
        members = list(of_cause)
        groups.append(
            {
                "heading": say(HEADINGS[cause]),
                "count": len(members),
                "points": [_shown(one, stakes, stands_at, settings) for one in members[:_SHOWN]],
                "more": say("and {count} more", count=len(members) - _SHOWN) if len(members) > _SHOWN else "",
                "severity": min((one.point.severity for one in members), key=SEVERITIES.index),
            }
        )
    record = night.record
    values: dict[str, Any] = {
        "say": say,
        "language": language,
        "title": title,
        "company": settings.business.name,
        "how": how,
        "tone": _tone(told),
        "as_of": night.as_of,
        "version": version.name if version else None,
        "version_as_of": stands_at,
        "run_id": night.run_id,
        "landed": say(
            "Landed since the version before: {batches} batches, {rows} rows; refused: {refused}.",
            batches=whole(record.batches_landed, language),
            rows=whole(record.rows_landed, language),
            refused=whole(record.batches_refused, language),
        )
        if record and record.status == "published"
        else "",
        "groups": groups,
        "recovered": [
            {"heading": say(HEADINGS[one.cause]), "what": one.subject, "place": one.place,
             "since": say("since {day}", day=one.first)}
            for one in recovered
        ],
        "unchanged": say("Open as before, and not told again: {count}.", count=unchanged) if unchanged else "",
        "report": str(version.report) if version else "",
    }  # fmt: skip
    worst = [one.point.severity for one in told]
    return Message(
        title=" ".join(title.split()),
        text=_environment().get_template("message.txt.j2").render(values),
        html=_environment().get_template("message.html.j2").render(values),
        severity=min(worst, key=SEVERITIES.index) if worst else "info",
    )


def trial(settings: Settings) -> Message:
    """A message that says that a route works."""
    say = speaking(settings.business.language)
    values = {
        "language": settings.business.language,
        "company": settings.business.name,
        "how": say("trial message"),
        "sentence": say("This is a trial: raceway can reach you here. Nothing has happened."),
    }
    title = f"[raceway] {settings.business.name}: {values['how']}"
    html = _environment().get_template("trial.html.j2").render(values)
    return Message(" ".join(title.split()), f"{values['sentence']}\n", html, "info")


def _order(one: Told, stakes: Stakes) -> tuple[int, int, bool, Decimal, str]:
    """By cause; in each the worst, then the new ones, then those with the most money first."""
    point = one.point
    money_first = -stakes.of(point.place, point.model).total
    return CAUSES.index(point.cause), SEVERITIES.index(point.severity), not one.is_new, money_first, str(point.place)


def _shown(one: Told, stakes: Stakes, mart_as_of: dt.date | None, settings: Settings) -> Mapping[str, Any]:
    say = speaking(settings.business.language)
    point = one.point
    claim = in_vietnamese(point.claim) if settings.business.language == "vi" else ""
    return {
        "subject": point.subject,
        "place": str(point.place),
        "alike": say("{count} alike", count=point.count) if point.count > 1 else "",
        "status": say("first time") if one.is_new else say("still, since {day}", day=one.first),
        "is_new": one.is_new,
        "claim": claim[:1].upper() + claim[1:],
        "sentence": point.sentence,
        "command": point.command,
        "stake": at_stake(point, stakes.of(point.place, point.model), mart_as_of, settings),
    }


def at_stake(point: Point, stake: Stake, mart_as_of: dt.date | None, settings: Settings) -> str:
    """The money and KPIs that hang on a point, in words; empty where nothing is known to."""
    language = settings.business.language
    say = speaking(language)
    if point.severity == "critical":
        return (
            say("all KPIs stay as of {day}", day=mart_as_of)
            if mart_as_of
            else say("all KPIs: nothing is published yet")
        )
    phrases = {"sales": "sales of {amount} a day", "cost": "advertising cost of {amount} a day"}
    parts = [
        say(phrases[what], amount=money(amount, settings.business.reporting_currency, language))
        for what, amount in stake.money.items()
    ]
    if stake.kpis:
        names = ", ".join(stake.kpis[:_NAMED_KPIS])
        rest = len(stake.kpis) - _NAMED_KPIS
        parts.append(say("KPIs: {names}", names=say("{names} and {count} more", names=names, count=rest)
                         if rest > 0 else names))  # fmt: skip
    return "; ".join(parts)


def _tone(told: Sequence[Told]) -> str:
    severities = {one.point.severity for one in told}
    return "bad" if "critical" in severities else "warn" if "warning" in severities else "good"


@functools.cache
def _environment() -> jinja2.Environment:
    """Templates of this room. HTML is escaped whatever it comes from; a plain text has nothing to escape."""
    import jinja2  # a night without a route renders nothing

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=jinja2.select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
