"""queries/: each question's answer looks as its header says, and agrees with the KPIs that tell of the same thing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from raceway.common.home import PROJECT
from raceway.common.stages import RACE_STAGES
from raceway.console.questions import UNITS, Question, questions, read_question
from tests.support.command_line import Ran, raceway

pytestmark = pytest.mark.xdist_group("sample_night")

QUESTIONS = questions()
each_question = pytest.mark.parametrize("question", QUESTIONS, ids=[question.name for question in QUESTIONS])

KPI = "(select * from race_kpi where kpi = '{}' and period = 'month' and market = 'all' and channel {})"
MEASURE = "(select * from race_measure where measure = '{}' and period = 'month' and market = 'all' and channel {})"
WHOLE, PARTS = "= 'all'", "<> 'all'"


def by_month(mine: str, kpi: str, theirs: str = "value") -> str:
    """A figure of an answer's month beside that of a KPI over all channels and markets."""
    return (
        f"select month, {mine} as mine, any_value({theirs}) as theirs from answer "
        f"inner join {KPI.format(kpi, WHOLE)} as kpi on kpi.period_start = answer.month group by month"
    )


def by_channel(mine: str, measure: str) -> str:
    """A column of an answer by month and channel beside a measure."""
    return (
        f"select month, answer.channel, {mine} as mine, value as theirs from answer full join {MEASURE.format(measure, PARTS)} "
        "as measure on period_start = month and measure.channel = answer.channel where value <> 0"
    )


SAME = {
    "budget_pacing": [
        f"select month, answer.channel, utilisation as mine, value as theirs from answer "
        f"inner join {KPI.format('budget_utilisation', 'is not null')} as kpi "
        "on period_start = month and kpi.channel = answer.channel",
        by_month("max(budget) filter (where answer.channel = 'all')", "marketing_budget"),
    ],
    "opportunities": [
        "select cycle_start, min(opportunity_rank) as mine, 1 as theirs from answer group by cycle_start",
        "select cycle_start, kpi, actual as mine, value as theirs from answer inner join race_kpi using (kpi) "
        "where period = 'cycle' and period_start = cycle_start and channel = 'all' and market = 'all'",
    ],
    "ad_campaigns": [
        by_month("sum(cost)", "ad_spend"),
        by_month("sum(answer.clicks)", "ctr", "numerator"),
        by_month("sum(share_of_spend)", "ad_spend", "1"),
    ],
    "channels": [
        by_month("sum(orders)", "orders"),
        by_month("sum(net_sales)", "net_sales"),
        by_month("sum(sessions)", "sessions"),
    ],
    "leads": [by_channel("leads", "leads"), by_channel("new_leads", "leads_created_cohort")],
    "site_funnel": [
        by_channel("sessions", "sessions"),
        by_channel("with_product", "product_view_sessions"),
        by_channel("with_cart", "cart_sessions"),
        by_channel("with_order", "converting_sessions"),
    ],
    "attribution_models": [
        f"select month, sum({model}) as mine, any_value(sales) as theirs from answer inner join (select "
        "date_trunc('month', order_date) as month, sum(net_sales) as sales from fct_convert_order where is_counted "
        "group by all) using (month) group by month"
        for model in ("first_touch", "last_touch", "last_non_direct", "linear", "position_based", "time_decay",
                      "data_driven")
    ],
    "marketplace_fees": [
        "select source, sum(fees) as mine, any_value(kept) as theirs from answer inner join (select source, sum(gross "
        "- discounts - refunded - shipping - settled_amount - difference) as kept from fct_convert_settlement "
        "where settled_on is not null group by all) using (source) group by source",
    ],
    "markets": [by_month("sum(orders)", "orders"), by_month("sum(net_sales)", "net_sales")],
    "platform_claims": [by_month("sum(claimed_orders)", "platform_overclaim", "numerator")],
    "products": [
        "select sum(net_sales) as mine, (select sum(value) from race_measure where measure = 'net_sales' and period = "
        "'day' and channel = 'all' and market = 'all' and period_start >= as_of - 90) as theirs, as_of from answer "
        "cross join (select max(as_of) as as_of from race_kpi) group by as_of",
    ],
    "refused_deliveries": [
        by_month("sum(refused) / sum(placed)", "undelivered_rate"),
        by_month("sum(cancelled) / sum(placed)", "cancellation_rate"),
    ],
    "cohorts": [
        "select cohort_month, customers as mine, value as theirs from answer inner join "
        f"{MEASURE.format('new_customers', WHOLE)} as measure on period_start = cohort_month where months_since = 0",
    ],
    "customer_value": [
        "select expected_from, sum(clv_12m) / sum(customers) as mine, any_value(value) as theirs from answer inner join "
        f"{KPI.format('predicted_clv', WHOLE)} as kpi on measured_on = expected_from group by expected_from",
        "select expected_from, sum(expected_buyers_90d) / sum(customers) as mine, any_value(value) as theirs from answer "
        f"inner join {KPI.format('repurchase_likelihood', WHOLE)} as kpi on measured_on = expected_from group by all",
    ],
    "messages": [
        "select month, sum(delivered) as mine, any_value(value) as theirs from answer inner join "
        f"{MEASURE.format('email_delivered_with_clicks', WHOLE)} as measure on period_start = month "
        "where answer.channel = 'email' group by month",
    ],
    "value_by_first_channel": [
        "select first_order_channel, any_value(customers) as mine, sum(value) as theirs from answer inner join "
        f"{MEASURE.format('new_customers', PARTS)} as measure on channel = first_order_channel, (select max(as_of) as "
        "as_of from race_kpi) where period_start >= date_trunc('month', as_of) - interval 12 month and period_start < "
        "date_trunc('month', as_of) and value is not null group by all",
    ],
    "recommendation": [
        by_month("100 * sum(promoters - detractors) / sum(answers)", "net_promoter_score"),
    ],
    "referrals": [
        by_month("sum(converted)", "referral_conversion_rate", "numerator"),
        by_month("sum(friends)", "referral_conversion_rate", "denominator"),
    ],
}  # fmt: skip
"""What an answer must be equal to: of each row `mine` and `theirs`, from `answer` and the tables of the mart."""


