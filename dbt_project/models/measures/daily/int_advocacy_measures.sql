-- Grain: one row per measure × day × channel × market with a value other than 0.
with

answers as (select * from {{ ref('fct_advocacy_nps_answer') }}),

invitations as (select * from {{ ref('fct_advocacy_nps_invitation') }}),

referrals as (select * from {{ ref('fct_advocacy_referral') }}),

orders as (select * from {{ ref('fct_convert_order') }}),

refunds as (select * from {{ ref('fct_convert_refund') }}),

endorsements as (select * from {{ ref('fct_advocacy_endorsement') }}),

testimonials as (select * from {{ ref('fct_advocacy_testimonial') }}),

content_shares as (select * from {{ ref('fct_advocacy_content_share') }}),

reviews as (select * from {{ ref('fct_advocacy_review') }}),

answers_by_day as (
    select
        day,
        cast(null as string) as channel,
        market,
        count(*) as nps_responses,
        sum(case when is_promoter then 1 else 0 end) as nps_promoters,
        sum(case when is_detractor then 1 else 0 end) as nps_detractors
    from answers
    group by day, market
),

invitations_by_day as (
    select
        day,
        cast(null as string) as channel,
        market,
        count(*) as nps_invited,
        sum(case when is_answered_30d then 1 else 0 end) as nps_answered_invited
    from invitations
    group by day, market
),

shares_by_day as (
    select
        day,
        cast(null as string) as channel,
        market,
        sum(shares) as content_shares
    from content_shares
    group by day, market
),

referrals_by_day as (
    select
        day,
        cast(null as string) as channel,
        market,
        count(*) as referrals_sent,
        sum(case when is_new_friend then 1 else 0 end) as friends_invited,
        sum(case when is_new_friend and is_converted_90d then 1 else 0 end) as referrals_converted
    from referrals
    group by day, market
),

referred_orders as (
    select orders.*
    from orders
    inner join referrals on orders.order_id = referrals.first_order_id
),

-- sales stand at the order date, what was given back at the refund date
referred_movements as (
    select order_date as day, market, 1 as customers, gross_sales - discounts as amount
    from referred_orders
    union all
    select refunds.refund_date as day, referred_orders.market, 0 as customers, -refunds.refunded_sales as amount
    from refunds
    inner join referred_orders on refunds.order_id = referred_orders.order_id
    where refunds.is_counted
),

referred_by_day as (
    select
        day,
        cast(null as string) as channel,
        market,
        sum(customers) as referred_customers,
        sum(amount) as referral_revenue
    from referred_movements
    group by day, market
),

endorsements_by_day as (
    select
        day,
        'influencer' as channel,
        market,
        count(*) as endorsements,
        sum(reach) as endorsement_reach
    from endorsements
    group by day, market
),

testimonials_by_day as (
    select
        day,
        cast(null as string) as channel,
        market,
        count(*) as testimonials
    from testimonials
    where has_consent
    group by day, market
),

reviews_by_day as (
    select
        day,
        cast(null as string) as channel,
        market,
        count(*) as reviews,
        sum(stars) as review_stars,
        sum(case when is_positive then 1 else 0 end) as positive_reviews,
        -- a place that does not tell its answers stands on neither side
        sum(case when is_answered is not null then 1 else 0 end) as reviews_with_answers_told,
        sum(case when is_answered then 1 else 0 end) as reviews_answered
    from reviews
    group by day, market
),

final as (
    {{ measures_from('answers_by_day', ['nps_responses', 'nps_promoters', 'nps_detractors']) }}
    union all
    {{ measures_from('invitations_by_day', ['nps_invited', 'nps_answered_invited']) }}
    union all
    {{ measures_from('referrals_by_day', ['referrals_sent', 'friends_invited', 'referrals_converted']) }}
    union all
    {{ measures_from('referred_by_day', ['referred_customers', 'referral_revenue']) }}
    union all
    {{ measures_from('endorsements_by_day', ['endorsements', 'endorsement_reach']) }}
    union all
    {{ measures_from('testimonials_by_day', ['testimonials']) }}
    union all
    {{ measures_from('shares_by_day', ['content_shares']) }}
    union all
    {{ measures_from('reviews_by_day', [
        'reviews', 'review_stars', 'positive_reviews', 'reviews_with_answers_told', 'reviews_answered'
    ]) }}
)

select * from final
