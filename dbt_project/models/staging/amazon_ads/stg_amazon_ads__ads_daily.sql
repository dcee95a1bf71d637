-- Grain: one row of the daily ads report per account and day.
-- depends_on: {{ source('amazon_ads', 'ads_daily') }}
{{ ads_report('amazon_ads', 'ads_daily') }}
