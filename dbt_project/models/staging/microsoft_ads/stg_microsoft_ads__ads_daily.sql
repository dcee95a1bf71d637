-- Grain: one row of the daily ads report per account and day.
-- depends_on: {{ source('microsoft_ads', 'ads_daily') }}
{{ ads_report('microsoft_ads', 'ads_daily') }}
