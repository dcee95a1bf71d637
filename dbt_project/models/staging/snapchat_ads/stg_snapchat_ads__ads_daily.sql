-- Grain: one row of the daily ads report per account and day.
-- depends_on: {{ source('snapchat_ads', 'ads_daily') }}
{{ ads_report('snapchat_ads', 'ads_daily') }}
