-- Grain: one identity that is left out of joining, and why.
-- What names a person is an address, a phone number, a login or a till's customer id. Devices are not counted: one
-- person has many over time; nor are the records of CRMs and loyalty programmes, which hold many a person twice.
with

mentions as (select * from {{ ref('int_identity_mentions') }}),

settings as (select * from {{ source('house', 'settings') }}),

never_join as (
    select value from {{ source('house', 'setting_values') }}
    where setting = 'identity.never_join'
),

names as (
    select * from mentions
    where not {{ is_device('id_type') }} and id_type not in ('crm_contact', 'loyalty_member')
),

named_with as (
    select distinct
        mentions.id_type,
        mentions.id_value,
        names.id_type as other_type,
        names.id_value as other_value
    from mentions
    inner join names on mentions.trace_id = names.trace_id
    where mentions.id_type <> names.id_type or mentions.id_value <> names.id_value
),

counts as (
    select
        id_type,
        id_value,
        other_type,
        count(*) as others
    from named_with
    group by id_type, id_value, other_type
),

shared as (
    select
        counts.*,
        row_number() over (
            partition by counts.id_type, counts.id_value order by counts.others desc, counts.other_type asc
        ) as most
    from counts
    cross join settings
    where counts.others > settings.identity_max_shared
),

listed as (
    select distinct
        mentions.id_type,
        mentions.id_value
    from mentions
    inner join never_join on mentions.id_value = never_join.value
),

final as (
    select
        coalesce(shared.id_type, listed.id_type) as id_type,
        coalesce(shared.id_value, listed.id_value) as id_value,
        case when listed.id_value is not null then 'listed' else 'shared' end as reason,
        shared.other_type,
        coalesce(shared.others, 0) as others
    from (select * from shared where most = 1) as shared
    full outer join listed on shared.id_type = listed.id_type and shared.id_value = listed.id_value
)

select * from final
