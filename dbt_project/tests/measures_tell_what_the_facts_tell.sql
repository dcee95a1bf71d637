-- The mart's days against the facts themselves: nothing is lost or doubled on the way through the windows. Measures
-- that have no days stand at the month. A day that no export covers has no row in the mart, whatever its facts.
{% set counted = {
    'fct_reach_ads': {'day': {
        'ad_impressions': 'sum(impressions)',
        'ad_impressions_with_clicks': 'sum(case when clicks is not null then impressions end)',
        'ad_clicks': 'sum(clicks)',
        'ad_spend': 'sum(cost)',
        'ad_spend_with_clicks': 'sum(case when clicks is not null then cost end)',
        'platform_conversions': 'sum(purchases)',
        'platform_purchase_value': 'sum(purchase_value)',
        'ad_spend_with_purchase_value': 'sum(case when purchase_value is not null then cost end)',
    }},
    'fct_reach_keyword': {'day': {
        'quality_score_impressions': 'sum(case when quality_score is not null then impressions end)',
        'quality_score_x_impressions': 'sum(quality_score * impressions)',
    }},
    'fct_reach_search': {'day': {
        'search_impressions': 'sum(impressions)',
        'search_clicks': 'sum(clicks)',
        'search_position_x_impressions': 'sum(position_x_impressions)',
    }},
    'fct_reach_session': {'day': {
        'sessions': 'count(*)',
        'bounced_sessions': 'sum(case when is_bounced then 1 end)',
        'sessions_with_engagement': 'count(engaged_seconds)',
        'referral_sessions': "sum(case when channel = 'referral' then 1 end)",
        'engaged_seconds': 'sum(engaged_seconds)',
        'page_views': 'sum(page_views)',
        'sessions_with_page_views': 'count(page_views)',
        'page_views_with_engagement': 'sum(case when engaged_seconds is not null then page_views end)',
        'product_views': 'sum(product_views)',
        'product_view_sessions': 'sum(case when has_product_view then 1 end)',
        'cart_sessions': 'sum(case when has_cart_after_view then 1 end)',
        'newsletter_signups': 'sum(newsletter_signups)',
        'content_interactions': 'sum(content_interactions)',
        'converting_sessions': 'count(order_id)',
    }},
    'fct_reach_email_campaign': {'day': {
        'email_delivered': 'sum(delivered)',
        'email_unique_opens': 'sum(unique_opens)',
        'email_forwards': 'sum(forwards)',
        'email_unique_clicks': 'sum(unique_clicks)',
        'campaign_unsubscribes': 'sum(unsubscribes)',
        'email_delivered_with_opens': 'sum(case when unique_opens is not null then delivered end)',
        'email_unique_opens_with_delivered': 'sum(case when delivered is not null then unique_opens end)',
        'email_delivered_with_forwards': 'sum(case when forwards is not null then delivered end)',
        'email_forwards_with_delivered': 'sum(case when delivered is not null then forwards end)',
        'email_delivered_with_clicks': 'sum(case when unique_clicks is not null then delivered end)',
        'email_unique_clicks_with_delivered': 'sum(case when delivered is not null then unique_clicks end)',
        'email_unique_clicks_with_opens': 'sum(case when unique_opens is not null then unique_clicks end)',
        'email_unique_opens_with_clicks': 'sum(case when unique_clicks is not null then unique_opens end)',
        'email_delivered_with_unsubscribes': 'sum(case when unsubscribes is not null then delivered end)',
        'campaign_unsubscribes_with_delivered': 'sum(case when delivered is not null then unsubscribes end)',
        'email_sent_with_delivered': 'sum(case when delivered is not null then recipients end)',
        'email_delivered_with_sent': 'sum(case when recipients is not null then delivered end)',
        'email_sent_with_bounces': 'sum(case when bounces is not null then recipients end)',
        'email_bounces_with_sent': 'sum(case when recipients is not null then bounces end)',
        'email_delivered_with_complaints': 'sum(case when complaints is not null then delivered end)',
        'email_complaints_with_delivered': 'sum(case when delivered is not null then complaints end)',
        'email_delivered_with_revenue': 'sum(case when revenue is not null then delivered end)',
        'email_revenue_with_delivered': 'sum(case when delivered is not null then revenue end)',
    }},
    'fct_reach_message': {'day': {
        'messages_delivered_with_reads': 'sum(case when reads is not null then delivered end)',
        'message_reads_with_delivered': 'sum(case when delivered is not null then reads end)',
        'messages_delivered_with_clicks': 'sum(case when clicks is not null then delivered end)',
        'message_clicks_with_delivered': 'sum(case when delivered is not null then clicks end)',
        'messages_delivered_with_opt_outs': 'sum(case when opt_outs is not null then delivered end)',
        'message_opt_outs_with_delivered': 'sum(case when delivered is not null then opt_outs end)',
    }},
    'fct_reach_social_day': {'day': {
        'social_impressions': 'sum(impressions)',
        'social_engagements': 'sum(engagements)',
        'social_impressions_with_engagements': 'sum(impressions_with_engagements)',
        'social_engagements_with_impressions': 'sum(engagements_with_impressions)',
    }},
    'fct_reach_mention': {'day': {
        'brand_mentions': "sum(case when kind = 'brand' then 1 end)",
        'brand_mentions_with_sentiment': "sum(case when kind = 'brand' and sentiment <> 'unknown' then 1 end)",
        'negative_mentions': "sum(case when kind = 'brand' and sentiment = 'negative' then 1 end)",
        'positive_mentions': "sum(case when kind = 'brand' and sentiment = 'positive' then 1 end)",
        'tracked_mentions': 'sum(case when is_tracked then 1 end)',
    }},
    'fct_act_cart': {'day': {
        'carts_created': 'count(*)',
        'carts_ordered': 'sum(case when is_ordered then 1 end)',
    }},
    'fct_act_login': {'day': {
        'signups': 'count(*)',
        'activated_accounts': 'sum(case when is_activated_7d then 1 end)',
        'profiles_completed': 'sum(case when is_completed_30d then 1 end)',
        'signups_with_usage': 'count(is_activated_7d)',
        'signups_with_profile': 'count(is_completed_30d)',
    }},
    'fct_act_lead': {
        'became_lead_on': {
            'leads': 'count(*)',
            'leads_created_cohort': 'sum(case when not was_customer then 1 end)',
            'leads_won_cohort': 'sum(case when is_won_90d and not was_customer then 1 end)',
            'leads_with_value': 'sum(case when not was_customer then 1 end)',
        },
        'qualified_on': {'qualified_leads': 'count(*)'},
    },
    'fct_act_gathering': {'day': {
        'gathering_registrations': 'sum(case when not is_cancelled then 1 end)',
        'gathering_registrations_told': 'sum(case when not is_cancelled and is_attended is not null then 1 end)',
        'gathering_attendees': 'sum(case when is_attended then 1 end)',
    }},
    'fct_act_usability_task': {'day': {
        'usability_tasks': 'count(*)',
        'usability_successes': 'sum(case when is_success then 1 end)',
        'usability_errors': 'sum(errors)',
        'usability_tasks_with_errors': 'count(errors)',
        'usability_successes_with_seconds': 'sum(case when is_success then case when seconds is not null then 1 end end)',
        'usability_seconds': 'sum(case when is_success then seconds end)',
    }},
    'fct_convert_order': {'order_date': {
        'orders_placed': 'count(*)',
        'orders': 'sum(case when is_counted then 1 end)',
        'identified_orders': 'sum(case when is_counted and is_identified then 1 end)',
        'online_orders': "sum(case when is_counted and sales_place = 'online' then 1 end)",
        'offline_orders': "sum(case when is_counted and sales_place = 'offline' then 1 end)",
        'gross_sales': 'sum(case when is_counted then gross_sales end)',
        'discounts': 'sum(case when is_counted then discounts end)',
        'new_customers': 'sum(case when is_counted and order_number = 1 then 1 end)',
        'orders_cancelled': 'sum(case when is_cancelled_60d then 1 end)',
        'orders_undelivered': 'sum(case when is_undelivered_60d then 1 end)',
        'orders_returned': 'sum(case when is_counted and is_returned_60d then 1 end)',
        'orders_with_refunds_told': 'sum(case when is_counted and tells_refunds then 1 end)',
        'refunded_sales_60d': 'sum(case when is_counted and tells_refunds then refunded_sales_60d end)',
        'sales_with_refunds_told': 'sum(case when is_counted and tells_refunds then gross_sales - discounts end)',
        'units_sold': 'sum(case when is_counted then units end)',
        'orders_with_units': 'sum(case when is_counted and units is not null then 1 end)',
    }},
    'fct_convert_refund': {'refund_date': {
        'refunded_sales': 'sum(case when is_counted then refunded_sales end)',
    }},
    'fct_convert_margin': {'day': {
        'net_sales': 'sum(net_sales)',
        'net_sales_costed': 'sum(case when is_costed then net_sales end)',
        'cost_of_goods': 'sum(cost)',
        'gross_profit': 'sum(case when is_costed then net_sales - cost end)',
    }},
    'fct_convert_deal': {'closed_on': {
        'deals_closed': 'sum(case when is_closed then 1 end)',
        'deals_won': 'sum(case when is_won then 1 end)',
        'sales_cycle_days': 'sum(case when is_closed then cycle_days end)',
        'deals_won_dated': 'sum(case when is_closed and cycle_days is not null then 1 end)',
    }},
    'fct_convert_trial': {'started_on': {
        'trials_started': 'count(*)',
        'trials_converted': 'sum(case when is_converted_30d then 1 end)',
    }},
    'fct_engage_repeat_order': {'order_date': {
        'existing_customer_orders': 'count(*)',
        'upsell_orders': 'sum(case when is_upsell then 1 end)',
        'cross_sell_orders': 'sum(case when is_cross_sell then 1 end)',
    }},
    'fct_engage_usage': {'day': {'usage_seconds': 'sum(seconds)'}},
    'fct_engage_ticket': {
        'day': {
            'tickets_opened': 'count(*)',
            'tickets_replied': 'sum(case when is_replied then 1 end)',
            'first_response_minutes': 'sum(case when is_replied then first_reply_minutes end)',
            'tickets_reply_due': 'count(is_replied_in_time)',
            'tickets_replied_in_time': 'sum(case when is_replied_in_time then 1 end)',
        },
        'resolved_on': {
            'tickets_resolved': 'count(*)',
            'resolution_minutes': 'sum(resolution_minutes)',
            'tickets_resolved_with_contacts': 'count(is_first_contact)',
            'tickets_resolved_first_contact': 'sum(case when is_first_contact then 1 end)',
        },
        'last_solved_on': {
            'tickets_solved_with_reopens': 'count(is_reopened)',
            'tickets_reopened': 'sum(case when is_reopened then 1 end)',
        },
    },
    'fct_engage_csat_answer': {'day': {
        'csat_responses': 'count(*)',
        'csat_satisfied': 'sum(case when is_satisfied then 1 end)',
    }},
    'fct_engage_effort_answer': {'day': {
        'effort_responses': 'count(*)',
        'effort_scores': 'sum(score)',
    }},
    'fct_engage_loyalty_posting': {'day': {
        'loyalty_points_earned': 'sum(points_earned)',
        'loyalty_points_redeemed': 'sum(points_redeemed)',
        'loyalty_points_expired': 'sum(points_expired)',
    }},
    'fct_engage_community_topic': {'day': {
        'community_topics': 'count(*)',
        'community_topics_answered': 'sum(case when is_answered_1d then 1 end)',
    }},
    'fct_engage_member_order': {'order_date': {'member_orders': 'count(*)'}},
    'fct_advocacy_nps_answer': {'day': {
        'nps_responses': 'count(*)',
        'nps_promoters': 'sum(case when is_promoter then 1 end)',
        'nps_detractors': 'sum(case when is_detractor then 1 end)',
    }},
    'fct_advocacy_nps_invitation': {'day': {
        'nps_invited': 'count(*)',
        'nps_answered_invited': 'sum(case when is_answered_30d then 1 end)',
    }},
    'fct_advocacy_referral': {'day': {
        'referrals_sent': 'count(*)',
        'friends_invited': 'sum(case when is_new_friend then 1 end)',
        'referrals_converted': 'sum(case when is_new_friend and is_converted_90d then 1 end)',
    }},
    'fct_advocacy_content_share': {'day': {'content_shares': 'sum(shares)'}},
    'fct_advocacy_endorsement': {'day': {
        'endorsements': 'count(*)',
        'endorsement_reach': 'sum(reach)',
    }},
    'fct_advocacy_testimonial': {'day': {'testimonials': 'sum(case when has_consent then 1 end)'}},
    'fct_advocacy_review': {'day': {
        'reviews': 'count(*)',
        'review_stars': 'sum(stars)',
        'positive_reviews': 'sum(case when is_positive then 1 end)',
        'reviews_with_answers_told': 'count(is_answered)',
        'reviews_answered': 'sum(case when is_answered then 1 end)',
    }},
    'fct_plan_budget': {'day': {'marketing_budget': 'sum(amount)'}},
} %}
{% set counted_by_month = {
    'fct_plan_initiative': {'planned_end': {
        'initiatives_due': 'count(*)',
        'initiatives_on_schedule': 'sum(case when is_on_schedule then 1 end)',
    }},
    'fct_engage_term': {'ends_on': {
        'renewals_due': 'sum(case when has_ended then 1 end)',
        'renewals_made': 'sum(case when has_ended and is_renewed_30d then 1 end)',
    }},
    'fct_reach_brand_search': {'day': {'brand_search_volume': 'sum(searches)'}},
    'int_market_days': {'day': {'market_revenue': 'sum(revenue)'}},
    'fct_convert_market_sales': {'day': {'net_sales_in_market': 'sum(net_sales)'}},
} %}
{% set dated = [] %}
{% set told = [] %}
{% for period, facts in {'day': counted, 'month': counted_by_month}.items() %}
{% for fact, dates in facts.items() %}
{% for date, measures in dates.items() %}
{% do dated.append({'period': period, 'fact': fact, 'date': date, 'measures': measures}) %}
{% for measure in measures %}
{% do told.append({'period': period, 'measure': measure, 'sums': fact ~ '_' ~ date}) %}
{% endfor %}
{% endfor %}
{% endfor %}
{% endfor %}
with

