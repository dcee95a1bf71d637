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
    "hubspot": "vn-crm",
    "salesforce": "us-b2b",
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
class CrmContact:
    """A contact of HubSpot. `stages` are the moments at which its stage changed, in order of time."""

    id: str
    name: str
    email: str | None
    phone: str | None
    created: dt.datetime
    stages: list[tuple[dt.datetime, str]]
    lead_at: dt.datetime | None  # as HubSpot's own column tells it
    source: str
    merged_into: str | None = None
    merged_at: dt.datetime | None = None
    hidden_from: dt.datetime | None = None  # from then on the exported view does not show it

    def stage(self, at: dt.datetime) -> str:
        """Its stage at a moment after its creation."""
        return [stage for moment, stage in self.stages if moment <= at][-1]

    def is_in(self, exported_at: dt.datetime) -> bool:
        """Whether an export shows it as a row of its own."""
        gone = (self.merged_at, self.hidden_from)
        return self.created < exported_at and all(moment is None or exported_at < moment for moment in gone)


@dataclass(frozen=True, slots=True)
class CrmDeal:
    """A deal of HubSpot; `amount` in đồng."""

    id: str
    contacts: tuple[str, ...]
    created: dt.datetime
    closes: dt.datetime  # when it was closed or should be
    is_won: bool | None  # None: open
    amount: int
    source: str


@dataclass(frozen=True, slots=True)
class BusinessLead:
    """A lead of Salesforce. `steps` are the moments at which its status changed, in order of time."""

    id: str  # 18 characters
    name: str
    company: str
    email: str | None
    phone: str | None
    created: dt.datetime
    steps: tuple[tuple[dt.datetime, str], ...]
    source: str
    converted: dt.datetime | None = None
    opportunity: str = ""
    is_deleted: bool = False

    def status(self, at: dt.datetime) -> str:
        """Its status at a moment from its creation on."""
        return [status for moment, status in self.steps if moment <= at][-1]


@dataclass(frozen=True, slots=True)
class Opportunity:
    """An opportunity of Salesforce; `amount` in US cents."""

    id: str  # 18 characters
    name: str
    created: dt.datetime
    closes: dt.date
    is_won: bool | None  # None: open
    amount: int
    source: str


@dataclass(slots=True)
class MailCrm:
    """All of it."""

    contacts: list[ListContact] = field(default_factory=list)
    mailings: list[ToolMailing] = field(default_factory=list)
    events: list[RecipientEvent] = field(default_factory=list)
    crm_exports: list[dt.datetime] = field(default_factory=list)  # of HubSpot's contacts, in order of time
    crm_contacts: list[CrmContact] = field(default_factory=list)
    crm_deals: list[CrmDeal] = field(default_factory=list)
    business_exports: list[dt.datetime] = field(default_factory=list)  # of Salesforce's leads, in order of time
    business_leads: list[BusinessLead] = field(default_factory=list)
    opportunities: list[Opportunity] = field(default_factory=list)
