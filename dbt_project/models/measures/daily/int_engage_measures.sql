-- Grain: one row per measure × day × channel × market with a value other than 0.
with

orders as (select * from {{ ref('fct_convert_order') }}),

repeat_orders as (select * from {{ ref('fct_engage_repeat_order') }}),

campaign_days as (select * from {{ ref('int_customer_campaign_days') }}),

first_years as (select * from {{ ref('fct_engage_first_year') }}),

campaigns as (select * from {{ ref('fct_reach_email_campaign') }}),

messages as (select * from {{ ref('fct_reach_message') }}),

terms as (select * from {{ ref('fct_engage_term') }}),

app_usage as (select * from {{ ref('fct_engage_usage') }}),

tickets as (select * from {{ ref('fct_engage_ticket') }}),

csat_answers as (select * from {{ ref('fct_engage_csat_answer') }}),

effort_answers as (select * from {{ ref('fct_engage_effort_answer') }}),

loyalty_postings as (select * from {{ ref('fct_engage_loyalty_posting') }}),

topics as (select * from {{ ref('fct_engage_community_topic') }}),

member_orders as (select * from {{ ref('fct_engage_member_order') }}),

orders_by_day as (
    select
        order_date as day,
        channel,
        market,
        sum(case when is_placed and is_cancelled_60d then 1 else 0 end) as orders_cancelled,
        sum(case when is_placed and is_undelivered_60d then 1 else 0 end) as orders_undelivered,
        sum(case when is_counted and is_returned_60d then 1 else 0 end) as orders_returned,
        -- a shop that does not tell what came back stands on no side of the rate
        sum(case when is_counted and tells_refunds then 1 else 0 end) as orders_with_refunds_told,
        sum(case when is_counted and tells_refunds then refunded_sales_60d else 0 end) as refunded_sales_60d,
        sum(case when is_counted and tells_refunds then gross_sales - discounts else 0 end) as sales_with_refunds_told
    from orders
    group by order_date, channel, market
),

repeat_orders_by_day as (
    select
        order_date as day,
        channel,
        market,
        count(*) as existing_customer_orders,
        sum(case when is_upsell then 1 else 0 end) as upsell_orders,
        sum(case when is_cross_sell then 1 else 0 end) as cross_sell_orders
    from repeat_orders
    group by order_date, channel, market
),

first_years_by_day as (
    select
        first_order_date as day,
        channel,
        market,
        sum(gross_profit_12m) as first_year_gross_profit
    from first_years
    group by first_order_date, channel, market
),

-- what a tool does not state stands on neither side of a rate
campaigns_by_day as (
    select
        day,
        'email' as channel,
        market,
        sum(unique_clicks) as email_unique_clicks,
        sum(unsubscribes) as campaign_unsubscribes,
        sum(case when unique_clicks is not null then delivered end) as email_delivered_with_clicks,
        sum(case when delivered is not null then unique_clicks end) as email_unique_clicks_with_delivered,
        sum(case when unique_opens is not null then unique_clicks end) as email_unique_clicks_with_opens,
        sum(case when unique_clicks is not null then unique_opens end) as email_unique_opens_with_clicks,
        sum(case when unsubscribes is not null then delivered end) as email_delivered_with_unsubscribes,
        sum(case when delivered is not null then unsubscribes end) as campaign_unsubscribes_with_delivered,
        sum(case when complaints is not null then delivered end) as email_delivered_with_complaints,
        sum(case when delivered is not null then complaints end) as email_complaints_with_delivered,
        sum(case when revenue is not null then delivered end) as email_delivered_with_revenue,
        sum(case when delivered is not null then revenue end) as email_revenue_with_delivered
    from campaigns
    group by day, market
),

messages_by_day as (
    select
        day,
        channel,
        market,
        sum(case when clicks is not null then delivered end) as messages_delivered_with_clicks,
        sum(case when delivered is not null then clicks end) as message_clicks_with_delivered,
        sum(case when opt_outs is not null then delivered end) as messages_delivered_with_opt_outs,
        sum(case when delivered is not null then opt_outs end) as message_opt_outs_with_delivered
    from messages
    group by day, channel, market
),

terms_by_day as (
    select
        ends_on as day,
        cast(null as string) as channel,
        market,
        count(*) as renewals_due,
        sum(case when is_renewed_30d then 1 else 0 end) as renewals_made
    from terms
    where has_ended
    group by ends_on, market
),

usage_by_day as (
    select
        day,
        cast(null as string) as channel,
        market,
        sum(seconds) as usage_seconds
    from app_usage
    group by day, market
),

tickets_by_day as (
    select
        day,
        cast(null as string) as channel,
        market,
        count(*) as tickets_opened,
        sum(case when is_replied then 1 else 0 end) as tickets_replied,
        sum(case when is_replied then first_reply_minutes else 0 end) as first_response_minutes,
        sum(case when is_replied_in_time is not null then 1 else 0 end) as tickets_reply_due,
        sum(case when is_replied_in_time then 1 else 0 end) as tickets_replied_in_time
    from tickets
    group by day, market
),

