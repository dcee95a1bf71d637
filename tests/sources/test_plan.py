"""The company's own lists: every template lands as it stands, and what people do to such files."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from raceway.common.home import PROJECT
from raceway.gate.batch_gate import check_batch
from raceway.history.records import Check
from raceway.reading.personal import Hasher
from tests.support.desk import Desk

TEMPLATES = [
    "targets", "budgets", "costs", "fx_rates", "initiatives", "brand_terms", "campaign_map", "products", "market_size",
    "subscriptions", "endorsements", "testimonials", "app_usage", "account_profiles", "experiments",
]  # fmt: skip

ENDS = "it ends on or after its first day"


@pytest.mark.parametrize("table", TEMPLATES)
def test_a_template_lands_as_its_table(desk: Desk, table: str) -> None:
    content = (PROJECT.root / "docs" / "templates" / f"{table}.csv").read_bytes()
    outcome = desk.land_one(f"plan/company/{table}.csv", content)
    assert (outcome.status, list(outcome.tables), outcome.rows_refused) == ("landed", [table], 0), outcome.reason
    assert outcome.rows_landed == len([line for line in content.splitlines() if not line.startswith(b"#")]) - 1


def test_a_vietnamese_list_with_months_as_people_write_them_lands(desk: Desk) -> None:
    content = (
        "Tháng,Thị trường,Nhóm hàng,amount,currency,Gồm VAT\n"
        '03/2026,VN,Giày,"910,000,000",VND,true\n2026-04,US,,1200000.50,USD,false\n'
    )
    outcome = desk.land_one("plan/company/quy-mo.csv", content)
    assert desk.rows(outcome, "cast(month as varchar), market, category, cast(amount as varchar), includes_vat") == [
        ("2026-03-01", "VN", "Giày", "910000000.000000", True), ("2026-04-01", "US", None, "1200000.500000", False),
    ]  # fmt: skip
    # the reporting currency needs no rate, the other one for the first day of its month
    assert desk.batch(outcome.batches[0]).manifest["money_days"] == {"USD": ["2026-04-01"]}


def test_addresses_and_logins_land_hashed_only(desk: Desk) -> None:
    outcome = desk.land_one(
        "plan/company/app_usage.csv",
        "login,email,used_at,feature,seconds\nU-1, A@Example.com ,2026-03-04 20:15,Size_Guide,75\n"
        ",a@example.com,2026-03-04T20:15:00+0700,search,1.5\n",
    )
    hasher = Hasher(desk.home)
    address = hasher.email("a@example.com")
    assert desk.rows(outcome, "login_hash, email_hash, cast(used_at as varchar), cast(seconds as varchar)") == [
        (hasher.id("U-1"), address, "2026-03-04 13:15:00", "75.000000"),
        (None, address, "2026-03-04 13:15:00", "1.500000"),
    ]


def test_of_a_profile_lands_what_its_person_agreed_to_and_never_a_birth_date(desk: Desk) -> None:
    """A yes lets year, month and words land; no, nothing and a list that does not ask let nothing land."""
    checks: list[Check] = []

    def gate(*landed: Any) -> list[Check]:
        checks.extend(check_batch(*landed))
        return checks

    head = "login,created_at,completed_on,Consent,Birth Date,Gender,Province,Preferred Category\n"
    said = "2026-03-01 09:12:00,,{},15/06/1990,Nữ,Hà Nội,Tea\n"
    outcome = desk.land_one(
        "plan/company/profiles.csv",
        head + "U-1," + said.format("yes") + "U-2," + said.format("no") + "U-3," + said.format("")
        + "U-4,2026-03-01 09:12:00,,Đồng ý,in spring,martian,,\n",
        gate=gate,
    )  # fmt: skip
    assert outcome.status == "landed", outcome.reason
    told = "consent, birth_year, birth_month, gender, province, preferred_category"
    assert desk.rows(outcome, told) == [
        (True, "1990", "6", "female", "Hà Nội", "Tea"), (False, *[None] * 5), (None, *[None] * 5),
        (True, "?", "?", "martian", None, None),
    ]  # fmt: skip
    warned = {check.name for check in checks if not check.passed}
    assert warned == {"birth_is_read", "gender_vocabulary"}
    unasked = desk.land_one(
        "plan/company/unasked.csv", "login,created_at,completed_on,gender\nU-5,2026-03-02 09:12:00,,male\n"
    )
    assert desk.rows(unasked, told) == [(None,) * 6]


def test_the_list_covers_up_to_the_day_before_its_export(desk: Desk) -> None:
    outcome = desk.land_one(
        "plan/company/endorsements.csv", "post,influencer,posted_on,reach\np1,Linh,2026-03-02,10\np2,An,2026-03-03,\n"
    )
    batch = desk.batch(outcome.batches[0])
    assert (batch.covers_from, batch.covers_to) == (dt.date(2026, 3, 2), dt.date(2026, 3, 8))


def test_a_kind_that_nobody_knows_is_critical_for_the_gate() -> None:
    from raceway.contracts.load import load_contract
    from raceway.gate.landing_suites import landing_suite

    plan = load_contract("plan")
    for table, name in (("brand_terms", "kind_vocabulary"), ("subscriptions", "kind_vocabulary")):
        found = {one.name: one.severity for one in landing_suite(plan.table(table)).expectations}
        assert found[name] == "critical"


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("SH-1,,,4O0,VND,2026-03-01", "cost", "amount"),
        ("SH-1,,,400,VND,31/02/2026", "valid_from", "date"),
    ],
)
def test_a_cell_that_cannot_be_read_is_refused_by_its_place(desk: Desk, line: str, column: str, reason: str) -> None:
    content = f"sku,product_line,category,cost,currency,valid_from\nSH-0,,,,VND,2026-03-01\n{line}\n"
    outcome = desk.land_one("plan/company/products.csv", content)
    assert (outcome.rows_landed, outcome.rows_refused) == (1, 1)
    ((_, row, where, why, _),) = desk.quarantined(outcome)
    assert (row, where) == ("2", column)
    assert reason in why


@pytest.mark.parametrize(
    ("table", "said", "content"),
    [
        ("budgets", ENDS, "budget,starts_on,ends_on,channel,market,amount,currency\n"
         "One day,2026-03-05,2026-03-05,,,1000,VND\nTurned,2026-03-05,2026-03-04,,,1000,VND\n"),
        ("costs", ENDS, "cost,starts_on,ends_on,channel,market,amount,currency\n"
         "One day,2026-03-05,2026-03-05,,,1000,VND\nTurned,2026-03-05,2026-03-04,,,1000,VND\n"),
        ("initiatives", "it is planned to end on or after its first day", "initiative,name,planned_start,planned_end\nI1,One day,2026-03-05,2026-03-05\n"
         "I2,Turned,2026-03-05,2026-03-04\n"),
    ],
)  # fmt: skip
def test_a_row_that_ends_before_it_begins_refuses_the_file_and_is_named(
    desk: Desk, table: str, said: str, content: str
) -> None:
    outcome = desk.land_one(f"plan/company/{table}.csv", content, gate=check_batch)
    assert outcome.status == "refused"
    assert said in outcome.reason
    assert "row 2" in outcome.reason
    assert "row 1" not in outcome.reason


def test_a_budget_of_an_initiative_without_a_currency_is_refused_and_one_with_it_asks_for_its_rate(desk: Desk) -> None:
    head = "initiative,name,planned_start,planned_end,budget,currency\n"
    bare = desk.land_one("plan/company/a.csv", head + "I1,A,2026-03-05,2026-03-06,10,\n", gate=check_batch)
    assert (bare.status, "a budget has a currency" in bare.reason) == ("refused", True)
    whole = desk.land_one(
        "plan/company/b.csv", head + "I1,A,2026-03-05,2026-03-06,10,USD\nI2,B,2026-03-07,2026-03-08,,\n",
        at="2026-03-09 04:00", gate=check_batch,
    )  # fmt: skip
    assert whole.status == "landed", whole.reason
    assert desk.batch(whole.batches[0]).manifest["money_days"] == {"USD": ["2026-03-05"]}


def test_plan_files_are_told_apart_by_their_headers_and_are_whole_lists(desk: Desk) -> None:
    desk.deliver(
        "plan/company/q1 targets.csv", "kpi,period,period_start,channel,market,target\norders,month,2026-03-01,,,1200\n"
    )
    desk.deliver(
        "plan/company/money.csv",
        "budget,starts_on,ends_on,channel,market,amount,currency\nTết,2026-02-01,2026-02-28,,,900,VND\n",
    )
    desk.deliver("plan/company/rates.csv", "rate_date,currency,to_currency,rate\n2026-03-01,USD,VND,26105.50\n")
    outcomes = desk.land("plan")
    assert sorted(table for outcome in outcomes for table in outcome.tables) == ["budgets", "fx_rates", "targets"]
    targets = next(outcome for outcome in outcomes if "targets" in outcome.tables)
    assert desk.rows(targets, "kpi, channel, market, cast(target as varchar), _entity") == [
        ("orders", "all", "all", "1200.000000", "")
    ]
    rates = next(outcome for outcome in outcomes if "fx_rates" in outcome.tables)
    assert desk.rows(rates, "_entity, cast(rate as varchar)") == [("2026-03-01|USD|VND", "26105.50000000")]
