-- Grain: one identity (id type × id value) and the person it belongs to.
with

identities as (select * from {{ ref('int_identity_person') }}),

final as (
    select
        id_type,
        id_value,
        identity,
        person_id
    from identities
)

select * from final
