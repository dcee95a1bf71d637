{# The ad sources whose reports begin like those of ads_file (`like: ads_file.ads_daily` in their contracts). #}

{# What each of them has: its daily table, its report over a period, and reports in more detail than campaigns. #}
{% macro alike_ads() %}
    {{ return({
        'microsoft_ads': {'daily': 'ads_daily', 'details': ['keyword_daily', 'search_term_daily']},
        'linkedin_ads': {'daily': 'ads_daily'},
        'pinterest_ads': {'daily': 'ads_daily'},
        'snapchat_ads': {'daily': 'ads_daily'},
        'apple_search_ads': {'daily': 'ads_daily'},
        'amazon_ads': {'daily': 'ads_daily', 'period': 'ads_period'},
        'zalo_ads': {'daily': 'ads_daily', 'period': 'ads_period'},
        'ads_file': {'daily': 'ads_daily', 'period': 'ads_period'},
    }) }}
{% endmacro %}


{# The staging model of such a report: one of its rows. `more` are columns that this table has besides, `dated_by` its
   day, or the first and last day of its period. #}
{% macro ads_report(source_name, table_name, more=[], dated_by=['day']) %}
with

landed as (select * from {{ landed(source_name, table_name) }}),

final as (
    select
        '{{ source_name }}' as source,
        account,
        _batch_id as batch_id,
        _row as landed_row,

        ---------- names; what has no name goes by its id
        coalesce(campaign, campaign_id) as campaign,
        campaign_id,
        ad_set,
        ad,
        campaign_type,
        lower(trim(channel)) as channel,
        '{{ default_channel(source_name, table_name) }}' as default_channel,
        {%- for column in more %}
        {{ column }},
        {%- endfor %}

        ---------- numbers
        impressions,
        -- `<5` is no count: how many there were is not known
        case when clicks_qualifier is null then clicks end as clicks,
        clicks_qualifier is not null as has_unknown_clicks,
        cost,
        conversions,
        conversion_value,
        purchases,
        purchase_value,
        conversion_value_header is not null as states_conversion_value,
        purchase_value_header is not null as states_purchase_value,

        {{ dated_by | join(',\n        ') }}
    from landed
)

select * from final
{% endmacro %}
