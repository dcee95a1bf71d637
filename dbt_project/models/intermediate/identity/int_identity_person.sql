-- Grain: one identity and the person it belongs to.
{{ config(materialized='view') }}

with

tree as (select * from {{ ref('int_identity_tree') }}),

final as (
    select
        id_type,
        id_value,
        identity,
        person_id,
        first_seen_at
    from tree
)

select * from final
