-- Grain: one marketing channel.
with

channels as (select * from {{ ref('channels') }}),

final as (
    select
        channel,
        name,
        name_vi,
        is_paid,
        sort_order
    from channels
)

select * from final
