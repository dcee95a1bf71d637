-- Grain: one use of a feature of the product or app.
with

app_usage as (select * from {{ ref('int_app_usage') }}),

final as (
    select
        use_id,
        source,
        account,
        person_id,
        market,
        used_at,
        day,
        feature,
        cast(seconds as decimal(18, 6)) as seconds
    from app_usage
)

select * from final
