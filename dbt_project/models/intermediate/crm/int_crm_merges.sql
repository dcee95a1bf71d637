-- Grain: one identity of one of two contacts that a CRM reports as merged.
with

hubspot as (
    select * from {{ ref('stg_hubspot__contacts') }}
    where not is_excluded
),

merged_ids as (select * from {{ ref('int_crm_merged_ids') }}),

-- When they were merged is not in the file: not before both were there. Of a contact that no export showed
-- before nothing is known.
pairs as (
    select
        kept.source,
        kept.account,
        kept.contact_id,
        concat_ws('', 'merge:', kept.account, ':', merged_ids.contact_id) as trace_id,
        concat_ws('', kept.source, ':', kept.account, ':', kept.contact_id) as record_id,
        kept.email_hash as kept_email,
        kept.phone_hash as kept_phone,
        merged.email_hash as merged_email,
        merged.phone_hash as merged_phone,
        case when merged.created_at > kept.created_at then merged.created_at else kept.created_at end as seen_at
    from merged_ids
    inner join hubspot as kept
        on merged_ids.account = kept.account and merged_ids.merged_into = kept.contact_id
    inner join hubspot as merged
        on merged_ids.account = merged.account and merged_ids.contact_id = merged.contact_id
),

identities as (
    {% for side, id_type in [('kept', 'email'), ('kept', 'phone'), ('merged', 'email'), ('merged', 'phone')] %}
    select
        trace_id,
        source,
        record_id,
        '{{ id_type }}' as id_type,
        {{ side }}_{{ id_type }} as id_value,
        seen_at
    from pairs
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

final as (
    select distinct *
    from identities
    where id_value is not null
)

select * from final
