"""Contracts: the shipped ones are whole; a broken one names file, table, column and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from raceway.common.faults import BadContract
from raceway.common.home import PROJECT, Home
from raceway.config.init import init_home
from raceway.contracts.load import load_contract, load_contracts
from raceway.contracts.words import DATA_TYPES
from tests.support.desk import Desk

GOOD = """
version: 2
sources:
  - name: kiosk
    description: Sales of a kiosk.
    schema: landing
    config: {meta: {owner: retail}}
    tables:
      - name: sales
        description: One row per sale.
        config: {meta: {scope: {kind: days, day: day}, covers: {by: [day]}}}
        columns:
          - name: day
            description: Day of the sale.
            data_type: date
            config: {meta: {aliases: {en: [Date]}}}
          - name: amount
            description: Amount in the kiosk's currency.
            data_type: decimal(18,6)
            config: {meta: {aliases: {en: [Amount]}, money: true}}
"""


@pytest.fixture
def home(desk: Desk) -> Home:
    return desk.home


def write(home: Home, text: str) -> Path:
    path = home.sources / "kiosk" / "_kiosk__sources.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_contracts_are_exactly_these_sources_and_tables() -> None:
    assert {name: contract.table_names for name, contract in load_contracts().items()} == {
        "activecampaign": ["campaigns", "contacts", "email_activity"],
        "ads_file": ["ads_daily", "ads_period"],
        "amazon_ads": ["ads_daily", "ads_period"],
        "apple_search_ads": ["ads_daily"],
        "linkedin_ads": ["ads_daily"],
        "microsoft_ads": ["ads_daily", "keyword_daily", "search_term_daily"],
        "pinterest_ads": ["ads_daily"],
        "snapchat_ads": ["ads_daily"],
        "zalo_ads": ["ads_daily", "ads_period"],
        "app_reviews": ["google_play"],
        "app_store_reviews": ["reviews"],
        "events_file": ["events"],
        "marketplace_traffic": ["daily"],
        "matomo": ["events", "visits_summary"],
        "pinterest": ["daily"],
        "plausible": ["visitors"],
        "threads": ["daily"],
        "umami": ["events"],
        "ga4": ["events", "events_intraday", "ui_report"],
        "answers_file": ["answers"],
        "community": ["readings", "topics"],
        "gatherings": ["registrations"],
        "reason_survey": ["answers"],
        "brevo": ["campaigns", "contacts"],
        "contacts_file": ["contacts"],
        "freshdesk": ["tickets"],
        "gorgias": ["tickets"],
        "intercom": ["tickets"],
        "messages_file": ["messages"],
        "omnisend": ["campaigns"],
        "sendgrid": ["events"],
        "google_ads": [
            "campaign_daily",
            "campaign_period",
            "keyword_daily",
            "keyword_period",
            "search_term_daily",
            "search_term_period",
            "ad_daily",
            "ad_period",
            "connector_campaign_daily",
            "connector_keyword_daily",
            "connector_search_term_daily",
        ],
        "getresponse": ["campaigns", "contacts", "email_activity"],
        "haravan": ["orders"],
        "orders_file": ["orders"],
        "amazon": ["orders", "settlement"],
        "bigcommerce": ["orders"],
        "magento": ["orders"],
        "prestashop": ["orders"],
        "nhanh_vn": ["orders"],
        "stripe": ["balance"],
        "hubspot": ["contacts", "deals", "emails"],
        "kiotviet": ["returns", "invoices", "customers"],
        "klaviyo": ["campaigns", "sent_report", "profiles", "email_activity"],
        "lazada": ["orders"],
        "listening": ["brandwatch", "meltwater", "brand24"],
        "mailchimp": ["audience", "campaigns"],
        "meta_ads": ["ads_daily", "ads_period", "connector_ad_daily"],
        "nps": ["answers", "invitations"],
        "plan": [
            "targets",
            "budgets",
            "costs",
            "fx_rates",
            "initiatives",
            "brand_terms",
            "campaign_map",
            "products",
            "market_size",
            "subscriptions",
            "endorsements",
            "testimonials",
            "app_usage",
            "account_profiles",
            "experiments",
        ],
        "salesforce": ["leads", "opportunities"],
        "sapo": ["orders"],
        "loyalty": ["members", "ledger"],
        "affiliate": ["transactions"],
        "referral": ["invitations"],
        "search_console": ["chart", "queries", "pages"],
        "shopee": ["orders"],
        "seo": [
            "keyword_planner",
            "keyword_planner_average",
            "seranking_positions",
            "semrush_trend",
            "semrush_positions",
            "ahrefs_organic_keywords",
            "ahrefs_keywords",
            "ahrefs_ref_domains",
            "semrush_keywords",
            "moz_domains",
            "domain_scores",
            "trends_queries",
            "trends_timeline",
            "trends_related",
        ],
        "segment": ["events"],
        "shopify": ["orders"],
        "social": [
            "youtube_content",
            "meta_posts",
            "x_content",
            "x_account_daily",
            "linkedin_page_daily",
            "linkedin_posts",
            "linkedin_followers",
            "meta_insights_daily",
            "tiktok_overview",
            "youtube_chart",
            "follower_counts",
        ],
        "square": ["items", "transactions"],
        "zendesk": ["ticket_metrics", "users", "tickets", "ticket_report"],
        "csat_survey": ["typeform", "survey_monkey", "google_forms", "google_forms_vi"],
        "reviews": ["gbp_reviews", "gbp_performance", "trustpilot", "judge_me", "yotpo", "other"],
        "usability_test": ["tasks"],
        "experiments": ["optimizely_decisions", "exposures"],
        "tiktok_ads": ["ads_daily", "connector_campaign_daily", "connector_ad_daily"],
        "tiktok_shop": ["orders"],
        "woocommerce": ["order_items", "orders"],
        "zalo_oa": ["messages"],
    }


def test_every_shipped_source_says_who_answers_for_it_and_when_it_runs() -> None:
    for contract in load_contracts().values():
        assert contract.meta.owner
        assert len(contract.meta.schedule.split()) == 5
        assert contract.meta.timeout_minutes > 0
        assert contract.meta.tags


def test_every_shipped_column_is_described_and_typed() -> None:
    for contract in load_contracts().values():
        for table in contract.tables:
            assert all(column.description and column.data_type in DATA_TYPES for column in table.columns), table.name


def test_a_companys_own_source_lands_without_any_code(desk: Desk, home: Home) -> None:
    write(home, GOOD)
    with home.accounts.open("a", encoding="utf-8") as file:
        file.write("kiosk,lobby,Lobby,,VN,Asia/Ho_Chi_Minh,VND,false,0,,false,\n")
    outcome = desk.land_one("kiosk/lobby/sales.csv", "Date,Amount,Colour\n2026-03-01,5,red\n")
    assert desk.rows(outcome, "cast(day as varchar), cast(amount as varchar)") == [("2026-03-01", "5.000000")]
    (finding,) = desk.batch(outcome.batches[0]).manifest["findings"]
    assert "new column “Colour”" in finding["message"]


def test_drift_policy_fail_refuses_a_new_column(desk: Desk, home: Home) -> None:
    write(home, GOOD.replace("covers: {by: [day]}", "covers: {by: [day]}, drift: {on_new_column: fail}"))
    with home.accounts.open("a", encoding="utf-8") as file:
        file.write("kiosk,lobby,Lobby,,VN,Asia/Ho_Chi_Minh,VND,false,0,,false,\n")
    outcome = desk.land_one("kiosk/lobby/sales.csv", "Date,Amount,Colour\n2026-03-01,5,red\n")
    assert (outcome.status, "new column “Colour”" in outcome.reason) == ("refused", True)


def test_drift_policy_fail_refuses_a_file_with_one_value_too_wide(desk: Desk, home: Home) -> None:
    write(home, GOOD.replace("covers: {by: [day]}", "covers: {by: [day]}, drift: {on_type_widening: fail}"))
    with home.accounts.open("a", encoding="utf-8") as file:
        file.write("kiosk,lobby,Lobby,,VN,Asia/Ho_Chi_Minh,VND,false,0,,false,\n")
    outcome = desk.land_one("kiosk/lobby/sales.csv", "Date,Amount\n2026-03-01,5\n2026-03-01,five\n2026-03-01,6\n")
    assert outcome.reason == (
        "sales.csv: 1 of 3 rows do not fit the contract's types, and it bears none; the first: row 2, column “Amount”: "
        "“five” is no amount"
    )


@pytest.mark.parametrize(
    ("good", "broken", "sentence"),
    [
        ("data_type: date", "data_type: day", r"table sales, column day: data_type 'day'; write one of: varchar, bigint"),
        ("description: Day of the sale.", "tests: []", r"table sales, column day: `description` is missing"),
        ("money: true", "munny: true", r"column amount: unknown key 'munny'; write one of: aliases, .*money"),
        ("kind: days, day: day", "kind: day, day: day", r"table sales: scope.kind: Input should be 'days', 'entities' or"),
        ("kind: days, day: day", "kind: days", r"table sales: scope: .*needs `day`, the column that names the day"),
        ("kind: days, day: day", "kind: days, day: date", r"table sales: scope.day names date; its columns are day, amount"),
        ("{by: [day]}", "{buy: [day]}", r"table sales: unknown key 'covers.buy'; write one of: by, pattern"),
        ("{by: [day]}", "{by: [day], through_export: true}", r"through_export does not go with scope days"),
        ("config: {meta: {owner: retail}}", "config: {meta: {}}", r"source kiosk: `owner` is missing; add it under config.meta"),
        ("- name: kiosk", "- name: kiosque", r"source is named 'kiosque'; write `name: kiosk`"),
        ("aliases: {en: [Date]}", "optional: true", r"column day: say where it comes from: aliases, path, param or value_of"),
        ("aliases: {en: [Amount]}, money: true", "aliases: {en: [Amount]}, hash: email", r"column amount: a hash is text"),
        ("- name: amount", "- name: day", r"columns: day stands twice"),
        ("version: 2", "version: [", r"no valid YAML"),
    ],
)  # fmt: skip
def test_a_broken_contract_names_the_place_and_the_remedy(home: Home, good: str, broken: str, sentence: str) -> None:
    assert good in GOOD
    path = write(home, GOOD.replace(good, broken, 1))
    with pytest.raises(BadContract, match=sentence) as raised:
        load_contract("kiosk", home)
    assert str(path) in str(raised.value)


def test_an_unknown_source_names_the_known_ones(home: Home) -> None:
    with pytest.raises(BadContract, match=r"known sources: activecampaign, "):
        load_contract("tiktok", home)


def test_an_overlay_changes_schedule_owner_and_aliases(desk: Desk, home: Home) -> None:
    (home.sources / "google_ads.yml").write_text(
        'owner: linh\nschedule: "30 1 * * *"\ntables:\n  campaign_daily:\n    aliases:\n      cost: [Ausgaben]\n',
        encoding="utf-8",
    )
    contract = load_contract("google_ads", home)
    assert (contract.meta.owner, contract.meta.schedule) == ("linh", "30 1 * * *")
    assert load_contract("google_ads").meta.owner == "paid-media", "the shipped contract is untouched"
    outcome = desk.land_one("google_ads/us/a.csv", "Day,Campaign,Impr.,Clicks,Ausgaben\n2026-03-01,A,1,1,5\n")
    assert outcome.status == "landed"


def test_an_account_s_overlay_reads_its_files_alone(desk: Desk, home: Home) -> None:
    """One header means two things in two accounts: each reads it as its own overlay says."""
    (home.sources / "google_ads.us.yml").write_text(
        "tables:\n  campaign_daily:\n    headers: {cost: [Clicks], clicks: [Cost]}\n    unread: [Notes]\n",
        encoding="utf-8",
    )
    head, row = "Day,Campaign,Impr.,Clicks,Cost", "2026-03-01,A,9,5,2"
    swapped = desk.land_one("google_ads/us/a.csv", f"{head},Notes\n{row},x\n")
    plain = desk.land_one("google_ads/vn/a.csv", f"{head}\n{row}\n")
    refused = desk.land_one("google_ads/vn/b.csv", f"{head},Notes\n{row},x\n")
    assert [desk.rows(outcome, "cost::int, clicks") for outcome in (swapped, plain)] == [[(5, 2)], [(2, 5)]]
    assert "“Notes” besides" in refused.reason


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("owner: linh\n", r"us.yml: unknown key 'owner'; an overlay may hold tables"),
        ("tables:\n  campaign_daily:\n    unread: Notes\n", r"unread: write a list of headers"),
        (
            "tables:\n  campaign_daily:\n    headers: {cost: [Money], clicks: [money ]}\n",
            r"headers: 'money' stands for two columns; keep one of them",
        ),
    ],
)
def test_a_broken_overlay_of_an_account_says_what_to_write(home: Home, text: str, sentence: str) -> None:
    (home.sources / "google_ads.us.yml").write_text(text, encoding="utf-8")
    assert load_contract("google_ads", home, "vn").meta.owner
    with pytest.raises(BadContract, match=sentence):
        load_contract("google_ads", home, "us")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("tables:\n  campaigns: {}\n", r"table 'campaigns' is not in the contract; it has campaign_daily"),
        ("bundle: x\n", r"unknown key 'bundle'; an overlay may hold owner, schedule"),
        ("tables:\n  campaign_daily:\n    aliases: {price: [Preis]}\n", r"aliases of 'price'"),
    ],
)
def test_a_broken_overlay_names_its_file_and_what_it_may_hold(home: Home, text: str, sentence: str) -> None:
    (home.sources / "google_ads.yml").write_text(text, encoding="utf-8")
    with pytest.raises(BadContract, match=sentence) as raised:
        load_contract("google_ads", home)
    assert "google_ads.yml" in str(raised.value)


def test_rows_of_one_day_go_to_a_daily_table_that_lacks_nothing(tmp_path: Path) -> None:
    """A daily table with a column that the report over a period lacks could not be filled from it."""
    shipped = (PROJECT.contracts / "meta_ads" / "_meta_ads__sources.yml").read_text(encoding="utf-8")
    home = init_home(tmp_path / "home")
    path = home.sources / "meta_ads" / "_meta_ads__sources.yml"
    path.parent.mkdir(parents=True)
    period = shipped.index("- name: ads_period")
    for at, old, new, said in (
        (period, "          - *reach\n", "", "ads_daily has reach, which this table lacks"),
        (period, "table: ads_daily, day: day", "table: ads_weekly, day: day", "is no day of a daily table"),
        (period, "extract: '^(\\d{4}-\\d{2}-\\d{2})", "extract: '^(?:\\d{4}-\\d{2}-\\d{2})", "extract needs a group"),
    ):
        assert old in shipped[at:]
        path.write_text(shipped[:at] + shipped[at:].replace(old, new, 1), encoding="utf-8")
        with pytest.raises(BadContract, match=said):
            load_contract("meta_ads", home)


ALIKE = """
version: 2
sources:
  - name: kiosk
    description: Ads of a kiosk.
    schema: landing
    config: {meta: {owner: paid-media}}
    tables:
      - name: ads
        description: Ads by day.
        config: {meta: {like: ads_file.ads_daily, nulls: [none]}}
        columns:
          - {name: cost, config: {meta: {aliases: [Outlay]}}}
          - name: shelf
            description: Shelf in the kiosk.
            data_type: varchar
            config: {meta: {aliases: [Shelf]}}
