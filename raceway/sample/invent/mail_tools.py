"""Newsletters of further e-mail tools: who subscribed, what was sent, who opened and clicked."""

from __future__ import annotations

import datetime as dt
from typing import Final

from raceway.sample.invent.names import invent_email, invent_name
from raceway.sample.world.chance import Chance
from raceway.sample.world.mailcrm import ListContact, RecipientEvent, ToolMailing
from raceway.sample.world.world import World

# Addresses at scale 1, the country of their names, the weekday of the mailing, and its topic.
_TOOLS: Final = {
    "klaviyo": (900, "US", 3, "New in store"),
    "activecampaign": (700, "VN", 2, "Câu lạc bộ chạy bộ"),
    "getresponse": (220, "SG", 5, "Sông Hồng in Singapore"),
}
_FEWEST: Final = 12
_SMS_EVERY: Final = 4  # mailings


def invent_mail_tools(world: World) -> None:
    """Fills contacts, mailings and recipient events of `world.mailcrm`; needs the newsletter's subscribers."""
    for number, tool in enumerate(_TOOLS):
        chance = Chance(world.seed, f"mail/{tool}")
        contacts = _contacts(world, chance, tool, 300_000 + 50_000 * number)
        world.mailcrm.contacts += contacts
        _mailings(world, chance, tool, contacts)
    world.mailcrm.events.sort(key=lambda event: (event.at, event.tool, event.email, event.kind))


def _contacts(world: World, chance: Chance, tool: str, first_number: int) -> list[ListContact]:
    size, country, _, _ = _TOOLS[tool]
    size = max(_FEWEST, round(size * world.scale))
    people = []
    if tool == "activecampaign":  # the club's members are on the newsletter's list, too: one address, two tools
        people = [(s.email, s.name) for s in world.subscribers if chance.hit(0.12)][: size // 2]
    while len(people) < size:
        name = invent_name(chance, country)
        people.append((invent_email(chance, name, first_number + len(people)), name))
    span = len(world.order_days)
    contacts = []
    for number, (email, name) in enumerate(people):
        day = world.order_days[min(span - 1, int(span * chance.random() ** 0.7))]
        added = world.moment(day, chance.randrange(24), chance.randrange(60))
        ended = added + dt.timedelta(seconds=int(chance.uniform(1, 250) * 86_400))
        is_subscriber = number == 0 or not chance.hit(0.04)
        has_ended = is_subscriber and chance.hit(0.25) and ended < world.closing
        contacts.append(
            ListContact(tool, email, name, added, is_subscriber, ended if has_ended else None, not chance.hit(0.3))
        )
    return contacts


def _mailings(world: World, chance: Chance, tool: str, contacts: list[ListContact]) -> None:
    """One mailing a week; opens and clicks of its report are those of its recipients."""
    _, _, weekday, topic = _TOOLS[tool]
    sent_on = [day for day in world.days if day.weekday() == weekday]
    for number, day in enumerate(sent_on):
        sent_at = world.moment(day, 16, 5)
        on_list = [
            c for c in contacts if c.is_subscriber and c.added < sent_at and (c.ended is None or c.ended > sent_at)
        ]
        identity = f"{tool[0]}{chance.token(12).upper()}"
        if tool == "klaviyo" and number % _SMS_EVERY == 2:
            world.mailcrm.mailings.append(_sms(chance, tool, identity, sent_at, len(on_list)))
            continue
        events: list[RecipientEvent] = []
        for contact in on_list:
            events += _doings(world, chance, contact, identity, sent_at)
        opened = {event.email for event in events if event.kind == "open"}
        by_hand = {event.email for event in events if event.kind == "open" and not event.is_machine}
        world.mailcrm.events += events
        world.mailcrm.mailings.append(
            ToolMailing(
                tool, identity, f"{topic} {day:%d/%m}", sent_at, "Email", len(on_list),
                sum(event.kind == "bounce" for event in events), len(opened), len(opened - by_hand),
                len({event.email for event in events if event.kind == "click"}),
                chance.poisson(0.004 * len(on_list)), chance.poisson(0.006 * len(on_list)), chance.uniform(0.8, 0.97),
            )
        )  # fmt: skip


def _sms(chance: Chance, tool: str, identity: str, sent_at: dt.datetime, recipients: int) -> ToolMailing:
    """A text message: nobody opens it, and it is no e-mail."""
    clicks = chance.poisson(0.03 * recipients)
    return ToolMailing(
        tool, identity, "Store hours (text)", sent_at, "SMS", recipients, 0, 0, 0, min(clicks, recipients), 0,
        chance.poisson(0.01 * recipients), chance.uniform(0.8, 0.97),
    )  # fmt: skip


def _doings(
    world: World, chance: Chance, contact: ListContact, mailing: str, sent_at: dt.datetime
) -> list[RecipientEvent]:
    """What becomes of one mail: it bounces, a program opens it at once, somebody opens it later and clicks."""

    def event(kind: str, seconds: float, is_machine: bool = False) -> RecipientEvent:
        at = sent_at + dt.timedelta(seconds=int(seconds))
        return RecipientEvent(contact.tool, contact.email, kind, at, mailing, is_machine)

    if chance.hit(0.01):
        return [event("bounce", 30)]
    events = [event("open", chance.randrange(5, 90), is_machine=True)] if chance.hit(0.2) else []
    if chance.hit(0.18):
        opened = 120 + chance.expovariate(1 / 30_000)
        events.append(event("open", opened))
        if chance.hit(0.2):
            events.append(event("click", opened + chance.randrange(3, 200)))
        if chance.hit(0.1):
            events.append(event("open", opened + 90_000))
    return [e for e in events if e.at < world.closing]
