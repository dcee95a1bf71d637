"""The attribution page: who earned the orders under each model, what platforms claim, the ways that lead to orders."""

from __future__ import annotations

from typing import Final

from raceway.report.context import Context

TABLES: Final = ("fct_convert_attribution", "fct_convert_attribution_claims", "fct_reach_ads")
"""What the page is made of; where the mart has not all of them, it says so."""
_MONTHS: Final = 24
_PATHS: Final = 20
_PATH_MONTHS: Final = 12
_FEWEST_ORDERS: Final = 5
"""Ways of fewer orders stand together."""


def payload(context: Context) -> dict[str, object]:
    """`credits` (month × model × channel), `spend` (month × channel), `claims` (month × platform × model), `paths`.

    `spend` is null-free: a channel without a row has no known ad spend, which is not a spend of zero.
    """
    since = {"as_of": context.as_of}
    return {
        "model": context.settings.attribution.model,
        "lookback_days": context.settings.attribution.lookback_days,
        "credits": context.columns(_CREDITS, since),
        "spend": context.columns(_SPEND, since),
        "claims": context.columns(_CLAIMS, since),
        "paths": context.columns(_TOP_PATHS, since | {"fewest": _FEWEST_ORDERS}),
    }


_CREDITS: Final = f"""
    select strftime(date_trunc('month', order_date), '%Y-%m-%d') as month, model, channel,
        sum(orders)::double as orders, sum(revenue)::double as revenue,
        coalesce(sum(orders) filter (where is_fallback), 0)::double as fallback_orders
    from race.fct_convert_attribution
    where order_date >= date_trunc('month', $as_of::date) - interval {_MONTHS} month and order_date < $as_of
    group by all
    order by all
"""

_SPEND: Final = f"""
    select strftime(period_start, '%Y-%m-%d') as month, channel, value::double as spend
    from race.race_measure
    where measure = 'ad_spend' and period = 'month' and market = 'all' and channel <> 'all' and value > 0
        and period_start >= date_trunc('month', $as_of::date) - interval {_MONTHS} month
    order by all
"""

# both sides of the same days: those on which the platform's report states purchases. A platform's value is told
# beside its number only where it states one for all of these days
_CLAIMS: Final = f"""
    with stated as (
        select source, day, sum(purchases) as purchases,
            case when count(*) = count(purchase_value) then sum(purchase_value) end as purchase_value
        from race.fct_reach_ads
        where purchases is not null
        group by all
    )
    select strftime(date_trunc('month', claims.day), '%Y-%m-%d') as month, claims.source, model, count(*) as days,
        sum(claimed_orders)::double as claimed_orders,
        case when count(*) = count(purchase_value) then sum(purchase_value)::double end as claimed_revenue,
        sum(attributed_orders)::double as attributed_orders, sum(attributed_revenue)::double as attributed_revenue
    from race.fct_convert_attribution_claims as claims
    left join stated on claims.source = stated.source and claims.day = stated.day
    where claims.day >= date_trunc('month', $as_of::date) - interval {_MONTHS} month and claims.day < $as_of
    group by all
    order by all
"""

# the touches are the same under each model that credits them all. A channel that comes twice in a row stands once
_TOP_PATHS: Final = f"""
    with ways as (
        select order_id, list(channel order by touch_number) as channels, sum(revenue) as revenue,
            max(touches) as touches
        from race.fct_convert_attribution
        where model = 'linear' and session_id is not null and order_date < $as_of
            and order_date >= date_trunc('month', $as_of::date) - interval {_PATH_MONTHS} month
        group by order_id
    ),
    named as (
        select array_to_string(
                list_filter(channels, lambda channel, i: i = 1 or channel <> channels[i - 1]), ' > '
            ) as path,
            revenue, touches
        from ways
    ),
    counted as (
        select path, count(*) as orders, sum(revenue)::double as revenue, avg(touches)::double as touches
        from named
        group by path
    ),
    ranked as (
        select * exclude (path), case
                when row_number() over (order by orders desc, path) <= {_PATHS} and orders >= $fewest then path
            end as path
        from counted
    )
    select path, sum(orders)::bigint as orders,
        sum(revenue) as revenue, sum(touches * orders) / sum(orders) as touches, count(*) as paths
    from ranked
    group by path
    order by path is null, orders desc, path
"""
