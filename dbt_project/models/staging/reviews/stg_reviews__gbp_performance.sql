-- Grain: one location × period: what people did with its Google Business Profile.
-- depends_on: {{ source('reviews', 'gbp_performance') }}
with

landed as (select * from {{ landed('reviews', 'gbp_performance') }}),

final as (
    select
        'reviews' as source,
        account,
        _row as landed_row,
        period_start,
        period_end,
        store_code,
        business_name,
        address,
        search_mobile_views,
        search_desktop_views,
        maps_mobile_views,
        maps_desktop_views,
        calls,
        messages,
        bookings,
        directions,
        website_clicks,
        food_orders,
        food_menu_clicks,
        hotel_bookings
    from landed
)

select * from final
