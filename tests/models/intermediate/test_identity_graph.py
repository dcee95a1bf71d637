"""Who is who, through the real models: which identities are one person, by which links, and which join nobody."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support.dbt_story import Story, failures
from tests.support.story_of_march import event

SHOP, SITE, CRM = "vn-shop", "vn-shop", "vn-crm"
BEGIN = dt.datetime(2026, 1, 5, 3, 0, 0)
MODELS = "+identity_link +identity_left_out +identity_person +fct_convert_order +fct_reach_session"
NO_TESTS = ("--exclude-resource-type", "unit_test", "--exclude-resource-type", "test")
Identity = tuple[str, str]


def order(name: str, at: dt.datetime, email: str | None = None, phone: str | None = None) -> dict[str, Any]:
    """One order of 100,000 dong."""
    return {
        "order_name": name, "created_at": at.isoformat(" "), "email_hash": email, "phone_hash": phone, "subtotal": "100000",
        "total": "100000", "discount_amount": "0", "refunded_amount": "0", "lineitem_quantity": 1,
        "lineitem_name": "Mũ", "lineitem_price": "100000", "shipping_country": "VN",
    }  # fmt: skip


def told(folder: Path) -> Story:
    """A company with a shop, a site and a CRM, and nothing in them."""
    story = Story(folder)
    story.account("shopify", SHOP, site="shop.example.vn")
    story.account("ga4", SITE, site="shop.example.vn")
    story.account("hubspot", CRM)
    story.account("loyalty", "card")
    return story


def build(story: Story, models: str = MODELS, tests: bool = True) -> None:
    story.freeze()
    without_tests = partial(story.dbt, "build", *NO_TESTS, "--select")
    results = (story.build if tests else without_tests)(*models.split())
    assert not failures(results), failures(results)


def persons(story: Story) -> dict[Identity, str]:
    return {
        (kind, value): who
        for kind, value, who in story.query("select id_type, id_value, person_id from identity_person")
    }


def groups(of: dict[Identity, str]) -> set[frozenset[Identity]]:
    found = defaultdict(set)
    for identity, person in of.items():
        found[person].add(identity)
    return {frozenset(identities) for identities in found.values()}


def hours(number: float) -> dt.datetime:
    return BEGIN + dt.timedelta(hours=number)


def shapes(folder: Path) -> Story:
    """Chains, stars, bridges, a family, a shop's phone, a shared computer, a guest, and contacts that were merged."""
    story = told(folder)
    orders = []
    for link in range(400):  # an address, its phone, the phone's next address, …
        orders.append(order(f"chain-{link}", hours(link), f"c{(link + 1) // 2}", f"c{link // 2}"))
    for member in range(5):
        orders.append(order(f"family-{member}", hours(member), f"family{member}", "family"))
    for customer in range(6):
        orders.append(order(f"counter-{customer}", hours(500 + customer), f"counter{customer}", "counter"))
    orders += [
        order("counter-alone", hours(510), None, "counter"),
        order("counter-alone-again", hours(511), None, "counter"),
        order("guest", hours(512)),
        order("guest-again", hours(513)),
        order("left-1", hours(1), "left", "left"),
        order("right-1", hours(2), "right", "right"),
        order("bridge", hours(900), "left", "right"),
        order("bridge-again", hours(901), "left", "right"),
        order("listed-1", hours(3), "listed1", "listed"),
        order("listed-2", hours(4), "listed2", "listed"),
    ]
    story.batch("shopify", "orders", SHOP, orders, "2026-03-20 00:00:00")
    star = [event(f"star{n}", hours(n).isoformat(" "), "page_view", user_id_hash="hub") for n in range(150)]
    shared = [event("kiosk", hours(n).isoformat(" "), "page_view", user_id_hash=f"visitor{n}") for n in range(6)]
    story.batch("ga4", "events", SITE, star + shared, "2026-03-20 00:00:00")
    contact = {"lifecycle_stage": "lead", "created_at": "2026-01-06 00:00:00"}
    story.batch("hubspot", "contacts", CRM, [
        contact | {"record_id": "1", "email_hash": "kept"},
        contact | {"record_id": "2", "email_hash": "merged", "phone_hash": "merged", "created_at": "2026-01-07 00:00:00"},
        contact | {"record_id": "3", "email_hash": "merged-before"},
        contact | {"record_id": "4", "email_hash": "apart"},
        contact | {"record_id": "5"},
        contact | {"record_id": "6", "phone_hash": "counter"},
    ], "2026-01-10 00:00:00")  # fmt: skip
    story.batch("loyalty", "members", "card", [
        {"member_hash": "named", "email_hash": "apart", "joined_on": "2026-02-01"},
        {"member_hash": "alone", "joined_on": "2026-02-01"},
    ], "2026-02-10 00:00:00")  # fmt: skip
    story.batch("hubspot", "contacts", CRM, [
        contact | {"record_id": "1;2", "email_hash": "kept"},
        contact | {"record_id": "2;3", "email_hash": "merged", "phone_hash": "merged", "created_at": "2026-01-07 00:00:00"},
    ], "2026-01-20 00:00:00")  # fmt: skip
    story.lists["identity.never_join"] = ["listed"]
    return story


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Story:
    story = shapes(tmp_path_factory.mktemp("graph"))
    build(story)
    return story


