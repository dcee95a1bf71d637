"""What the invented world knows of further e-mail tools and of its CRMs: contacts, mailings, leads, deals.

Moments are UTC. An account stands in `ACCOUNTS`; its zone and market in the world's accounts.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Final

ACCOUNTS: Final = {
    "klaviyo": "us-letters",
    "activecampaign": "vn-club",
    "getresponse": "sg-list",
}


@dataclass(frozen=True, slots=True)
class ListContact:
    """An address of an e-mail tool."""

    tool: str
    email: str
    name: str
    added: dt.datetime
    is_subscriber: bool  # False: added, never subscribed
    ended: dt.datetime | None = None
    is_end_told: bool = True  # False: the tool shows that it ended, and not when


@dataclass(frozen=True, slots=True)
class RecipientEvent:
    """What a recipient, or a program in its place, did with a mail."""

    tool: str
    email: str
    kind: str  # open, click, bounce
    at: dt.datetime
    mailing: str
    is_machine: bool = False


@dataclass(frozen=True, slots=True)
class ToolMailing:
    """A mailing as its report stands at the last export; `early_share` is what an earlier one shows."""

    tool: str
    id: str
    title: str
    sent_at: dt.datetime
    channel: str  # Email or SMS
    recipients: int
    bounces: int
    opens: int  # recipients who opened, by hand or by program
    machine_opens: int  # of those, the ones that only a program opened
    clicks: int
    forwards: int
    unsubscribes: int
    early_share: float


@dataclass(slots=True)
class MailCrm:
    """All of it."""

    contacts: list[ListContact] = field(default_factory=list)
    mailings: list[ToolMailing] = field(default_factory=list)
    events: list[RecipientEvent] = field(default_factory=list)