UNKNOWN_IN_NINETY_DAYS = {"referrals": {"conversion_rate"}}
"""The 90 days of every invitation of the sample still run."""


@pytest.fixture(scope="module")
def mart(sample_nights: tuple[Path, Ran]) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(sample_nights[0] / "published" / "current" / "race.duckdb"), read_only=True) as mart:
        yield mart


def test_there_are_twenty_questions_and_some_of_every_stage() -> None:
    assert len(QUESTIONS) == 20
    assert {question.stage for question in QUESTIONS} == set(RACE_STAGES)
    for question in QUESTIONS:
        assert question.english.endswith("?")
        assert question.vietnamese.endswith("?")


@each_question
def test_an_answer_has_rows_of_the_shape_that_its_header_says(
    question: Question, mart: duckdb.DuckDBPyConnection
) -> None:
    answer = mart.execute(question.sql)
    found = [(name, str(kind).split("(")[0]) for name, kind, *_ in answer.description or []]
    assert [name for name, _ in found] == [column.name for column in question.columns]
    for (name, kind), column in zip(found, question.columns, strict=True):
        assert kind in UNITS[column.unit], f"{name} is {kind}, and no {column.unit}"
    rows = answer.fetchall()
    assert rows
    names = [name for name, _ in found]
    keys = [tuple(row[names.index(name)] for name in question.grain) for row in rows]
    assert len(set(keys)) == len(keys)
    assert not any(part is None for key in keys for part in key)
    never = {column.name for place, column in enumerate(question.columns) if all(row[place] is None for row in rows)}
    assert never == UNKNOWN_IN_NINETY_DAYS.get(question.name, set())


@pytest.mark.parametrize("name", SAME)
def test_an_answer_agrees_with_the_kpis_of_the_same_thing(name: str, mart: duckdb.DuckDBPyConnection) -> None:
    sql = read_question(PROJECT.queries / f"{name}.sql").sql
    for relation in SAME[name]:
        answer = mart.execute(f"with answer as ({sql})\n{relation}")
        names = [column[0] for column in answer.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in answer.fetchall()]
        assert rows, relation
        different = [
            row for row in rows
            if row["mine"] is None or row["theirs"] is None
            or abs(float(row["mine"]) - float(row["theirs"])) > 1e-9 * max(1.0, abs(float(row["theirs"])))
        ]  # fmt: skip
        assert different == [], relation


def test_the_command_line_asks_a_file(sample_nights: tuple[Path, Ran]) -> None:
    asked = raceway(sample_nights[0], "query", "--file", str(PROJECT.queries / "referrals.sql"), "-f", "csv")
    assert asked.code == 0, asked.err
    assert asked.out.splitlines()[0].startswith("month,invitations,inviters,friends")
    neither = raceway(sample_nights[0], "query")
    assert neither.code == 2
    assert "--file" in neither.err
