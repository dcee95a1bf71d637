-- Grain: one contact's stage and status as one export showed it.
-- depends_on: {{ source('contacts_file', 'contacts') }}
with

landed as (select * from {{ landed_states('contacts_file', 'contacts') }}),

final as (
    select
        'contacts_file' as source,
        account,
        coalesce(email_hash, phone_hash, contact_id) as contact_id,
        exported_at,
        {{ crm_word('stage') }} as stage,
        lower(trim(status)) as status
    from landed
)

select * from final
