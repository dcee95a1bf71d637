-- Every landed row in effect is a row of its fact, source by source and account by account, but for what a documented
-- rule leaves out. A difference is a row that was lost or doubled on the way.
--
-- Told by tests of their own: ads and their details, orders, their lines, refunds, margins and credits, budgets and
-- costs by the day, sessions by the events of their devices, and pages (fct_act_page) by the sessions.
-- No rule counts these: which HubSpot contacts are leads by their stages, fct_reach_social_day where posts tell it and
-- fct_advocacy_content_share (differences between exports); fct_act_login by sign-ups on the site (a list takes their
-- place for its sites and days); fct_convert_attribution_claims, fct_convert_experiment, fct_engage_customer_value,
-- fct_engage_customer_fit, fct_engage_rfm, fct_engage_send_hour, fct_engage_repeat_order, fct_engage_first_year,
-- fct_engage_tier_change and fct_convert_order_code (worked out from other facts and states); fct_engage_reason
-- (words of what other facts count) and fct_engage_community (the last reading of a day); fct_act_site_search,
-- fct_act_page_speed and fct_act_page_speed_day (events of sessions, told again), fct_reach_search_term (queries of
-- one spelling).
{% set mentions = [] %}
{% for tool in ['brandwatch', 'meltwater', 'brand24'] %}
    {% do mentions.append({
        'of': ref('stg_listening__' ~ tool) ~ " as found inner join " ~ ref('int_listening_terms') ~ " as terms "
            ~ "on found.query = terms.query",
        'key': ['kind', 'competitor', "coalesce(url, concat_ws('|', batch_id, cast(landed_row as string)))"],
    }) %}
{% endfor %}
{% set settled = [] %}
{% for model in mapped_order_models() %}
    {% do settled.append({
        'of': ref(model),
        'key': ['order_name'],
        'where': "coalesce(settled_amount, commission_fee, service_fee, payment_fee) is not null "
            ~ "and concat_ws('', source, ':', account, ':', order_name) in (select order_id from "
            ~ ref('fct_convert_order') ~ ")",
    }) %}
{% endfor %}
{% do settled.append({
    'of': ref('stg_amazon__settlement'),
    'key': ['order_name'],
    'where': "concat_ws('', source, ':', account, ':', order_name) in (select order_id from " ~ ref('fct_convert_order') ~ ")",
}) %}
{# Of an entry: the fact; `where`: which of its rows are meant; `has`: what lands for it, each a landed table or a
   relation, with its own `where`; `less`: what the documented rule leaves out of it. Where parts have a `key`, equal
   keys are one row. #}
{% set facts = [
    {
        'fact': ref('fct_reach_search'),
        'has': [{'landed': ['search_console', 'chart']}],
        'less': [{'of': ref('stg_search_console__chart'), 'where': 'is_filtered'}],
    },
    {'fact': ref('fct_reach_keyword'), 'has': [{'landed': ['google_ads', 'keyword_daily']}]},
    {
        'fact': ref('fct_reach_ads_period'),
        'has': [{'landed': ['google_ads', 'campaign_period']}, {'landed': ['meta_ads', 'ads_period']}],
    },
    {
        'fact': ref('int_site_events'),
        'has': [
            {'landed': ['ga4', 'events']},
            {'of': ref('stg_ga4__events'), 'where': 'is_intraday'},
            {'landed': ['segment', 'events'], 'where': "message_type in ('page', 'screen', 'track')"},
            {'landed': ['matomo', 'events']}, {'landed': ['umami', 'events']}, {'landed': ['events_file', 'events']},
        ],
        'less': [
            {'of': ref('stg_ga4__events'), 'where': 'is_excluded or user_pseudo_id is null'},
            {'of': ref('stg_matomo__events'), 'where': 'is_excluded'},
            {'of': ref('stg_umami__events'), 'where': 'is_excluded'},
            {'of': ref('stg_events_file__events'), 'where': 'is_excluded'},
            {'of': ref('stg_segment__events'), 'where': 'is_excluded or anonymous_id is null'},
        ],
    },
    {
        'fact': ref('fct_reach_email_campaign'),
        'has': [
            {'landed': ['mailchimp', 'campaigns']}, {'landed': ['klaviyo', 'campaigns']},
            {'landed': ['activecampaign', 'campaigns']}, {'landed': ['getresponse', 'campaigns']},
            {'landed': ['brevo', 'campaigns']}, {'landed': ['omnisend', 'campaigns']},
            {'landed': ['hubspot', 'emails']}, {'of': ref('stg_sendgrid__campaigns')},
        ],
        'less': [
            {'of': ref('stg_klaviyo__campaigns'), 'where': "channel <> 'email'"},
            {'of': ref('stg_brevo__campaigns'), 'where': "channel <> 'email'"},
            {'of': ref('stg_omnisend__campaigns'), 'where': "channel <> 'email'"},
            {'of': ref('stg_hubspot__emails'), 'where': "channel <> 'email'"},
        ],
    },
    {
        'fact': ref('fct_reach_message'),
        'has': [
            {'landed': ['zalo_oa', 'messages']}, {'landed': ['messages_file', 'messages']},
            {'of': ref('stg_klaviyo__campaigns'), 'where': "channel <> 'email'"},
            {'of': ref('stg_omnisend__campaigns'), 'where': "channel <> 'email'"},
        ],
    },
    {'fact': ref('fct_reach_affiliate'), 'has': [{'landed': ['affiliate', 'transactions']}]},
    {'fact': ref('fct_reach_mention'), 'has': mentions},
    {'fact': ref('fct_reach_follower'), 'has': [{'of': ref('stg_social__follower_counts')}]},
    {
        'fact': ref('fct_reach_social_day'),
        'where': "concat_ws('', account, ':', network) in (select concat_ws('', account, ':', network) from "
            ~ ref('int_social_daily') ~ ")",
        'has': [{'landed': ['social', 'x_account_daily']}, {'landed': ['social', 'linkedin_page_daily']},
                {'landed': ['threads', 'daily']}, {'landed': ['pinterest', 'daily']}],
    },
    {'fact': ref('fct_reach_marketplace_traffic'), 'has': [{'landed': ['marketplace_traffic', 'daily']}]},
    {
        'fact': ref('fct_reach_brand_search'),
        'has': [{
            'of': ref('stg_seo__keyword_planner'),
            'key': ['month', 'keyword'],
            'where': "keyword in (select term from " ~ ref('stg_plan__brand_terms') ~ " where kind = 'brand')",
        }],
    },
    {
        'fact': ref('fct_reach_domain_authority'),
        'has': [
            {'of': ref('stg_seo__moz_domains'), 'key': ["'moz'", 'domain', 'day']},
            {'of': ref('stg_seo__domain_scores'), 'key': ['vendor', 'domain', 'day']},
        ],
    },
    {'fact': ref('fct_act_usability_task'), 'has': [{'landed': ['usability_test', 'tasks']}]},
    {
        'fact': ref('fct_act_cart'),
        'has': [{'of': ref('fct_reach_session'), 'where': 'first_cart_add_at is not null'}],
    },
    {
        'fact': ref('fct_act_login'),
        'where': "known_by = 'list'",
        'has': [{
            'landed': ['plan', 'account_profiles'], 'where': 'login_hash is not null or email_hash is not null',
        }],
        'less': [{'of': ref('stg_plan__account_profiles'), 'where': 'is_excluded'}],
    },
    {
        'fact': ref('int_leads'),
        'has': [
            {'of': ref('stg_hubspot__contacts'), 'where': 'not is_excluded'},
            {'of': ref('stg_salesforce__leads'), 'where': 'not is_excluded'},
        ],
        'less': [{
            'of': ref('stg_hubspot__contacts'),
            'where': "not is_excluded and concat_ws('', account, ':', contact_id) in (select concat_ws('', account, ':', contact_id) from "
                ~ ref('int_crm_merged_ids') ~ ")",
        }],
    },
    {'fact': ref('fct_act_lead'), 'has': [{'of': ref('int_leads'), 'where': 'became_lead_on is not null'}]},
    {
        'fact': ref('fct_act_lead'),
        'where': "source = 'salesforce'",
        'has': [{'of': ref('stg_salesforce__leads'), 'where': 'created_at is not null and not is_excluded'}],
    },
    {
        'fact': ref('fct_convert_deal'),
        'has': [{'of': ref('stg_hubspot__deals')}, {'of': ref('stg_salesforce__opportunities')}],
    },
    {
        'fact': ref('fct_convert_trial'),
        'has': [{'landed': ['plan', 'subscriptions'], 'where': "lower(trim(kind)) = 'trial'"}],
        'less': [{'of': ref('stg_plan__subscriptions'), 'where': "is_excluded and kind = 'trial'"}],
    },
    {
        'fact': ref('fct_engage_term'),
        'has': [{'landed': ['plan', 'subscriptions'], 'where': "lower(trim(kind)) = 'term'"}],
        'less': [{'of': ref('stg_plan__subscriptions'), 'where': "is_excluded and kind = 'term'"}],
    },
    {
        'fact': ref('fct_convert_exposure'),
        'has': [
            {
                'of': ref('stg_experiments__optimizely_decisions'),
                'key': ['experiment_id', "coalesce(visitor_id, concat_ws('', 'login:', visitor_hash))", 'is_holdback'],
                'where': 'not is_excluded and experiment_id is not null and (variation_id is not null or is_holdback)',
            },
            {
                'of': ref('stg_experiments__exposures'),
                'key': ['experiment_id', "coalesce(anonymous_id, concat_ws('', 'login:', user_id_hash))", 'false'],
                'where': 'not is_excluded',
            },
        ],
    },
    {'fact': ref('fct_convert_settlement'), 'has': settled},
    {
        'fact': ref('fct_engage_subscriber'),
        'has': [
            {
                'landed': ['mailchimp', 'audience'], 'where': 'coalesce(confirm_at, optin_at) is not null',
            },
            {
                'of': ref('stg_klaviyo__profiles'),
                'where': "state in ('subscribed', 'ended') and subscribed_at is not null and not is_excluded",
            },
            {
                'of': ref('stg_activecampaign__contacts'),
                'where': "state in ('subscribed', 'ended') and subscribed_at is not null and not is_excluded",
            },
            {
                'of': ref('stg_getresponse__contacts'),
                'where': "state in ('subscribed', 'ended') and subscribed_at is not null and not is_excluded",
            },
            {
                'of': ref('stg_brevo__contacts'),
                'where': "state in ('subscribed', 'ended') and subscribed_at is not null and not is_excluded",
            },
            {
                'of': ref('stg_contacts_file__addresses'),
                'where': "state in ('subscribed', 'ended') and subscribed_at is not null and not is_excluded",
            },
        ],
        'less': [{
            'of': ref('stg_mailchimp__audience'),
            'where': 'is_excluded and coalesce(confirm_at, optin_at) is not null',
        }],
    },
    {
        'fact': ref('fct_engage_email_activity'),
        'has': [
            {
                'of': ref('stg_klaviyo__email_activity'),
                'key': ['email_hash', 'kind', 'occurred_at', 'campaign_id'],
                'where': 'not is_excluded',
            },
            {
                'of': ref('stg_activecampaign__email_activity'),
                'key': ['email_hash', 'kind', 'occurred_at', 'campaign_id'],
                'where': 'not is_excluded',
            },
            {
                'of': ref('stg_getresponse__email_activity'),
                'key': ['email_hash', 'kind', 'occurred_at', 'campaign_id'],
                'where': 'not is_excluded',
            },
            {
                'of': ref('stg_sendgrid__email_activity'),
                'key': ['email_hash', 'kind', 'occurred_at', 'campaign_id'],
                'where': 'not is_excluded',
            },
        ],
    },
    {
        'fact': ref('int_ticket_heads'),
        'has': [
            {'of': ref('stg_zendesk__tickets'), 'key': ['ticket_id']},
            {'of': ref('stg_zendesk__ticket_report'), 'key': ['ticket_id']},
            {'of': ref('stg_freshdesk__tickets'), 'key': ['ticket_id']},
            {'of': ref('stg_intercom__tickets'), 'key': ['ticket_id']},
            {'of': ref('stg_gorgias__tickets'), 'key': ['ticket_id']},
        ],
    },
    {'fact': ref('fct_engage_ticket'), 'has': [{'of': ref('int_ticket_heads'), 'where': 'is_counted'}]},
    {
        'fact': ref('fct_engage_csat_answer'),
        'has': [
            {
                'of': ref('stg_csat_survey__answers'),
                'where': 'score is not null and answered_at is not null and not is_excluded',
            },
            {'of': ref('int_ticket_heads'), 'where': 'is_counted and rating is not null'},
            {
                'of': ref('stg_answers_file__answers'),
                'where': "kind = 'csat' and score is not null and not is_excluded",
            },
        ],
    },
    {
        'fact': ref('fct_engage_effort_answer'),
        'has': [{
            'of': ref('stg_answers_file__answers'), 'where': "kind = 'ces' and score is not null and not is_excluded",
        }],
    },
    {
        'fact': ref('fct_engage_usage'),
        'has': [{
            'landed': ['plan', 'app_usage'], 'where': 'login_hash is not null or email_hash is not null',
        }],
        'less': [{'of': ref('stg_plan__app_usage'), 'where': 'is_excluded'}],
    },
    {
        'fact': ref('fct_engage_loyalty_member'),
        'has': [{'landed': ['loyalty', 'members']}],
        'less': [{'of': ref('stg_loyalty__members'), 'where': 'is_excluded'}],
    },
    {
        'fact': ref('fct_engage_loyalty_posting'),
        'has': [{'landed': ['loyalty', 'ledger']}],
        'less': [{
            'of': ref('stg_loyalty__ledger'),
            'where': "concat_ws('', account, ':', member_hash) in (select concat_ws('', account, ':', member_hash) from "
                ~ ref('stg_loyalty__members') ~ " where is_excluded)",
        }],
    },
    {
        'fact': ref('fct_advocacy_nps_answer'),
        'has': [
            {'landed': ['nps', 'answers']},
            {
                'of': ref('stg_answers_file__answers'),
                'where': "kind = 'nps' and score is not null and not is_excluded",
            },
        ],
        'less': [{'of': ref('stg_nps__answers'), 'where': 'score is null or is_excluded'}],
    },
    {
        'fact': ref('fct_advocacy_nps_invitation'),
        'has': [{'landed': ['nps', 'invitations']}],
        'less': [{'of': ref('stg_nps__invitations'), 'where': 'is_excluded'}],
    },
    {
        'fact': ref('fct_advocacy_referral'),
        'has': [{'landed': ['referral', 'invitations']}],
        'less': [{'of': ref('stg_referral__invitations'), 'where': 'is_excluded'}],
    },
    {
        'fact': ref('fct_advocacy_review'),
        'has': [
            {'landed': ['reviews', 'gbp_reviews']}, {'landed': ['reviews', 'trustpilot']},
            {'landed': ['reviews', 'judge_me']}, {'landed': ['reviews', 'yotpo']}, {'landed': ['reviews', 'other']},
            {'landed': ['app_reviews', 'google_play']}, {'landed': ['app_store_reviews', 'reviews']},
        ],
        'less': [{'of': ref('stg_reviews__reviews'), 'where': 'stars is null or is_spam or is_excluded'}],
    },
    {'fact': ref('fct_advocacy_endorsement'), 'has': [{'landed': ['plan', 'endorsements']}]},
    {'fact': ref('fct_advocacy_testimonial'), 'has': [{'landed': ['plan', 'testimonials']}]},
    {'fact': ref('fct_plan_target'), 'has': [{'landed': ['plan', 'targets']}]},
    {'fact': ref('fct_plan_initiative'), 'has': [{'landed': ['plan', 'initiatives']}]},
    {
        'fact': ref('fct_plan_market'),
        'account': "'all'",
        'has': [{'of': ref('stg_plan__market_size'), 'key': ['month', 'market', 'category']}],
    },
] %}
{% for entry in facts %}{% for part in entry.has if part.landed %}
-- depends_on: {{ source(part.landed[0], part.landed[1]) }}
{% endfor %}{% endfor %}
with

counted as (
    {% for entry in facts %}
    {% set number = loop.index %}
    {% set account = entry.account | default('account') %}
    {% if entry.has[0].key %}
    select {{ number }} as entry, source, account, count(*) as due_rows, 0 as fact_rows
    from (
        {% for part in entry.has %}
        {{ rows_that_count(part, account) }}
        {{ 'union' if not loop.last }}
        {% endfor %}
    ) as keys
    group by source, account
    union all
    {% else %}
    {% for part in entry.has %}
    select {{ number }} as entry, source, account, count(*) as due_rows, 0 as fact_rows
    from ({{ rows_that_count(part, account) }}) as counted_rows
    group by source, account
    union all
    {% endfor %}
    {% for part in entry.less | default([]) %}
    select {{ number }} as entry, source, account, -count(*) as due_rows, 0 as fact_rows
    from ({{ rows_that_count(part, account) }}) as counted_rows
    group by source, account
    union all
    {% endfor %}
    {% endif %}
    select {{ number }} as entry, source, account, 0 as due_rows, count(*) as fact_rows
    from ({{ rows_that_count({'of': entry.fact, 'where': entry.where}, account) }}) as counted_rows
    group by source, account
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

final as (
    select
        case entry
            {% for entry in facts %}
            when {{ loop.index }} then '{{ entry.fact.identifier }}'
            {% endfor %}
        end as fact,
        source,
        account,
        sum(due_rows) as due_rows,
        sum(fact_rows) as fact_rows
    from counted
    group by entry, source, account
)

select * from final
where due_rows <> fact_rows
