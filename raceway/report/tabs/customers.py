"""The customers page: cohorts, RFM, what customers are worth and how sure that is, churn, segments, NPS.

It tells of groups, never of a person: of a group of fewer than five the page knows only that it is small, and no
group follows from what the others leave of a whole.
What people wrote is masked as it lands and once more here, and is shown without market, day or order, and
only of months in which at least five people wrote.
"""

from __future__ import annotations

from typing import Final

from raceway.reading.free_text import define_masking
from raceway.report.context import Columns, Context

TABLES: Final = (
    "cohort_retention",
    "customer_360",
    "segment_kpi",
    "fct_engage_customer_value",
    "fct_convert_order",
    "fct_advocacy_nps_answer",
)
"""What the page is made of; where the mart has not all of them, it says so."""
FEWEST: Final = 5
"""Groups of fewer persons are not told."""
_COHORTS: Final = 24
_MONTHS: Final = 13
_COMMENTS: Final = 60


def payload(context: Context) -> dict[str, object]:
    """`cohorts`, `rfm`, `segments` of RFM, `stages`, `clv` (histogram), `worth`, `came_true`, `churn`,
    `marketing_segments`, `nps`, `comments`. Null beside is_small: too few persons, so it is not told."""
    define_masking(context.connection)
    known = {"as_of": context.as_of}
    few = {"fewest": FEWEST}
    return {
        "fewest": FEWEST,
        "cohorts": context.columns(_RETENTION, known | few),
        "rfm": _told(context.columns(_RFM), "customers", "r_score", "f_score"),
        "segments": _told(context.columns(_SEGMENTS, few), "customers", "segment"),
        "stages": _told(context.columns(_STAGES), "persons", "stage"),
        "clv": _told(context.columns(_CLV), "customers", "from_value", "to_value"),
        "worth": context.columns(_WORTH, few),
        "came_true": context.columns(_CAME_TRUE, known | few),
        "churn": _told(context.columns(_CHURN, few), "customers", "band"),
        "marketing_segments": context.columns(_MARKETING_SEGMENTS, few),
        "nps": context.columns(_NPS, known | few),
        "comments": context.columns(_SAID, known | few),
    }


def _told(groups: Columns, size: str, *names: str) -> Columns:
    """Groups that are a whole between them, of those that may not be told nothing but their `names`.

    These are the groups of fewer than FEWEST persons, and the smallest other one where they are fewer together: else
    the whole less what is told would tell of them.
    """
    sizes = groups[size]
    hidden = {at for at, many in enumerate(sizes) if many < FEWEST}
    others = sorted((many, at) for at, many in enumerate(sizes) if at not in hidden)
    if others and 0 < sum(sizes[at] for at in hidden) < FEWEST:
        hidden.add(others[0][1])
    told = {
        name: values if name in names else [None if at in hidden else value for at, value in enumerate(values)]
        for name, values in groups.items()
    }
    return told | {"is_small": [at in hidden for at in range(len(sizes))]}


_RETENTION: Final = f"""
    select strftime(cohort_month, '%Y-%m-%d') as cohort, months_since, customers < $fewest as is_small,
        case when customers >= $fewest then customers end as customers,
        case when customers >= $fewest then rate end as rate,
        case when customers >= $fewest and retained >= $fewest then revenue::double end as revenue,
        is_complete
    from race.cohort_retention
    where customers is not null and cohort_month >= date_trunc('month', $as_of::date) - interval {_COHORTS} month
        and cohort_month + to_months(months_since::integer) < $as_of::date
    order by cohort_month, months_since
"""

_RFM: Final = """
    select r_score, f_score, count(*) as customers, sum(net_sales)::double as net_sales, avg(m_score) as m_score,
        avg(recency_days) as recency_days
    from race.customer_360
    where is_customer and r_score is not null
    group by all
    order by all
"""

_SEGMENTS: Final = """
    select segment, count(*) as customers, sum(net_sales)::double as net_sales,
        case when count(clv_12m) >= $fewest then sum(clv_12m)::double end as clv_12m,
        case when count(probability_90d) >= $fewest then avg(probability_90d) end as probability_90d
    from race.customer_360
    where is_customer and segment is not null
    group by segment
    order by count(*) < $fewest, net_sales desc nulls last, segment
"""

_STAGES: Final = """
    select race_stage as stage, count(*) as persons
    from race.customer_360
    group by race_stage
    order by list_position(['reach', 'act', 'convert', 'engage', 'advocacy'], race_stage)
"""

# bins of one width, a round number; what lies above the last hundredth of customers is in the last bin
_CLV: Final = """
    with known as (select clv_12m::double as clv from race.customer_360 where clv_12m is not null),
    raw as (select quantile_cont(clv, 0.99) / 20 as width from known),
    round_width as (
        select greatest(1, ceil(width / power(10, floor(log10(width)))) * power(10, floor(log10(width)))) as width
        from raw where width > 0
    ),
    bins as (
        select least(floor(clv / width), 20) as bin, any_value(width) as width, count(*) as customers, sum(clv) as clv
        from known cross join round_width
        group by 1
    )
    select bin * width as from_value, case when bin < 20 then (bin + 1) * width end as to_value,
        customers, clv
    from bins
    order by bin
"""

