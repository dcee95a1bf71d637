"""A person who is in nearly every file of the golden week, and whom exclusions.csv leaves out again."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any, Final

from tests.golden.golden_week import FOLDER
from tests.relations.homes import File

EMAIL: Final = "zoe.ngo@example.com"
EXCLUSIONS: Final = f"email,{EMAIL},a tester\nphone,+84901999001,a tester\ndevice,zoe.phone,a tester\n"

_QUESTION: Final = "How likely are you to recommend us,\n0-10?"
_ROWS: Final[dict[str, list[dict[str, str]]]] = {
    "shopify/vn-shop/2026-03-07/orders_export.csv": [{
        "Name": "#1900", "Id": "5900", "Email": EMAIL, "Phone": "'+84901999001", "Financial Status": "partially_refunded",
        "Currency": "VND", "Subtotal": "216000.00", "Shipping": "0.00", "Taxes": "0.00", "Total": "216000.00",
        "Discount Amount": "0.00", "Created at": "2026-03-05 10:00:00 +0700", "Lineitem quantity": "1",
        "Lineitem name": "Dép", "Lineitem price": "216000.00", "Lineitem sku": "DE-01", "Lineitem discount": "0.00",
        "Billing Country": "VN", "Shipping Country": "VN", "Refunded Amount": "100000.00", "Source": "web",
        "Outstanding Balance": "0.00", "Payment Method": "OnePay",
    }],
    "nps/vn-shop/invitations.csv": [
        {"invitation_id": "inv-9", "invited_at": "2026-03-05 10:00:00", "email": EMAIL, "order_name": "#1900"},
    ],
    "nps/vn-shop/responses.csv": [{
        "#": "a9", _QUESTION: "10", "email": EMAIL, "invitation_id": "inv-9", "Response Type": "completed",
        "Start Date (UTC)": "2026-03-06 02:00:00", "Submit Date (UTC)": "2026-03-06 02:01:00", "Network ID": "n9",
    }],
    "zendesk/vn-help/ticket-report-2026-03-09.csv": [{
        "Summation column": "1", "Id": "9009", "Requester id": "509", "Requester email": EMAIL, "Status": "Solved",
        "Via": "Mail", "Created at": "2026-03-05 09:00", "Updated at": "2026-03-06 08:00",
        "Solved at": "2026-03-06 08:00", "Satisfaction Score": "Good", "First reply time in minutes": "10",
        "Full resolution time in minutes": "1380",
    }],
    "reviews/vn-shop/other-reviews.csv": [{
        "platform": "Shopee", "review_id": "rev-9", "reviewed_at": "2026-03-06 11:00:00", "rating": "5", "scale": "5",
        "email": EMAIL,
    }],
    "referral/vn-program/invitations.csv": [
        {
            "invitation_id": "R-8", "invited_at": "2026-03-05 09:00:00", "inviter_email": EMAIL,
            "invited_email": "dan.ho@example.com", "outcome": "sent",
        },
        {
            "invitation_id": "R-9", "invited_at": "2026-03-04 09:30:00", "inviter_email": "binh.tran@example.com",
            "invited_email": EMAIL, "outcome": "ordered",
        },
    ],
    "loyalty/vn-club/members.csv": [{"member_id": "M-9", "email": EMAIL, "joined_on": "2026-03-04"}],
    "loyalty/vn-club/ledger.csv": [
        {"posting_id": "P-9", "member_id": "M-9", "posted_at": "2026-03-05 21:00:00", "kind": "earned", "points": "40"},
    ],
    "hubspot/vn-crm/hubspot-crm-exports-all-contacts-2026-03-09.csv": [{
        "Record ID": "790", "Phone Number": "+84 901 999 001", "Lifecycle Stage": "Marketing Qualified Lead",
        "Create Date": "2026-03-04 09:30", "Became a Lead Date": "2026-03-04 09:30",
        "Became a Marketing Qualified Lead Date": "2026-03-05 09:30", "Original Source": "Referrals",
    }],
    "hubspot/vn-crm/hubspot-crm-exports-all-deals-2026-03-09.csv": [{
        "Record ID": "890", "Deal Name": "Test", "Deal Stage": "Closed Won", "Amount": "1000000",
        "Associated Contact IDs": "790", "Close Date": "2026-03-06 16:00", "Create Date": "2026-03-04 10:00",
        "Pipeline": "Sales Pipeline", "Original Traffic Source": "Referrals",
    }],
    "plan/company/app_usage.csv": [
        {"email": EMAIL, "used_at": "2026-03-05 12:00:00", "feature": "running_log", "seconds": "90"},
    ],
    "plan/company/subscriptions.csv": [{
        "subscription_id": "CLUB-9", "email": EMAIL, "kind": "trial", "started_on": "2026-03-01",
        "ends_on": "2026-03-07", "paid_on": "2026-03-07",
    }],
    "mailchimp/vn-list/audience_export/subscribed_members_export.csv": [{
        "Email Address": EMAIL, "OPTIN_TIME": "2026-03-05 02:00:00", "CONFIRM_TIME": "2026-03-05 02:05:00",
        "LAST_CHANGED": "2026-03-05 02:05:00", "LEID": "99", "EUID": "e99",
    }],
}  # fmt: skip
_EVENTS: Final = "ga4/vn-shop/events_20260305.jsonl"


def with_the_left_out(file: File) -> File:
    """A file of the golden week with the person in it."""
    if file.place == _EVENTS:
        lines = file.data.decode().splitlines(keepends=True)
        return replace(file, data="".join([*lines, *map(_hers, lines[:3])]).encode())
    if file.place not in _ROWS:
        return file
    text = file.data.decode()
    names = next(csv.reader(io.StringIO(text, newline="")))
    out = io.StringIO()
    csv.DictWriter(out, names, lineterminator="\n").writerows(_ROWS[file.place])
    return replace(file, data=f"{text.rstrip(chr(10))}\n{out.getvalue()}".encode())


def _hers(line: str) -> str:
    event: dict[str, Any] = json.loads(line)
    event["user_pseudo_id"] = "zoe.phone"
    return json.dumps(event, separators=(",", ":")) + "\n"


def place_count() -> int:
    """How many files of the week she is in."""
    assert all((FOLDER / "inbox" / place).is_file() for place in _ROWS)
    return len(_ROWS) + 1
