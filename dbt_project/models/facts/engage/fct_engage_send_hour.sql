-- Grain: one address of an account whose person opened or clicked a mail.
with

activity as (
    select * from {{ ref('fct_engage_email_activity') }}
    where kind in ('open', 'click') and not is_machine
),

identities as (
    select * from {{ ref('int_identity_person') }}
    where id_type = 'email'
),

settings as (select * from {{ source('house', 'settings') }}),

hours as (
    select
        activity.source,
        activity.account,
        activity.email_hash,
        max(activity.market) as market,
        cast({{ local_hour('activity.occurred_at', 'settings.business_zone') }} as bigint) as hour_of_day,
        count(*) as events
    from activity
    cross join settings
    group by
        activity.source, activity.account, activity.email_hash,
        cast({{ local_hour('activity.occurred_at', 'settings.business_zone') }} as bigint)
),

-- of two hours with as many events the earlier one
ranked as (
    select
        *,
        row_number() over (partition by source, account, email_hash order by events desc, hour_of_day asc) as place,
        sum(events) over (partition by source, account, email_hash) as all_events
    from hours
),

final as (
    select
        {{ key_of(['ranked.source', 'ranked.account', 'ranked.email_hash']) }} as send_hour_id,
        ranked.source,
        ranked.account,
        ranked.email_hash,
        identities.person_id,
        ranked.market,
        cast(ranked.all_events as bigint) as events,
        -- one or two events are a chance and no habit
        case when ranked.all_events >= 3 then ranked.hour_of_day end as best_hour,
        case when ranked.all_events >= 3 then cast(ranked.events as double) / ranked.all_events end as best_hour_share
    from ranked
    left join identities on ranked.email_hash = identities.id_value
    where ranked.place = 1
)

select * from final
