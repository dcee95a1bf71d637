-- Grain: one identity that is somebody's, with a digest of all that names it.
-- What is left out joins nobody. A device is a visitor all the same; an address or a number that belongs to many
-- names nobody.
with

mentions as (select * from {{ ref('int_identity_mentions') }}),

left_out as (select * from {{ ref('int_identity_left_out') }}),

names as (
    select
        mentions.id_type,
        mentions.id_value,
        mentions.trace_id,
        min(mentions.seen_at) as seen_at,
        max(mentions.seen_at) as last_seen_at,
        left_out.id_type is null as is_joining
    from mentions
    left join left_out on mentions.id_type = left_out.id_type and mentions.id_value = left_out.id_value
    where left_out.id_type is null or {{ is_device('mentions.id_type') }}
    group by mentions.id_type, mentions.id_value, mentions.trace_id, left_out.id_type
),

final as (
    select
        id_type,
        id_value,
        min(seen_at) as first_seen_at,
        bool_and(is_joining) as is_joining,
        {{ digest_of_rows(['trace_id', 'seen_at', 'last_seen_at', 'is_joining']) }} as counted_from
    from names
    group by id_type, id_value
)

select * from final
