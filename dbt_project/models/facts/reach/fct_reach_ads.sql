-- Grain: one row of the report that bears an account's totals of a day.
with

ads as (select * from {{ ref('int_ads') }}),

-- one report per account and day bears the totals: the campaign report, else ad groups, else ads
ranked as (
    select
        *,
        min(level_rank) over (partition by source, account, day) as bearing_rank
    from ads
),

final as (
    select
        ads_row_id,
        source,
        account,
        day,
        report_level,
        campaign,
        ad_set,
        ad,
        breakdown,
        channel,
        market,
        impressions,
        clicks,
        cost,
        cost_account,
        currency,
        purchases,
        purchase_value
    from ranked
    where level_rank = bearing_rank
)

select * from final
