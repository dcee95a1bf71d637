"""What exclusions.csv flags stays landed and is counted per batch."""

from __future__ import annotations

import json
from typing import Any

import duckdb
import pytest

from raceway.build.dbt_run import build
from raceway.build.freeze import freeze
from raceway.common.faults import BadSettings
from raceway.common.networks import coarse_ip
from raceway.config.accounts import load_accounts, load_exclusions
from raceway.config.settings import load_settings
from raceway.publish.excluded import excluded_rows
from tests.support.desk import AS_OF, Desk

ORDERS = (
    "Name,Email,Financial Status,Currency,Subtotal,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Tags,Phone\n"
    "#1,an@example.com,paid,VND,30,30,2026-03-01 10:00:00 +0700,1,Giày,10,,\n"
    "#1,,,,,,,2,Áo,10,,\n"
    '#2,binh@example.com,paid,VND,10,10,2026-03-01 10:00:00 +0700,1,Giày,10,"vip, Test Order",\n'
    "#3,chi@example.com,paid,VND,10,10,2026-03-01 10:00:00 +0700,1,Giày,10,,0912345678\n"
    "#4,dung@example.com,paid,VND,10,10,2026-03-01 10:00:00 +0700,1,Giày,10,test orders,\n"
)
AGENTS = """
version: 2
sources:
  - name: visits
    description: Visits.
    schema: landing
    config: {meta: {owner: web}}
    tables:
      - name: pages
        description: One row per page.
        config: {meta: {scope: {kind: events, keys: [page_id]}, formats: [json]}}
        columns:
          - {name: page_id, description: Id., data_type: varchar, config: {meta: {path: id}}}
          - name: network
            description: Coarse IP.
            data_type: varchar
            config: {meta: {path: ip, coarse: ip, optional: true, excluded_by: [ip]}}
          - name: agent
            description: User agent.
            data_type: varchar
            config: {meta: {path: agent, optional: true, excluded_by: [user_agent, browser]}}
"""


def counted(desk: Desk, exclusions: str) -> dict[str, int]:
    """Flagged rows by source.table once the effective set is frozen."""
    desk.home.exclusions.write_text("kind,value,reason\n" + exclusions, encoding="utf-8")
    freeze(desk.home, "r1", AS_OF, load_settings(desk.home), load_accounts(desk.home))
    with duckdb.connect() as connection:
        connection.execute(f"attach '{desk.home.warehouse}' as warehouse (read_only)")
        tables = dict(
            connection.execute("select batch_id, source || '.' || table_name from warehouse.frozen.batches").fetchall()
        )
        return {tables[batch]: count for batch, count in excluded_rows(connection, desk.home).items()}


@pytest.mark.parametrize(
    ("exclusions", "rows"),
    [
        ("", 0), ("order,#1,ours\n", 2), ("email,AN@example.com,staff\n", 2), ("order_tag,test order,\n", 1),
        ("phone,+84 912 345 678,\n", 1), ("order,#1,\nemail,an@example.com,\nphone,0912345678,\n", 3), ("host,x.vn,\n", 0),
    ],
)  # fmt: skip
def test_lines_of_excluded_orders_are_counted_whole(desk: Desk, exclusions: str, rows: int) -> None:
    outcome = desk.land_one("shopify/shop/orders_export.csv", ORDERS)
    assert counted(desk, exclusions) == {"shopify.orders": rows}
    assert outcome.rows_landed == 5


