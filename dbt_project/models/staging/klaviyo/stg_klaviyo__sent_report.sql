-- Grain: one report period × list or segment × channel. Rates: detail that no measure adds.
-- depends_on: {{ source('klaviyo', 'sent_report') }}
with

landed as (select * from {{ landed('klaviyo', 'sent_report') }}),

final as (
    select
        'klaviyo' as source,
        account,
        report_period,
        group_id,
        list_name,
        lower(trim(channel)) as channel,
        click_rate,
        open_rate,
        order_value
    from landed
)

select * from final
