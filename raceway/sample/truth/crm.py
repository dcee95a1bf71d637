"""Leads and deals of the invented CRMs as they must be counted, by the words of `measures.csv`.

What only a later export shows (a stage that no column dates) is dated by the export that shows it first;
what an account's first export shows already, by the contact's creation.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from raceway.sample.truth.identities import Identity, Links, order_identity
from raceway.sample.truth.orders import Order
from raceway.sample.truth.sessions import Session
from raceway.sample.truth.tally import Tally
from raceway.sample.truth.worth import LeadOutcome
from raceway.sample.world.company import STAFF_EMAIL
from raceway.sample.world.mailcrm import ACCOUNTS, CrmContact
from raceway.sample.world.things import DAY, micros
from raceway.sample.world.world import World

_WON_WITHIN: Final = dt.timedelta(days=90)
_QUALIFIED: Final = ("Marketing Qualified Lead", "Sales Qualified Lead", "Opportunity")
_CHANNELS: Final = {
    "Organic Search": "organic_search", "Paid Search": "paid_search", "Direct Traffic": "direct",
    "Organic Social": "organic_social", "Email Marketing": "email", "Referrals": "referral",
    "Partner Referral": "referral", "Email": "email",
}  # fmt: skip


@dataclass(slots=True)
class _Lead:
    """A contact of a CRM: a lead where `day` is known."""

    id: str
    person: Identity
    created: dt.datetime
    at: dt.datetime | None
    day: dt.date | None
    qualified_on: dt.date | None
    source: str
    zone: dt.tzinfo
    account_market: str
    channel: str = ""
    market: str = ""


@dataclass(frozen=True, slots=True)
class _Deal:
    """A closed deal."""

    created_on: dt.date
    closed_on: dt.date
    is_won: bool
    leads: tuple[_Lead, ...]
    source: str
    account_market: str


def count_crm(
    world: World,
    tally: Tally,
    links: Links,
    sessions: list[Session],
    counted: list[Order],
    market_of: Callable[[Identity | None, str], str],
) -> list[LeadOutcome]:
    """Leads, qualified leads, visitors who became leads, cohorts and deals; gives what became of each lead."""
    contacts = _hubspot(world, links) | _salesforce(world, links)
    touches: dict[Identity, list[Session]] = defaultdict(list)
    for session in sessions:
        if session.channel != "direct":
            touches[session.person].append(session)
    for lead in contacts.values():
        lead.channel = _channel(lead, touches[lead.person], world.settings.attribution.lookback_days)
        lead.market = market_of(lead.person, lead.account_market)
    deals = _deals(world, contacts)
    _count_deals(tally, deals)
    return _count_leads(tally, [lead for lead in contacts.values() if lead.day is not None], counted, deals)


def _hubspot(world: World, links: Links) -> dict[str, _Lead]:
    account = world.accounts["hubspot", ACCOUNTS["hubspot"]]
    exports = world.mailcrm.crm_exports
    found = {}
    for contact in world.mailcrm.crm_contacts:
        seen = [at for at in exports if contact.is_in(at)]
        if contact.merged_into is not None or not seen or contact.email == STAFF_EMAIL:
            continue
        identity = order_identity(contact.email, contact.phone)
        assert identity is not None
        merged = [c for c in world.mailcrm.crm_contacts if c.merged_into == contact.id]
        lead_at = contact.lead_at if contact.lead_at is not None and contact.lead_at <= seen[-1] else None
        if lead_at is None:
            lead_at = _first_shown([contact, *merged], exports, ("Lead", *_QUALIFIED), contact.created)
        qualified = _first_shown([contact, *merged], exports, _QUALIFIED, contact.created)
        if qualified is not None and lead_at is not None:
            qualified = max(qualified, lead_at)
        found[f"hubspot:{account.account}:{contact.id}"] = _Lead(
            f"hubspot:{account.account}:{contact.id}", links.person(identity), contact.created, lead_at,
            None if lead_at is None else lead_at.astimezone(account.zone).date(),
            None if qualified is None else qualified.astimezone(account.zone).date(), contact.source, account.zone,
            account.market,
        )  # fmt: skip
    return found


def _first_shown(
    contacts: list[CrmContact], exports: list[dt.datetime], stages: tuple[str, ...], created: dt.datetime
) -> dt.datetime | None:
    for number, at in enumerate(exports):
        if any(contact.is_in(at) and contact.stage(at) in stages for contact in contacts):
            return created if number == 0 else at
    return None


def _salesforce(world: World, links: Links) -> dict[str, _Lead]:
    account = world.accounts["salesforce", ACCOUNTS["salesforce"]]
    exports = world.mailcrm.business_exports
    # the account's first export is the first that holds a lead
    first = next((at for at in exports if any(lead.created < at for lead in world.mailcrm.business_leads)), None)
    found = {}
    for lead in world.mailcrm.business_leads:
        if lead.is_deleted or lead.created >= exports[-1]:
            continue
        identity = order_identity(lead.email, lead.phone)
        assert identity is not None
        qualified = None
        if lead.converted is not None and lead.converted <= exports[-1]:
            qualified = lead.converted
        else:
            shown = next((at for at in exports if lead.created < at and lead.status(at) == "Qualified"), None)
            qualified = lead.created if shown is not None and shown == first else shown
        identity_of_lead = f"salesforce:{account.account}:{lead.id[:15]}"
        found[identity_of_lead] = _Lead(
            identity_of_lead, links.person(identity), lead.created, lead.created,
            lead.created.astimezone(account.zone).date(),
            None if qualified is None else qualified.astimezone(account.zone).date(), lead.source, account.zone,
            account.market,
        )  # fmt: skip
    return found


def _channel(lead: _Lead, touches: list[Session], lookback_days: int) -> str:
    """Of the last session before that is not direct; a moment at midnight is a day without a time."""
    moment = lead.at or lead.created
    until = micros(moment) + (DAY if moment.astimezone(lead.zone).time() == dt.time() else 0)
    before = bisect_right([session.start for session in touches], until)
    if before and until - touches[before - 1].start <= lookback_days * DAY:
        return touches[before - 1].channel
    return _CHANNELS.get(lead.source, "other")


def _deals(world: World, contacts: dict[str, _Lead]) -> list[_Deal]:
    account = world.accounts["hubspot", ACCOUNTS["hubspot"]]
    survivor = {c.id: c.merged_into or c.id for c in world.mailcrm.crm_contacts}
    staff = {c.id for c in world.mailcrm.crm_contacts if c.email == STAFF_EMAIL}
    found = []
    for deal in world.mailcrm.crm_deals:
        if deal.is_won is None or (deal.contacts and staff.issuperset(survivor[one] for one in deal.contacts)):
            continue
        ids = dict.fromkeys(f"hubspot:{account.account}:{survivor[contact]}" for contact in deal.contacts)
        leads = [contacts[i] for i in ids if i in contacts]
        found.append(
            _Deal(
                deal.created.astimezone(account.zone).date(), deal.closes.astimezone(account.zone).date(), deal.is_won,
                tuple(sorted(leads, key=_earliest)), deal.source, account.market,
            )
        )  # fmt: skip
    account = world.accounts["salesforce", ACCOUNTS["salesforce"]]
    lead_of = {
        lead.opportunity: f"salesforce:{account.account}:{lead.id[:15]}" for lead in world.mailcrm.business_leads
    }
    for sale in world.mailcrm.opportunities:
        if sale.is_won is not None:
            lead = contacts.get(lead_of[sale.id])
            created_on = sale.created.astimezone(account.zone).date()
            of = (lead,) if lead is not None else ()
            found.append(_Deal(created_on, sale.closes, sale.is_won, of, sale.source, account.market))
    return found


def _earliest(lead: _Lead) -> tuple[bool, dt.datetime, dt.datetime, str]:
    return (lead.at is None, lead.at or lead.created, lead.created, lead.id)


def _count_leads(
    tally: Tally, leads: list[_Lead], counted: list[Order], deals: list[_Deal]
) -> list[LeadOutcome]:  # fmt: skip
    winning: dict[str, list[dt.date]] = defaultdict(list)
    of_person: dict[Identity, list[Order]] = defaultdict(list)
    for deal in deals:
        for lead in deal.leads:
            if deal.is_won:
                winning[lead.id].append(deal.closed_on)
    for order in counted:
        if order.person is not None:
            of_person[order.person].append(order)
    became: dict[Identity, list[dt.date]] = defaultdict(list)
    outcomes = []
    for lead in leads:
        assert lead.day is not None
        place = (lead.channel, lead.market)
        orders = of_person[lead.person]
        days = winning[lead.id] + [order.day for order in orders if _is_after(order, lead)]
        is_won = any(lead.day <= day <= lead.day + _WON_WITHIN for day in days)
        tally.add("leads", lead.day, 1, *place)
        if all(_is_after(order, lead) for order in orders):  # else a customer already
            outcomes.append(LeadOutcome(lead.day, place, is_won))
            for name, value in (
                ("leads_with_value", 1),
                ("leads_created_cohort", 1),
                ("leads_won_cohort", int(is_won)),
            ):
                tally.add(name, lead.day, value, *place)
        if lead.qualified_on is not None:
            tally.add("qualified_leads", lead.qualified_on, 1, *place)
        became[lead.person].append(lead.day)
    for (_, period, start, channel, market), seen in tally.persons("visitors"):
        end = tally.calendar.end(period, start)
        many = sum(any(start <= day <= end for day in became.get(person, ())) for person in seen)  # type: ignore[call-overload]  # the tally holds the sessions' persons
        if many:
            tally.values["visitors_who_became_leads", period, start, channel, market] += many
    return outcomes


def _is_after(order: Order, lead: _Lead) -> bool:
    """Whether an order came after its person became a lead: by time, by the day where the lead states a day alone."""
    assert lead.day is not None
    moment = lead.at or lead.created
    if moment.astimezone(lead.zone).time() == dt.time():
        return order.day >= lead.day
    return order.at > micros(moment)


def _count_deals(tally: Tally, deals: list[_Deal]) -> None:
    for deal in deals:
        lead = deal.leads[0] if deal.leads else None
        place = (
            (lead.channel, lead.market)
            if lead is not None
            else (_CHANNELS.get(deal.source, "other"), deal.account_market)
        )
        cycle = (deal.closed_on - deal.created_on).days
        tally.add("deals_closed", deal.closed_on, 1, *place)
        tally.add("deals_won", deal.closed_on, int(deal.is_won), *place)
        if deal.is_won and cycle >= 0:
            tally.add("sales_cycle_days", deal.closed_on, cycle, *place)
            tally.add("deals_won_dated", deal.closed_on, 1, *place)
