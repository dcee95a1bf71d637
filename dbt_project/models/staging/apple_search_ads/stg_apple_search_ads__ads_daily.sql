-- Grain: one row of the daily ads report per account and day.
-- depends_on: {{ source('apple_search_ads', 'ads_daily') }}
{{ ads_report('apple_search_ads', 'ads_daily') }}
