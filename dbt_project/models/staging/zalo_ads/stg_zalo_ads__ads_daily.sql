-- Grain: one row of the daily ads report per account and day.
-- depends_on: {{ source('zalo_ads', 'ads_daily') }}
{{ ads_report('zalo_ads', 'ads_daily') }}