def of(story: Story, *names: str) -> set[str | None]:
    """The persons of identities written as `email name`."""
    found = persons(story)
    return {found.get((name.split()[0], name.split()[1])) for name in names}


def test_a_chain_of_hundreds_of_links_is_one_person(graph: Story) -> None:
    chain = [f"email c{n}" for n in range(201)] + [f"phone c{n}" for n in range(200)]
    assert len(of(graph, *chain)) == 1
    assert None not in of(graph, *chain)


def test_a_login_on_many_devices_is_one_person(graph: Story) -> None:
    star = [f"ga4_client {SITE}:star{n}" for n in range(150)]
    assert of(graph, "login hub") == of(graph, *star) != {None}


def test_one_order_bridges_two_persons(graph: Story) -> None:
    assert len(of(graph, "email left", "phone left", "email right", "phone right")) == 1


def test_a_family_shares_a_phone_and_is_one_person_up_to_the_limit(graph: Story) -> None:
    assert len(of(graph, "phone family", *(f"email family{n}" for n in range(5)))) == 1


def test_a_shop_s_phone_joins_none_of_its_customers_and_names_nobody(graph: Story) -> None:
    assert len(of(graph, *(f"email counter{n}" for n in range(6)))) == 6
    assert of(graph, "phone counter") == {None}


def test_a_computer_that_many_log_in_on_is_a_visitor_of_its_own(graph: Story) -> None:
    apart = of(graph, f"ga4_client {SITE}:kiosk", *(f"login visitor{n}" for n in range(6)))
    assert len(apart) == 7
    assert None not in apart


def test_orders_without_a_name_are_guests_and_no_customer(graph: Story) -> None:
    rows = graph.query(
        "select order_name, person_id, is_identified, order_number from fct_convert_order "
        "where person_id is null order by order_name"
    )
    assert rows == [
        (name, None, False, None) for name in ("counter-alone", "counter-alone-again", "guest", "guest-again")
    ]


def test_contacts_that_the_crm_merged_are_one_person(graph: Story) -> None:
    # 3 went into 2, 2 into 1: all of them are told by 1, from when both were there (1 and 3 a day before 2)
    assert len(of(graph, "email kept", "email merged", "phone merged", "email merged-before")) == 1
    assert of(graph, "email apart").isdisjoint(of(graph, "email kept"))
    rows = graph.query("select kind, record_id, linked_at from identity_link where kind = 'merge' order by linked_at")
    assert rows == [("merge", f"hubspot:{CRM}:1", dt.datetime(2026, 1, day)) for day in (6, 7, 7)]


