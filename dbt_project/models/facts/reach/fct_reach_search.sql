-- Grain: one day of a property on organic search, from the whole daily chart.
with

chart as (select * from {{ ref('stg_search_console__chart') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

-- a filtered export speaks for a part of the property only and bears no totals
final as (
    select
        chart.source,
        chart.account,
        chart.day,
        accounts.market,
        chart.clicks,
        chart.impressions,
        cast(chart.position as decimal(18, 6)) as position,
        cast(cast(chart.position as decimal(18, 6)) * chart.impressions as decimal(38, 6)) as position_x_impressions
    from chart
    inner join accounts on chart.source = accounts.source and chart.account = accounts.account
    where not coalesce(chart.is_filtered, false)
)

select * from final
