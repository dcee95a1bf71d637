"""The oracle's rules for e-mail tools and CRMs, on a few things put into an empty world by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from raceway.sample.truth.tally import Number
from raceway.sample.truth.truth import measures
from raceway.sample.world.company import STAFF_EMAIL
from raceway.sample.world.mailcrm import BusinessLead, CrmContact, CrmDeal, ListContact, RecipientEvent, ToolMailing
from raceway.sample.world.things import Subscriber
from raceway.sample.world.world import World
from tests.sample.hand_made import LETTER, at, device, event, order, world

MARCH = dt.date(2026, 3, 1)


def day(number: int) -> dt.date:
    return dt.date(2026, 3, number)


def value(place: World, measure: str, *key: object) -> Number:
    """One number; key: period, start, channel, market (default: March, all, all)."""
    full = tuple(key) + ("month", MARCH, "all", "all")[len(key) :]
    return measures(place).get((measure, *full), 0)  # type: ignore[arg-type]  # the key is spelled out by the tests


def member(tool: str, email: str, **more: object) -> ListContact:
    made: dict[str, object] = {"added": at("03-02 10:00"), "is_subscriber": True} | more
    return ListContact(tool, email, "A B", **made)  # type: ignore[arg-type]  # the tests spell the columns out


def test_an_address_in_two_tools_is_one_subscriber_of_a_market_until_it_has_left_both() -> None:
    place = world()
    place.subscribers = [Subscriber("A@example.com", "A", at("03-02 10:00"), None, unsubscribed=at("03-04 10:00"))]
    place.mailcrm.contacts = [
        member("activecampaign", "a@example.com", ended=at("03-06 10:00")),
        member("klaviyo", "a@example.com"),
        member("getresponse", "b@example.com", is_subscriber=False),
    ]
    days = [
        [value(place, "subscribers", "day", day(n), "all", m) for n in (3, 5, 7)] for m in ("VN", "US", "SG", "all")
    ]
    assert days == [[1, 1, 0], [1, 1, 1], [0, 0, 0], [1, 1, 1]]


def test_an_end_that_is_not_told_is_the_first_export_that_shows_it() -> None:
    place = world()  # exported on the 16th, in the middle, and in the night after the 29th
    place.mailcrm.contacts = [member("activecampaign", "a@example.com", ended=at("03-04 10:00"), is_end_told=False)]
    assert [value(place, "subscribers", "day", day(n)) for n in (15, 16)] == [1, 0]


@pytest.mark.parametrize(
    ("kind", "is_machine", "days_before_the_year", "active"),
    [("open", False, 2, 1), ("open", False, 3, 0), ("open", True, -78, 0), ("click", False, -78, 1),
     ("bounce", False, -78, 0)],
)  # fmt: skip
def test_a_subscriber_is_active_for_ninety_days_after_a_person_opened(
    kind: str, is_machine: bool, days_before_the_year: int, active: int
) -> None:
    place = world()
    moment = at("01-01 10:00") - dt.timedelta(days=days_before_the_year)
    place.mailcrm.contacts = [
        member("activecampaign", "a@example.com", added=at("01-01 00:00") - dt.timedelta(days=50))
    ]
    place.mailcrm.events = [RecipientEvent("activecampaign", "a@example.com", kind, moment, "m", is_machine)]
    # March runs, and is read on the 29th, the day before as_of: the 90th day from 30 December on
    assert value(place, "active_subscribers") == active


def test_machine_opens_are_left_out_where_the_report_marks_them_and_a_text_is_no_mail() -> None:
    place = world()
    sent = ("x", "X", at("03-03 10:00"))
    place.mailcrm.mailings = [
        ToolMailing("klaviyo", *sent, "Email", 100, 3, 40, 15, 9, 2, 1, 1),
        ToolMailing("klaviyo", *sent, "SMS", 100, 0, 0, 0, 9, 0, 1, 1),
        ToolMailing("getresponse", *sent, "Email", 50, 1, 20, 8, 5, 2, 1, 1),
    ]
    names = ("email_delivered", "email_unique_opens", "email_unique_clicks", "email_forwards", "campaign_unsubscribes")
    assert [value(place, name) for name in names] == [146, 52, 14, 2, 2]


def contact(number: str, *stages: tuple[str, str], **more: object) -> CrmContact:
    made: dict[str, object] = {"email": f"c{number}@example.com", "phone": None, "lead_at": None, "source": ""} | more
    steps = [(at(when), stage) for when, stage in stages]
    return CrmContact(number, "A B", created=steps[0][0], stages=steps, **made)  # type: ignore[arg-type]  # as above


def crm(*contacts: CrmContact) -> World:
    """HubSpot exported on the 5th, the 15th and in the night after the last day; Salesforce twice."""
    place = world()
    place.mailcrm.crm_exports = [at("03-05 06:00"), at("03-15 06:00"), place.night]
    place.mailcrm.business_exports = [at("03-15 06:00"), place.night]
    place.mailcrm.crm_contacts = list(contacts)
    return place


def test_a_stage_is_dated_by_its_column_else_by_the_first_export_that_shows_it() -> None:
    place = crm(
        contact("1", ("03-02 10:00", "Customer"), lead_at=at("03-03 10:00")),
        contact("2", ("03-04 10:00", "Lead"), ("03-09 10:00", "Marketing Qualified Lead")),
        contact("3", ("03-06 10:00", "Lead"), ("03-07 10:00", "Subscriber")),
        contact("4", ("03-06 10:00", "Customer")),
        contact("5", ("03-04 10:00", "Lead"), email=STAFF_EMAIL),
    )
    assert [value(place, "leads", "day", day(n)) for n in (3, 4, 6, 15)] == [1, 1, 0, 0]
    assert value(place, "qualified_leads", "day", day(15)) == 1
    assert value(place, "leads") == 2


def test_what_a_merged_contact_showed_counts_for_the_one_it_was_merged_into() -> None:
    one, other = contact("1", ("03-02 10:00", "Subscriber")), contact("2", ("03-06 10:00", "Lead"))
    other.merged_into, other.merged_at = "1", at("03-20 10:00")
    place = crm(one, other)
    assert value(place, "leads") == 1
    assert value(place, "leads", "day", day(15)) == 1


def test_a_lead_has_the_channel_of_the_last_visit_and_counts_among_the_visitors() -> None:
    place = crm(
        contact("1", ("03-04 10:00", "Lead"), lead_at=at("03-04 10:00"), email="an@example.com", source="Referrals")
    )
    phone = device()
    place.orders, place.order_exports = [order("#1", "03-10 10:00", email="an@example.com")], [place.night]
    place.events = [
        event(phone, "03-03 10:00", traffic=LETTER),
        event(phone, "03-10 10:00", "purchase", transaction="#1"),
    ]
    assert value(place, "leads", "day", day(4), "email") == 1
    assert value(place, "visitors_who_became_leads", "month", MARCH, "direct", "VN") == 1
    assert value(place, "visitors_who_became_leads", "day", day(4)) == 0
    assert value(place, "leads_won_cohort", "day", day(4)) == 1
    place.events = []
    assert value(place, "leads", "day", day(4), "referral") == 1


def test_deals_count_by_their_close_and_win_their_leads() -> None:
    place = crm(contact("1", ("03-02 10:00", "Lead"), lead_at=at("03-02 10:00")))
    place.mailcrm.crm_deals = [
        CrmDeal("d1", ("1",), at("03-03 10:00"), at("03-10 09:00"), True, 1, ""),
        CrmDeal("d2", (), at("03-03 10:00"), at("03-01 10:00"), True, 1, "Paid Search"),
        CrmDeal("d3", ("1",), at("03-03 10:00"), at("03-11 10:00"), False, 1, ""),
        CrmDeal("d4", ("1",), at("03-03 10:00"), at("03-12 10:00"), None, 1, ""),
    ]
    names = ("deals_closed", "deals_won", "sales_cycle_days", "leads_won_cohort", "leads_created_cohort")
    assert [value(place, name) for name in names] == [3, 2, 7, 1, 1]
    assert value(place, "deals_won", "month", MARCH, "paid_search", "VN") == 1


def test_a_business_lead_is_one_from_its_creation_and_qualified_when_converted() -> None:
    place = crm()
    created = at("03-03 10:00")  # 22:00 of the day before in New York
    steps = ((created, "Open - Not Contacted"), (at("03-08 10:00"), "Closed - Converted"))
    lead = BusinessLead(
        "00Q5g00000AbCdEAAB", "A B", "C", "a@example.com", None, created, steps, "Email", at("03-08 10:00")
    )
    gone = BusinessLead(
        "00Q5g00000AbCdFAAB", "A B", "C", "b@example.com", None, created, steps[:1], "", is_deleted=True
    )
    place.mailcrm.business_leads = [lead, gone]
    assert value(place, "leads", "day", day(2), "email", "all") == 1
    assert value(place, "qualified_leads", "day", day(7)) == 1
    assert value(place, "leads", "month", MARCH, "all", "US") == 1
