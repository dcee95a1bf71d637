-- Grain: one row per measure × day × channel × market with a value other than 0.
with

sessions as (select * from {{ ref('fct_reach_session') }}),

carts as (select * from {{ ref('fct_act_cart') }}),

leads as (select * from {{ ref('fct_act_lead') }}),

lead_values as (select * from {{ ref('int_lead_values') }}),

logins as (select * from {{ ref('fct_act_login') }}),

usability_tasks as (select * from {{ ref('fct_act_usability_task') }}),

gatherings as (select * from {{ ref('fct_act_gathering') }}),

-- the fact of tickets is built after this stage
tickets as (
    select * from {{ ref('int_tickets') }}
    where is_onboarding
),

sessions_by_day as (
    select
        day,
        channel,
        market,
        sum(engaged_seconds) as engaged_seconds,
        sum(page_views) as page_views,
        count(page_views) as sessions_with_page_views,
        sum(case when engaged_seconds is not null then page_views end) as page_views_with_engagement,
        sum(product_views) as product_views,
        sum(case when has_product_view then 1 else 0 end) as product_view_sessions,
        sum(case when has_cart_after_view then 1 else 0 end) as cart_sessions,
        sum(newsletter_signups) as newsletter_signups,
        sum(content_interactions) as content_interactions,
        count(checkout_begun_at) as checkouts_begun,
        sum(case when order_named_at >= checkout_begun_at then 1 else 0 end) as checkouts_ordered,
        sum(case when has_shipping_info then 1 else 0 end) as checkouts_with_shipping_info,
        sum(case when has_payment_info then 1 else 0 end) as checkouts_with_payment_info,
        sum(case when has_site_search then 1 else 0 end) as searching_sessions,
        count(has_site_search) as sessions_with_site_search
    from sessions
    group by day, channel, market
),

carts_by_day as (
    select
        day,
        channel,
        market,
        count(*) as carts_created,
        sum(case when is_ordered then 1 else 0 end) as carts_ordered
    from carts
    group by day, channel, market
),

logins_by_day as (
    select
        day,
        channel,
        market,
        count(*) as signups,
        sum(case when is_activated_7d then 1 else 0 end) as activated_accounts,
        sum(case when is_completed_30d then 1 else 0 end) as profiles_completed,
        sum(case when is_activated_7d is not null then 1 else 0 end) as signups_with_usage,
        sum(case when is_completed_30d is not null then 1 else 0 end) as signups_with_profile
    from logins
    group by day, channel, market
),

-- the windows of a day whose leads have no known value are told by int_unknown_windows
leads_by_day as (
    select
        leads.became_lead_on as day,
        leads.channel,
        leads.market,
        count(*) as leads,
        sum(case when not leads.was_customer then lead_values.lead_value end) as lead_value,
        sum(case when not leads.was_customer then 1 else 0 end) as leads_with_value
    from leads
    left join lead_values on leads.became_lead_on = lead_values.day
    group by leads.became_lead_on, leads.channel, leads.market
),

qualified_by_day as (
    select
        qualified_on as day,
        channel,
        market,
        count(*) as qualified_leads
    from leads
    where qualified_on is not null
    group by qualified_on, channel, market
),

usability_by_day as (
    select
        day,
        cast(null as string) as channel,
        cast(null as string) as market,
        count(*) as usability_tasks,
        sum(case when is_success then 1 else 0 end) as usability_successes,
        sum(errors) as usability_errors,
        sum(case when errors is not null then 1 else 0 end) as usability_tasks_with_errors,
        sum(case when is_success then seconds end) as usability_seconds,
        sum(case when is_success and seconds is not null then 1 else 0 end) as usability_successes_with_seconds
    from usability_tasks
    group by day
),

-- a gathering of which nobody told who came stands on no side of the rate
gatherings_by_day as (
    select
        day,
        cast(null as string) as channel,
        market,
        count(*) as gathering_registrations,
        sum(case when is_attended is not null then 1 else 0 end) as gathering_registrations_told,
        sum(case when is_attended then 1 else 0 end) as gathering_attendees
    from gatherings
    where not is_cancelled
    group by day, market
),

tickets_by_day as (
    select
        day,
        cast(null as string) as channel,
        market,
        count(*) as onboarding_tickets
    from tickets
    group by day, market
),

final as (
    {{ measures_from('sessions_by_day', [
        'engaged_seconds', 'page_views', 'sessions_with_page_views', 'page_views_with_engagement', 'product_views',
        'product_view_sessions', 'cart_sessions', 'newsletter_signups', 'content_interactions',
        'checkouts_begun', 'checkouts_ordered', 'checkouts_with_shipping_info', 'checkouts_with_payment_info',
        'searching_sessions', 'sessions_with_site_search'
    ]) }}
    union all
    {{ measures_from('logins_by_day', [
        'signups', 'activated_accounts', 'profiles_completed', 'signups_with_usage', 'signups_with_profile'
    ]) }}
    union all
    {{ measures_from('carts_by_day', ['carts_created', 'carts_ordered']) }}
    union all
    {{ measures_from('leads_by_day', ['leads', 'lead_value', 'leads_with_value']) }}
    union all
    {{ measures_from('qualified_by_day', ['qualified_leads']) }}
    union all
    {{ measures_from('usability_by_day', [
        'usability_tasks', 'usability_successes', 'usability_errors', 'usability_tasks_with_errors',
        'usability_seconds', 'usability_successes_with_seconds'
    ]) }}
    union all
    {{ measures_from('gatherings_by_day', [
        'gathering_registrations', 'gathering_registrations_told', 'gathering_attendees'
    ]) }}
    union all
    {{ measures_from('tickets_by_day', ['onboarding_tickets']) }}
)

select * from final