_WORTH: Final = """
    select strftime(max(expected_from), '%Y-%m-%d') as fitted_on, count(clv_12m) as customers,
        case when count(clv_12m) >= $fewest then sum(clv_12m)::double end as total,
        case when count(clv_12m) >= $fewest then avg(clv_12m)::double end as mean,
        case when count(clv_12m) >= $fewest then median(clv_12m)::double end as median,
        count(*) filter (where clv_12m is null) as without
    from race.customer_360
    where is_customer
    having count(*) >= $fewest
"""

# the fit held against what came: the newest month end whose 90 days are over, its customers in tenths by what was
# expected of them
_CAME_TRUE: Final = """
    with fit as (
        select max(month_end) as month_end from race.fct_engage_customer_value
        where month_end + 90 < $as_of::date and expected_orders_90d is not null
    ),
    expected as (
        select person_id, month_end, expected_orders_90d,
            ntile(10) over (order by expected_orders_90d, person_id) as tenth
        from race.fct_engage_customer_value
        inner join fit using (month_end)
        where expected_orders_90d is not null
    ),
    came as (
        select person_id, count(distinct order_date) as days
        from race.fct_convert_order
        cross join fit
        where is_counted and order_date > month_end and order_date <= month_end + 90
        group by person_id
    )
    select strftime(month_end, '%Y-%m-%d') as month_end, tenth, count(*) as customers,
        avg(expected_orders_90d) as expected, avg(coalesce(days, 0)) as came
    from expected
    left join came on expected.person_id = came.person_id
    group by month_end, tenth
    having count(*) >= $fewest
    order by tenth
"""

_CHURN: Final = """
    select coalesce(churn_band, 'unknown') as band, count(*) as customers,
        case when count(churn_risk) >= $fewest then avg(churn_risk) end as risk,
        case when count(clv_12m) >= $fewest then sum(clv_12m)::double end as clv_12m,
        sum(net_sales)::double as net_sales
    from race.customer_360
    where is_customer
    group by 1
    order by list_position(['low', 'medium', 'high', 'one_purchase', 'unknown'], band)
"""

_MARKETING_SEGMENTS: Final = f"""
    with months as (
        select distinct period_start from race.segment_kpi where period = 'month' order by 1 desc limit {_MONTHS}
    )
    select strftime(period_start, '%Y-%m-%d') as month, breakdown, segment, customers < $fewest as is_small,
        case when customers >= $fewest then customers end as customers,
        case when customers >= $fewest then purchase_rate end as purchase_rate,
        case when customers_purchasing >= $fewest then net_sales::double end as net_sales,
        case when customers_purchasing >= $fewest then revenue_per_customer end as revenue_per_customer,
        case when customers_purchasing >= $fewest then repeat_rate end as repeat_rate, is_complete
    from race.segment_kpi
    where period = 'month' and customers is not null and period_start in (from months)
    order by period_start, breakdown, segment
"""

_NPS: Final = f"""
    with months as (
        select date_trunc('month', day) as month, count(*) as answers, count(*) filter (where is_promoter) as promoters,
            count(*) filter (where is_detractor) as detractors, avg(sentiment) as sentiment, count(sentiment) as scored
        from race.fct_advocacy_nps_answer
        where day < $as_of::date and day >= date_trunc('month', $as_of::date) - interval {_MONTHS} month
        group by 1
    )
    select strftime(month, '%Y-%m-%d') as month, answers < $fewest as is_small,
        case when answers >= $fewest then answers end as answers,
        case when answers >= $fewest then promoters end as promoters,
        case when answers >= $fewest then answers - promoters - detractors end as passives,
        case when answers >= $fewest then detractors end as detractors,
        case when answers >= $fewest then 100.0 * (promoters - detractors) / answers end as score,
        case when scored >= $fewest then sentiment end as sentiment
    from months
    order by months.month
"""

# in no order that tells who wrote when
_SAID: Final = f"""
    with said as (
        select date_trunc('month', day) as month, rw_masked(comment) as comment,
            case when is_promoter then 'promoter' when is_detractor then 'detractor' else 'passive' end as kind
        from race.fct_advocacy_nps_answer
        where comment is not null and day < $as_of::date
    ),
    enough as (select *, count(*) over (partition by month) as written from said where comment <> '')
    select strftime(month, '%Y-%m-%d') as month, kind, comment[1:400] as comment, count(*) as times
    from enough
    where written >= $fewest
    group by month, kind, comment
    order by enough.month desc, md5(comment), kind
    limit {_COMMENTS}
"""