def test_networks_and_agents_are_found_in_what_lands_of_them(desk: Desk) -> None:
    path = desk.home.sources / "visits" / "_visits__sources.yml"
    path.parent.mkdir(parents=True)
    path.write_text(AGENTS, encoding="utf-8")
    with desk.home.accounts.open("a", encoding="utf-8") as file:
        file.write("visits,site,site,,VN,Asia/Ho_Chi_Minh,VND\n")
    pages = [
        {"id": "1", "ip": "203.0.113.9", "agent": "Mozilla/5.0"}, {"id": "2", "ip": "203.0.114.9", "agent": "AhrefsBot/7"},
        {"id": "3", "ip": "2001:db8:85a3::1", "agent": "Mozilla/5.0 HeadlessChrome"}, {"id": "4"},
    ]  # fmt: skip
    desk.land_one("visits/site/pages.json", json.dumps(pages))
    assert counted(desk, "ip,203.0.113.77,office\n") == {"visits.pages": 1}
    assert counted(desk, "ip,2001:DB8:85A3::7,office\n") == {"visits.pages": 1}
    assert counted(desk, "user_agent,ahrefsbot,bot\nbrowser,HeadlessChrome,bot\n") == {"visits.pages": 2}


def test_staging_leaves_out_the_messages_that_are_counted(desk: Desk) -> None:
    with desk.home.accounts.open("a", encoding="utf-8") as file:
        file.write("segment,site,site,,VN,Asia/Ho_Chi_Minh,VND\n")
    page = {"url": "https://www.shop.example/a?b=1"}
    traces: list[dict[str, Any]] = [
        {"context": {"page": {"url": "https://www.staging.example/x"}}},
        {"context": {"page": page, "traits": {"email": "qa@example.com"}}},
        {"context": {"page": page, "traits": {"phone": "0912345678"}}},
        {"context": {"page": page, "ip": "198.51.100.9"}},
        {"context": {"page": page, "userAgent": "Mozilla/5.0 HeadlessChrome/131"}},
        {"context": {"page": page}, "anonymousId": "kiosk"},
        {"context": {"page": page, "traits": {"email": "an@example.com"}}},
        {"context": {"page": {"url": "https://staging.example.com/x"}}},
        {"context": {"page": page, "userAgent": "Mozilla/5.0 ShopxBot/1.0 Probe"}},  # _ and % are no wild cards
    ]
    lines = [
        json.dumps({"type": "page", "messageId": f"m{number}", "anonymousId": "a-1", "userId": None,
                    "timestamp": "2026-03-01T02:00:58.123Z", "receivedAt": "2026-03-01T02:00:58.123Z"} | trace)
        for number, trace in enumerate(traces)
    ]  # fmt: skip
    desk.land_one("segment/site/1709251200000.json", "\n".join(lines) + "\n")
    exclusions = (
        "host,staging.example,\nemail,qa@example.com,\nphone,0912345678,\nip,198.51.100.7,\n"
        "browser,HeadlessChrome,\nbrowser,Shop_Bot,\nuser_agent,%Probe%,\ndevice,kiosk,\n"
    )
    assert counted(desk, exclusions) == {"segment.events": 6}
    build(desk.home, "r1", "segment_events stg_segment__events stg_segment__identities")
    with duckdb.connect(str(desk.home.warehouse), read_only=True) as connection:
        left_out = connection.execute("select count(*) from stg_segment__events where is_excluded").fetchone()
        strangers = connection.execute("select count(*) from stg_segment__identities where is_excluded").fetchone()
    assert (left_out, strangers) == ((6,), (2,)), "an address and a number among them"


@pytest.mark.parametrize(
    ("text", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("203.0.113.0/24", "203.0.113.0/24"),
        ("2001:db8::1", "2001:db8:0::/48"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("::ffff:cb00:714d", "203.0.113.0/24"),
    ],
)
def test_an_address_is_coarsened_as_it_lands(text: str, network: str) -> None:
    assert coarse_ip(text) == network


def test_an_excluded_ip_that_is_none_is_refused_with_its_row(desk: Desk) -> None:
    desk.home.exclusions.write_text("kind,value,reason\nip,office,ours\n", encoding="utf-8")
    with pytest.raises(BadSettings, match=r"exclusions\.csv, row 2: .*office"):
        load_exclusions(desk.home)
