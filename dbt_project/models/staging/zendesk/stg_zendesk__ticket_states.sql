-- Grain: one rated ticket as one export showed it: when a rating came is known only from the exports.
-- depends_on: {{ source('zendesk', 'tickets') }}
-- depends_on: {{ source('zendesk', 'ticket_report') }}
with

ticket_states as (select * from {{ landed_states('zendesk', 'tickets') }}),

report_states as (select * from {{ landed_states('zendesk', 'ticket_report') }}),

states as (
    select account, _entity, exported_at, satisfaction, updated_at from ticket_states
    union all
    select account, _entity, exported_at, satisfaction, updated_at from report_states
),

final as (
    select
        'zendesk' as source,
        account,
        _entity as ticket_id,
        exported_at,
        max(updated_at) as updated_at
    from states
    where {{ ticket_rating('satisfaction') }} is not null
    group by account, _entity, exported_at
)

select * from final
