-- Grain: one lead's status as one export showed it.
-- depends_on: {{ source('salesforce', 'leads') }}
with

landed as (select * from {{ landed_states('salesforce', 'leads') }}),

final as (
    select
        'salesforce' as source,
        account,
        substr(_entity, 1, 15) as contact_id,
        exported_at,
        case when is_converted then 'converted' else {{ crm_word('status') }} end as stage
    from landed
)

select * from final
