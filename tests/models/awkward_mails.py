"""Files of e-mail tools, help desks and surveys as people pick their columns, each kind in a market of its own."""

from __future__ import annotations

import json
from typing import Any, Protocol

MARCH = ("month", "2026-03-01", "all")
MAIL = ("month", "2026-03-01", "email")
CHAT = ("month", "2026-03-01", "sms_chat")

EXPECTED = [
    # SendGrid's events: three mails of a single send at noon of the 3rd, one early on the 4th in Sài Gòn
    ("a mail that only a program opened", "email_unique_opens", "BG", *MAIL, 1),
    ("an event that came twice", "email_sent_with_delivered", "BG", *MAIL, 4),
    ("a dropped mail was not delivered", "email_delivered_with_sent", "BG", *MAIL, 2),
    ("a bounce", "email_bounces_with_sent", "BG", *MAIL, 1),
    ("a mailing of one day", "email_sent_with_delivered", "BG", "day", "2026-03-04", "all", 1),
    ("a mail without a campaign is no mailing", "email_delivered", "BG", *MAIL, 2),
    # Brevo, with hard and soft bounces and without delivered; names instead of ids, one of them twice
    ("delivered is what did not bounce", "email_delivered", "HR", *MAIL, 90 + 45),
    ("both bounces", "email_bounces_with_sent", "HR", *MAIL, 10 + 5),
    ("a blocked address", "subscribers", "HR", *MARCH, 1),
    # Omnisend
    ("a text message is no e-mail", "email_delivered", "EE", *MAIL, 95),
    ("a text message is clicked", "message_clicks_with_delivered", "EE", *CHAT, 6),
    ("what the tool says it earned", "email_revenue_with_delivered", "EE", *MAIL, 1_900_000),
    # HubSpot's e-mails, beside its contacts
    ("spam reports", "email_complaints_with_delivered", "LV", *MAIL, 2),
    ("a mailing that states no complaints", "email_delivered_with_complaints", "LV", *MAIL, 196),
    # help desks
    ("Freshdesk: a reply in time and a late one", "tickets_replied_in_time", "LT", *MARCH, 1),
    ("Freshdesk: a reply in time and a late one", "tickets_reply_due", "LT", *MARCH, 3),
    ("Freshdesk: resolved", "tickets_resolved", "LT", *MARCH, 2),
    ("Intercom: seconds", "first_response_minutes", "SI", *MARCH, 2),
    ("Intercom: one was opened again", "tickets_reopened", "SI", *MARCH, 1),
    ("Intercom: one took one reply", "tickets_resolved_first_contact", "SI", *MARCH, 1),
    ("Gorgias: spam is no ticket", "tickets_opened", "SK", *MARCH, 2),
    ("Gorgias: a rating", "csat_satisfied", "SK", *MARCH, 1),
    # mapped files
    ("a contact by its stage, one by its date, a customer is none", "leads", "HU", *MARCH, 2),
    ("who agreed to mails", "subscribers", "HU", *MARCH, 1),
    ("the file's name says the survey", "effort_scores", "GR", *MARCH, 6 + 3),
    ("an answer that came again", "effort_responses", "GR", *MARCH, 2),
    ("an NPS answer of a file", "nps_promoters", "GR", *MARCH, 1),
    ("satisfaction of a file", "csat_responses", "GR", *MARCH, 2),
    ("messages by their name", "message_reads_with_delivered", "TR", *CHAT, 40),
    ("who does not tell reads", "messages_delivered_with_clicks", "TR", *CHAT, 100 + 50),
    ("who opted out", "message_opt_outs_with_delivered", "TR", *CHAT, 3),
]

UNTOLD = [
    # a tool without a shop, a text message, a help desk that tells no reopenings
    ("email_delivered_with_revenue", "HR"),
    ("messages_delivered_with_reads", "EE"),
    ("tickets_resolved_with_contacts", "LT"),
]


class Company(Protocol):
    """Where the files go."""

    def account(self, place: str, market: str) -> None: ...

    def put(self, place: str, content: str, at: str = ...) -> None: ...


def mails(company: Any) -> None:
    """Lays the files out."""
    _mailings(company)
    _desks(company)
    _mapped(company)


def _event(number: int, mail: str, event: str, at: int, **more: object) -> dict[str, object]:
    send = {"singlesend_id": "s1", "singlesend_name": "Spring"}
    return {
        "email": f"{mail}@grid.example", "timestamp": at, "event": event, "sg_event_id": f"e{number}",
        "sg_message_id": f"m-{mail}", "category": ["letters", "spring"],
    } | send | more  # fmt: skip


