-- Every landed row in effect is a row of its fact, but for what a documented rule leaves out: staff and robots of
-- exclusions.csv, answers without a score, reviews without stars or marked as spam, messages that are no e-mail,
-- exports of a filtered view, messages that only say who somebody is. A difference is a row that was lost or doubled
-- on the way.
{% set facts = [
    ('fct_reach_search', [('search_console', 'chart')], [('stg_search_console__chart', 'is_filtered')]),
    ('fct_reach_keyword', [('google_ads', 'keyword_daily')], []),
    (
        'int_site_events',
        [('ga4', 'events'), ('segment', 'events', "message_type in ('page', 'screen', 'track')")],
        [
            ('stg_ga4__events', 'is_excluded or user_pseudo_id is null'),
            ('stg_segment__events', 'is_excluded or anonymous_id is null'),
        ],
    ),
    (
        'fct_reach_email_campaign',
        [
            ('mailchimp', 'campaigns'), ('klaviyo', 'campaigns'), ('activecampaign', 'campaigns'),
            ('getresponse', 'campaigns'),
        ],
        [('stg_klaviyo__campaigns', "channel <> 'email'")],
    ),
    ('fct_reach_message', [('zalo_oa', 'messages')], []),
    ('fct_reach_affiliate', [('affiliate', 'transactions')], []),
    ('fct_act_usability_task', [('usability_test', 'tasks')], []),
    ('fct_advocacy_nps_answer', [('nps', 'answers')], [('stg_nps__answers', 'score is null or is_excluded')]),
    ('fct_advocacy_nps_invitation', [('nps', 'invitations')], [('stg_nps__invitations', 'is_excluded')]),
    ('fct_advocacy_referral', [('referral', 'invitations')], [('stg_referral__invitations', 'is_excluded')]),
    (
        'fct_advocacy_review',
        [
            ('reviews', 'gbp_reviews'), ('reviews', 'trustpilot'), ('reviews', 'judge_me'), ('reviews', 'yotpo'),
            ('reviews', 'other'),
        ],
        [('stg_reviews__reviews', 'stars is null or is_spam or is_excluded')],
    ),
    ('fct_advocacy_endorsement', [('plan', 'endorsements')], []),
    ('fct_advocacy_testimonial', [('plan', 'testimonials')], []),
] %}
{% for _, tables, _ in facts %}{% for table in tables %}
-- depends_on: {{ source(table[0], table[1]) }}
{% endfor %}{% endfor %}
with

counted as (
    {% for fact, tables, left_out in facts %}
    {% for table in tables %}
    select '{{ fact }}' as fact, count(*) as landed_rows, 0 as left_out_rows, 0 as fact_rows
    from {{ landed(table[0], table[1]) }} as landed_{{ table[0] }}_{{ table[1] }}
    {% if table | length == 3 %}where {{ table[2] }}{% endif %}
    union all
    {% endfor %}
    {% for relation, condition in left_out %}
    select '{{ fact }}' as fact, 0 as landed_rows, count(*) as left_out_rows, 0 as fact_rows
    from {{ ref(relation) }}
    where {{ condition }}
    union all
    {% endfor %}
    select '{{ fact }}' as fact, 0 as landed_rows, 0 as left_out_rows, count(*) as fact_rows
    from {{ ref(fact) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

final as (
    select
        fact,
        sum(landed_rows) as landed_rows,
        sum(left_out_rows) as left_out_rows,
        sum(fact_rows) as fact_rows
    from counted
    group by fact
)

select * from final
where landed_rows - left_out_rows <> fact_rows
