"""Telling people: of a night, of a night that did not come, and for a trial.

Nothing here raises because a message could not be sent. It is tried again at once, waits for the next look where that
does not help, and stands meanwhile as a warning in the run's checks.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from raceway.alerts.message import Message, Recovered, Told, at_least, compose, trial
from raceway.alerts.outbox import GIVEN_UP_AFTER, Outbox, Waiting
from raceway.alerts.points import DELIVERED, Night, Point, late_mart, open_points, undelivered
from raceway.alerts.routes import send
from raceway.common.faults import BadSettings
from raceway.common.home import Home
from raceway.config.alerts import Route
from raceway.config.settings import Settings, load_settings
from raceway.config.values import WEEKDAYS
from raceway.history.holds import open_hold
from raceway.history.records import Check, record_checks, run_records

PAUSES: Final = (1.0, 4.0)
"""Seconds between the tries of one look."""

_LOG: Final = logging.getLogger(__name__)
_LATE_PREFIX: Final = "late-"
_SEEN_BY: Final = {
    "check": ("published", "held"),
    "gate": ("published", "skipped", "held"),
    "late": ("published", "skipped", "held", "refused"),
    "held": ("published", "skipped", "held", "refused"),
}
"""How a night ended that came far enough to see whether a point of this cause is over; all others are seen by any."""


@dataclass(frozen=True)
class Delivery:
    """What became of a message at one route; `reason` says why it was not taken."""

    route: str
    title: str
    status: str
    """delivered, waiting (for another try), quiet (for the end of the quiet hours) or given_up."""
    reason: str = ""


def tell_night(
    home: Home,
    run_id: str,
    as_of: dt.date,
    started_at: dt.datetime,
    late: Iterable[str] = (),
    now: dt.datetime | None = None,
    pauses: Sequence[float] | None = None,
) -> list[Delivery]:
    """Tells every route of a night, once, and sends what waited from before.

    `now` (with a zone) defaults to this moment, `pauses` (seconds between tries) to PAUSES. Told twice of one run, the
    second only sends what still waits. Does nothing where raceway.toml names no route. Raises BadSettings where it
    cannot be read.
    """
    settings = load_settings(home)
    if not settings.alerts.routes:
        return []
    now = now or dt.datetime.now(tz=dt.UTC)
    record = next((known for known in run_records(home) if known.run_id == run_id), None)
    night = Night(run_id, as_of, started_at, record, tuple(late))
    outbox = Outbox(home)
    with outbox.alone():
        known = outbox.points()
        if known["run_id"] != run_id:
            late_ones = {one.route: one.attempts[-1]["reason"] for one in outbox.waiting() if one.attempts}
            found = [*open_points(home, settings, night), *(undelivered(*one) for one in late_ones.items())]
            told, recovered, kept = _compared(found, known["points"], night, settings)
            silent = [point for point in found if not point.is_old and all(one.point is not point for one in told)]
            _write_down(home, settings, outbox, night, told, recovered, now, silent=silent)
            outbox.keep_points(run_id, kept)
        deliveries = _deliver(settings, outbox, now, pauses)
    _record(home, run_id, deliveries)
    return deliveries


def late_day(settings: Settings, now: dt.datetime) -> dt.date:
    """The business day whose mart must be there at `now` (with a zone): that of the newest night that `night.schedule`
    had begin before the newest deadline. So a day without a night is never late.

    Raises BadSettings where the schedule is no cron.
    """
    from croniter import croniter

    here = now.astimezone(settings.zone).replace(tzinfo=None)
    deadline = dt.datetime.combine(here.date(), dt.time.fromisoformat(settings.alerts.deadline))
    passed = deadline if here >= deadline else deadline - dt.timedelta(days=1)
    try:
        begun: dt.datetime = croniter(settings.night.schedule, passed).get_prev(dt.datetime)
    except (ValueError, KeyError) as fault:
        raise BadSettings(f"night.schedule {settings.night.schedule!r}: no cron: {fault}") from fault
    return begun.date()


def look_for_mart(home: Home, now: dt.datetime | None = None) -> Point | None:
    """The point of a day without a mart by its deadline; None where there is one (skipped: the one before still holds).

    Reads the runs' records alone, so it speaks where nothing ran at all.
    """
    settings = load_settings(home)
    due = late_day(settings, now or dt.datetime.now(tz=dt.UTC))
    good = [record for record in run_records(home) if record.status in ("published", "skipped") and record.version]
    newest = max(good, key=lambda record: (record.as_of, record.finished_at), default=None)
    return None if newest is not None and newest.as_of >= due else late_mart(settings, due, newest, open_hold(home))


def tell_late(
    home: Home, now: dt.datetime | None = None, pauses: Sequence[float] | None = None
) -> tuple[Point | None, list[Delivery]]:
    """Looks whether the day's mart is there, tells every route where it is not, and sends what waited from before.

    A day is told once. It is critical, so quiet hours do not hold it back.
    """
    settings = load_settings(home)
    now = now or dt.datetime.now(tz=dt.UTC)
    point = look_for_mart(home, now)
    if not settings.alerts.routes:
        return point, []
    outbox = Outbox(home)
    with outbox.alone():
        run_id = f"{_LATE_PREFIX}{late_day(settings, now)}"
        known = {line["run_id"] for line in outbox.history()} | {waiting.run_id for waiting in outbox.waiting()}
        if point is not None and run_id not in known:
            night = Night(run_id, late_day(settings, now), now, None)
            told = [Told(point, night.as_of, is_new=True)]
            _write_down(home, settings, outbox, night, told, [], now, "no mart by the deadline")
        return point, _deliver(settings, outbox, now, pauses)


def send_trial(home: Home) -> list[Delivery]:
    """Sends a trial to every route, at any hour; it does not wait where a route does not take it."""
    settings = load_settings(home)
    message = trial(settings)
    deliveries = []
    for route in settings.alerts.routes:
        reason = send(route, message)
        status = "delivered" if reason is None else "given_up"
        deliveries.append(Delivery(route.name, message.title, status, reason or ""))
    return deliveries


def _compared(
    found: Sequence[Point], known: Mapping[str, Mapping[str, Any]], night: Night, settings: Settings
) -> tuple[list[Told], list[Recovered], dict[str, dict[str, Any]]]:
    """What of a night is to be told, what has recovered, and what to keep for the next night.

    What a night did not look at is neither: it is kept as it was.
    """
    repeat_days = settings.alerts.repeat_days
    told, kept = [], {}
    for point in found:
        before = known.get(point.key)
        first = dt.date.fromisoformat(before["first"]) if before else night.as_of
        said_last = dt.date.fromisoformat(before["told"]) if before else None
        is_due = said_last is None or point.severity == "critical" or (night.as_of - said_last).days >= repeat_days
        if is_due and not point.is_old:
            told.append(Told(point, first, is_new=before is None))
        kept[point.key] = {
            "cause": point.cause, "severity": point.severity, "subject": point.subject, "place": str(point.place),
            "first": first.isoformat(),
            "told": (night.as_of if is_due or said_last is None else said_last).isoformat(),
        }  # fmt: skip
    gone = {key: before for key, before in known.items() if key not in kept}
    unseen = {key: dict(before) for key, before in gone.items() if not _is_seen(before, night, settings)}
    recovered = [
        Recovered(before["cause"], before["severity"], before["subject"], before["place"],
                  dt.date.fromisoformat(before["first"]))
        for key, before in gone.items()
        # rows that are left out once are no state that could end
        if key not in unseen and before["cause"] not in ("rows", "no_mart")
    ]  # fmt: skip
    return told, recovered, kept | unseen


def _is_seen(before: Mapping[str, Any], night: Night, settings: Settings) -> bool:
    """Whether a night came so far that it can tell whether a known point is over."""
    if night.status not in _SEEN_BY.get(before["cause"], (night.status,)):
        return False
    if before["cause"] != "late":
        return True
    # a source is asked for on its days alone; one that is no longer required is late no more
    of_source = [one for one in settings.night.required if one.source == before["place"].partition("/")[0]]
    return not of_source or any(WEEKDAYS[night.as_of.weekday()] in one.due for one in of_source)


def _write_down(
    home: Home,
    settings: Settings,
    outbox: Outbox,
    night: Night,
    told: Sequence[Told],
    recovered: Sequence[Recovered],
    now: dt.datetime,
    ending: str | None = None,
    silent: Sequence[Point] = (),
) -> None:
    """Writes one message for each route that hears of this; a route hears the points that are bad enough for it."""
    for route in settings.alerts.routes:
        of_route = [one for one in told if at_least(one.point.severity, route.at_least)]
        ended = [one for one in recovered if at_least(one.severity, route.at_least)]
        if not (of_route or ended) and route.at_least != "info":
            continue
        unchanged = sum(at_least(point.severity, route.at_least) for point in silent)
        message = compose(home, settings, night, of_route, ended, ending, unchanged)
        hold = None if message.severity == "critical" else settings.alerts.quiet_until(now.astimezone(settings.zone))
        outbox.put(
            Waiting(f"{night.run_id}-{route.name}", route.name, night.run_id, message, now,
                    hold.astimezone(dt.UTC) if hold else None)
        )  # fmt: skip


def _deliver(settings: Settings, outbox: Outbox, now: dt.datetime, pauses: Sequence[float] | None) -> list[Delivery]:
    """Sends all that waits and may be sent; what a route does not take stays."""
    pauses = PAUSES if pauses is None else pauses
    routes = {route.name: route for route in settings.alerts.routes}
    deliveries = []
    broken: set[str] = set()
    for waiting in outbox.waiting():
        title = waiting.message.title
        route = routes.get(waiting.route)
        if route is None:
            outbox.close(waiting, "given_up", now)
            deliveries.append(Delivery(waiting.route, title, "given_up", "raceway.toml has no such route any more"))
        elif waiting.not_before is not None and now < waiting.not_before:
            deliveries.append(Delivery(route.name, title, "quiet"))
        else:
            # a route that did not take one message is not asked three times for each of the others
            deliveries.append(_send(route, outbox, waiting, now, () if route.name in broken else pauses))
            if deliveries[-1].status != "delivered":
                broken.add(route.name)
    return deliveries


def _send(route: Route, outbox: Outbox, waiting: Waiting, now: dt.datetime, pauses: Sequence[float]) -> Delivery:
    message: Message = waiting.message
    for pause in (*pauses, None):
        reason = send(route, message)
        if reason is None:
            outbox.close(waiting, "delivered", now)
            return Delivery(route.name, message.title, "delivered")
        waiting = waiting.tried(now, reason)
        outbox.put(waiting)
        if pause is not None:
            time.sleep(pause)
    _LOG.warning("%s did not take the message %r: %s", route.name, message.title, reason)
    if now - waiting.made_at > GIVEN_UP_AFTER:
        outbox.close(waiting, "given_up", now)
        return Delivery(route.name, message.title, "given_up", reason or "")
    return Delivery(route.name, message.title, "waiting", reason or "")


def _record(home: Home, run_id: str, deliveries: Iterable[Delivery]) -> None:
    """Keeps in the run's checks whether each route took its messages; the worst of several."""
    worst: dict[str, Delivery] = {}
    for delivery in deliveries:
        if delivery.status != "quiet" and (delivery.route not in worst or worst[delivery.route].status == "delivered"):
            worst[delivery.route] = delivery
    record_checks(
        home,
        run_id,
        [
            Check(
                DELIVERED, "landing", "warning", delivery.status == "delivered", delivery.route,
                observed=delivery.status,
                expected="the route takes the message",
                message=_sentence(delivery),
                remedy="" if delivery.status == "delivered" else "try the route: raceway doctor --notify",
            )
            for delivery in worst.values()
        ],
    )  # fmt: skip


def _sentence(delivery: Delivery) -> str:
    if delivery.status == "delivered":
        return f"{delivery.route}: took the message"
    if delivery.status == "waiting":
        return (
            f"the route {delivery.route} did not take a message, which is sent again by the next run: {delivery.reason}"
        )
    return f"the route {delivery.route} never took a message, which is given up: {delivery.reason}"
