"""Whether people would hear of a night: routes with addresses, a trial, and a look for the day's mart."""

from __future__ import annotations

from collections.abc import Callable

from raceway.alerts.tell import Delivery, send_trial, tell_late
from raceway.common.home import Home
from raceway.config.settings import load_settings

Say = Callable[[str], None]


def try_routes(home: Home, say: Say) -> bool:
    """Sends a trial to every route and says what became of it; whether a route did not take it, or there is none."""
    _know_connections(home)
    deliveries = send_trial(home)
    if not deliveries:
        say("raceway.toml names no route in alerts.routes, so nobody hears of a night (docs/how-to/alerts.md)")
    _tell(deliveries, say)
    return not deliveries or any(delivery.status != "delivered" for delivery in deliveries)


def look_for_mart(home: Home, say: Say) -> bool:
    """Says whether the day's mart is published, and tells the routes where it is late; whether it is."""
    _know_connections(home)
    point, deliveries = tell_late(home)
    say(f"late: {point.sentence}" if point else "the mart of the day is published, or its deadline is still to come")
    _tell(deliveries, say)
    return point is not None


def _tell(deliveries: list[Delivery], say: Say) -> None:
    for delivery in deliveries:
        what = f"{delivery.route}: {delivery.status}"
        say(f"{what}: {delivery.reason}" if delivery.reason else f"{what} ({delivery.title})")


def _know_connections(home: Home) -> None:
    """Has Airflow serve this home where a route's address is kept in a connection of it."""
    if any(route.conn_id for route in load_settings(home).alerts.routes):
        from raceway.night.airflow_home import use

        use(home)
