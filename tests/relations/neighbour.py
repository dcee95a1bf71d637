"""Accounts of one more market, which share no person, cost or campaign with the golden week's and tell less than those.

What they do not tell stands in `UNTOLD`: KPIs that are for the whole company what they are without these accounts.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from typing import Any, Final

from raceway.common.home import Home
from tests.golden.golden_week import FOLDER
from tests.relations.homes import File, deliver

MARKET: Final = "TH"

UNTOLD: Final = (
    # Segment tells no engagement, and this site neither checkouts nor searches
    "bounce_rate", "engagement_rate", "avg_engagement_time", "avg_time_on_page", "checkout_completion_rate",
    "site_search_rate",
    # Klaviyo tells no forwards; Mailchimp's audience tells no activity
    "email_forward_rate", "active_subscriber_rate",
    # Meta's report without its columns of clicks, purchases and their value
    "ctr", "cpc", "platform_overclaim", "platform_roas",
    # posts without views or impressions
    "social_engagement_rate",
    # goods whose cost is not known
    "gross_margin",
    # mentions without sentiment, tickets without a rating, tests without errors and times, uses without seconds
    "negative_mention_rate", "positive_mention_rate", "csat", "usability_errors_per_task", "usability_task_time",
    "product_usage_time",
)  # fmt: skip

TOLD: Final = (
    "sessions", "page_views", "subscribers", "email_delivered", "ad_impressions", "ad_spend", "social_engagements",
    "net_sales", "orders", "brand_mentions", "tickets_opened", "usability_tasks", "active_users",
)  # fmt: skip
"""Measures that they do tell, of the same files."""

PEOPLE: Final = 7
"""Three visitors, of whom the first orders and reads letters; one who orders alone; and three who only read."""

_ACCOUNTS: Final = (
    "segment,th-site", "klaviyo,th-letters", "mailchimp,th-list", "meta_ads,th-main", "social,th-brand",
    "shopify,th-shop", "listening,th-brand", "zendesk,th-help", "usability_test,th-test", "plan,th-plan",
)  # fmt: skip
_EXPORTED: Final = dt.datetime(2025, 3, 9, 18, tzinfo=dt.UTC)

_LETTERS: Final = """\
Campaign Name,Tags,Subject,List,Send Time,Send Weekday,Total Recipients,Unique Placed Order,Placed Order Rate,Revenue,\
Unique Opens,Open Rate,Total Opens,Unique Clicks,Click Rate,Total Clicks,Unsubscribes,Spam Complaints,\
Spam Complaints Rate,Successful Deliveries,Bounces,Bounce Rate,Campaign ID,Campaign Channel
Hello,,New,All,2025-03-04 11:00:00,Tuesday,90.0,0.0,0.00%,0.0,40.0,44.44%,50.0,9.0,10.00%,11.0,1.0,0.0,0.00%,90.0,0.0,\
0.00%,TH1,Email
"""
_PROFILES: Final = """\
Email,Klaviyo ID,First Name,Last Name,Email Marketing Consent,Email Marketing Consent Timestamp,Date Added
th.0@example.com,01J1,A,B,SUBSCRIBED,2025-03-01 20:00:00,2025-03-01 08:00:00
th.9@example.com,01J2,C,D,SUBSCRIBED,2025-03-02 20:00:00,2025-03-02 08:00:00
th.8@example.com,01J3,E,F,SUBSCRIBED,2025-03-06 20:00:00,2025-03-06 08:00:00
"""
_AUDIENCE: Final = """\
"Email Address",MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LAST_CHANGED,LEID,EUID
th.7@example.com,2,"2025-01-15 02:00:00",,"2025-01-15 02:05:00",,"2025-01-15 02:05:00",91,f1
th.8@example.com,2,"2025-03-05 02:00:00",,"2025-03-05 02:05:00",,"2025-03-05 02:05:00",92,f2
"""
_ADS: Final = """\
Day,Campaign name,Impressions,Amount spent (VND)
2025-03-04,Songkran,4000,70000
2025-03-06,Songkran,6000,90000
"""
_POSTS: Final = """\
Post ID,Account ID,Publish time,Post type,Date,Likes,Shares,Comments,Saves
18100000000000001,17841400000000001,03/03/2025 08:00,IG image,Lifetime,{},2,3,5
"""
_MENTIONS: Final = """\
query,mentioned_at,sentiment,reach,url
golden,2025-03-04 09:00,,10,https://th.example/1
golden,2025-03-06 09:00,,10,https://th.example/2
silver,2025-03-06 10:00,,10,https://th.example/3
"""
_TASKS: Final = """\
test,participant,task,success,errors,seconds,tested_on
Round TH,P91,Find a size,yes,,,2025-03-06
Round TH,P92,Find a size,no,,,2025-03-06
"""
_USES: Final = """\
login,email,used_at,feature,seconds
,th.0@example.com,2025-03-05 09:00:00,running_log,
"""


def add_neighbour(home: Home) -> None:
    """Adds the accounts and their files to a home of the varied week's company."""
    with (home.root / "accounts.csv").open("a", encoding="utf-8") as file:
        for account in _ACCOUNTS:
            file.write(f"{account},Thailand,,{MARKET},Asia/Bangkok,VND,false,0,,false,\n")
    _say_opened(home, "th-shop", "2024-06-01")
    site, shop = "".join(json.dumps(message) + "\n" for message in _visits()), _orders()
    deliver(home, [
        _file("segment", "th-site", "events.jsonl", site),
        _file("klaviyo", "th-letters", "campaigns.csv", _LETTERS),
        _file("klaviyo", "th-letters", "profiles.csv", _PROFILES),
        _file("mailchimp", "th-list", "audience_export/subscribed_members_export.csv", _AUDIENCE),
        _file("meta_ads", "th-main", "Songkran.csv", _ADS),
        _file("social", "th-brand", "one.csv", _POSTS.format(10), hours=-96),
        _file("social", "th-brand", "two.csv", _POSTS.format(30), hours=-48),
        _file("shopify", "th-shop", "orders_export.csv", shop),
        _file("listening", "th-brand", "mentions.csv", _MENTIONS),
        _file("zendesk", "th-help", "ticket-report.csv", _tickets()),
        _file("usability_test", "th-test", "tasks.csv", _TASKS),
        _file("plan", "th-plan", "app_usage.csv", _USES),
    ])  # fmt: skip


