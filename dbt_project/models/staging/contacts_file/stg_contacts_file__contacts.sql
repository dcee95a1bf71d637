-- Grain: one contact of an account, as the newest export that holds it shows it.
-- depends_on: {{ source('contacts_file', 'contacts') }}
with

landed as (select * from {{ landed('contacts_file', 'contacts') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

-- a number or an id that comes later is to the landing another entity; two rows of one address are one contact
ranked as (
    select
        *,
        coalesce(email_hash, phone_hash, contact_id) as contact_key,
        row_number() over (
            partition by account, coalesce(email_hash, phone_hash, contact_id)
            order by _exported_at desc, _batch_id desc, created_at asc, _row asc
        ) as newest
    from landed
),

final as (
    select
        'contacts_file' as source,
        account,
        contact_key as contact_id,
        email_hash,
        phone_hash,
        created_at,
        {{ crm_word('stage') }} as stage,
        became_lead_at,
        became_qualified_at,
        {{ crm_word('lead_source') }} as lead_source,
        lower(trim(status)) as status,
        subscribed_at,
        ended_at,
        {{ excluded_by('email_hash', 'email') }}
        or {{ excluded_by('phone_hash', 'phone') }} as is_excluded
    from ranked
    where newest = 1 and contact_key is not null
)

select * from final
