-- Grain: one customer review, of any platform.
-- depends_on: {{ source('reviews', 'gbp_reviews') }}
-- depends_on: {{ source('reviews', 'trustpilot') }}
-- depends_on: {{ source('reviews', 'judge_me') }}
-- depends_on: {{ source('reviews', 'yotpo') }}
-- depends_on: {{ source('reviews', 'other') }}
with

gbp as (select * from {{ landed('reviews', 'gbp_reviews') }}),

trustpilot as (select * from {{ landed('reviews', 'trustpilot') }}),

judge_me as (select * from {{ landed('reviews', 'judge_me') }}),

yotpo as (select * from {{ landed('reviews', 'yotpo') }}),

other as (select * from {{ landed('reviews', 'other') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

-- Judge.me gives reviews no id: two of one moment, address and product are told apart by their order
numbered as (
    select
        *,
        row_number() over (partition by account, created_at, email_hash, product_id order by _row) as review_number
    from judge_me
),

stated as (
    select
        'google_business_profile' as platform,
        account,
        review_id,
        created_at,
        cast(null as string) as email_hash,
        cast(stars as double) as stars,
        cast(5 as double) as scale,
        comment_sentiment,
        cast(null as string) as product_id,
        cast(null as string) as product,
        false as is_spam,
        cast(replied_at as timestamp) as replied_at,
        true as tells_replies
    from gbp
    union all
    select
        'trustpilot' as platform,
        account,
        review_id,
        created_at,
        email_hash,
        cast(stars as double) as stars,
        cast(5 as double) as scale,
        comment_sentiment,
        cast(null as string) as product_id,
        cast(null as string) as product,
        false as is_spam,
        cast(replied_at as timestamp) as replied_at,
        reply_header is not null as tells_replies
    from trustpilot
    union all
    select
        'judge_me' as platform,
        account,
        {{ key_of(['created_at', 'email_hash', 'product_id', 'review_number']) }} as review_id,
        created_at,
        email_hash,
        cast(stars as double) as stars,
        cast(5 as double) as scale,
        comment_sentiment,
        product_id,
        product,
        coalesce(lower(trim(curated)) = 'spam', false) as is_spam,
        cast(replied_at as timestamp) as replied_at,
        reply_header is not null as tells_replies
    from numbered
    union all
    select
        'yotpo' as platform,
        account,
        review_id,
        created_at,
        email_hash,
        cast(stars as double) as stars,
        cast(5 as double) as scale,
        comment_sentiment,
        product_id,
        product,
        false as is_spam,
        cast(null as timestamp) as replied_at,
        false as tells_replies
    from yotpo
    union all
    select
        lower(trim(platform)) as platform,
        account,
        review_id,
        created_at,
        email_hash,
        stars,
        coalesce(scale, 5) as scale,
        comment_sentiment,
        cast(null as string) as product_id,
        product,
        false as is_spam,
        cast(replied_at as timestamp) as replied_at,
        reply_header is not null as tells_replies
    from other
),

final as (
    select
        'reviews' as source,
        account,
        platform,
        review_id,
        cast(created_at as timestamp) as created_at,
        email_hash,
        cast(cast(stars * 5 as double) / scale as decimal(18, 6)) as stars,
        comment_sentiment,
        nullif(trim(product_id), '') as product_id,
        nullif(trim(product), '') as product,
        is_spam,
        replied_at,
        -- a place that does not tell its answers leaves it open whether there was one
        case when tells_replies then replied_at is not null end as is_answered,
        {{ excluded_by('email_hash', 'email') }} as is_excluded
    from stated
)

select * from final
