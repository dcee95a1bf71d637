-- Grain: one day of a profile on Pinterest.
-- depends_on: {{ source('pinterest', 'daily') }}
with

landed as (select * from {{ landed('pinterest', 'daily') }}),

final as (
    select
        'pinterest' as source,
        account,
        day,
        impressions,
        likes,
        comments,
        saves,
        outbound_clicks,
        pin_clicks
    from landed
)

select * from final
