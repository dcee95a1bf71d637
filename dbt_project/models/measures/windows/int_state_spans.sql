-- Grain: one row per state × market × unbroken stretch of days in which one address or person is in it.
-- Market `all` holds the stretches over every market, so that one address in two lists counts once there.
{% set active_subscriber_days = 90 %}

with

subscribers as (select * from {{ ref('fct_engage_subscriber') }}),

activity as (
    select distinct email_hash, day
    from {{ ref('fct_engage_email_activity') }}
    where kind in ('open', 'click') and not is_machine
),

covered_days as (
    select * from {{ source('house', 'covered_days') }}
    where table_name = 'email_activity'
),

loyalty_members as (select * from {{ ref('fct_engage_loyalty_member') }}),

history as (select * from {{ ref('int_person_history') }}),

-- of what the recipients of a list did is told from its first file of activity on, and so long after its last one
activity_told as (
    select
        source,
        account,
        min(day) as from_day,
        {{ add_days('max(day)', active_subscriber_days) }} as until_day
    from covered_days
    group by source, account
),

-- a list whose tool tells no activity has neither active nor inactive subscribers
subscribers_with_activity as (
    select
        subscribers.email_hash,
        subscribers.market,
        greatest(subscribers.subscribed_on, activity_told.from_day) as subscribed_on,
        least(
            coalesce(subscribers.ended_on, cast('9999-12-31' as date)), activity_told.until_day
        ) as ended_on
    from subscribers
    inner join activity_told
        on subscribers.source = activity_told.source and subscribers.account = activity_told.account
    where subscribers.subscribed_on is not null
),

-- a state without an end lasts; until_day is the first day out of it
spans as (
    select
        'subscribed' as state,
        email_hash as entity,
        market,
        subscribed_on as from_day,
        coalesce(ended_on, cast('9999-12-31' as date)) as until_day
    from subscribers
    where subscribed_on is not null and (ended_on is null or ended_on > subscribed_on)
    union all
    select
        'subscribed_with_activity' as state,
        email_hash as entity,
        market,
        subscribed_on as from_day,
        ended_on as until_day
    from subscribers_with_activity
    where ended_on > subscribed_on
    union all
    -- a subscriber is active for so many days from an open or a click, in whichever tool it was
    select
        'active_subscriber' as state,
        subscribers.email_hash as entity,
        subscribers.market,
        greatest(subscribers.subscribed_on, activity.day) as from_day,
        least(subscribers.ended_on, {{ add_days('activity.day', active_subscriber_days) }}) as until_day
    from subscribers_with_activity as subscribers
    inner join activity on subscribers.email_hash = activity.email_hash
    where
        subscribers.ended_on > activity.day
        and subscribers.ended_on > subscribers.subscribed_on
        and {{ add_days('activity.day', active_subscriber_days) }} > subscribers.subscribed_on
    union all
    select
        'loyalty_member' as state,
        member_key as entity,
        market,
        joined_on as from_day,
        coalesce(left_on, cast('9999-12-31' as date)) as until_day
    from loyalty_members
    where left_on is null or left_on > joined_on
    union all
    select
        'customer' as state,
        person_id as entity,
        first_order_market as market,
        first_order_date as from_day,
        cast('9999-12-31' as date) as until_day
    from history
    where first_order_date is not null
    union all
    select
        'customer_with_two_orders' as state,
        person_id as entity,
        first_order_market as market,
        second_order_date as from_day,
        cast('9999-12-31' as date) as until_day
    from history
    where second_order_date is not null
),

levels as (
    select state, entity, market, from_day, until_day from spans
    where market is not null
    union all
    select state, entity, 'all' as market, from_day, until_day from spans
),

final as (
    {{ merged_stretches('levels', ['state', 'entity', 'market']) }}
)

select * from final
