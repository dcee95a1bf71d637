"""The mart from facts to figures on real warehouses. Every expected number is worked out in the comments."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from raceway.common.kpi_formula import measures_of
from tests.support.mart import Mart, seed

# what this release promises, by stage
PROMISED = {
    "plan": "marketing_budget budget_utilisation initiatives_on_schedule_rate",
    "reach": "ad_impressions ctr ad_spend cpc cpm unique_visitors sessions new_visitor_rate value_per_visit "
    "bounce_rate referral_traffic_share organic_search_clicks organic_search_ctr organic_search_position "
    "quality_score email_open_rate email_forward_rate list_growth_rate",
    "act": "visitor_interaction_rate avg_engagement_time avg_time_on_page pages_per_session product_views "
    "add_to_cart_rate cart_abandonment_rate signups newsletter_signups content_interactions",
    "convert": "orders offline_order_share identified_order_share net_sales average_order_value "
    "session_conversion_rate visitor_conversion_rate new_customers customer_acquisition_cost roas "
    "marketing_efficiency_ratio platform_overclaim",
    "engage": "customer_retention_rate churn_rate returning_customer_rate repeat_purchase_rate purchase_frequency "
    "return_rate cancellation_rate undelivered_rate email_click_rate click_to_open_rate unsubscribe_rate",
    "advocacy": "net_promoter_score nps_response_rate",
}


# a covered day alone says nothing of these: their facts, empty here, tell which days they know
TOLD_BY_ROWS = {
    "brand_search_volume", "brand_query_clicks", "query_clicks", "domain_authority",
    # amounts of terms, and campaigns that the plan aims at existing customers
    "mrr", "mrr_at_start", "mrr_new", "mrr_expansion", "mrr_contraction", "mrr_churned",
    "customer_campaign_cost", "customer_campaign_gross_profit",
}  # fmt: skip


@pytest.fixture
def covered(mart: Any) -> Any:
    """All sources cover January to 10 April 2026; as_of is the 11th."""
    mart.cover_all("01-01", "04-10")
    return mart


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory, empty_warehouse: Path, dbt: Any) -> Callable[[str], Mart]:
    """A warehouse of a name, of which nothing is known yet; its tests look at it and change nothing."""

    def named(name: str) -> Mart:
        return Mart(Path(shutil.copy(empty_warehouse, tmp_path_factory.mktemp(name) / "warehouse.duckdb")), dbt)

    return named


@pytest.fixture(scope="module")
def quiet(warehouse: Callable[[str], Mart]) -> Mart:
    """Every source covers January to 10 April 2026, and nothing has happened."""
    quiet = warehouse("quiet")
    quiet.cover_all("01-01", "04-10")
    quiet.build()
    return quiet


ORDERS = [
    ("a1", "ann", "2026-01-10", 1, "email", "VN"),
    ("a2", "ann", "2026-03-05", 2, "direct", "US"),
    ("b1", "ben", "2026-03-05", 1, "direct", "US"),
    ("b2", "ben", "2026-03-20", 2, "email", "US"),
    ("g1", None, "2026-03-06", None, "direct", "VN"),
]


@pytest.fixture(scope="module")
def busy(warehouse: Callable[[str], Mart]) -> Mart:
    """Every source covers January to 10 April 2026. Each test looks at the facts that it names."""
    busy = warehouse("busy")
    busy.cover_all("01-01", "04-10")
    busy.history("2025-08-05")  # 180 days before 1 February
    busy.add(
        "fct_reach_ads",
        {"day": "2026-03-02", "channel": "display", "market": "VN", "impressions": 1000, "clicks": 1, "cost": "10"},
        {"day": "2026-03-30", "channel": "display", "market": "US", "impressions": 10, "clicks": 5, "cost": "20"},
        {"day": "2026-03-31", "channel": "paid_search", "market": "VN", "impressions": 90, "clicks": 4, "cost": "0.5"},
    )
    busy.add(
        "fct_plan_target",
        {"kpi": "ad_impressions", "period": "month", "period_start": "2026-03-01", "target": "1210"},
        {"kpi": "cpc", "period": "quarter", "period_start": "2026-01-01", "target": "3.66"},
    )
    busy.add(
        "fct_convert_order",
        *(
            {
                "order_id": order_id, "person_id": person, "is_identified": person is not None, "order_date": date,
                "ordered_at": f"{date} 08:00", "order_number": number, "channel": channel, "market": market,
                "gross_sales": "100", "discounts": "20",
            }
            for order_id, person, date, number, channel, market in ORDERS
        ),
    )  # fmt: skip
    # what the accounts have sold, and where
    busy.add("int_orders", {"order_id": "a1", "order_date": "2026-01-10", "market": "VN"})
    busy.add(
        "fct_engage_subscriber",
        {"email_hash": "a", "subscribed_on": "2026-02-28", "ended_on": None},
        {"email_hash": "b", "subscribed_on": "2026-01-01", "ended_on": "2026-03-31"},
        {"email_hash": "c", "subscribed_on": "2026-03-01", "ended_on": None},
        {"email_hash": "d", "subscribed_on": "2026-03-31", "ended_on": None},
    )
    busy.add("fct_engage_loyalty_member", {"member_key": "m", "market": "TH", "joined_on": "2026-03-05"})
    busy.add(
        "fct_engage_usage",
        {"use_id": "u", "person_id": "a", "market": "SG", "day": "2026-03-10", "seconds": 0},
    )
    # sold in January; given back in February, in which nothing was sold
    busy.cover("plan", "market_size", "04-11", "04-30")
    busy.add(
        "fct_plan_market",
        {"market_size_id": "2", "month": "2026-02-01", "market": "DE", "revenue": "1000"},
        {"market_size_id": "4", "month": "2026-04-01", "market": "DE", "revenue": "1000"},
    )
    busy.add(
        "fct_convert_market_sales",
        {"market": "DE", "day": "2026-02-10", "net_sales": "-250"},
        {"market": "DE", "day": "2026-04-10", "net_sales": "100"},
    )
    busy.build()
    busy.run_sql("checkpoint")  # the file is copied: nothing may stay in its write-ahead log
    return busy


@pytest.fixture
def busy_copy(busy: Mart, tmp_path: Path) -> Mart:
    """The same for a test that changes it."""
    return Mart(Path(shutil.copy(busy.file, tmp_path / "warehouse.duckdb")), busy._dbt)


@pytest.fixture(scope="module")
def partly(warehouse: Callable[[str], Mart]) -> Mart:
    """Few sources have exported, and each but some days. Each test looks at the sources that it names."""
    partly = warehouse("partly")
    # ads since the year before, but for 15 March 2026
    partly.cover("google_ads", "campaign_daily", "2025-01-01", "03-14")
    partly.cover("google_ads", "campaign_daily", "03-16", "04-10")
    # a Sunday, the Monday after it, and a Monday of the year after
    for date, seen, cost in (("2025-03-02", 100, "1"), ("2025-03-03", 7, "1"), ("2026-03-02", 5, "7")):
        partly.add("fct_reach_ads", {"day": date, "impressions": seen, "clicks": 1, "cost": cost})
    partly.add("fct_reach_ads", {"day": "2025-03-06", "channel": "display", "impressions": 5, "clicks": 1, "cost": "1"})
    partly.add("fct_reach_ads", {"day": "2026-04-05", "impressions": 10, "clicks": 1, "cost": "750"})
    partly.cover("plan", "budgets", "03-01", "04-30")
    partly.add("fct_plan_budget", *({"day": f"2026-04-{day:02}", "amount": "100"} for day in range(1, 31)))
    # a required shop ends with March, the till goes on
    partly.cover("shopify", "orders", "01-15", "03-31")
    partly.cover("square", "items", "03-01", "04-10")
    partly.require("shopify")
    partly.cover("plan", "market_size", "2025-12-01", "03-31", account="company")
    partly.add(
        "fct_plan_market",
        *(
            {"market_size_id": month, "month": f"{month}-01", "market": "VN", "revenue": "1000"}
            for month in ("2025-12", "2026-01", "2026-02")
        ),
    )
    partly.add("fct_convert_market_sales", {"market": "VN", "day": "2026-01-20", "net_sales": "50"})
    days = [("brandwatch", "03-01", True), ("brandwatch", "03-02", False)]  # on the second a tool knew the brand alone
    for tool, date, is_alike in days:
        partly.cover("listening", tool, date, date)
        partly.add(
            "int_listening_days",
            {"source": "listening", "account": "vn", "tool": tool, "day": f"2026-{date}", "has_brand": True,
             "is_alike": is_alike},
        )  # fmt: skip
    kinds = [("brand", "03-01", True), ("competitor", "03-01", True), *[("brand", "03-02", False)] * 4]
    partly.add(
        "fct_reach_mention",
        *(
            {"source": "listening", "account": "vn", "mention_id": str(number), "kind": kind, "market": "VN",
             "day": f"2026-{date}", "is_tracked": is_tracked}
            for number, (kind, date, is_tracked) in enumerate(kinds)
        ),
    )  # fmt: skip
    partly.build()
    return partly


def test_every_kpi_whose_measures_are_fed_has_rows_at_its_stage(quiet: Mart) -> None:
    found = quiet.run_sql("select stage, kpi from race_kpi group by all")
    promised = {(stage, kpi) for stage, kpis in PROMISED.items() for kpi in kpis.split()}
    assert len(promised) == 56
    assert set(found) >= promised
    # and every other one whose measures are all fed
    fed = {row["measure"] for row in seed("measure_sources")} - TOLD_BY_ROWS
    assert set(found) == {(row["stage"], row["kpi"]) for row in seed("kpi_catalog") if fed.issuperset(measures_of(row))}


def test_every_fed_measure_is_built_and_every_built_measure_is_fed(quiet: Mart) -> None:
    fed = {row["measure"] for row in seed("measure_sources")}
    assert {name for (name,) in quiet.run_sql("select distinct measure from race_measure")} == fed - TOLD_BY_ROWS
    assert {name for (name,) in quiet.run_sql("select measure from measure_catalog where is_fed")} == fed


def test_a_warehouse_without_any_covered_day_builds_an_empty_mart(mart: Any) -> None:
    mart.build(command="build", without="unit_test")  # these bring their own rows: test_without_files runs them all
    assert mart.run_sql("select count(*) from race_kpi union all select count(*) from race_measure") == [(0,), (0,)]


def test_a_seed_of_an_older_version_is_replaced(mart: Any) -> None:
    mart.run_sql("alter table measure_rules drop column needs_history")
    mart.build(command="seed", select="measure_rules")
    assert mart.run_sql("select count(*) > 0 from measure_rules where needs_history") == [(True,)]


def test_a_rate_is_taken_of_sums_in_every_roll_up(busy: Mart) -> None:
    # March: (1 + 5 + 4) / (1000 + 10 + 90) = 10 / 1100; the mean of the daily rates would be 0.18
    assert busy.kpi("ctr", "month", "03-01")["value"] == pytest.approx(10 / 1100, rel=1e-12)
    assert busy.kpi("ctr", "month", "03-01", "display")["value"] == pytest.approx(6 / 1010, rel=1e-12)
    assert busy.kpi("ctr", "month", "03-01", "display", "US")["value"] == 0.5
    assert busy.kpi("ctr", "month", "03-01", market="VN")["value"] == pytest.approx(5 / 1090, rel=1e-12)
    # week of 30 March: 9 / 100, by channel and by market and never crossed
    assert busy.kpi("ctr", "week", "03-30")["value"] == 0.09
    assert busy.kpi("ctr", "week", "03-30", "display")["value"] == 0.5
    assert busy.kpi("ctr", "week", "03-30", "display", "US") == {}
    # cost per thousand: 1000 × 30.5 / 1100
    assert busy.kpi("cpm", "quarter", "01-01")["value"] == pytest.approx(1000 * 30.5 / 1100, rel=1e-12)
    assert busy.kpi("cpm", "day", "03-30")["numerator"] == Decimal("20.000000")
    # a covered day without events: the sum is 0, the rate is unknown
    quiet = busy.kpi("ctr", "day", "03-15")
    assert (quiet["numerator"], quiet["denominator"], quiet["value"]) == (0, 0, None)
    assert busy.kpi("ad_spend", "day", "03-15")["value"] == 0.0


def test_a_day_that_no_export_covers_has_no_row_and_leaves_its_month_incomplete(partly: Mart) -> None:
    assert partly.measure("ad_spend", "day", "03-15") == "absent"
    assert partly.measure("ad_spend", "day", "03-14") == 0
    march = partly.kpi("ad_spend", "month", "03-01")
    assert (march["value"], march["is_complete"]) == (7.0, False)
    assert partly.kpi("ad_spend", "day", "03-02")["is_complete"] is True
    # a KPI of two sources needs both: no session data, no value per visit
    assert partly.kpi("value_per_visit", "month", "03-01") == {}


def test_a_running_month_keeps_its_whole_budget_and_is_not_complete(partly: Mart) -> None:
    # as_of is 11 April: 30 days of 100 count, of which 750 are used
    april = partly.kpi("budget_utilisation", "month", "04-01")
    assert (april["numerator"], april["denominator"], april["value"]) == (750, 3000, 0.25)
    assert april["is_complete"] is False
    assert partly.kpi("marketing_budget", "day", "04-11")["value"] == 100.0
    assert partly.kpi("marketing_budget", "day", "04-12") == {}
    assert partly.kpi("marketing_budget", "month", "05-01") == {}
    # ten days of April are over: compared with 1 to 10 March, which had no budget
    assert partly.kpi("marketing_budget", "month", "04-01")["previous_to_date_value"] == 0.0


def test_a_year_before_is_the_same_month_and_the_same_weekday(partly: Mart) -> None:
    assert partly.kpi("ad_impressions", "day", "03-02")["year_ago_value"] == 7
    # 3 to 9 March 2025: 7, and 5 of another channel on the Thursday
    assert partly.kpi("ad_impressions", "week", "03-02")["year_ago_value"] == 12
    assert partly.kpi("ad_impressions", "month", "03-01")["year_ago_value"] == 112
    assert partly.kpi("ad_impressions", "quarter", "01-01")["year_ago_value"] == 112
    assert partly.kpi("ad_impressions", "cycle", "2026-03-21")["year_ago_value"] is None


def test_a_required_source_that_is_missing_leaves_its_kpis_incomplete(partly: Mart) -> None:
    assert partly.kpi("orders", "month", "03-01")["is_complete"] is True
    assert partly.kpi("orders", "day", "04-01")["is_complete"] is False
    # a cohort is complete when its 60 days are over: as_of is 11 April
    assert partly.kpi("return_rate", "day", "03-01")["is_complete"] is False


def test_a_share_of_voice_never_exceeds_the_whole(partly: Mart) -> None:
    assert partly.kpi("share_of_voice", "day", "03-01")["value"] == 0.5
    assert partly.kpi("share_of_voice", "day", "03-02") == {}
    month = partly.kpi("share_of_voice", "month", "03-01")
    assert (month["numerator"], month["denominator"], month["value"]) == (5, None, None)


def test_orders_customers_and_retention_follow_the_persons(busy: Mart) -> None:
    march = {name: busy.measure(name, "month", "03-01") for name in (
        "orders", "identified_orders", "customers_purchasing", "returning_customers", "new_customers",
        "customers_to_date", "customers_with_two_orders", "active_customers_at_start", "retained_customers",
    )}  # fmt: skip
    # guests are orders and nobody; ben is new and, with his second order of the month, also returning
    assert march == {
        "orders": 4, "identified_orders": 3, "customers_purchasing": 2, "returning_customers": 2, "new_customers": 1,
        "customers_to_date": 2, "customers_with_two_orders": 2, "active_customers_at_start": 1,
        "retained_customers": 1,
    }  # fmt: skip
    assert busy.kpi("purchase_frequency", "month", "03-01")["value"] == 1.5
    assert busy.kpi("average_order_value", "month", "03-01")["value"] == 80.0
    assert busy.kpi("customer_retention_rate", "month", "03-01")["value"] == 1.0
    # ann counts in the market of her first order, wherever she buys later
    assert busy.measure("retained_customers", "month", "03-01", market="VN") == 1
    assert busy.measure("retained_customers", "month", "03-01", market="US") == 0
    # two channels, one person: channels of a distinct count do not add up
    assert busy.measure("customers_purchasing", "month", "03-01", "direct") == 2
    assert busy.measure("customers_purchasing", "month", "03-01", "email") == 1
    # January began before the history was long enough: the row is there, the number is not
    assert busy.measure("new_customers", "month", "01-01") is None
    assert busy.measure("customers_to_date", "month", "01-01") == 1
    assert busy.kpi("new_customers", "month", "01-01")["value"] is None
    assert busy.measure("new_customers", "month", "01-01", market="VN") is None
    # retention is a matter of months
    assert busy.kpi("customer_retention_rate", "week", "03-02") == {}


def test_subscribers_grow_from_the_day_before_to_the_last_day(busy: Mart) -> None:
    march = busy.kpi("list_growth_rate", "month", "03-01")
    # a and b before March; a, c and d on its last day: (3 - 2) / 2
    assert (march["numerator"], march["denominator"], march["value"]) == (1, 2, 0.5)
    assert busy.kpi("list_growth_rate", "day", "03-31")["numerator"] == 0
    assert busy.measure("subscribers", "month", "03-01", "email") == "absent"


def test_a_channel_is_shown_with_zeros_while_it_was_active_in_the_last_400_days(partly: Mart) -> None:
    # 6 March 2025 is the first of the 400 days that end on 9 April 2026
    assert partly.measure("ad_spend", "day", "04-09", "display") == 0
    assert partly.measure("ad_spend", "day", "04-10", "display") == "absent"
    assert partly.measure("ad_spend", "day", "2025-03-05", "display") == "absent"
    assert partly.measure("ad_spend", "day", "04-10") == 0


def test_a_target_meets_the_row_it_was_planned_for(busy: Mart) -> None:
    march = busy.kpi("ad_impressions", "month", "03-01")
    assert (march["target"], march["status"]) == (1210, "at_risk")
    assert march["attainment"] == pytest.approx(1100 / 1210)
    # cost per click 30.5 / 10 = 3.05 where 3.66 were allowed
    quarter = busy.kpi("cpc", "quarter", "01-01")
    assert (quarter["attainment"], quarter["status"]) == (pytest.approx(1.2), "on_track")
    assert busy.kpi("ad_impressions", "quarter", "01-01")["target"] is None


def test_a_new_kpi_over_existing_measures_is_one_row_of_the_catalogue(busy_copy: Mart) -> None:
    busy_copy.run_sql(
        "insert into kpi_catalog values ('missed_impressions', 'reach', false, 'Missed', 'Bỏ lỡ', 'percent', 'down', "
        "true, 'ad_impressions - 2 * ad_clicks', 'ad_impressions', 1, 'month+')"
    )
    busy_copy._dbt(busy_copy.file, ["run", "--select", "int_kpi_terms+", "--exclude", "int_forecast_days+"])
    # (1100 - 2 × 10) / 1100
    assert busy_copy.kpi("missed_impressions", "month", "03-01")["value"] == pytest.approx(1080 / 1100, rel=1e-12)
    assert busy_copy.kpi("missed_impressions", "day", "03-02") == {}


def test_facts_in_another_order_give_the_same_mart(covered: Any, tmp_path: Any) -> None:
    rows = [
        {"day": f"2026-03-{day:02}", "channel": channel, "impressions": day, "clicks": 1, "cost": f"0.{day:02}"}
        for day in range(1, 29)
        for channel in ("display", "paid_search")
    ]
    query = "select * from race_kpi order by all"
    covered.add("fct_reach_ads", *rows)
    covered.build()
    first = covered.run_sql(query)
    covered.run_sql("delete from fct_reach_ads")
    covered.add("fct_reach_ads", *reversed(rows))
    covered.build()
    assert covered.run_sql(query) == first


BROKEN = {
    "a_kpi_has_one_row_per_period_channel_and_market": "insert into race_kpi select * from race_kpi limit 1",
    "a_measure_has_one_row_per_period_channel_and_market": "insert into race_measure "
    "select * from race_measure limit 1",
    "part_of_whole_kpis_stay_between_0_and_1": "update race_kpi set numerator = denominator + 1 "
    "where kpi = 'bounce_rate' and period = 'day' and channel = 'all' and market = 'all' and is_complete",
    "every_state_makes_its_market_active": "insert into int_state_spans "
    "values ('unheard_of', 'a', 'VN', date '2026-03-01', date '9999-12-31')",
    "days_add_up_to_their_month": "update race_measure set value = value + 1 "
    "where measure = 'sessions' and period_start = '2026-03-02' and period = 'day'",
    "channels_and_markets_add_up_to_all": "delete from race_measure where measure = 'sessions' and channel = 'email'",
    "no_kpi_stands_at_an_undeclared_grain": "update race_kpi set period = 'week' "
    "where kpi = 'churn_rate' and period = 'month'",
    "counts_are_never_negative": "update race_measure set value = -1 where measure = 'sessions' and value > 0",
    "measures_tell_what_the_facts_tell": "delete from fct_reach_session where channel = 'email'",
    "required_sources_are_fresh": "insert into frozen.setting_values values ('required_lag_days.shopify', '0')",
    "every_target_can_be_met": "insert into fct_plan_target (kpi, period, period_start, channel, market, target) "
    "values ('sessions', 'month', '2026-03-02', 'all', 'all', 1)",
}


def test_each_check_of_the_mart_passes_on_a_sound_one_and_finds_its_own_fault(covered: Any, tmp_path: Path) -> None:
    covered.add(
        "fct_reach_session",
        {"session_id": "1", "person_id": "a", "day": "2026-03-02", "channel": "email", "first_touch_day": "2026-03-02"},
        {"session_id": "2", "person_id": "b", "day": "2026-03-02", "channel": "direct", "first_touch_day": "2026-03-02",
         "is_bounced": True},
    )  # fmt: skip
    covered.run_sql("insert into frozen.setting_values values ('required_lag_days.ga4', '1')")
    covered.run_sql("insert into frozen.accounts by name select 'ga4' as source, 'vn' as account, 'VN' as market")
    covered.build()
    checks = " ".join(BROKEN)
    sound = covered._dbt(covered.file, ["test", "--select", *checks.split()])
    assert {node.node.name: str(node.status) for node in sound.result} == dict.fromkeys(BROKEN, "pass")
    asked = {node.node.name: node.node for node in sound.result}
    covered.run_sql("checkpoint")  # the file is copied for every fault: nothing may stay in its write-ahead log
    found = {}
    for name, fault in BROKEN.items():
        (folder := tmp_path / name).mkdir()
        broken = Mart(Path(shutil.copy(covered.file, folder / covered.file.name)), covered._dbt)
        broken.run_sql(fault)
        found[name] = broken.run_sql(f"select count(*) > 0 from ({asked[name].compiled_code})")
    assert found == {name: [(True,)] for name in BROKEN}
    warnings = {"required_sources_are_fresh", "every_target_can_be_met"}
    assert {name for name, node in asked.items() if node.config.severity.lower() == "warn"} == warnings


def test_money_may_be_below_0_and_no_part_is_above_its_whole_while_its_period_runs(busy_copy: Mart) -> None:
    assert busy_copy.kpi("market_share", "month", "02-01", market="DE")["value"] == -0.25

    def verdict(fault: str) -> str:
        busy_copy.run_sql(fault)
        selected = ["test", "--select", "part_of_whole_kpis_stay_between_0_and_1"]
        [one] = busy_copy._dbt(busy_copy.file, selected, must_succeed=False).result
        busy_copy._dbt(busy_copy.file, ["run", "--select", "race_kpi"])
        return str(one.status)

    april = "period = 'month' and period_start = '2026-04-01' and channel = 'all' and market = 'all'"
    assert busy_copy.kpi("bounce_rate", "month", "04-01")["is_complete"] is False
    assert verdict("select 1") == "pass"
    assert verdict(f"update race_kpi set numerator = 1 where kpi = 'bounce_rate' and {april}") == "fail"
    assert verdict(f"update race_kpi set numerator = -1 where kpi = 'bounce_rate' and {april}") == "fail"
    assert verdict(f"update race_kpi set numerator = 1001 where kpi = 'market_share' and {april}") == "fail"


def test_a_running_month_has_its_part_of_as_many_days_of_the_market(busy: Mart) -> None:
    # ten of April's thirty days are over: 333.30 of 1,000
    april = busy.kpi("market_share", "month", "04-01", market="DE")
    assert (april["numerator"], april["denominator"]) == (100, Decimal("333.3"))
    assert busy.measure("market_revenue", "month", "02-01", market="DE") == 1000
    assert busy.measure("market_revenue", "quarter", "04-01", market="DE") == Decimal("333.3")


def test_a_market_has_rows_for_whoever_is_there_though_nothing_else_happens_in_it(busy: Mart) -> None:
    assert busy.measure("loyalty_members", "month", "03-01") == 1
    assert busy.measure("loyalty_members", "month", "03-01", market="TH") == 1
    assert busy.measure("loyalty_members", "month", "02-01", market="TH") == "absent"
    # opened the app and closed it again
    assert busy.measure("active_users", "month", "03-01", market="SG") == 1
    assert busy.measure("usage_seconds", "month", "03-01", market="SG") == 0
    assert busy.measure("active_users", "day", "03-10", market="SG") == 1


def test_a_market_share_needs_days_on_which_a_shop_was_loaded(partly: Mart) -> None:
    # what was sold in December is in no file: neither 0 nor complete
    assert partly.kpi("market_share", "month", "2025-12-01") == {}
    assert partly.measure("net_sales_in_market", "month", "2025-12-01") == "absent"
    assert partly.measure("market_revenue", "month", "2025-12-01") == 1000
    # of January only the second half is loaded: 50 of 1,000
    january = partly.kpi("market_share", "month", "01-01", market="VN")
    assert (january["value"], january["is_complete"]) == (0.05, False)
    # in February the shop was loaded and sold nothing there
    february = partly.kpi("market_share", "month", "02-01", market="VN")
    assert (february["value"], february["is_complete"]) == (0, True)
