-- Grain: one visitor of an experiment; who was held back in it, too, has a row of its own for that.
with

exposures as (select * from {{ ref('int_exposures') }}),

settings as (select * from {{ source('house', 'settings') }}),

ranked as (
    select
        *,
        row_number() over (
            partition by account, experiment, visitor_id, is_holdback
            order by exposed_at, variation
        ) as exposure_number
    from exposures
),

visitors as (
    select
        source,
        account,
        experiment,
        visitor_id,
        is_holdback,
        max(market) as market,
        -- exposures that name two persons name nobody
        case when min(person_id) = max(person_id) then min(person_id) end as person_id,
        max(case when exposure_number = 1 then variation end) as variation,
        count(distinct variation) > 1 as is_excluded_mixed,
        min(exposed_at) as first_exposed_at,
        count(*) as exposures
    from ranked
    group by source, account, experiment, visitor_id, is_holdback
),

final as (
    select
        {{ key_of([
            'visitors.account', 'visitors.experiment', 'visitors.visitor_id', 'visitors.is_holdback'
        ]) }} as exposure_id,
        visitors.source,
        visitors.account,
        visitors.experiment,
        visitors.visitor_id,
        visitors.person_id,
        visitors.market,
        visitors.variation,
        visitors.is_holdback,
        visitors.is_excluded_mixed,
        visitors.first_exposed_at,
        {{ local_day('visitors.first_exposed_at', 'settings.business_zone') }} as day,
        cast(visitors.exposures as bigint) as exposures
    from visitors
    cross join settings
)

select * from final
