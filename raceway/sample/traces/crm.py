"""HubSpot's views (csv and workbook) and Salesforce's files: the Data Loader's, and a report with its furniture."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from raceway.sample.traces.drop import Drop, cents, header, table
from raceway.sample.traces.workbook import Cell, workbook
from raceway.sample.world.mailcrm import ACCOUNTS, BusinessLead, CrmContact, CrmDeal, Opportunity
from raceway.sample.world.world import World

_CONTACTS: Final = header(
    "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lead Status,Lifecycle Stage,Create Date,"
    "Became a Lead Date,Original Source,Associated Company IDs"
)
_DEALS: Final = header(
    "Record ID,Deal Name,Deal Stage,Amount,Deal owner,Associated Company IDs,Associated Contact IDs,Close Date,"
    "Create Date,Pipeline,Original Traffic Source"
)
_LEADS: Final = header(
    "ID,FIRSTNAME,LASTNAME,EMAIL,PHONE,COMPANY,STATUS,LEADSOURCE,CREATEDDATE,ISCONVERTED,CONVERTEDDATE,"
    "CONVERTEDOPPORTUNITYID,ISDELETED"
)
_OPPORTUNITIES: Final = header(
    "ID,NAME,STAGENAME,AMOUNT,CURRENCYISOCODE,CLOSEDATE,ISWON,ISCLOSED,LEADSOURCE,CREATEDDATE,LASTMODIFIEDDATE"
)
_REPORT: Final = header("Opportunity ID,Opportunity Name,Stage,Amount,Close Date,Created Date,Lead Source")


def write_hubspot(world: World, inbox: Path) -> int:
    """Writes three exports of contacts, the second one as a workbook, and two of deals; gives the number of files."""
    drop = Drop(inbox, "hubspot", ACCOUNTS["hubspot"])
    zone = world.accounts["hubspot", ACCOUNTS["hubspot"]].zone
    for number, at in enumerate(world.mailcrm.crm_exports):
        listed = [_contact(world, c, at, n) for n, c in enumerate(world.mailcrm.crm_contacts) if c.is_in(at)]
        stem = f"hubspot-crm-exports-all-contacts-{at.astimezone(zone):%Y-%m-%d}"
        _put(drop, stem, [_CONTACTS, *listed], zone, at, is_workbook=number == 1)
        deals = [_deal(world, d, at) for d in world.mailcrm.crm_deals if d.created < at]
        if number > 0:
            stem = f"hubspot-crm-exports-all-deals-{at.astimezone(zone):%Y-%m-%d}"
            _put(drop, stem, [_DEALS, *deals], zone, at, is_workbook=False)
    return drop.files


def _put(
    drop: Drop, stem: str, rows: Sequence[Sequence[Cell]], zone: dt.tzinfo, at: dt.datetime, is_workbook: bool
) -> None:
    """Times are local; a workbook keeps them as numbers of days, csv as `2024-03-12 09:14`."""
    if len(rows) < 2:
        return
    local = [
        [c.astimezone(zone).replace(tzinfo=None) if isinstance(c, dt.datetime) else c for c in row] for row in rows
    ]
    if is_workbook:
        drop.put(f"{stem}.xlsx", workbook(local, "contacts"), at)
        return
    texts = [
        ["" if c is None else f"{c:%Y-%m-%d %H:%M}" if isinstance(c, dt.datetime) else str(c) for c in row]
        for row in local
    ]
    drop.put(f"{stem}.csv", table(texts).encode(), at)


def _contact(world: World, contact: CrmContact, at: dt.datetime, number: int) -> list[Cell]:
    """A row of the view; what was merged into the contact stands beside its own id."""
    merged = [
        c.id
        for c in world.mailcrm.crm_contacts
        if c.merged_into == contact.id and c.merged_at is not None and c.merged_at <= at
    ]
    first, last = contact.name.split(" ", 1)
    phone = contact.phone or ""
    if phone.startswith("+84") and number % 3 == 0:
        phone = f"0{phone[3:6]} {phone[6:9]} {phone[9:]}"  # as a Vietnamese types it
    email = contact.email or ""
    lead_at = contact.lead_at if contact.lead_at is not None and contact.lead_at <= at else None
    return [
        ";".join([contact.id, *merged]), first, last, email.capitalize() if number % 20 == 0 else email, phone,
        "linh.sales@example.com", "Open", contact.stage(at), contact.created, lead_at, contact.source, "987654;987655",
    ]  # fmt: skip


def _deal(world: World, deal: CrmDeal, at: dt.datetime) -> list[Cell]:
    is_known = deal.is_won is not None and max(deal.closes, deal.created) < at
    stage = ("Closed Won" if deal.is_won else "Closed Lost") if is_known else "Presentation Scheduled"
    return [
        deal.id, f"Đơn sỉ {deal.id}", stage, str(deal.amount), "linh.sales@example.com", "", ";".join(deal.contacts),
        deal.closes, deal.created, "Sales Pipeline", deal.source,
    ]  # fmt: skip


def write_salesforce(world: World, inbox: Path) -> int:
    """Writes two Data Loader files of leads, one of opportunities, and a later report of them; gives the number."""
    drop = Drop(inbox, "salesforce", ACCOUNTS["salesforce"])
    zone = world.accounts["salesforce", ACCOUNTS["salesforce"]].zone
    for at in world.mailcrm.business_exports:
        leads = [_lead(lead, at, zone) for lead in world.mailcrm.business_leads if lead.created < at]
        if leads:
            text = _all_quoted([_LEADS, *leads])
            # a bulk export lets NUL bytes through
            drop.put(f"Lead_{at:%Y%m%d}.csv", text.replace("Hudson Runners", "Hudson\0 Runners").encode(), at)
    middle, night = world.mailcrm.business_exports
    early = [_opportunity(o, middle, zone) for o in world.mailcrm.opportunities if o.created < middle]
    if early:
        drop.put(f"Opportunity_{middle:%Y%m%d}.csv", _all_quoted([_OPPORTUNITIES, *early]).encode(), middle)
    late = [_reported(o, night, zone) for o in world.mailcrm.opportunities if o.created < night]
    if late:
        furniture = [
            [], [f"Grand Totals ({len(late)} records)"], [], ["Confidential Information - Do Not Distribute"],
            ["Copyright © 2000-2026 salesforce.com, inc. All rights reserved."],
        ]  # fmt: skip
        text = _all_quoted([_REPORT, *late, *furniture])
        drop.put(f"report{night:%Y%m%d}.csv", text.encode("cp1252"), night)
    return drop.files


def _all_quoted(rows: Sequence[Sequence[str]]) -> str:
    return "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in rows)


def _utc(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S}.000Z"


def _lead(lead: BusinessLead, at: dt.datetime, zone: dt.tzinfo) -> list[str]:
    first, last = lead.name.split(" ", 1)
    is_converted = lead.converted is not None and lead.converted <= at
    converted_on = lead.converted.astimezone(zone).date().isoformat() if lead.converted and is_converted else ""
    phone = lead.phone or ""
    if phone:
        phone = f"({phone[2:5]}) {phone[5:8]}-{phone[8:]}"
    return [
        lead.id, first, last, lead.email or "", phone, lead.company, lead.status(at), lead.source, _utc(lead.created),
        str(is_converted).lower(), converted_on, lead.opportunity if is_converted else "", str(lead.is_deleted).lower(),
    ]  # fmt: skip


def _stage(opportunity: Opportunity, at: dt.datetime, zone: dt.tzinfo) -> str:
    if opportunity.is_won is None or opportunity.closes >= at.astimezone(zone).date():
        return "Negotiation/Review"
    return "Closed Won" if opportunity.is_won else "Closed Lost"


def _opportunity(opportunity: Opportunity, at: dt.datetime, zone: dt.tzinfo) -> list[str]:
    stage = _stage(opportunity, at, zone)
    return [
        opportunity.id, opportunity.name, stage, cents(opportunity.amount), "USD", opportunity.closes.isoformat(),
        str(stage == "Closed Won").lower(), str(stage.startswith("Closed")).lower(), opportunity.source,
        _utc(opportunity.created), _utc(at),
    ]  # fmt: skip


def _reported(opportunity: Opportunity, at: dt.datetime, zone: dt.tzinfo) -> list[str]:
    """Reports cut ids to 15 characters and write days as the user reads them."""
    created = opportunity.created.astimezone(zone)
    return [
        opportunity.id[:15], opportunity.name, _stage(opportunity, at, zone), f"USD {opportunity.amount / 100:,.2f}",
        f"{opportunity.closes:%m/%d/%Y}", f"{created:%m/%d/%Y}", opportunity.source,
    ]  # fmt: skip
