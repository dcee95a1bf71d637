-- Grain: one reading of a profile's followers: day × network × handle.
-- depends_on: {{ source('social', 'follower_counts') }}
with

landed as (select * from {{ landed('social', 'follower_counts') }}),

-- of two readings of one day in one file the lower one in the file counts
numbered as (
    select
        *,
        row_number() over (
            partition by account, day, lower(network), lower(handle)
            order by _exported_at desc, _row desc
        ) as reading_number
    from landed
),

final as (
    select
        'social' as source,
        account,
        day,
        lower(trim(network)) as network,
        lower(trim(handle)) as handle,
        followers
    from numbered
    where reading_number = 1
)

select * from final