def test_a_record_without_address_or_number_is_a_person_of_its_own(graph: Story) -> None:
    alone = [f"crm_contact hubspot:{CRM}:5", f"crm_contact hubspot:{CRM}:6", "loyalty_member card:alone"]
    assert len(of(graph, *alone)) == 3
    assert None not in of(graph, *alone)
    # the phone of contact 6 is the shop's
    assert of(graph, "loyalty_member card:named") == of(graph, "email apart", f"crm_contact hubspot:{CRM}:4")


def test_what_is_left_out_is_told_with_the_reason(graph: Story) -> None:
    rows = graph.query(
        "select left_out.id_type, id_value, reason, other_type, others from int_identity_left_out as left_out order by 2"
    )
    assert rows == [
        ("phone", "counter", "shared", "email", 6),
        ("phone", "listed", "listed", None, 0),
        ("ga4_client", f"{SITE}:kiosk", "shared", "login", 6),
    ]
    published = graph.query("select id_type, reason, others from identity_left_out order by id_type, reason")
    assert published == [("ga4_client", "shared", 6), ("phone", "listed", 0), ("phone", "shared", 6)]


def test_shared_identities_are_counted_by_kind_in_a_warning(graph: Story) -> None:
    results = {name: status for name, status, _ in graph.dbt("test", "--select", "identity_left_out")}
    warned = {name for name, status in results.items() if status == "warn"}
    # the listed number is meant and warns nobody
    assert warned == {"no_phone_is_left_out_unlisted", "no_ga4_client_is_left_out_unlisted"}


def test_a_person_s_links_are_one_fewer_than_its_identities_and_hold_no_personal_data(graph: Story) -> None:
    rows = graph.query(
        "select identities, coalesce(links, 0) from "
        "(select person_id, count(*) as identities from identity_person group by person_id) "
        "left join (select person_id, count(*) as links from identity_link group by person_id) using (person_id)"
    )
    assert all(links == identities - 1 for identities, links in rows)
    # a contact is called by the id that its CRM gives its record
    hidden = {value for kind, value in persons(graph) if kind != "crm_contact"}
    assert not {cell for row in graph.query("select * from identity_link") for cell in row} & hidden


def test_the_bridge_is_explained_by_the_first_order_that_built_it(graph: Story) -> None:
    rows = graph.query(
        "select record_id, kind, linked_at, one_type, other_type from identity_link where person_id in "
        "(select person_id from identity_person where id_value = 'left') order by linked_at"
    )
    assert [(record.rsplit(":", 1)[1], kind, at) for record, kind, at, *_ in rows] == [
        ("left-1", "order", hours(1)), ("right-1", "order", hours(2)), ("bridge", "order", hours(900)),
    ]  # fmt: skip
    assert {tuple(sorted(row[3:])) for row in rows} == {("email", "phone")}


def earliest_links(orders: Iterable[dict[str, Any]]) -> tuple[set[frozenset[Identity]], set[str]]:
    """Kruskal's forest over the orders' links in order of time: the persons, and the orders that joined them."""
    root: dict[Identity, Identity] = {}

    def find(identity: Identity) -> Identity:
        while root.setdefault(identity, identity) != identity:
            identity = root[identity]
        return identity

    joining = set()
    for row in sorted(orders, key=lambda row: row["created_at"]):
        named = [find((kind, row[f"{kind}_hash"])) for kind in ("email", "phone") if row[f"{kind}_hash"]]
        if len(named) == 2 and named[0] != named[1]:
            root[named[0]] = named[1]
            joining.add(row["order_name"])
    return groups({identity: str(find(identity)) for identity in list(root)}), joining


def random_orders(chance: random.Random) -> list[dict[str, Any]]:
    """Orders by which no identity is named together with more than five others."""
    partners: dict[Identity, set[str]] = defaultdict(set)
    rows = []
    for number in range(500):
        email, phone = f"e{chance.randrange(260)}", f"p{chance.randrange(260)}"
        if chance.random() < 0.1:
            rows.append(order(f"o{number}", hours(number + chance.random()), email))
        elif max(len(partners["email", email] | {phone}), len(partners["phone", phone] | {email})) <= 5:
            partners["email", email].add(phone)
            partners["phone", phone].add(email)
            rows.append(order(f"o{number}", hours(number + chance.random()), email, phone))
    return rows


