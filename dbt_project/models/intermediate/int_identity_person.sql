-- Grain: one identity and the person it belongs to.
with

tree as (select * from {{ ref('int_identity_tree') }}),

final as (
    select
        id_type,
        id_value,
        person_id,
        first_seen_at
    from tree
)

select * from final
