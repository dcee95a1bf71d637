-- Grain: one row of the daily ads report per account and day.
-- depends_on: {{ source('pinterest_ads', 'ads_daily') }}
{{ ads_report('pinterest_ads', 'ads_daily') }}
