"""The plan page: how far running periods are, budget against spend, the 90-day review, what the end will be."""

from __future__ import annotations

from typing import Final

from raceway.report.context import Columns, Context
from raceway.report.phrases import in_vietnamese

TABLES: Final = ("fct_plan_budget", "osa_review")
"""What the page is made of; where the mart has not all of them, it says so."""
_MONTHS: Final = 13
_CYCLES: Final = 4
_OPPORTUNITIES: Final = 12


def payload(context: Context) -> dict[str, object]:
    """`pacing` (KPI × running or newest period with a target), `budget` (month × channel), `review` and `initiatives`
    (90-day cycles), `forecast` (None where the mart has none)."""
    known = {"as_of": context.as_of}
    return {
        "pacing_by": context.settings.targets.pacing,
        "thresholds": {"on_track": context.settings.targets.on_track, "at_risk": context.settings.targets.at_risk},
        "pacing": context.columns(_PACING, known),
        "budget": context.columns(_BUDGET, known),
        "review": context.columns(_REVIEW),
        "initiatives": context.columns(_INITIATIVES),
        "forecast": _forecast(context),
    }


def _forecast(context: Context) -> Columns | None:
    if not context.has("kpi_forecast"):
        return None
    found = context.columns(_FORECAST)
    return found | {"reason_vi": [in_vietnamese(reason) for reason in found["reason"]]}


# of each kind of period the one that runs and the last that is over. A period that has not begun has nothing to pace
_PACING: Final = """
    with aimed as (
        select *, period_end >= $as_of::date as runs
        from race.race_kpi
        where target is not null and period_start < $as_of::date
    ),
    newest as (select period, runs, max(period_start) as period_start from aimed group by all)
    select aimed.kpi, aimed.stage, aimed.period, strftime(aimed.period_start, '%Y-%m-%d') as period_start,
        strftime(period_end, '%Y-%m-%d') as period_end, channel, market, aimed.runs,
        least(date_diff('day', aimed.period_start, $as_of::date), date_diff('day', aimed.period_start, period_end) + 1)
            as days_over,
        date_diff('day', aimed.period_start, period_end) + 1 as days,
        value, target::double as target, paced_target::double as paced_target, attainment, status, is_complete
    from aimed
    inner join newest using (period, runs, period_start)
    order by runs desc, days, list_position(['plan', 'reach', 'act', 'convert', 'engage', 'advocacy'], aimed.stage),
        aimed.kpi, channel, market
"""

# a channel without a budget has none planned, and one without costs has none told: both stay null. The running month's
# costs are held against the part of its budget that lies before as_of
_BUDGET: Final = f"""
    with months as (
        select period_start as month, channel,
            max(value) filter (where measure = 'marketing_budget') as budget,
            max(value) filter (where measure = 'marketing_cost') as spend
        from race.race_measure
        where measure in ('marketing_budget', 'marketing_cost') and period = 'month' and market = 'all'
            and period_start >= date_trunc('month', $as_of::date) - interval {_MONTHS} month
        group by all
    ),
    due as (
        select date_trunc('month', day) as month, channel, sum(amount) as budget
        from race.fct_plan_budget
        where day < $as_of::date
        group by all
    )
    select strftime(months.month, '%Y-%m-%d') as month, months.channel, months.budget::double as budget,
        case when months.month < $as_of::date then months.spend::double end as spend,
        case when months.month >= $as_of::date then null
            when months.channel = 'all' then (select sum(due.budget) from due where due.month = months.month)
            else due.budget
        end::double as budget_to_date
    from months
    left join due on months.month = due.month and months.channel = due.channel
    where months.budget is not null or months.spend is not null
    order by months.month, months.channel
"""

_REVIEW: Final = f"""
    with cycles as (
        select distinct cycle_start from race.osa_review where opportunity_rank is not null
        order by cycle_start desc limit {_CYCLES}
    )
    select strftime(cycle_start, '%Y-%m-%d') as cycle_start, strftime(cycle_end, '%Y-%m-%d') as cycle_end, kpi, stage,
        baseline, target, actual, gap, gap_to_baseline, status, money_at_stake::double as money_at_stake,
        opportunity_rank, initiatives, is_complete
    from race.osa_review
    where initiative = 'all' and opportunity_rank <= {_OPPORTUNITIES} and cycle_start in (from cycles)
    order by cycle_start desc, opportunity_rank
"""

# an initiative stands in every cycle that it touches, alike: it is shown once
_INITIATIVES: Final = """
    select account, initiative, any_value(initiative_name) as name, any_value(owner) as owner,
        any_value(stage) as stage, any_value(kpi) as kpi, strftime(any_value(starts_on), '%Y-%m-%d') as starts_on,
        strftime(any_value(ends_on), '%Y-%m-%d') as ends_on, any_value(expected_uplift)::double as expected_uplift,
        any_value(baseline) as baseline, any_value(target) as target, any_value(actual) as actual,
        any_value(after_value) as after_value, any_value(budget)::double as budget, any_value(spend)::double as spend,
        any_value(result) as result, any_value(decision) as decision, bool_and(is_complete) as is_complete
    from race.osa_review
    where initiative <> 'all'
    group by account, initiative
    order by starts_on desc, account, initiative
"""

# sums alone: of a KPI with a denominator the forecast is of its numerator. The catalogue says which: in the forecast a
# budget that nobody has planned is null, too
_FORECAST: Final = """
    select kpi, unit, period, strftime(period_start, '%Y-%m-%d') as period_start,
        strftime(period_end, '%Y-%m-%d') as period_end, days_left, actual_to_date::double as actual_to_date,
        expected::double as expected, low_80::double as low, high_80::double as high, target::double as target,
        expected_status as status, reason
    from race.kpi_forecast
    where channel = 'all' and market = 'all'
        and kpi in (select kpi from race.kpi_catalog where denominator is null)
    order by list_position(['month', 'quarter', 'cycle'], period), expected is null, kpi
"""
