-- Grain: one day of new followers of a page on LinkedIn.
-- depends_on: {{ source('social', 'linkedin_followers') }}
with

landed as (select * from {{ landed('social', 'linkedin_followers') }}),

final as (
    select
        'social' as source,
        account,
        day,
        new_organic,
        new_sponsored,
        new_followers
    from landed
)

select * from final
