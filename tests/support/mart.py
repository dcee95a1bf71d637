"""A warehouse with hand-made facts, on which the real measure and mart models run."""

from __future__ import annotations

import csv
import datetime as dt
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from raceway.build.dbt_run import say_little
from raceway.build.parsed_project import night_project, parsed_project
from raceway.common.home import PROJECT

FACTS = {
    "fct_plan_budget": "source varchar, account varchar, budget varchar, day date, channel varchar, market varchar, "
    "amount decimal(18,6)",
    "fct_plan_cost": "source varchar, account varchar, cost varchar, day date, channel varchar, market varchar, "
    "amount decimal(18,6), is_acquisition boolean, initiative varchar",
    "fct_plan_target": "source varchar, account varchar, kpi varchar, period varchar, period_start date, "
    "channel varchar, market varchar, target decimal(18,6)",
    "fct_plan_initiative": "source varchar, account varchar, initiative varchar, name varchar, stage varchar, kpi varchar, "
    "owner varchar, planned_start date, planned_end date, finished_on date, is_on_schedule boolean, ends_on date, "
    "expected_uplift decimal(18,6), budget decimal(18,6), "
    "decision varchar",
    "fct_reach_ads": "source varchar, account varchar, day date, channel varchar, market varchar, impressions bigint, "
    "clicks bigint, cost decimal(18,6), purchases decimal(18,6), purchase_value decimal(18,6), "
    "campaign varchar",
    "fct_reach_keyword": "source varchar, account varchar, day date, market varchar, impressions bigint, "
    "quality_score bigint",
    "fct_reach_search": "source varchar, account varchar, day date, market varchar, clicks bigint, impressions bigint, "
    "position_x_impressions decimal(38,6)",
    "fct_reach_session": "source varchar, account varchar, session_id varchar, person_id varchar, day date, "
    "channel varchar, market varchar, ad_source varchar, first_touch_day date, engaged_seconds decimal(18,3), "
    "page_views bigint, product_views bigint, signups bigint, newsletter_signups bigint, "
    "content_interactions bigint, has_interaction boolean, has_product_view boolean, has_cart_after_view boolean, "
    "is_bounced boolean, started_at timestamp, order_named_at timestamp, order_id varchar, has_site_search boolean, "
    "has_shipping_info boolean, has_payment_info boolean, checkout_begun_at timestamp, "
    "campaign varchar",
    "int_session_events": "source varchar, account varchar, user_first_touch_at timestamp",
    "fct_reach_email_campaign": "source varchar, account varchar, campaign_id varchar, day date, market varchar, "
    "delivered bigint, unique_opens bigint, forwards bigint, unique_clicks bigint, unsubscribes bigint, "
    "recipients bigint, bounces bigint, complaints bigint, revenue decimal(18,6)",
    "fct_reach_message": "source varchar, account varchar, message_id varchar, day date, channel varchar, market varchar, "
    "sent bigint, delivered bigint, reads bigint, clicks bigint, opt_outs bigint",
    "fct_reach_social_day": "source varchar, account varchar, network varchar, day date, market varchar, "
    "impressions bigint, engagements bigint, shares bigint, impressions_with_engagements bigint, "
    "engagements_with_impressions bigint",
    "fct_reach_brand_search": "source varchar, account varchar, day date, keyword varchar, market varchar, searches bigint, "
    "is_bucketed boolean",
    "fct_reach_search_term": "source varchar, account varchar, report varchar, channel varchar, market varchar, "
    "period_start date, period_end date, term varchar, clicks bigint, impressions bigint, is_brand boolean, "
    "is_whole_month boolean",
    "fct_reach_domain_authority": "source varchar, account varchar, vendor varchar, domain varchar, day date, "
    "score decimal(18,6), is_primary boolean",
    "fct_reach_follower": "source varchar, account varchar, network varchar, handle varchar, day date, market varchar, "
    "followers bigint",
    "fct_reach_mention": "source varchar, account varchar, mention_id varchar, kind varchar, market varchar, day date, "
    "sentiment varchar, is_tracked boolean, reach bigint",
    "int_listening_days": "source varchar, account varchar, tool varchar, day date, has_brand boolean, is_alike boolean",
    "fct_advocacy_content_share": "source varchar, account varchar, network varchar, day date, market varchar, shares bigint",
    "int_social_post_steps": "source varchar, account varchar, network varchar, table_name varchar, day date",
    "int_social_daily": "source varchar, account varchar, network varchar, day date",
    "fct_act_page_speed": "source varchar, account varchar, page_speed_id varchar, day date, channel varchar, "
    "market varchar, metric varchar, value decimal(18,6)",
    "fct_act_cart": "source varchar, account varchar, session_id varchar, person_id varchar, day date, "
    "channel varchar, market varchar, is_ordered boolean",
    "fct_act_lead": "source varchar, account varchar, lead_id varchar, person_id varchar, became_lead_on date, "
    "qualified_on date, channel varchar, market varchar, was_customer boolean, is_won_90d boolean",
    "fct_convert_deal": "source varchar, account varchar, deal_id varchar, created_on date, closed_on date, "
    "channel varchar, market varchar, is_closed boolean, is_won boolean, cycle_days bigint",
    "fct_convert_order": "source varchar, account varchar, order_id varchar, ordered_at timestamp, order_date date, "
    "person_id varchar, is_identified boolean, sales_place varchar, channel varchar, market varchar, "
    "is_placed boolean, is_counted boolean, gross_sales decimal(18,6), discounts decimal(18,6), "
    "order_number bigint, tells_refunds boolean, is_returned_60d boolean, is_cancelled_60d boolean, is_undelivered_60d boolean, "
    "refunded_sales_60d decimal(18,6), units decimal(18,6), "
    "previous_order_date date",
    "fct_convert_refund": "source varchar, account varchar, refund_id varchar, order_id varchar, refund_date date, "
    "refunded_sales decimal(18,6), is_counted boolean",
    "fct_convert_attribution": "source varchar, account varchar, order_id varchar, model varchar, order_date date, "
    "channel varchar, market varchar, ad_source varchar, revenue decimal(18,6), orders decimal(18,6), "
    "session_id varchar, credit decimal(18,6)",
    "fct_engage_subscriber": "source varchar, account varchar, email_hash varchar, market varchar, "
    "subscribed_on date, ended_on date",
    "fct_engage_email_activity": "source varchar, account varchar, email_hash varchar, market varchar, kind varchar, "
    "day date, is_machine boolean",
    "fct_advocacy_nps_answer": "source varchar, account varchar, response_id varchar, market varchar, day date, "
    "person_id varchar, is_promoter boolean, is_detractor boolean",
    "fct_advocacy_nps_invitation": "source varchar, account varchar, invitation_id varchar, market varchar, day date, "
    "is_answered_30d boolean",
    "fct_act_gathering": "source varchar, account varchar, registration_id varchar, market varchar, day date, "
    "is_cancelled boolean, is_attended boolean",
    "fct_act_usability_task": "source varchar, account varchar, day date, is_success boolean, errors bigint, "
    "seconds decimal(18,3)",
    "int_tickets": "source varchar, account varchar, ticket_id varchar, market varchar, day date, is_onboarding boolean",
    "fct_engage_ticket": "source varchar, account varchar, ticket_id varchar, market varchar, day date, "
    "is_replied boolean, first_reply_minutes bigint, resolved_on date, resolution_minutes bigint, "
    "is_replied_in_time boolean, last_solved_on date, is_first_contact boolean, is_reopened boolean",
    "fct_engage_effort_answer": "source varchar, account varchar, answer_id varchar, market varchar, day date, score bigint",
    "fct_engage_csat_answer": "source varchar, account varchar, answer_id varchar, market varchar, day date, "
    "is_satisfied boolean",
    "fct_advocacy_review": "source varchar, account varchar, review_id varchar, person_id varchar, market varchar, "
    "day date, stars decimal(18,6), is_positive boolean, is_answered boolean, created_at timestamp, replied_at timestamp, "
    "response_hours decimal(18,6)",
    "int_mapped_orders": "source varchar, account varchar, email_hash varchar, phone_hash varchar, status varchar, "
    "cancelled_at timestamp, delivery_state varchar, refunded_amount decimal(18,6), sku varchar",
    "fct_convert_settlement": "source varchar, account varchar, order_id varchar, order_date date, market varchar, "
    "fees decimal(18,6), shipping decimal(18,6)",
    "fct_convert_margin": "source varchar, account varchar, margin_id varchar, order_id varchar, person_id varchar, "
    "channel varchar, market varchar, day date, net_sales decimal(18,6), is_costed boolean, cost decimal(18,6)",
    "fct_convert_market_sales": "source varchar, account varchar, market_sales_id varchar, market varchar, day date, "
    "net_sales decimal(18,6)",
    "fct_convert_experiment": "source varchar, account varchar, experiment varchar, variation varchar, "
    "concluded_on date, is_counted boolean",
    "fct_plan_market": "source varchar, account varchar, market_size_id varchar, month date, market varchar, "
    "revenue decimal(18,6)",
    "fct_convert_trial": "source varchar, account varchar, trial_id varchar, market varchar, started_on date, "
    "is_converted_30d boolean",
    "fct_engage_repeat_order": "source varchar, account varchar, order_id varchar, order_date date, channel varchar, "
    "market varchar, is_upsell boolean, is_cross_sell boolean",
    "int_orders": "source varchar, account varchar, market varchar, order_id varchar, order_date date, is_counted boolean, order_number bigint, gross_sales decimal(18,6), "
    "discounts decimal(18,6)",
    "fct_engage_term": "source varchar, account varchar, term_id varchar, market varchar, ends_on date, "
    "has_ended boolean, is_renewed_30d boolean, "
    "person_id varchar, subscription_id varchar, started_on date, mrr decimal(18,6)",
    "fct_engage_loyalty_member": "source varchar, account varchar, member_hash varchar, member_key varchar, "
    "market varchar, joined_on date, left_on date",
    "fct_engage_loyalty_posting": "source varchar, account varchar, posting_id varchar, market varchar, day date, "
    "kind varchar, points_earned decimal(18,6), points_redeemed decimal(18,6), points_expired decimal(18,6)",
    "fct_engage_community": "source varchar, account varchar, day date, market varchar, members bigint, "
    "active_members bigint",
    "fct_engage_community_topic": "source varchar, account varchar, topic_id varchar, day date, market varchar, "
    "is_answered_1d boolean",
    "fct_engage_member_order": "source varchar, account varchar, order_id varchar, order_date date, channel varchar, "
    "market varchar",
    "fct_engage_customer_value": "person_id varchar, month_end date, market varchar, p_alive double, "
    "probability_90d double, clv_12m decimal(18,6)",
    "fct_engage_first_year": "person_id varchar, first_order_date date, channel varchar, market varchar, "
    "gross_profit_12m decimal(18,6)",
    "int_campaign_map": "utm_campaign varchar, source varchar, account varchar, campaign varchar, channel varchar, aim varchar",
    "fct_engage_usage": "source varchar, account varchar, use_id varchar, person_id varchar, market varchar, day date, "
    "seconds decimal(18,6)",
    "fct_act_login": "source varchar, account varchar, login_id varchar, channel varchar, market varchar, day date, "
    "is_activated_7d boolean, is_completed_30d boolean",
    "fct_advocacy_referral": "source varchar, account varchar, invitation_id varchar, market varchar, day date, "
    "inviter_person_id varchar, is_self boolean, is_new_friend boolean, is_converted_90d boolean, "
    "first_order_id varchar",
    "fct_advocacy_endorsement": "source varchar, account varchar, post varchar, market varchar, day date, reach bigint",
    "fct_advocacy_testimonial": "source varchar, account varchar, testimonial varchar, market varchar, day date, "
    "has_consent boolean",
}
"""The columns of the facts that measures read."""