def test_any_graph_has_the_persons_and_the_earliest_links_in_whatever_order_its_rows_arrive(tmp_path: Path) -> None:
    chance = random.Random(7)
    rows = random_orders(chance)
    found = []
    for number in range(2):
        (folder := tmp_path / str(number)).mkdir()
        story = told(folder)
        for part in range(3):
            story.batch("shopify", "orders", SHOP, rows[part::3], f"2026-03-2{(part + number) % 3} 00:00:00")
        build(story, "+identity_link +identity_person")
        links = {record.rsplit(":", 1)[1] for (record,) in story.query("select record_id from identity_link")}
        found.append((persons(story), links))
        chance.shuffle(rows)
    expected, joining = earliest_links(rows)
    assert max(map(len, expected)) > 50
    assert groups(found[0][0]) == expected
    assert found[0][1] == joining
    assert found[0] == found[1]  # person_id does not depend on arrival


MADE = ("race_measure", "identity_person")


def months(story: Story, measure: str) -> list[tuple[int, int]]:
    rows = story.query(
        "select extract(month from period_start), value from race_measure where period = 'month' and channel = 'all' "
        f"and market = 'all' and measure = '{measure}' order by 1"
    )
    return [(month, int(value)) for month, value in rows]


def test_a_late_link_joins_two_old_persons_and_restates_the_months_before(tmp_path: Path) -> None:
    story = told(tmp_path)
    old = [
        order(f"{who}-{month}", dt.datetime(2026, month, 10 + n), **{kind: who})
        for month in (1, 2, 3)
        for n, (who, kind) in enumerate((("an", "email"), ("0901", "phone"), ("binh", "email")))
    ]
    visits = [
        event(device, f"2026-0{month}-10 05:00:00", "page_view", user_id_hash=login)
        for month in (1, 2, 3)
        for device, login in (("phone", "login-1"), ("laptop", None))
    ]
    story.batch("shopify", "orders", SHOP, old, "2026-03-30 00:00:00")
    story.batch("ga4", "events", SITE, visits, "2026-03-30 00:00:00")
    story.rows_of["covered_days"] = [
        (source, table, account, dt.date(2026, 1, 1) + dt.timedelta(days=number))
        for source, table, account in (("shopify", "orders", SHOP), ("ga4", "events", SITE))
        for number in range(90)
    ]
    build(story, " ".join(f"+{model}" for model in MADE), tests=False)
    assert months(story, "customers_purchasing") == [(1, 3), (2, 3), (3, 3)]
    assert months(story, "visitors") == [(1, 2), (2, 2), (3, 2)]
    before = persons(story)
    # on 31 March the address and the number stand in one order, and the login is used on the laptop, too
    story.batch(
        "shopify", "orders", SHOP, [order("late", dt.datetime(2026, 3, 31, 1), "an", "0901")], "2026-04-01 00:00:00"
    )
    story.batch("ga4", "events", SITE, [event("laptop", "2026-03-30 05:00:00", "page_view", user_id_hash="login-1")],
                "2026-04-01 00:00:00")  # fmt: skip
    # what stands on other files, or on none, is as it was
    anew = (f"stg_{staging}+,+{model}" for staging in ("shopify__orders", "ga4__event_days") for model in MADE)
    build(story, " ".join(anew), tests=False)
    assert months(story, "customers_purchasing") == [(1, 2), (2, 2), (3, 2)]
    assert months(story, "visitors") == [(1, 1), (2, 1), (3, 1)]
    after = persons(story)
    # the person keeps the name of its first identity, so whoever was not touched stays who they are
    assert after["email", "an"] == after["phone", "0901"] == before["email", "an"] != before["phone", "0901"]
    assert after["email", "binh"] == before["email", "binh"]
