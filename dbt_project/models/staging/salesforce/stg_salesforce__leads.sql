-- Grain: one lead of an account, as the newest export shows it.
-- depends_on: {{ source('salesforce', 'leads') }}
with

landed as (select * from {{ landed('salesforce', 'leads') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

-- the Data Loader writes ids of 18 characters, of which reports show the first 15
ranked as (
    select
        *,
        substr(record_id, 1, 15) as contact_id,
        row_number() over (
            partition by account, substr(record_id, 1, 15)
            order by _exported_at desc, _batch_id desc, _row desc
        ) as newest
    from landed
),

final as (
    select
        'salesforce' as source,
        account,
        contact_id,
        email_hash,
        phone_hash,
        {{ crm_word('status') }} as stage,
        coalesce(is_converted, false) as is_converted,
        created_at,
        converted_on,
        substr(converted_opportunity_id, 1, 15) as converted_deal_key,
        {{ crm_word('lead_source') }} as lead_source,
        {{ excluded_by('email_hash', 'email') }}
        or {{ excluded_by('phone_hash', 'phone') }} as is_excluded
    from ranked
    where newest = 1 and contact_id is not null and not coalesce(is_deleted, false)
)

select * from final
