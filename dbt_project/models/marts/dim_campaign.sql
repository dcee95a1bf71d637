-- Grain: one campaign of an ad account, by name.
with

ads as (select * from {{ ref('fct_reach_ads') }}),

final as (
    select
        {{ key_of(['source', 'account', 'campaign']) }} as campaign_key,
        source,
        account,
        campaign,
        -- a campaign whose type changed has the channel of its last day
        {{ at_greatest('channel', "concat_ws('', cast(day as string), channel)") }} as channel,
        min(day) as first_day,
        max(day) as last_day,
        cast(sum(cost) as decimal(38, 6)) as cost
    from ads
    group by source, account, campaign
)

select * from final
