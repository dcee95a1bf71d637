"""Zendesk: the API's tickets, metrics and users as JSON, and another help desk's report as csv."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from raceway.sample.invent.service import halfway
from raceway.sample.traces.drop import Drop, header, table
from raceway.sample.world.service import Ticket
from raceway.sample.world.world import World

_REPORT: Final = header(
    "Summation column,Id,Requester,Requester id,Requester external id,Requester email,Requester domain,Submitter,"
    "Assignee,Group,Subject,Tags,Status,Priority,Via,Ticket type,Created at,Updated at,Assigned at,Organization,"
    "Due date,Initially assigned at,Solved at,Resolution time,Satisfaction Score,Group stations,Assignee stations,"
    "Reopens,Replies,First reply time in minutes,First reply time in minutes within business hours,"
    "First resolution time in minutes,First resolution time in minutes within business hours,"
    "Full resolution time in minutes,Full resolution time in minutes within business hours,Size [list]"
)
_VIA: Final = {"email": "Mail", "web": "Web form", "chat": "Chat"}


def write_zendesk(world: World, inbox: Path) -> int:
    """Writes both help desks as they stood in the middle and at the end; gives the number of files.

    The second JSON export holds only tickets that changed since the first, wrapped as the API wraps them; the csv
    report holds all tickets each time.
    """
    half, night = halfway(world), world.night
    api = Drop(inbox, "zendesk", "vn-help")
    tickets = [ticket for ticket in world.service.tickets if ticket.account == "vn-help"]
    early = [ticket for ticket in tickets if ticket.opened_at < half]
    if early:
        lines = "".join(_json(_ticket(ticket, half)) + "\n" for ticket in early)
        api.put(f"tickets-{half:%Y-%m-%d}.jsonl", lines.encode(), half)
    if tickets:
        changed = [_ticket(ticket, night) for ticket in tickets if ticket.updated_at(night) >= half]
        page = {"tickets": changed, "count": len(changed), "end_of_stream": True, "end_time": int(night.timestamp())}
        api.put(f"tickets-{night:%Y-%m-%d}.json", _json(page).encode(), night)
        metrics = {"ticket_metrics": [_metrics(ticket, night) for ticket in tickets], "next_page": None}
        api.put(f"ticket_metrics-{night:%Y-%m-%d}.json", _json(metrics).encode(), night)
        api.put(f"users-{night:%Y-%m-%d}.json", _json({"users": _users(world, tickets)}).encode(), night)
    desk = Drop(inbox, "zendesk", "us-help")
    zone = world.accounts["zendesk", "us-help"].zone
    reported = [ticket for ticket in world.service.tickets if ticket.account == "us-help"]
    for moment in (half, night):
        rows = [_row(ticket, moment, zone) for ticket in reported if ticket.opened_at < moment]
        if rows:
            desk.put(f"ticket-report-{moment:%Y-%m-%d}.csv", table([_REPORT, *rows]).encode(), moment)
    return api.files + desk.files


def _json(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def _utc(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _known(moment: dt.datetime | None, at: dt.datetime) -> dt.datetime | None:
    return moment if moment is not None and moment <= at else None


def _status(ticket: Ticket, at: dt.datetime) -> str:
    for status, moment in (
        ("deleted", ticket.deleted_at), ("closed", ticket.merged_at), ("open", ticket.reopened_at),
        ("closed", ticket.closed_at), ("solved", ticket.solved_at), ("pending", ticket.replied_at),
    ):  # fmt: skip
        if _known(moment, at) is not None:
            return status
    return "new"


def _rating(ticket: Ticket, at: dt.datetime) -> str:
    if _known(ticket.rated_at, at) is not None:
        return ticket.rating
    return "offered" if _known(ticket.offered_at, at) is not None else "unoffered"


def _ticket(ticket: Ticket, at: dt.datetime) -> dict[str, Any]:
    sender = {"address": ticket.email, "name": "Khách"} if ticket.channel == "email" else {}
    rating: dict[str, Any] = {"score": _rating(ticket, at)}
    if rating["score"] == "good" and ticket.comment:
        rating["score"] = "good_with_comment"
    if _known(ticket.rated_at, at) is not None:
        rating |= {"id": 77_000 + ticket.number, "comment": ticket.comment or None}
    return {
        "url": f"https://giaysonghong.example/api/v2/tickets/{ticket.number}.json",
        "id": ticket.number, "external_id": None,
        "via": {"channel": ticket.channel, "source": {"from": sender, "to": {}, "rel": None}},
        "created_at": _utc(ticket.opened_at), "updated_at": _utc(ticket.updated_at(at)), "type": None,
        "subject": "Đổi size", "raw_subject": "Đổi size", "description": "Xin chào,\n<b>đổi size</b> giúp tôi",
        "priority": None, "status": _status(ticket, at), "requester_id": ticket.requester, "assignee_id": None,
        "tags": ["doi_tra", *(["closed_by_merge"] if _known(ticket.merged_at, at) else [])],
        "custom_fields": [{"id": 360_012, "value": "size"}], "satisfaction_rating": rating,
    }  # fmt: skip


def _minutes(ticket: Ticket, moment: dt.datetime | None) -> int | None:
    return None if moment is None else (moment - ticket.opened_at) // dt.timedelta(minutes=1)


def _metrics(ticket: Ticket, at: dt.datetime) -> dict[str, Any]:
    replied, solved = _known(ticket.replied_at, at), _known(ticket.solved_at, at)
    return {
        "id": 900_000 + ticket.number, "ticket_id": ticket.number, "created_at": _utc(ticket.opened_at),
        "updated_at": _utc(ticket.updated_at(at)), "reopens": int(_known(ticket.reopened_at, at) is not None),
        "replies": 0 if replied is None else ticket.replies,
        "solved_at": None if solved is None else _utc(solved),
        "reply_time_in_minutes": {"calendar": _minutes(ticket, replied), "business": None},
        "full_resolution_time_in_minutes": {"calendar": _minutes(ticket, solved), "business": None},
    }  # fmt: skip


def _users(world: World, tickets: Iterable[Ticket]) -> list[dict[str, Any]]:
    """Everybody who asked, and an agent. An anonymous visitor of the chat has no address."""
    users = {ticket.requester: ticket for ticket in tickets}
    agent = {"id": 360_003_529_474, "name": "Linh", "email": "linh.agent@example.com", "role": "agent"}
    return [
        agent | {"created_at": _utc(world.moment(world.first, 0))},
        *(
            {"id": number, "name": "Khách", "email": ticket.email, "role": "end-user",
             "created_at": _utc(ticket.opened_at), "phone": None}
            for number, ticket in sorted(users.items())
        ),
    ]  # fmt: skip


def _row(ticket: Ticket, at: dt.datetime, zone: dt.tzinfo) -> list[str]:
    """A line of the report: times to the minute, local to the account."""

    def local(moment: dt.datetime | None) -> str:
        return "" if moment is None else moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")

    def minutes(moment: dt.datetime | None) -> str:
        return "" if moment is None else str(_minutes(ticket, moment))

    replied, solved = _known(ticket.replied_at, at), _known(ticket.solved_at, at)
    said = {"good": "Good", "bad": "Bad", "offered": "Offered", "unoffered": "Not Offered"}[_rating(ticket, at)]
    tags = "us_store exchange closed_by_merge" if _known(ticket.merged_at, at) else "us_store exchange"
    reopens = str(int(_known(ticket.reopened_at, at) is not None))
    replies = "0" if replied is None else str(ticket.replies)
    return [
        "1", str(ticket.number), "Customer", str(ticket.requester), "", ticket.email or "", "", "Customer", "Linh",
        "Support", 'Wrong size, "42"', tags, _status(ticket, at).capitalize(), "Normal", _VIA[ticket.channel], "",
        local(ticket.opened_at), local(ticket.updated_at(at)), "", "", "", "", local(solved), "", said, "1", "1",
        reopens, replies, minutes(replied), "", minutes(solved), "", minutes(solved), "", "42",
    ]  # fmt: skip