{% for sums in dated %}
{{ sums.fact }}_{{ sums.date }} as (
    select
        {% for measure, value in sums.measures.items() %}
        {{ value }} as {{ measure }},
        {% endfor %}
        cast(date_trunc('{{ sums.period }}', {{ sums.date }}) as date) as period_start
    from {{ ref(sums.fact) }}
    {% if sums.period == 'month' %}
    -- a month that runs holds what is over
    where {{ sums.date }} < (select as_of from {{ source('house', 'settings') }})
    {% endif %}
    group by cast(date_trunc('{{ sums.period }}', {{ sums.date }}) as date)
),

{% endfor %}
facts as (
    {% for one in told %}
    select
        '{{ one.measure }}' as measure,
        '{{ one.period }}' as period,
        period_start,
        cast({{ one.measure }} as decimal(38, 6)) as value
    from {{ one.sums }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

told as (
    {% for one in told %}
    select '{{ one.measure }}' as measure, '{{ one.period }}' as period
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

mart as (
    select
        race_measure.measure,
        race_measure.period,
        race_measure.period_start,
        race_measure.value
    from {{ ref('race_measure') }} as race_measure
    inner join told on race_measure.measure = told.measure and race_measure.period = told.period
    where race_measure.channel = 'all' and race_measure.market = 'all'
)

select
    mart.measure,
    mart.period,
    mart.period_start,
    mart.value as mart_value,
    facts.value as fact_value
from mart
left join facts
    on mart.measure = facts.measure and mart.period = facts.period and mart.period_start = facts.period_start
where mart.value <> coalesce(facts.value, 0)
