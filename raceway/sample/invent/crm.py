"""The CRMs: HubSpot's contacts and deals of the shop, Salesforce's leads and opportunities of the US business.

Moments of HubSpot are whole minutes, as its exports write them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Final

from raceway.sample.invent.names import invent_email, invent_name, invent_phone
from raceway.sample.world.chance import Chance
from raceway.sample.world.company import STAFF_EMAIL
from raceway.sample.world.mailcrm import BusinessLead, CrmContact, CrmDeal, Opportunity
from raceway.sample.world.things import MINUTE, Person
from raceway.sample.world.world import World

_CONTACTS: Final = 600  # at scale 1
_LEADS: Final = 70
_FEWEST: Final = 60
_SOURCES: Final = {
    "Organic Search": 30, "Paid Search": 18, "Direct Traffic": 20, "Organic Social": 10, "Email Marketing": 8,
    "Referrals": 6, "Offline Sources": 5, "Other Campaigns": 2, "": 1,
}  # fmt: skip
_BUSINESS_SOURCES: Final = {"Web": 40, "Partner Referral": 20, "Trade Show": 20, "Email": 10, "": 10}
_COMPANIES: Final = ("Hudson Runners", "Harbor Outfitters", "Grand Street Shoes", "Total Trail Supply", "Elm & Sons")


def invent_crm(world: World) -> None:
    """Fills the CRM part of `world.mailcrm`; needs persons, visits and orders."""
    middle = world.moment(world.days[len(world.days) // 2], 8)
    world.mailcrm.crm_exports = [world.moment(world.days[1], 6), middle, world.night]
    world.mailcrm.business_exports = [middle, world.night]
    _invent_contacts(world, Chance(world.seed, "crm/contacts"))
    _invent_deals(world, Chance(world.seed, "crm/deals"))
    _invent_business(world, Chance(world.seed, "crm/business"))


def _minute(moment: dt.datetime) -> dt.datetime:
    return moment.replace(second=0, microsecond=0)


# HubSpot


def _invent_contacts(world: World, chance: Chance) -> None:
    visitors = [person for person in world.persons if any(device.visits for device in person.devices)]
    wanted = max(_FEWEST, round(_CONTACTS * world.scale))
    for number in range(wanted):
        kind = chance.choices(("visitor", "buyer", "stranger"), (40, 35, 25))[0]
        if kind == "visitor" and visitors:
            person = chance.choice(visitors)
            created = _after_a_visit(world, chance, person)
            _add_contact(world, chance, number, person.name, person.email, person.phone, created)
        elif kind == "buyer" and world.persons:
            person = chance.choice(world.persons)
            _add_contact(world, chance, number, person.name, person.email, person.phone, _any_time(world, chance))
        else:
            name = invent_name(chance, "VN")
            email, phone = invent_email(chance, name, 500_000 + number), invent_phone("VN", 500_000 + number)
            _add_contact(world, chance, number, name, email, phone, _any_time(world, chance))
    _merge_some(world, chance)
    staff = _any_time(world, chance)
    world.mailcrm.crm_contacts.append(
        CrmContact(_contact_id(wanted), "QA Team", STAFF_EMAIL, None, staff, [(staff, "Lead")], staff, "Direct Traffic")
    )


def _after_a_visit(world: World, chance: Chance, person: Person) -> dt.datetime:
    """A few minutes after one of the person's visits began."""
    visits = [visit for device in person.devices for visit in device.visits]
    at = chance.choice(visits)[0] + chance.randrange(1, 20) * MINUTE
    moment = dt.datetime.fromtimestamp(at // 1_000_000, tz=dt.UTC)
    return _minute(min(moment, world.closing - dt.timedelta(minutes=1)))


def _any_time(world: World, chance: Chance) -> dt.datetime:
    """A moment of the last 420 days; more of them lately. What a lead is worth follows from those of long ago."""
    days = world.order_days[-420:]
    day = days[min(len(days) - 1, int(len(days) * chance.random() ** 0.85))]
    return world.moment(day, chance.randrange(24), chance.randrange(60))


def _contact_id(number: int) -> str:
    return str(76_340_000_251 + 137 * number)


def _add_contact(
    world: World, chance: Chance, number: int, name: str, email: str, phone: str, created: dt.datetime
) -> None:
    stages = [(created, chance.choices(("Lead", "Subscriber", "Customer"), (76, 17, 7))[0])]
    at = created
    path = {
        "Subscriber": ("Lead", 0.4), "Lead": ("Marketing Qualified Lead", 0.45),
        "Marketing Qualified Lead": ("Sales Qualified Lead", 0.4), "Sales Qualified Lead": ("Customer", 0.4),
    }  # fmt: skip
    while stages[-1][1] in path:
        following, probability = path[stages[-1][1]]
        at = _minute(at + dt.timedelta(seconds=int(chance.expovariate(1 / 12) * 86_400) + 120))
        if not chance.hit(probability) or at >= world.closing:
            break
        stages.append((at, following))
    has_email = chance.hit(0.92)
    world.mailcrm.crm_contacts.append(
        CrmContact(
            _contact_id(number), name, email if has_email else None,
            phone if not has_email or chance.hit(0.6) else None, created, stages,
            next((moment for moment, stage in stages if stage == "Lead"), None), chance.one_of(_SOURCES),
            hidden_from=_any_time(world, chance) if chance.hit(0.05) else None,
        )
    )  # fmt: skip


def _merge_some(world: World, chance: Chance) -> None:
    """A few contacts are found to be one: from then on an export shows both ids in one row."""
    contacts = world.mailcrm.crm_contacts
    merged_at = world.mailcrm.crm_exports[1] + dt.timedelta(hours=30)
    early = [c for c in contacts if c.created < merged_at and c.hidden_from is None]
    for one, other in zip(early[3::25], early[4::25], strict=False):
        other.merged_into, other.merged_at = one.id, merged_at
        if chance.hit(0.5):
            other.email = None  # known by its number only, which goes with it
            other.phone = other.phone or invent_phone("VN", 900_000 + int(other.id) % 90_000)


def _invent_deals(world: World, chance: Chance) -> None:
    contacts = world.mailcrm.crm_contacts
    sold = [c for c in contacts if c.lead_at is not None and chance.hit(0.3)]
    for number, contact in enumerate(sold):
        assert contact.lead_at is not None
        created = _minute(contact.lead_at + dt.timedelta(minutes=chance.randrange(30, 8_000)))
        if created >= world.closing:
            continue
        closes = _minute(created + dt.timedelta(minutes=int(chance.uniform(0.2, 110) * 1_440)))
        is_closed = closes < world.closing
        others = [chance.choice(contacts).id] if chance.hit(0.15) else []
        is_known = not chance.hit(0.06)
        world.mailcrm.crm_deals.append(
            CrmDeal(
                str(9_000_000_101 + 59 * number), tuple(dict.fromkeys([contact.id, *others])) if is_known else (),
                created, closes, chance.hit(0.55) if is_closed else None, 1_000 * chance.randrange(2_000, 90_000),
                chance.one_of(_SOURCES),
            )
        )  # fmt: skip
    _mistype_some(world.mailcrm.crm_deals)


def _mistype_some(deals: list[CrmDeal]) -> None:
    """Close dates before the creation, of deals that are not among the first that the export covers."""
    early = dt.timedelta(days=3)
    for number, deal in enumerate(deals):
        if number % 17 == 5 and deal.is_won is not None and deal.created - 2 * early > min(d.created for d in deals):
            deals[number] = replace(deal, closes=deal.created - early)


# Salesforce


def _invent_business(world: World, chance: Chance) -> None:
    for number in range(max(_FEWEST, round(_LEADS * world.scale))):
        name = invent_name(chance, "US")
        company = chance.choice(_COMPANIES)
        created = _any_time(world, chance) + dt.timedelta(seconds=chance.randrange(60))
        if created >= world.closing:
            continue
        steps = [(created, "Open - Not Contacted")]
        at, converted, opportunity = created, None, ""
        for status, probability in (("Working - Contacted", 0.75), ("Qualified", 0.6), ("Closed - Converted", 0.7)):
            at = at + dt.timedelta(seconds=int(chance.expovariate(1 / 10) * 86_400) + 60)
            if not chance.hit(probability) or at >= world.closing:
                break
            steps.append((at, status))
        source = chance.one_of(_BUSINESS_SOURCES)
        if steps[-1][1] == "Closed - Converted":
            converted = steps[-1][0]
            opportunity = _salesforce_id(chance, "006", number)
            world.mailcrm.opportunities.append(_opportunity(world, chance, opportunity, company, converted, source))
        has_email = chance.hit(0.9)
        world.mailcrm.business_leads.append(
            BusinessLead(
                _salesforce_id(chance, "00Q", number), name, company,
                invent_email(chance, name, 700_000 + number) if has_email else None,
                invent_phone("US", 700_000 + number) if not has_email or chance.hit(0.5) else None,
                created, tuple(steps), source, converted, opportunity, chance.hit(0.04),
            )
        )  # fmt: skip


def _salesforce_id(chance: Chance, prefix: str, number: int) -> str:
    """15 characters in which letter case matters, and the three that save it."""
    return f"{prefix}5g0000{number:03d}{chance.token(3)}" + chance.token(3).upper()


def _opportunity(
    world: World, chance: Chance, identity: str, company: str, created: dt.datetime, source: str
) -> Opportunity:
    zone = world.accounts["salesforce", "us-b2b"].zone
    closes = (created + dt.timedelta(days=chance.randrange(1, 80))).astimezone(zone).date()
    is_closed = closes < world.last
    return Opportunity(
        identity, f"{company} – spring order", created, closes, chance.hit(0.5) if is_closed else None,
        chance.randrange(80_000, 2_500_000), source,
    )  # fmt: skip
