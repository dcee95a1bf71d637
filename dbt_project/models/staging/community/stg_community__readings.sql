-- Grain: one reading of a community, as the newest export shows it.
-- depends_on: {{ source('community', 'readings') }}
with

landed as (select * from {{ landed('community', 'readings') }}),

final as (
    select
        'community' as source,
        account,
        day,
        members,
        active_members
    from landed
)

select * from final
