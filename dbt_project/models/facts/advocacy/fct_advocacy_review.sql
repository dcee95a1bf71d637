-- Grain: one customer review with stars.
with

of_places as (
    select * from {{ ref('stg_reviews__reviews') }}
    where stars is not null and not is_spam and not is_excluded
),

google_play as (select * from {{ ref('stg_app_reviews__google_play') }}),

app_store as (select * from {{ ref('stg_app_store_reviews__reviews') }}),

-- files of the app stores name nobody and no article, and the template of Apple's tells no answers
reviews as (
    select
        source,
        account,
        platform,
        review_id,
        created_at,
        email_hash,
        stars,
        comment_sentiment,
        product_id,
        product,
        replied_at,
        is_answered
    from of_places
    {% for store in ['google_play', 'app_store'] %}
    union all
    select
        source,
        account,
        platform,
        review_id,
        created_at,
        cast(null as string) as email_hash,
        stars,
        comment_sentiment,
        cast(null as string) as product_id,
        cast(null as string) as product,
        {{ 'replied_at' if store == 'google_play' else 'cast(null as timestamp)' }} as replied_at,
        {{ 'is_answered' if store == 'google_play' else 'cast(null as boolean)' }} as is_answered
    from {{ store }}
    {% endfor %}
),

accounts as (select * from {{ source('house', 'accounts') }}),

names as (select * from {{ ref('int_product_names') }}),

identities as (select * from {{ ref('int_identity_person') }}),

final as (
    select
        reviews.review_id,
        reviews.source,
        reviews.account,
        reviews.platform,
        identities.person_id,
        accounts.market,
        {{ local_day('reviews.created_at', 'accounts.time_zone') }} as day,
        reviews.stars,
        reviews.stars >= 4 as is_positive,
        cast(reviews.comment_sentiment as double) as sentiment,
        coalesce(reviews.product, reviews.product_id) as product,
        coalesce(names.product_line, numbers.product_line) as product_line,
        coalesce(names.category, numbers.category) as category,
        reviews.replied_at,
        reviews.is_answered,
        reviews.created_at,
        -- an answer before its review is a slip of the file, and no time
        case
            when reviews.replied_at >= reviews.created_at
                then
                    cast(
                        round(
                            cast({{ seconds_between('reviews.created_at', 'reviews.replied_at') }} as double) / 3600, 6
                        )
                        as decimal(18, 6)
                    )
        end as response_hours
    from reviews
    inner join accounts on reviews.source = accounts.source and reviews.account = accounts.account
    left join names on lower(reviews.product) = names.name
    left join names as numbers on lower(reviews.product_id) = numbers.name
    left join identities on identities.id_type = 'email' and reviews.email_hash = identities.id_value
)

select * from final
