-- Grain: one session, cut from the events of one device.
with

touchpoints as (select * from {{ ref('int_touchpoints') }}),

final as (
    select
        session_id,
        source,
        account,
        device_id,
        person_id,
        started_at,
        day,
        channel,
        market,
        source_name,
        medium,
        campaign,
        click_id,
        ad_source,
        is_new_device,
        first_touch_day,
        engaged_seconds,
        cast(page_views as bigint) as page_views,
        cast(product_views as bigint) as product_views,
        cast(cart_adds as bigint) as cart_adds,
        cast(signups as bigint) as signups,
        cast(newsletter_signups as bigint) as newsletter_signups,
        cast(content_interactions as bigint) as content_interactions,
        has_interaction,
        has_product_view,
        has_cart_after_view,
        has_key_event,
        has_site_search,
        has_shipping_info,
        has_payment_info,
        checkout_begun_at,
        is_bounced,
        has_consent,
        first_cart_add_at,
        order_named_at,
        order_id
    from touchpoints
)

select * from final
