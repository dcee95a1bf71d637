-- Grain: one customer review with stars.
with

reviews as (
    select * from {{ ref('stg_reviews__reviews') }}
    where stars is not null and not is_spam and not is_excluded
),

accounts as (select * from {{ source('house', 'accounts') }}),

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
        cast(reviews.comment_sentiment as double) as sentiment
    from reviews
    inner join accounts on reviews.source = accounts.source and reviews.account = accounts.account
    left join identities on identities.id_type = 'email' and reviews.email_hash = identities.id_value
)

select * from final