DEFAULTS: dict[str, dict[str, Any]] = {
    "fct_reach_ads": {"source": "google_ads", "account": "vn", "channel": "paid_search", "market": "VN"},
    "fct_reach_keyword": {"source": "google_ads", "account": "vn", "market": "VN"},
    "fct_reach_search": {"source": "search_console", "account": "vn", "market": "VN"},
    "fct_reach_session": {
        "source": "ga4", "account": "vn", "channel": "direct", "market": "VN", "engaged_seconds": 12,
        "page_views": 1, "product_views": 0, "signups": 0, "newsletter_signups": 0, "content_interactions": 0,
        "has_interaction": False, "has_product_view": False, "has_cart_after_view": False, "is_bounced": False,
    },
    "fct_act_cart": {"source": "ga4", "account": "vn", "channel": "direct", "market": "VN", "is_ordered": False},
    "fct_convert_order": {
        "source": "shopify", "account": "vn", "is_identified": True, "sales_place": "online", "channel": "direct",
        "market": "VN", "is_placed": True, "is_counted": True, "gross_sales": 0, "discounts": 0,
        "tells_refunds": True, "is_returned_60d": False, "is_cancelled_60d": False, "is_undelivered_60d": False,
        "refunded_sales_60d": 0, "units": 1,
    },
    "fct_act_lead": {"was_customer": False},
    "int_orders": {"source": "shopify", "account": "vn", "is_counted": True},
    "fct_convert_refund": {"source": "shopify", "account": "vn", "is_counted": True},
    "fct_convert_attribution": {
        "source": "shopify", "account": "vn", "model": "last_non_direct", "market": "VN", "orders": 1,
    },
    "fct_engage_subscriber": {"source": "mailchimp", "account": "vn", "market": "VN"},
    "fct_reach_email_campaign": {
        "source": "mailchimp", "account": "vn", "market": "VN", "delivered": 0, "unique_opens": 0, "forwards": 0,
        "unique_clicks": 0, "unsubscribes": 0,
    },
    "fct_advocacy_nps_answer": {
        "source": "nps", "account": "vn", "market": "VN", "is_promoter": False, "is_detractor": False,
    },
    "fct_advocacy_nps_invitation": {"source": "nps", "account": "vn", "market": "VN", "is_answered_30d": False},
    "fct_plan_target": {"source": "plan", "account": "company", "channel": "all", "market": "all"},
}  # fmt: skip

