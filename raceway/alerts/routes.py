"""Where a route leads, and handing one message over: apprise speaks to mail, chats and webhooks.

An address (apprise's URL) holds tokens and passwords. It is read when it is used, kept nowhere, and taken out of every
reason before anybody reads that.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from typing import Any, Final

from raceway.alerts.message import Message
from raceway.common.faults import BadSettings, RacewayFault
from raceway.config.alerts import Route
from raceway.inbox.airflow_connection import connection

_SHORTEST_SECRET: Final = 6
"""Characters from which a piece of an address is looked for in a reason."""


def address(route: Route) -> str:
    """The route's address. Raises BadSettings where it is nowhere, with where to put it."""
    if not route.conn_id:
        found = os.environ.get(route.variable, "").strip()
        if not found:
            raise BadSettings(
                f"alerts.routes {route.name}: the environment has no {route.variable}; write the address there, such "
                "as mailtos://… or slack://… (docs/how-to/alerts.md), or name an Airflow connection in conn_id"
            )
        return found
    found = _of_connection(connection(route.conn_id, f"alerts.routes {route.name}: conn_id"))
    if not found:
        raise BadSettings(
            f"alerts.routes {route.name}: the Airflow connection {route.conn_id} holds no address; write it into the "
            "connection's password, or as apprise's config into its extra"
        )
    return found


def _of_connection(held: Any) -> str:
    """The address in a connection: its password, else what Airflow's provider of apprise keeps in `extra`."""
    if held.password:
        return str(held.password)
    config = held.extra_dejson.get("config") or []
    first = config[0] if isinstance(config, list) and config else config
    return str(first.get("path", "")) if isinstance(first, dict) else ""


def send(route: Route, message: Message) -> str | None:
    """Hands a message over; None where it was taken, else why not, without anything secret. Never raises.

    Mail gets the page with the text beside it, everything else the text, which apprise escapes as each chat needs.
    """
    try:
        where = address(route)
    except RacewayFault as fault:
        return str(fault)
    except Exception as fault:  # a secrets backend that does not answer
        return f"alerts.routes {route.name}: its address could not be read: {type(fault).__name__}"
    try:
        return _hand_over(where, message)
    except Exception as fault:  # whatever a service's library raises, the night goes on
        return _without(where, f"{type(fault).__name__}: {fault}")


def _hand_over(where: str, message: Message) -> str | None:
    import apprise
    from apprise.plugins.email.base import NotifyEmail

    place = apprise.Apprise.instantiate(where, suppress_exceptions=True)
    if place is None:
        return "its address is none that apprise knows (docs/how-to/alerts.md names the forms)"
    mail = isinstance(place, NotifyEmail)
    with apprise.LogCapture(level=logging.WARNING, fmt="%(message)s") as log:  # type: ignore[no-untyped-call]  # apprise has no types there
        taken = place.notify(
            title=message.title,
            body=message.html if mail else message.text,
            body_format=apprise.NotifyFormat.HTML if mail else apprise.NotifyFormat.TEXT,
            notify_type={"critical": "failure", "warning": "warning"}.get(message.severity, "info"),
        )
        heard = log.getvalue()
    if taken:
        return None
    last = [line for line in heard.splitlines() if line.strip()]
    return _without(where, last[-1] if last else "it did not take the message and gave no reason")


def _without(where: str, reason: str) -> str:
    """A reason without the pieces of the address that may be secret."""
    for piece in sorted(set(_pieces(where)), key=len, reverse=True):
        reason = reason.replace(piece, "…")
    return " ".join(reason.split())[:400]


def _pieces(where: str) -> Iterator[str]:
    """The whole address and its parts, but for its scheme and its host: those tell which route it is.

    Read by hand: many an address (a bot's `tgram://123:token/chat`) is none by the letter, and a parser's complaint
    would quote it.
    """
    from urllib.parse import unquote

    yield where
    secret = where.partition("://")[2]
    place = re.split(r"[/?#]", secret)[0]
    _, at, host = place.rpartition("@")
    named = re.fullmatch(r"([^:]*)(:\d{1,5})?", host)
    # a first piece without a dot may be a token (`slack://bot@T1JJ3T3L2/…`)
    known = {named[1].lower()} if named and (named[2] or (at and "." in named[1])) else set()
    for piece in re.split(r"[/:@?&=#,]+", secret):
        for spelling in {piece, unquote(piece)}:
            if len(spelling) >= _SHORTEST_SECRET and spelling.lower() not in known:
                yield spelling
