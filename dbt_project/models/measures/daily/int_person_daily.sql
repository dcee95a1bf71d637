-- Grain: one row per activity (visit, order, lead, usage, praise) × person × day × channel × market.
-- What distinct persons are counted from: a count of persons cannot be summed, so each window counts anew.
with

settings as (select * from {{ source('house', 'settings') }}),

sessions as (select * from {{ ref('fct_reach_session') }}),

orders as (select * from {{ ref('fct_convert_order') }}),

leads as (select * from {{ ref('fct_act_lead') }}),

app_usage as (select * from {{ ref('fct_engage_usage') }}),

nps_answers as (select * from {{ ref('fct_advocacy_nps_answer') }}),

referrals as (select * from {{ ref('fct_advocacy_referral') }}),

reviews as (select * from {{ ref('fct_advocacy_review') }}),

visits as (
    select
        'visit' as activity,
        person_id,
        day,
        channel,
        market,
        max(case when has_interaction then 1 else 0 end) = 1 as has_interaction,
        min(started_at) as began_at,
        max(order_named_at) as ordered_at,
        false as is_repeat_order,
        false as is_reactivating
    from sessions
    group by person_id, day, channel, market
),

purchases as (
    select
        'order' as activity,
        orders.person_id,
        orders.order_date as day,
        orders.channel,
        orders.market,
        false as has_interaction,
        cast(null as timestamp) as began_at,
        max(case when orders.sales_place = 'online' then orders.ordered_at end) as ordered_at,
        max(case when orders.order_number > 1 then 1 else 0 end) = 1 as is_repeat_order,
        -- the order before it had left the churn window when this one came
        max(
            case
                when
                    {{ days_between('orders.previous_order_date', 'orders.order_date') }} > settings.churn_window_days
                    then 1
                else 0
            end
        ) = 1 as is_reactivating
    from orders
    cross join settings
    where orders.is_counted and orders.person_id is not null
    group by orders.person_id, orders.order_date, orders.channel, orders.market
),

became_leads as (
    select distinct
        'lead' as activity,
        person_id,
        became_lead_on as day,
        channel,
        market,
        false as has_interaction,
        cast(null as timestamp) as began_at,
        cast(null as timestamp) as ordered_at,
        false as is_repeat_order,
        false as is_reactivating
    from leads
    where person_id is not null
),

-- a use whose time nobody states counts its user, and on no side of the time per user
timed_uses as (
    select person_id, market, day, 'usage' as activity from app_usage
    union all
    select person_id, market, day, 'timed_usage' as activity from app_usage
    where seconds is not null
),

uses as (
    select distinct
        activity,
        person_id,
        day,
        cast(null as string) as channel,
        market,
        false as has_interaction,
        cast(null as timestamp) as began_at,
        cast(null as timestamp) as ordered_at,
        false as is_repeat_order,
        false as is_reactivating
    from timed_uses
    where person_id is not null
),

-- who speaks well of the company: an answer of 9 or 10, an invitation to somebody else, a good review
praises as (
    select person_id, day from nps_answers
    where is_promoter and person_id is not null
    union
    select inviter_person_id as person_id, day from referrals
    where not is_self and inviter_person_id is not null
    union
    select person_id, day from reviews
    where is_positive and person_id is not null
),

praising as (
    select
        'praise' as activity,
        person_id,
        day,
        cast(null as string) as channel,
        cast(null as string) as market,
        false as has_interaction,
        cast(null as timestamp) as began_at,
        cast(null as timestamp) as ordered_at,
        false as is_repeat_order,
        false as is_reactivating
    from praises
),

final as (
    select * from visits
    union all
    select * from purchases
    union all
    select * from became_leads
    union all
    select * from uses
    union all
    select * from praising
)

select * from final