def _mailings(company: Company) -> None:
    company.account("sendgrid/grid", "BG")
    third, fourth = 1_772_514_000, 1_772_558_000  # 12:00 of the 3rd, 00:13 of the 4th in Sài Gòn
    events = [
        _event(1, "a", "processed", third), _event(2, "a", "delivered", third + 5),
        _event(3, "a", "open", third + 6, sg_machine_open=True), _event(4, "b", "processed", third),
        _event(5, "b", "delivered", third + 9), _event(6, "b", "open", third + 600, sg_machine_open=False),
        _event(7, "b", "click", third + 700), _event(8, "c", "processed", third),
        _event(9, "c", "bounce", third + 30), _event(10, "d", "processed", fourth), _event(11, "d", "dropped", fourth),
        {"email": "x@grid.example", "timestamp": third, "event": "delivered", "sg_event_id": "e12",
         "sg_message_id": "m-x"},
    ]  # fmt: skip
    company.put("sendgrid/grid/events-1.json", json.dumps(events), "2026-03-10")
    company.put("sendgrid/grid/events-2.jsonl", "".join(json.dumps(e) + "\n" for e in events[:2]), "2026-03-12")
    company.account("brevo/list", "HR")
    company.put(
        "brevo/list/report.csv",
        "Campaign name;Sent date;Recipients;Hard bounces;Soft bounces;Unique opens;Unsubscribed;Revenue\n"
        "Weekly;2026-03-03 09:00:00;100;4;6;30;1;0\nWeekly;2026-03-10 09:00:00;50;5;0;9;0;0\n",
    )
    company.put(
        "brevo/list/contacts.csv",
        "EMAIL;LASTNAME;FIRSTNAME;SMS;EMAIL_BLACKLISTED;SMS_BLACKLISTED;ADDED_TIME;MODIFIED_TIME\n"
        "a@brevo.example;A;B;;0;0;12-02-2026 09:30;12-02-2026 09:30\n"
        "b@brevo.example;A;B;;1;0;21-02-2026 09:30;22-02-2026 09:30\n",
    )
    company.account("omnisend/shop", "EE")
    company.put(
        "omnisend/shop/campaigns.csv",
        "Campaign name,Channel,Sent at,Sent,Delivered,Bounced,Opened,Clicked,Unsubscribed,Marked as spam,Revenue\n"
        "Spring,Email,2026-03-03 09:00:00,100,95,5,30,9,1,0,1900000\n"
        "Text,SMS,2026-03-04 09:00:00,60,58,2,,6,1,,0\n",
    )
    company.account("hubspot/mails", "LV")
    company.put(
        "hubspot/mails/marketing-emails.csv",
        "Email name,Email type,Send date,Sent,Delivered,Opened,Clicked,Unsubscribed,Spam reports,Hard bounced,Soft bounced\n"
        "Welcome,AUTOMATED_EMAIL,2026-03-03 09:00,100,98,40,9,1,2,1,1\n"
        "Spring,BATCH_EMAIL,2026-03-04 09:00,100,98,40,9,1,0,1,1\n"
        "Plain,BATCH_EMAIL,2026-03-05 09:00,20,20,4,1,0,,0,0\n",
    )


def _desks(company: Company) -> None:
    company.account("freshdesk/help", "LT")
    company.put(
        "freshdesk/help/tickets.csv",
        "Ticket ID,Subject,Status,Priority,Type,Created time,Resolved time,Initial response time,Agent interactions,Tags\n"
        "1,Hi,Resolved,Low,Question,2026-03-02 09:00:00,2026-03-02 12:00:00,2026-03-02 09:30:00,1,late delivery\n"
        "2,Hi,Closed,Low,,2026-03-02 09:00:00,2026-03-05 12:00:00,2026-03-04 09:30:00,3,\n"
        "3,Hi,Open,Low,,2026-03-02 09:00:00,,,0,\n4,Hi,Open,Low,,2026-03-12 09:00:00,,,0,\n",
    )
    company.account("intercom/chat", "SI")
    company.put(
        "intercom/chat/conversations.csv",
        "Conversation ID,Conversation started at,Conversation state,First response time (seconds),Conversation last closed at,"
        "Teammate replies,Number of reopens,Conversation tags\n"
        "7,2026-03-02 09:00:00,closed,90,2026-03-02 10:00:00,1,0,returns\n"
        "8,2026-03-02 09:00:00,open,60,2026-03-03 10:00:00,2,1,\n",
    )
    company.account("gorgias/care", "SK")
    company.put(
        "gorgias/care/tickets.csv",
        "Ticket ID,Created datetime,Ticket status,Closed datetime,Customer email,Tags,Survey score\n"
        '1,2026-03-02T09:00:00+00:00,closed,2026-03-02T10:00:00+00:00,a@care.example,"order status, VIP",5\n'
        "2,2026-03-02T09:00:00+00:00,open,,b@care.example,,\n3,2026-03-02T09:00:00+00:00,spam,,c@care.example,,\n",
    )


def _mapped(company: Company) -> None:
    company.account("contacts_file/crm", "HU")
    company.put(
        "contacts_file/crm/contacts.csv",
        "Email,Số điện thoại,Ngày tạo,Stage,Became a lead date,Consent,Họ tên\n"
        "a@crm.example,,2026-03-02 09:00:00,Lead,,yes,A\nA@crm.example,,2026-03-02 09:00:00,Lead,,yes,A\n"
        ",0912345678,2026-03-03 09:00:00,Customer,2026-03-04 09:00:00,,B\n"
        "c@crm.example,,2026-03-03 09:00:00,Customer,,no,C\n",
    )
    company.account("answers_file/surveys", "GR")
    company.put("answers_file/surveys/ces-2026-03.csv", "Date,Score\n2026-03-02 09:00:00,6\n2026-03-02 09:05:00,3\n")
    company.put("answers_file/surveys/ces-again.csv", "Date,Score\n2026-03-02 09:00:00,6\n", "2026-03-13")
    company.put(
        "answers_file/surveys/all.csv",
        "kind,score,scale,answered_at\nNPS,9,10,2026-03-02 09:00:00\nnps,3,10,2026-03-02 09:10:00\n"
        "CSAT,4,5,2026-03-03 09:00:00\ncsat,1,5,2026-03-03 09:10:00\n",
    )
    company.account("messages_file/push", "TR")
    company.put(
        "messages_file/push/messages.csv",
        "Campaign name,Type,Sent at,Sent,Delivered,Opened,Clicks,Opt-outs\n"
        "Sale,push,2026-03-03 09:00:00,110,100,40,9,1\nSale,sms,2026-03-06 09:00:00,60,50,,5,2\n",
    )
