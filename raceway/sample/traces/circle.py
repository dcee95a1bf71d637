"""Registrations by Eventbrite's headers, and the community's numbers by raceway's own templates."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from raceway.sample.traces.drop import Drop, header, table
from raceway.sample.world.circle import EVENTS, FORUM, GROUP, Registration
from raceway.sample.world.world import World


def write_gatherings(world: World, inbox: Path) -> int:
    """Writes an attendee report; gives the number of files."""
    drop = Drop(inbox, "gatherings", EVENTS)
    head = header("Attendee #,Order Date,Event Name,Event Start Date,Email,Attendee Status,Checked in?")
    rows = [
        [one.id, _local(world, one.registered_at), one.gathering, _local(world, one.starts_at), one.email, _status(one),
         ("Yes" if world.traps else "yes") if one.came else ""]
        for one in world.circle.registrations
    ]  # fmt: skip
    drop.put("Attendee Summary Report.csv", table([head, *rows]).encode(), world.night)
    return drop.files


def write_community(world: World, inbox: Path) -> int:
    """Writes the members of forum and group, and the forum's topics; gives the number of files."""
    files = 0
    for account in (FORUM, GROUP):
        drop = Drop(inbox, "community", account)
        rows = [
            [count.day.isoformat(), str(count.members), "" if count.active is None else str(count.active)]
            for count in world.circle.headcounts
            if count.account == account
        ]
        drop.put("readings.csv", table([header("day,members,active_members"), *rows]).encode(), world.night)
        if account == FORUM:
            topics = [
                [
                    topic.id,
                    _local(world, topic.at),
                    "" if topic.answered_at is None else _local(world, topic.answered_at),
                ]
                for topic in world.circle.topics
            ]
            drop.put(
                "topics.csv", table([header("topic_id,created_at,first_answer_at"), *topics]).encode(), world.night
            )
        files += drop.files
    return files


def _status(one: Registration) -> str:
    if one.is_cancelled:
        return "Not Attending"
    return "Checked In" if one.came else "Attending"


def _local(world: World, moment: dt.datetime) -> str:
    return moment.astimezone(world.settings.zone).strftime("%Y-%m-%d %H:%M")
