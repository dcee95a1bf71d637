-- Grain: one row of the daily ads report per account and day.
-- depends_on: {{ source('ads_file', 'ads_daily') }}
{{ ads_report('ads_file', 'ads_daily') }}
