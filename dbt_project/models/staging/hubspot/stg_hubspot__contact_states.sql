-- Grain: one contact's stage as one export showed it.
-- depends_on: {{ source('hubspot', 'contacts') }}
with

landed as (select * from {{ landed_states('hubspot', 'contacts') }}),

final as (
    select
        'hubspot' as source,
        account,
        {{ first_id('_entity') }} as contact_id,
        exported_at,
        {{ crm_word('lifecycle_stage') }} as stage
    from landed
)

select * from final
