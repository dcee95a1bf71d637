-- Grain: one person with all that is known of it; a person known by devices alone is a visitor.
with

customers as (select * from {{ ref('dim_customer') }}),

sessions as (select * from {{ ref('fct_reach_session') }}),

app_usage as (select * from {{ ref('fct_engage_usage') }}),

answers as (
    select * from {{ ref('fct_advocacy_nps_answer') }}
    where person_id is not null
),

tickets as (
    select * from {{ ref('fct_engage_ticket') }}
    where person_id is not null
),

reviews as (
    select * from {{ ref('fct_advocacy_review') }}
    where person_id is not null and is_positive
),

invitations as (
    select * from {{ ref('fct_advocacy_referral') }}
    where inviter_person_id is not null and not is_self
),

segments as (
    select segments.person_id, segments.segment
    from {{ ref('int_customer_segments') }} as segments
    inner join {{ source('house', 'settings') }} as settings
        on {{ add_days('settings.as_of', -1) }} = segments.day
),

demographics as (select * from {{ ref('int_demographics') }}),

rfm as (select * from {{ ref('fct_engage_rfm') }}),

customer_values as (select * from {{ ref('fct_engage_customer_value') }}),

settings as (select * from {{ source('house', 'settings') }}),

newest as (select max(month_end) as month_end from customer_values),

expectations as (
    select customer_values.*
    from customer_values
    inner join newest on customer_values.month_end = newest.month_end
),

ranked_sessions as (
    select
        person_id,
        started_at,
        channel,
        has_interaction,
        row_number() over (partition by person_id order by started_at, session_id) as from_first,
        row_number() over (partition by person_id order by started_at desc, session_id desc) as from_last
    from sessions
),

touches as (
    select
        person_id,
        min(started_at) as first_touch_at,
        max(case when from_first = 1 then channel end) as first_touch_channel,
        max(started_at) as last_touch_at,
        max(case when from_last = 1 then channel end) as last_touch_channel,
        max(case when has_interaction then 1 else 0 end) = 1 as has_interaction
    from ranked_sessions
    group by person_id
),

-- of several answers of one day the last in the order of their ids
ranked_answers as (
    select
        person_id,
        day,
        score,
        is_promoter,
        is_detractor,
        row_number() over (partition by person_id order by day desc, account desc, response_id desc) as from_last
    from answers
),

ticket_counts as (
    select
        person_id,
        count(*) as tickets,
        sum(case when resolved_on is null then 1 else 0 end) as open_tickets,
        max(day) as last_ticket_on
    from tickets
    group by person_id
),

usage_days as (
    select
        person_id,
        max(day) as last_used_on
    from app_usage
    where person_id is not null
    group by person_id
),

recommending as (
    select person_id from reviews
    union
    select inviter_person_id as person_id from invitations
),

joined as (
    select
        customers.*,
        touches.first_touch_at,
        touches.first_touch_channel,
        touches.last_touch_at,
        touches.last_touch_channel,
        ranked_answers.score as nps_score,
        case
            when ranked_answers.is_promoter then 'promoter'
            when ranked_answers.is_detractor then 'detractor'
            when ranked_answers.score is not null then 'passive'
        end as nps_kind,
        ranked_answers.day as nps_on,
        coalesce(ticket_counts.tickets, 0) as tickets,
        coalesce(ticket_counts.open_tickets, 0) as open_tickets,
        ticket_counts.last_ticket_on,
        usage_days.last_used_on,
        coalesce(touches.has_interaction, false) as has_interaction,
        recommending.person_id is not null as has_recommended,
        rfm.recency_days,
        rfm.r_score,
        rfm.f_score,
        rfm.m_score,
        rfm.segment,
        expectations.month_end as expected_from,
        expectations.probability_90d,
        expectations.expected_orders_90d,
        expectations.clv_12m,
        expectations.churn_risk,
        expectations.churn_band,
        coalesce(segments.segment, 'none') as marketing_segment,
        demographics.age_band,
        demographics.gender,
        demographics.province,
        demographics.preferred_category,
        demographics.birth_month,
        {{ days_between('customers.last_order_date', 'settings.as_of') }} <= settings.churn_window_days as is_active
    from customers
    cross join settings
    left join touches on customers.person_id = touches.person_id
    left join ranked_answers on customers.person_id = ranked_answers.person_id and ranked_answers.from_last = 1
    left join ticket_counts on customers.person_id = ticket_counts.person_id
    left join usage_days on customers.person_id = usage_days.person_id
    left join recommending on customers.person_id = recommending.person_id
    left join rfm on customers.person_id = rfm.person_id
    left join expectations on customers.person_id = expectations.person_id
    left join segments on customers.person_id = segments.person_id
    left join demographics on customers.person_id = demographics.person_id
),

final as (
    select
        person_id,
        market,
        -- the furthest stage of RACE that the person has reached
        case
            when has_recommended or coalesce(nps_kind = 'promoter', false) then 'advocacy'
            when is_customer and (orders > 1 or is_member or coalesce(last_used_on >= first_order_date, false))
                then 'engage'
            when is_customer then 'convert'
            when is_lead or is_subscriber or is_member or has_interaction or last_used_on is not null then 'act'
            else 'reach'
        end as race_stage,
        first_touch_at,
        first_touch_channel,
        last_touch_at,
        last_touch_channel,
        sessions,
        first_order_date,
        last_order_date,
        orders,
        net_sales,
        coalesce(is_active, false) as is_active,
        is_anonymous,
        is_customer,
        is_lead,
        is_subscriber,
        is_member,
        nps_score,
        nps_kind,
        nps_on,
        tickets,
        cast(open_tickets as bigint) as open_tickets,
        last_ticket_on,
        last_used_on,
        recency_days,
        r_score,
        f_score,
        m_score,
        segment,
        expected_from,
        probability_90d,
        expected_orders_90d,
        clv_12m,
        churn_risk,
        churn_band,
        marketing_segment,
        age_band,
        gender,
        province,
        preferred_category,
        birth_month
    from joined
)

select * from final