resolutions_by_day as (
    select
        resolved_on as day,
        cast(null as string) as channel,
        market,
        count(*) as tickets_resolved,
        sum(resolution_minutes) as resolution_minutes,
        -- a help desk that tells neither replies nor reopenings stands on neither side
        sum(case when is_first_contact is not null then 1 else 0 end) as tickets_resolved_with_contacts,
        sum(case when is_first_contact then 1 else 0 end) as tickets_resolved_first_contact
    from tickets
    where resolved_on is not null
    group by resolved_on, market
),

-- one that is open again was solved, too
reopenings_by_day as (
    select
        last_solved_on as day,
        cast(null as string) as channel,
        market,
        count(*) as tickets_solved_with_reopens,
        sum(case when is_reopened then 1 else 0 end) as tickets_reopened
    from tickets
    where is_reopened is not null
    group by last_solved_on, market
),

csat_by_day as (
    select
        day,
        cast(null as string) as channel,
        market,
        count(*) as csat_responses,
        sum(case when is_satisfied then 1 else 0 end) as csat_satisfied
    from csat_answers
    group by day, market
),

effort_by_day as (
    select
        day,
        cast(null as string) as channel,
        market,
        count(*) as effort_responses,
        sum(score) as effort_scores
    from effort_answers
    group by day, market
),

-- a ledger that names no kinds does not tell what expired
ledgers_with_kinds as (
    select distinct source, account from loyalty_postings
    where kind is not null
),

loyalty_points_by_day as (
    select
        postings.day,
        cast(null as string) as channel,
        postings.market,
        sum(postings.points_earned) as loyalty_points_earned,
        sum(postings.points_redeemed) as loyalty_points_redeemed,
        sum(postings.points_expired) as loyalty_points_expired,
        sum(case when ledgers_with_kinds.account is not null then postings.points_earned else 0 end)
            as loyalty_points_earned_with_kinds
    from loyalty_postings as postings
    left join ledgers_with_kinds
        on postings.source = ledgers_with_kinds.source and postings.account = ledgers_with_kinds.account
    group by postings.day, postings.market
),

topics_by_day as (
    select
        day,
        cast(null as string) as channel,
        market,
        count(*) as community_topics,
        sum(case when is_answered_1d then 1 else 0 end) as community_topics_answered
    from topics
    group by day, market
),

member_orders_by_day as (
    select
        order_date as day,
        channel,
        market,
        count(*) as member_orders
    from member_orders
    group by order_date, channel, market
),

final as (
    {{ measures_from('orders_by_day', [
        'orders_cancelled', 'orders_undelivered', 'orders_returned', 'orders_with_refunds_told',
        'refunded_sales_60d', 'sales_with_refunds_told'
    ]) }}
    union all
    {{ measures_from('repeat_orders_by_day', ['existing_customer_orders', 'upsell_orders', 'cross_sell_orders']) }}
    union all
    {{ measures_from('first_years_by_day', ['first_year_gross_profit']) }}
    union all
    {{ measures_from('campaign_days', ['customer_campaign_cost', 'customer_campaign_gross_profit']) }}
    union all
    {{ measures_from('campaigns_by_day', [
        'email_unique_clicks', 'campaign_unsubscribes', 'email_delivered_with_clicks',
        'email_unique_clicks_with_delivered', 'email_unique_clicks_with_opens', 'email_unique_opens_with_clicks',
        'email_delivered_with_unsubscribes', 'campaign_unsubscribes_with_delivered', 'email_delivered_with_complaints',
        'email_complaints_with_delivered', 'email_delivered_with_revenue', 'email_revenue_with_delivered'
    ]) }}
    union all
    {{ measures_from('messages_by_day', [
        'messages_delivered_with_clicks', 'message_clicks_with_delivered', 'messages_delivered_with_opt_outs',
        'message_opt_outs_with_delivered'
    ]) }}
    union all
    {{ measures_from('terms_by_day', ['renewals_due', 'renewals_made']) }}
    union all
    {{ measures_from('usage_by_day', ['usage_seconds']) }}
    union all
    {{ measures_from('tickets_by_day', [
        'tickets_opened', 'tickets_replied', 'first_response_minutes', 'tickets_reply_due', 'tickets_replied_in_time'
    ]) }}
    union all
    {{ measures_from('resolutions_by_day', [
        'tickets_resolved', 'resolution_minutes', 'tickets_resolved_with_contacts', 'tickets_resolved_first_contact'
    ]) }}
    union all
    {{ measures_from('reopenings_by_day', ['tickets_solved_with_reopens', 'tickets_reopened']) }}
    union all
    {{ measures_from('csat_by_day', ['csat_responses', 'csat_satisfied']) }}
    union all
    {{ measures_from('effort_by_day', ['effort_responses', 'effort_scores']) }}
    union all
    {{ measures_from('loyalty_points_by_day', [
        'loyalty_points_earned', 'loyalty_points_redeemed', 'loyalty_points_expired',
        'loyalty_points_earned_with_kinds'
    ]) }}
    union all
    {{ measures_from('member_orders_by_day', ['member_orders']) }}
    union all
    {{ measures_from('topics_by_day', ['community_topics', 'community_topics_answered']) }}
)

select * from final
