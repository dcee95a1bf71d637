-- Grain: one contact that HubSpot merged into another, by the ids that the other's row lists.
with

hubspot as (select * from {{ ref('stg_hubspot__contacts') }}),

listed_ids as (
    select
        account,
        contact_id,
        {{ each_part('all_ids', ';') }} as listed_id
    from hubspot
),

-- a contact that another one lists was merged into it, and is no contact of its own
final as (
    select
        account,
        trim(listed_id) as contact_id,
        min(contact_id) as merged_into
    from listed_ids
    where trim(listed_id) <> contact_id and trim(listed_id) <> ''
    group by account, trim(listed_id)
)

select * from final