def _file(source: str, account: str, path: str, text: str, hours: int = 0) -> File:
    at = _EXPORTED + dt.timedelta(hours=hours)
    return File(source, account, path, text.encode(), int(at.timestamp()))


def _say_opened(home: Home, account: str, day: str) -> None:
    """Writes into accounts.csv on which day an account opened: its history is whole."""
    path = home.root / "accounts.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row["opened_on"] = day if row["account"] == account else ""
    path.write_text(_table(rows), encoding="utf-8")


def _table(rows: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _like(path: str, rows: list[dict[str, str]]) -> str:
    """Rows under the header of one of the golden week's files; what they do not name is empty."""
    with (FOLDER / "inbox" / path).open(encoding="utf-8", newline="") as file:
        names = next(csv.reader(file))
    assert {name for row in rows for name in row} <= set(names)
    return _table([{name: row.get(name, "") for name in names} for row in rows])


def _visits() -> list[dict[str, Any]]:
    """Three people on each day of the week: they look at the home page and at a product."""
    return [
        {
            "type": kind, "messageId": f"m-{day}-{number}-{kind}", "anonymousId": f"th-{number}", "userId": None,
            "timestamp": f"2025-03-{day:02d}T05:{number:02d}:00.000Z",
            "receivedAt": f"2025-03-{day:02d}T05:{number:02d}:01.000Z",
            "name": "Home", "event": None if kind == "page" else "Product Viewed", "properties": {},
            "traits": {"email": f"th.{number}@example.com"} if kind == "identify" else {},
            "context": {"page": {"url": "https://th.example/"}},
        }
        for day in range(3, 10)
        for number in range(3)
        for kind in ("page", "track", "identify")
    ]  # fmt: skip


def _orders() -> str:
    rows = [
        {
            "Name": f"#T{number}", "Id": f"T{number}", "Email": email, "Financial Status": "paid", "Currency": "VND",
            "Subtotal": price, "Shipping": "0.00", "Taxes": "0.00", "Total": price, "Discount Amount": "0.00",
            "Created at": at, "Lineitem quantity": "1", "Lineitem name": "Krathong", "Lineitem price": price,
            "Lineitem sku": "KR-01", "Lineitem discount": "0.00", "Billing Country": MARKET,
            "Shipping Country": MARKET, "Refunded Amount": "0.00", "Outstanding Balance": "0.00", "Source": "web",
            "Payment Method": "OnePay", "Vendor": "TH",
        }
        for number, email, price, at in (
            (3, "th.0@example.com", "250000.00", "2025-03-06 19:00:00 +0700"),
            (2, "th.5@example.com", "125000.00", "2025-03-04 10:00:00 +0700"),
            (1, "th.5@example.com", "500000.00", "2024-12-20 10:00:00 +0700"),
        )
    ]  # fmt: skip
    return _like("shopify/vn-shop/2026-03-04/orders_export.csv", rows)


def _tickets() -> str:
    return _like("zendesk/vn-help/ticket-report-2026-03-09.csv", [{
        "Summation column": "1", "Id": "9901", "Requester": "Customer", "Requester id": "951",
        "Requester email": "th.5@example.com", "Subject": "Where", "Status": "Open", "Via": "Mail",
        "Created at": "2025-03-06 10:00", "Updated at": "2025-03-07 08:00",
        "First reply time in minutes": "60",
    }])  # fmt: skip
