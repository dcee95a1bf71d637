-- Grain: one contact of an account, as the newest export that holds it shows it.
-- depends_on: {{ source('hubspot', 'contacts') }}
with

landed as (select * from {{ landed('hubspot', 'contacts') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

-- after a merge the id becomes a list that begins with the contact's own: to the landing it is another entity
ranked as (
    select
        *,
        {{ first_id('record_id') }} as contact_id,
        row_number() over (
            partition by account, {{ first_id('record_id') }}
            order by _exported_at desc, _batch_id desc, _row desc
        ) as newest
    from landed
),

final as (
    select
        'hubspot' as source,
        account,
        contact_id,
        concat_ws(';', record_id, merged_ids) as all_ids,
        email_hash,
        phone_hash,
        {{ crm_word('lifecycle_stage') }} as stage,
        created_at,
        became_lead_at,
        became_qualified_at,
        {{ crm_word('original_source') }} as lead_source,
        {{ excluded_by('email_hash', 'email') }}
        or {{ excluded_by('phone_hash', 'phone') }} as is_excluded
    from ranked
    where newest = 1 and contact_id is not null
)

select * from final