"""


def test_a_table_begins_like_another_one_and_says_what_differs(home: Home) -> None:
    write(home, ALIKE)
    table, model = load_contract("kiosk", home).table("ads"), load_contract("ads_file").table("ads_daily")
    assert [column.name for column in table.columns] == [*(column.name for column in model.columns), "shelf"]
    cost = table.by_name["cost"]
    assert (cost.meta.aliases, cost.data_type, cost.meta.money) == ({"en": ("Outlay",)}, "decimal(18,6)", True)
    assert (table.meta.nulls, table.scope, table.meta.totals) == (("none",), model.scope, model.meta.totals)
    assert model.by_name["cost"].meta.aliases != cost.meta.aliases


@pytest.mark.parametrize(
    ("like", "words"),
    [
        ("ads_file.weekly", "is no table of a shipped contract"),
        ("nobody.ads_daily", "is no table of a shipped contract"),
        ("zalo_ads.ads_daily", "begins like another one itself"),
    ],
)
def test_a_table_begins_like_no_table_that_is_not_there(home: Home, like: str, words: str) -> None:
    write(home, ALIKE.replace("ads_file.ads_daily", like))
    with pytest.raises(BadContract, match=words):
        load_contract("kiosk", home)


def test_day_by_day_is_for_tables_with_a_day(home: Home) -> None:
    scope = "{like: ads_file.ads_daily, scope: {kind: entities, keys: [campaign]}"
    write(home, ALIKE.replace("{like: ads_file.ads_daily", scope))
    with pytest.raises(BadContract, match="day_by_day is for a table whose rows have a day"):
        load_contract("kiosk", home)
