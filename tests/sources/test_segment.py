"""Segment's and RudderStack's files: messages of all kinds mixed, personal data, ugly lines; and who counts sessions."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from raceway.common.faults import BadSettings
from raceway.config.accounts import Account, load_accounts
from raceway.config.init import init_home
from raceway.gate.batch_gate import check_batch
from raceway.reading.personal import Hasher
from tests.support.desk import Desk

COLUMNS = "message_id, message_type, event, cast(happened_at as varchar), anonymous_id, order_id"


@pytest.fixture
def site(tmp_path: Path) -> Desk:
    account = Account(
        source="segment", account="site", name="s", market="VN", time_zone="Asia/Ho_Chi_Minh", currency="VND"
    )
    return Desk(init_home(tmp_path / "home", accounts=[account]))


def message(kind: str, number: int, **more: Any) -> dict[str, Any]:
    """A message as the library sends it, a minute after the one before."""
    at = f"2026-03-01T02:{number:02d}:58.123Z"
    return {
        "type": kind, "anonymousId": "a-1", "userId": None, "messageId": f"ajs-{number}", "timestamp": at,
        "receivedAt": at, "integrations": {}, "version": 2,
        "context": {"ip": "203.0.113.77", "userAgent": "Mozilla/5.0 Chrome/131", "page": {"url": "https://s.example/"}},
    } | more  # fmt: skip


PAGE = message("page", 1, name="Home")
ORDER = message(
    "track", 2, event="Order Completed", properties={"order_id": 1036, "revenue": "59.00", "products": [{}]}
)
WHO = message("identify", 3, userId="u-7", traits={"email": " An@Example.com ", "phone": "0912345678"})


def lines(*records: dict[str, Any]) -> bytes:
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def test_messages_of_all_kinds_land_from_one_file(site: Desk) -> None:
    outcome = site.land_one("segment/site/17409.gz", gzip.compress(lines(PAGE, ORDER, WHO)), gate=check_batch)
    assert (outcome.status, outcome.rows_landed) == ("landed", 3)
    assert site.rows(outcome, COLUMNS) == [
        ("ajs-1", "page", "Home", "2026-03-01 02:01:58.123", "a-1", None),
        ("ajs-2", "track", "Order Completed", "2026-03-01 02:02:58.123", "a-1", "1036"),
        ("ajs-3", "identify", None, "2026-03-01 02:03:58.123", "a-1", None),
    ]
    batch = site.batch(outcome.batches[0])
    assert (batch.manifest["covers_from"], batch.manifest["covers_to"]) == ("2026-03-01", "2026-03-01")


def test_traits_and_logins_land_as_keyed_hashes_and_the_ip_as_its_network(site: Desk) -> None:
    outcome = site.land_one("segment/site/a.jsonl", lines(WHO))
    hasher = Hasher(site.home)
    found = site.rows(outcome, "user_id_hash, email_hash, phone_hash, ip_network")
    assert found == [
        (hasher.id("u-7"), hasher.email("an@example.com"), hasher.phone("+84912345678", "VN"), "203.0.113.0/24")
    ]
    everything = repr(site.rows(outcome))
    assert "@" not in everything
    assert "0912345678" not in everything
    assert "203.0.113.77" not in everything


def test_a_user_may_be_a_number_and_a_revenue_a_text_or_a_number(site: Desk) -> None:
    numbered = message("track", 4, event="Order Completed", userId=4711, properties={"order_id": "A", "revenue": 59})
    outcome = site.land_one("segment/site/a.jsonl", lines(ORDER, numbered))
    assert site.rows(outcome, "cast(revenue as varchar)") == [("59.000000",), ("59.000000",)]
    assert site.rows(outcome, "user_id_hash")[1] == (Hasher(site.home).id("4711"),)


def test_rudderstacks_shape_is_the_same_table(site: Desk) -> None:
    rudder = {key: value for key, value in PAGE.items() if key != "timestamp"}
    rudder |= {"originalTimestamp": "2026-03-01T02:01:58.123Z", "rudderId": "r", "channel": "web"}
    rudder |= {"request_ip": "198.51.100.9", "context": {"page": {"url": "https://s.example/"}}}
    outcome = site.land_one("segment/site/rudder.json", lines(rudder))
    assert site.rows(outcome, "cast(happened_at as varchar), ip_network") == [
        ("2026-03-01 02:01:58.123", "198.51.100.0/24")
    ]


def test_a_last_line_that_breaks_off_is_refused_and_empty_lines_are_nothing(site: Desk) -> None:
    content = lines(PAGE) + b"\n\n" + lines(ORDER) + b'{"type":"track","messageId":"ajs-9","timestam'
    outcome = site.land_one("segment/site/a.gz", gzip.compress(content))
    assert (outcome.rows_read, outcome.rows_landed, outcome.rows_refused) == (3, 2, 1)
    assert [(row[1], row[3]) for row in site.quarantined(outcome)] == [("3", "the line is no JSON object")]


def test_members_of_another_kind_than_usual_are_empty_and_no_fault(site: Desk) -> None:
    odd = message("identify", 5, traits="none", context=None, properties=[1, 2])
    outcome = site.land_one("segment/site/a.jsonl", lines(PAGE, odd))
    assert (outcome.status, outcome.rows_landed, outcome.rows_refused) == ("landed", 2, 0)
    assert site.rows(outcome, "email_hash, page_url")[1] == (None, None)


def test_consent_lands_where_the_message_states_it(site: Desk) -> None:
    refused = message("page", 6)
    refused["context"] = {"consent": {"categoryPreferences": {"analytics": False}}}
    outcome = site.land_one("segment/site/a.jsonl", lines(PAGE, refused))
    assert site.rows(outcome, "analytics_consent") == [(None,), (False,)]


def test_a_late_message_is_covered_by_the_day_of_its_receipt(site: Desk) -> None:
    late = message("page", 7, receivedAt="2026-03-08T00:10:00.000Z")
    outcome = site.land_one("segment/site/a.jsonl", lines(late))
    batch = site.batch(outcome.batches[0])
    assert (batch.manifest["covers_from"], batch.manifest["covers_to"]) == ("2026-03-08", "2026-03-08")
    assert site.rows(outcome, "cast(happened_at as date)") == [(dt.date(2026, 3, 1),)]


def accounts_file(home: Path, *rows: str) -> Path:
    columns = "source,account,name,market,time_zone,currency,site,counts_sessions"
    path = home / "accounts.csv"
    path.write_text("\n".join([columns, *rows]) + "\n", encoding="utf-8")
    return path


def test_two_accounts_that_count_the_sessions_of_one_site_are_refused(site: Desk) -> None:
    zone = "VN,Asia/Ho_Chi_Minh,VND"
    accounts_file(site.home.root, f"ga4,web,w,{zone},s.example,", f"segment,web,w,{zone},S.example,true")
    with pytest.raises(BadSettings, match=r"ga4/web and segment/web both count the sessions of S\.example"):
        load_accounts(site.home)
    accounts_file(site.home.root, f"ga4,web,w,{zone},s.example,", f"segment,web,w,{zone},s.example,false")
    assert [account.counts_sessions for account in load_accounts(site.home).values()] == [True, False]
    # a shop of the site measures no sessions, and sites without a name may be many
    accounts_file(
        site.home.root, f"ga4,web,w,{zone},s.example,", f"shopify,web,w,{zone},s.example,", f"ga4,x,w,{zone},,"
    )
    assert len(load_accounts(site.home)) == 3