SETTINGS = {
    "business_zone": "Asia/Ho_Chi_Minh",
    "reporting_currency": "VND",
    "minor_unit": 0,
    "fiscal_year_start_month": 1,
    "cycle_start": dt.date(2024, 1, 1),
    "churn_window_days": 90,
    "attribution_lookback_days": 30,
    "cart_window_days": 7,
    "rate_max_age_days": 10,
    "as_of": dt.date(2026, 4, 11),
    "on_track": 1.0,
    "at_risk": 0.9,
    "history_days": 180,
}

MODELS = "int_young_histories path:models/measures race_measure race_kpi measure_catalog"
SEEDS = "kpi_catalog measures measure_sources measure_rules measure_readings kpi_worth"


def seed(name: str) -> list[dict[str, str]]:
    """The rows of one of the project's seeds."""
    with (PROJECT.dbt_project / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def day(text: str) -> dt.date:
    """2026-03-01, or 03-01 for a day of 2026."""
    return dt.date.fromisoformat(text if len(text) == 10 else f"2026-{text}")


class Mart:
    """Facts in, mart out: each method takes plain values, `build` runs dbt."""

    def __init__(self, file: Path, dbt: Callable[..., Any]) -> None:
        self.file = file
        self._dbt = dbt

    def prepare(self) -> None:
        """Makes the frozen tables, the empty facts and the seeds."""
        with duckdb.connect(str(self.file)) as connection:
            connection.execute(f"""
                create schema frozen;
                create table frozen.settings (
                    business_zone varchar, reporting_currency varchar, minor_unit integer,
                    fiscal_year_start_month integer, cycle_start date, churn_window_days integer,
                    attribution_lookback_days integer, cart_window_days integer, rate_max_age_days integer,
                    as_of date, on_track double, at_risk double, history_days integer);
                create table frozen.setting_values (setting varchar, value varchar);
                create table frozen.rows_rewritten (model varchar, rows_written bigint, rows_kept bigint);
                insert into frozen.setting_values values ('attribution_model', 'last_non_direct');
                create table frozen.covered_days (source varchar, table_name varchar, account varchar, day date);
                create table frozen.accounts (
                    source varchar, account varchar, market varchar, history_start date, opened_on date,
                    ended_on date, counts_sessions boolean);
                {"".join(f"create table {name} ({columns});" for name, columns in FACTS.items())}
            """)
        self.settings()
        self._dbt(self.file, ["seed", "--select", *SEEDS.split()])
        self.run_sql(
            "insert into frozen.accounts by name select distinct source, 'vn' as account, 'VN' as market, "
            "date '2024-07-05' as history_start, true as counts_sessions from measure_sources where measure = 'orders'"
        )
        self.run_sql("checkpoint")  # the file is copied for every test: nothing may stay in its write-ahead log

    def run_sql(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of a statement on the warehouse; closed again, so that dbt may open it."""
        with duckdb.connect(str(self.file)) as connection:
            return connection.execute(sql, values).fetchall()

    def settings(self, **changes: Any) -> None:
        """Replaces the one row of the settings."""
        values = SETTINGS | changes
        self.run_sql("delete from frozen.settings")
        self._insert("frozen.settings", [values])

    def history(self, first: str) -> None:
        """Says that the order accounts' history is loaded from a day on."""
        self.run_sql("update frozen.accounts set history_start = ?", day(first))

    def cover(self, source: str, table: str, first: str, last: str, account: str = "vn") -> None:
        """Marks days as covered by an accepted batch."""
        self.run_sql(
            "insert into frozen.covered_days select ?, ?, ?, unnest(generate_series(?, ?, interval 1 day))::date",
            source, table, account, day(first), day(last),
        )  # fmt: skip

    def cover_all(self, first: str, last: str) -> None:
        """Marks days as covered for every table that feeds a measure."""
        self.run_sql(
            "insert into frozen.covered_days select source, table_name, 'vn', "
            "unnest(generate_series(?, ?, interval 1 day))::date from (select distinct source, table_name from "
            "measure_sources) order by all",
            day(first), day(last),
        )  # fmt: skip

    def require(self, *sources: str) -> None:
        """Names required sources."""
        self._insert("frozen.setting_values", [{"setting": "required_sources", "value": name} for name in sources])

    def add(self, fact: str, *rows: dict[str, Any]) -> None:
        """Adds rows to a fact; what is not given has the fact's default or is null."""
        self._insert(fact, [DEFAULTS.get(fact, {}) | row for row in rows])

    def _insert(self, table: str, rows: list[dict[str, Any]]) -> None:
        with duckdb.connect(str(self.file)) as connection:
            for row in rows:
                marks = ", ".join("?" for _ in row)
                connection.execute(f"insert into {table} ({', '.join(row)}) values ({marks})", list(row.values()))

    def build(self, *, command: str = "run", select: str = MODELS, without: str = "") -> Any:
        """Runs the models, `without` resources of a kind; fails the test when one fails."""
        left_out = ["--exclude-resource-type", without] if without else []
        return self._dbt(self.file, [command, "--select", *select.split(), *left_out])

    def kpi(self, kpi: str, period: str, start: str, channel: str = "all", market: str = "all") -> dict[str, Any]:
        """One row of race_kpi by column; empty where there is none."""
        return self._row("race_kpi", "kpi", kpi, period, start, channel, market)

    def measure(self, measure: str, period: str, start: str, channel: str = "all", market: str = "all") -> Any:
        """One value of race_measure; `absent` where there is no row."""
        row = self._row("race_measure", "measure", measure, period, start, channel, market)
        return row["value"] if row else "absent"

    def _row(self, table: str, key: str, *values: str) -> dict[str, Any]:
        name, period, start, channel, market = values
        with duckdb.connect(str(self.file)) as connection:
            found = connection.execute(
                f"select * from {table} where {key} = ? and period = ? and period_start = ? "
                "and channel = ? and market = ?",
                [name, period, day(start), channel, market],
            )
            names = [column[0] for column in found.description]
            rows = found.fetchall()
        assert len(rows) <= 1, f"{len(rows)} rows with one key"
        return dict(zip(names, rows[0], strict=True)) if rows else {}


@pytest.fixture(scope="session")
def dbt_scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dbt")


@pytest.fixture(scope="session")
def dbt(dbt_scratch: Path) -> Iterator[Callable[..., Any]]:
    """Runs dbt in this process on a warehouse file; the parsed project is kept between calls.

    Its artifacts and its log, which nobody reads here, would cost two thirds of a small call; and to walk a graph with
    all tests in it a quarter of one that asks none of them.
    """
    from dbt.cli.main import dbtRunner

    say_little()

    def run(file: Path, arguments: list[str], *, must_succeed: bool = True) -> Any:
        os.environ["RACEWAY_WAREHOUSE"] = str(file)
        where = ["--project-dir", str(PROJECT.dbt_project), "--profiles-dir", str(PROJECT.profiles),
                 "--target-path", str(dbt_scratch / "target"), "--log-path", str(dbt_scratch / "log"),
                 "--quiet", "--log-level-file", "none", "--no-send-anonymous-usage-stats", "--no-write-json"]  # fmt: skip
        folders = [PROJECT.dbt_project, PROJECT.profiles]
        asks_tests = arguments[0] == "test" or (arguments[0] == "build" and "test" not in arguments)
        manifest = parsed_project(folders, where) if asks_tests else night_project(folders, where).manifest
        result = dbtRunner(manifest=manifest).invoke([*arguments, *where])
        if must_succeed:
            assert result.success, [f"{node.node.name}: {node.message}" for node in result.result or []
                                    if node.status not in ("success", "pass")] or result.exception  # fmt: skip
        return result

    yield run
    os.environ.pop("RACEWAY_WAREHOUSE", None)


@pytest.fixture(scope="session")
def empty_warehouse(dbt_scratch: Path, dbt: Callable[..., Any]) -> Path:
    file = dbt_scratch / "warehouse.duckdb"
    Mart(file, dbt).prepare()
    return file


@pytest.fixture
def mart(tmp_path: Path, dbt: Callable[..., Any], empty_warehouse: Path) -> Mart:
    return Mart(Path(shutil.copy(empty_warehouse, tmp_path / "warehouse.duckdb")), dbt)
