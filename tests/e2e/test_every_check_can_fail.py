"""Every reconciliation of `dbt_project/tests` finds what it is there to find.

The sample night's warehouse is broken in a transaction, one fault after the other; the check's own compiled select must
then give rows, and the transaction is rolled back.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from raceway.build.parsed_project import parsed_project
from raceway.common.home import PROJECT
from tests.support.command_line import Ran

pytestmark = pytest.mark.xdist_group("sample_night")

CHECKS = PROJECT.dbt_project / "tests"


def one(table: str, condition: str = "true") -> str:
    """Names the first row of a table that meets a condition."""
    return f"rowid = (select min(rowid) from {table} where {condition})"


def lost(table: str, condition: str = "true") -> str:
    """A row less."""
    return f"delete from {table} where {one(table, condition)}"


def more(table: str, column: str, condition: str = "true", by: int = 1) -> str:
    """A number that is too large in one row."""
    return f"update {table} set {column} = {column} + {by} where {one(table, condition)}"


def of(source: str, condition: str = "true") -> str:
    """Rows of one source."""
    return f"source = '{source}' and {condition}"


ALL_IN_A_MONTH = "period = 'month' and channel = 'all' and market = 'all'"
SHOPS = ("shopify", "square", "kiotviet", "shopee", "tiktok_shop", "lazada", "haravan", "sapo", "woocommerce")

BROKEN: dict[str, list[str]] = {
    "ad_details_agree_with_the_bearing_report": [
        "update fct_reach_ads_detail set cost_account = bearing_cost_account * 2 where is_comparable",
        "update fct_reach_ads_detail set impressions = bearing_impressions / 2 "
        "where is_comparable and report = 'connector_campaign_daily'",
    ],
    "ads_are_the_sum_of_their_sources": [
        *(lost("int_ads", of(platform)) for platform in ("google_ads", "meta_ads", "tiktok_ads", "ads_file")),
        more("int_ads", "cost_account"),
        "update fct_reach_ads set cost_account = cost_account * 3",
    ],
    "bearing_reports_are_their_details_and_the_rest": [
        more("fct_reach_ads_detail", "missing_cost_account", "missing_cost_account is not null"),
        lost("fct_reach_ads_detail"),
    ],
    "channels_and_markets_add_up_to_all": [
        "delete from race_measure where measure = 'sessions' and channel = 'email'",
        "update race_measure set value = value + 1 where measure = 'orders' and channel = 'all' and market <> 'all'",
    ],
    "ticket_tags_are_known": ["update int_ticket_tags set topic = null"],
    "till_transactions_have_their_items": [
        "insert into stg_square__transactions (source, account, day, net_sales) "
        "values ('square', 'us-till', date '2026-06-01', 10)",
    ],
    "charges_agree_with_their_orders": [
        "insert into stg_stripe__balance (source, account, category, gross, order_name) "
        f"values ('stripe', 'shop', 'charge', 10, '{name}')"
        for name in ("no-such-order", "1001")
    ],
    "contact_stages_are_known": [
        "insert into stg_contacts_file__contacts (source, account, contact_id, stage) "
        "values ('contacts_file', 'list', '1', 'Nobody knows')",
    ],
    "costs_are_known_for_nearly_all_sales": ["update fct_convert_margin set is_costed = false"],
    "countries_are_known": [
        *(f"update {table} set country = 'Atlantis' where {one(table)}" for table in ("int_order_items", "int_session_events")),
    ],
    "counts_are_never_negative": ["update race_measure set value = -1 where measure = 'sessions' and value > 0"],
    "credits_add_up_to_their_order": [
        lost("fct_convert_attribution"),
        more("fct_convert_attribution", "revenue"),
        f"update fct_convert_attribution set credit = credit / 2 where {one('fct_convert_attribution')}",
    ],
    "days_add_up_to_their_month": [
        "update race_measure set value = value + 1 where measure = 'sessions' and period = 'day' and channel = 'email'",
        f"update race_measure set value = value + 1 where measure = 'orders' and {ALL_IN_A_MONTH}",
    ],
    "every_cost_names_a_known_initiative": ["update fct_plan_cost set initiative = 'nobody'"],
    "every_event_falls_into_one_session": [lost("int_session_events")],
    "every_initiative_names_a_known_kpi": [
        f"update fct_plan_initiative set kpi = 'happiness' where {one('fct_plan_initiative')}",
    ],
    "every_link_joins_one_person": ["update int_identity_person set person_id = concat(id_type, ' ', id_value)"],
    "every_listening_query_is_a_known_term": ["delete from int_listening_terms"],
    "every_segment_has_members": ["update customer_360 set marketing_segment = 'none' where marketing_segment = 'VIP'"],
    "every_stated_product_is_listed": [
        f"update {table} set product = 'Nobody''s', product_line = null, category = null where {one(table)}"
        for table in ("fct_advocacy_review", "fct_reach_mention")
    ],
    "every_target_can_be_met": [
        f"update fct_plan_target set kpi = 'happiness' where {one('fct_plan_target')}",
        more("fct_plan_target", "period_start"),
    ],
    # of each fact and source: see the test of its own below
    "every_state_makes_its_market_active": [
        "delete from int_active_pairs where market = 'VN'",
        "update int_state_spans set state = 'unheard_of' where state = 'loyalty_member'",
    ],
    "facts_are_landed_rows_less_documented_exclusions": ["delete from fct_reach_search"],
    "invoice_rows_agree_with_their_total": [
        lost("stg_kiotviet__invoices", "line_total >= 1"),
    ],
    "margins_add_up_to_net_sales": [
        # from one order to another: their sum stays
        "update fct_convert_margin set net_sales = net_sales + case when order_id = (select min(order_id) from "
        "fct_convert_margin) then 1000 else -1000 end where margin_id in (select min(margin_id) from fct_convert_margin "
        "where order_id in ((select min(order_id) from fct_convert_margin), (select max(order_id) from "
        "fct_convert_margin)) group by order_id)",
        lost("fct_convert_margin", "refund_id is not null and net_sales <> 0"),
        f"update fct_convert_order set discounts = discounts + 1, net_sales = net_sales - 1 "
        f"where {one('fct_convert_order', 'is_counted')}",
    ],
    # of each measure: see the test of its own below
    "loyalty_tiers_are_known": [
        f"update stg_loyalty__member_states set tier = 'Xanh lá' where {one('stg_loyalty__member_states')}",
    ],
    "measures_tell_what_the_facts_tell": [
        "delete from fct_reach_session where channel = 'email'",
        f"update race_measure set value = value + 1 where measure = 'renewals_due' and {ALL_IN_A_MONTH}",
    ],
    "month_ends_with_customers_are_fitted": ["update int_clv_fits set converged = false, reason = 'they do not hold'"],
    # the sample is too short for a month with 90 days before it
    "months_have_enough_paths_to_fit": [
        "update int_attribution_weights set is_fitted = false; update int_touchpoints set day = day - 100",
    ],
    "no_kpi_stands_at_an_undeclared_grain": [
        "update race_kpi set period = 'week' where kpi = 'churn_rate' and period = 'month'",
        "update race_kpi set channel = 'email' where kpi = 'net_promoter_score'",
    ],
    "one_source_counts_the_sessions_of_a_site": [
        "update int_site_events set account = 'another' "
        f"where {one('int_site_events', 'counts_sessions and hostname is not null')}",
    ],
    "orders_agree_with_their_own_subtotal": [
        more("stg_shopify__orders", "subtotal", "discount_amount = 0", 2),
        more("stg_shopify__orders", "subtotal", "discount_amount = 0", -2),
        lost("stg_shopify__orders", "subtotal is null and lineitem_price > 2 and order_name in (select order_name "
             "from stg_shopify__orders where discount_amount = 0)"),
    ],
    "orders_are_numbered_without_holes": [
        "delete from int_order_items where source = 'shopify' and order_name = '#1005'",
    ],
    "orders_are_told_by_one_account": [
        "insert into int_order_heads by name select * replace ('copy' as source) from int_order_heads where "
        + one("int_order_heads", "source = 'shopify' and total > 0")
        + "; insert into frozen.accounts by name select * replace ('copy' as source) from frozen.accounts "
        "where source = 'shopify'",
    ],
    "orders_have_a_name_of_their_own": [
        f"update stg_shopify__orders set order_name = concat(order_name, ' · 7') where {one('stg_shopify__orders')}",
    ],
    "orders_state_their_tax": [
        f"update int_order_heads set is_tax_stated = false where {one('int_order_heads', 'is_tax_stated and subtotal > 0')}",
    ],
    "order_statuses_are_known": [
        f"update stg_kiotviet__invoices set status = 'Yêu cầu hủy' where {one('stg_kiotviet__invoices')}",
        f"update stg_sapo__orders set delivery_state = 'Giao thất bại lần 1' where {one('stg_sapo__orders')}",
    ],
    "orders_are_the_orders_of_their_sources": [
        *(lost("fct_convert_order", of(shop)) for shop in SHOPS),
        f"update fct_convert_order set order_name = 'nobody' where {one('fct_convert_order')}",
    ],
    "orders_are_the_sum_of_their_lines": [
        # only the first line of each order, and the order's sales follow
        "delete from fct_convert_order_line where order_line_id not like '%:1'; "
        "update fct_convert_order set gross_sales = (select coalesce(sum(lines.gross_sales), 0) from "
        "fct_convert_order_line as lines where lines.order_id = fct_convert_order.order_id)",
        *(lost("fct_convert_order_line", of(shop)) for shop in SHOPS),
        # lines of other prices, and the order's sales follow
        "update fct_convert_order_line set gross_sales = gross_sales * 1.01; "
        "update fct_convert_order set gross_sales = (select coalesce(sum(lines.gross_sales), 0) from "
        "fct_convert_order_line as lines where lines.order_id = fct_convert_order.order_id)",
        *(more("fct_convert_order", "discounts", of(shop), 2) for shop in SHOPS),
        more("fct_convert_order", "gross_sales"),
    ],
    "part_of_whole_kpis_stay_between_0_and_1": [
        "update race_kpi set numerator = denominator + 1 where kpi = 'bounce_rate' and is_complete",
        "update race_kpi set numerator = -1 where kpi = 'bounce_rate' and not is_complete",
    ],
    "percentiles_stand_alone": [
        "update measure_rules set percentile = null where measure = 'days_between_orders'",
        "update kpi_catalog set scale = 2 where kpi = 'days_between_orders'",
    ],
    "period_reports_agree_with_days": [
        "update stg_google_ads__campaign_period set impressions = impressions * 2",
        "update stg_meta_ads__ads_period set impressions = impressions * 2",
    ],
    "plan_amounts_are_the_sum_of_their_days": [
        lost("fct_plan_budget", "amount <> 0"),
        more("fct_plan_cost", "amount"),
    ],
    "reasons_are_known": [
        f"update int_reason_texts set reason_text = 'Chuyện riêng' where {one('int_reason_texts')}",
    ],
    "pages_hold_the_views_of_their_sessions": [
        lost("fct_act_page", "views > 0"),
        more("fct_act_page", "exits", "exits > 0"),
    ],
    "refunds_are_stated_in_amounts": [
        "insert into stg_order_files__orders (source, account, order_name, status, refunded_amount) "
        f"values ('magento', 'shop', '1', '{status}', {refunded})"
        for status, refunded in (("Closed", "null"), ("Partially Refunded", "0"))
    ],
    "refunds_are_what_was_given_back": [
        *(lost("fct_convert_refund", of(shop, "refunded_sales <> 0")) for shop in SHOPS if shop != "woocommerce"),
        f"update stg_woocommerce__order_items set refunded_amount = order_total where {one('stg_woocommerce__order_items')}",
        # from one order to another: their sum stays
        "update fct_convert_refund set refunded_sales = refunded_sales + case when order_id = (select min(order_id) from "
        "fct_convert_refund) then 1000 else -1000 end where refund_id in (select min(refund_id) from fct_convert_refund "
        "where order_id in ((select min(order_id) from fct_convert_refund), (select max(order_id) from "
        "fct_convert_refund)) group by order_id)",
        more("fct_convert_order", "refunded_sales", "refunded_sales <> 0"),
    ],
    "required_sources_are_fresh": ["insert into frozen.setting_values values ('required_lag_days.shopify', '-400')"],
    "sales_channels_are_known": [
        f"update stg_shopify__orders set source_name = 'Chợ nổi' where {one('stg_shopify__orders')}",
        "delete from int_sales_channels where sales_channel = 'web'",
    ],
    "sessions_agree_with_ga4_reports": ["update fct_reach_sessions_reconciled set difference = reported_sessions"],
    "sessions_hold_the_events_of_their_device": [
        "delete from fct_reach_session where device_id like '%3'",
        *(lost("fct_reach_session", of(site)) for site in ("ga4", "segment")),
        # of a session that events are known of: a site that is told in sums alone has none to be held against
        *(more("fct_reach_session", column, of("ga4", "device_id is not null"))
          for column in ("page_views", "product_views", "cart_adds", "newsletter_signups", "content_interactions",
                         "engaged_seconds")),
    ],
    "settlements_agree_with_their_orders": ["update fct_convert_settlement set difference = gross"],
    "social_counters_do_not_fall": [
        f"update int_social_daily set impressions = -1 where {one('int_social_daily')}",
        f"update int_social_post_steps set shares = -1 where {one('int_social_post_steps')}",
    ],
}  # fmt: skip
"""What each check must find: a fault in the facts, in what they are made of, or in the mart."""

WARNS = {
    "costs_are_known_for_nearly_all_sales": "some articles of the sample have no cost in the list, and some lines name no article",
    "period_reports_agree_with_days": "the sample's table of Meta's Ads Manager is 31 times one day",
    "social_counters_do_not_fall": "the networks of the sample take likes and impressions back",
}
"""Checks that find something in the sample as it is, and why that is right."""


class Warehouse:
    """A copy of the night's warehouse, and the checks as selects on it."""

    def __init__(self, file: Path, selects: dict[str, str]) -> None:
        self.connection = duckdb.connect(str(file))
        self.selects = selects

    def found(self, check: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(self.selects[check]).fetchall()

    @contextmanager
    def broken(self, fault: str) -> Iterator[None]:
        """The warehouse with a fault, for as long as it is looked at; the fault must change something."""
        self.connection.begin()
        try:
            for statement in fault.split("; "):
                for table in set(re.findall(r"(?:update|from|into) (\w+)", statement)):
                    self._as_table(table)
                [(changed,)] = self.connection.execute(statement).fetchall()
                assert changed, f"nothing to break: {statement}"
            yield
        finally:
            self.connection.rollback()

    def _as_table(self, name: str) -> None:
        """What is a view on landed files becomes a table of the same rows."""
        if self.connection.execute("select 1 from duckdb_views() where view_name = ?", [name]).fetchall():
            self.connection.execute(f"create table {name}__rows as select * from {name}")
            self.connection.execute(f"drop view {name}")
            self.connection.execute(f"alter table {name}__rows rename to {name}")


@pytest.fixture(scope="module")
def warehouse(sample_nights: tuple[Path, Ran], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    folder = tmp_path_factory.mktemp("checks")
    file = Path(shutil.copy(sample_nights[0] / "warehouse.duckdb", folder / "warehouse.duckdb"))
    opened = Warehouse(file, compiled(file, folder))
    yield opened
    opened.connection.close()


def compiled(file: Path, folder: Path) -> dict[str, str]:
    """The select of each check, as dbt writes it for a warehouse."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    where = [
        "--project-dir", str(PROJECT.dbt_project), "--profiles-dir", str(PROJECT.profiles), "--quiet",
        "--target-path", str(folder / "target"), "--log-path", str(folder / "log"), "--no-send-anonymous-usage-stats",
        "--no-write-json",
    ]  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RACEWAY_WAREHOUSE", str(file))
        manifest = parsed_project([PROJECT.dbt_project, PROJECT.profiles], where)
        done = dbtRunner(manifest=manifest).invoke(["compile", "--select", "test_type:singular", *where])
        DuckDBConnectionManager.close_all_connections()
    assert done.success, done.exception
    return {result.node.name: result.node.compiled_code for result in done.result}


def test_every_check_has_a_fault_that_it_must_find() -> None:
    assert set(BROKEN) == {file.stem for file in CHECKS.glob("*.sql")}


def test_the_night_as_it_is_passes_every_check(warehouse: Warehouse) -> None:
    assert {check for check in warehouse.selects if warehouse.found(check)} == set(WARNS)


@pytest.mark.parametrize("check", sorted(BROKEN))
def test_a_fault_is_found(warehouse: Warehouse, check: str) -> None:
    sound = warehouse.found(check)
    for fault in BROKEN[check]:
        with warehouse.broken(fault):
            assert warehouse.found(check) != sound, fault


def test_every_fact_is_reconciled_or_said_not_to_be() -> None:
    told = " ".join(file.read_text(encoding="utf-8") for file in CHECKS.glob("*.sql"))
    facts = {file.stem for file in (PROJECT.dbt_project / "models" / "facts").rglob("fct_*.sql")}
    assert {fact for fact in facts if not re.search(rf"\b{fact}\b", told)} == set()


COUNTED = {"fct_act_login": "known_by = 'list'", "fct_reach_social_day": "network in ('x', 'linkedin')"}
"""Which rows of a fact its rule counts, where it does not count all of them."""

NOT_IN_THE_SAMPLE = {"fct_reach_marketplace_traffic"}
"""Facts of files that the invented company does not have; the night of awkward files has them."""

STEPS = ["int_leads", "int_site_events", "int_ticket_heads"]
"""What stands between landing and facts: broken on its own, since a fact is held against it."""


def test_a_row_lost_or_doubled_in_any_fact_and_source_is_found(warehouse: Warehouse) -> None:
    check = "facts_are_landed_rows_less_documented_exclusions"
    text = (CHECKS / f"{check}.sql").read_text(encoding="utf-8")
    facts = set(re.findall(r"'fact': ref\('(\w+)'\)", text))
    assert len(facts) > 35
    for broken in (STEPS, sorted(facts - set(STEPS))):
        sources = {
            (fact, source)
            for fact in broken
            for (source,) in warehouse.connection.execute(
                f"select distinct source from {fact} where {COUNTED.get(fact, 'true')}"
            ).fetchall()
        }
        assert {fact for fact, _ in sources} == set(broken) - NOT_IN_THE_SAMPLE, "a fact is empty"
        losses = [lost(fact, of(source, COUNTED.get(fact, "true"))) for fact, source in sorted(sources)]
        with warehouse.broken("; ".join(losses)):
            assert {(row[0], row[1]) for row in warehouse.found(check)} >= sources
        doubles = [
            f"insert into {fact} select * from {fact} where {COUNTED.get(fact, 'true')} limit 1"
            for fact in broken
            if fact not in NOT_IN_THE_SAMPLE
        ]
        with warehouse.broken("; ".join(doubles)):
            assert {row[0] for row in warehouse.found(check)} >= set(broken) - NOT_IN_THE_SAMPLE


def test_every_measure_that_facts_tell_is_held_against_them(warehouse: Warehouse) -> None:
    check = "measures_tell_what_the_facts_tell"
    names = set(re.findall(r"select '(\w+)' as measure, '(?:day|month)' as period\n", warehouse.selects[check]))
    assert len(names) > 80
    with warehouse.broken("update race_measure set value = value + 1 where channel = 'all' and market = 'all'"):
        assert {row[0] for row in warehouse.found(check)} == names
