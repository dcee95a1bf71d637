-- Grain: one day of a page on LinkedIn.
-- depends_on: {{ source('social', 'linkedin_page_daily') }}
with

landed as (select * from {{ landed('social', 'linkedin_page_daily') }}),

final as (
    select
        'social' as source,
        account,
        day,
        impressions,
        likes,
        comments,
        shares
    from landed
)

select * from final
