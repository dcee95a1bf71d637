-- Grain: one identity that is left out of joining, and why.
with

left_out as (select * from {{ ref('int_identity_left_out') }}),

final as (
    select
        id_type,
        {{ key_of(['id_type', 'id_value']) }} as identity,
        reason,
        other_type,
        others
    from left_out
)

select * from final
