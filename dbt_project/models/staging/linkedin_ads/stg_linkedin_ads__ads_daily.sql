-- Grain: one row of the daily ads report per account and day.
-- depends_on: {{ source('linkedin_ads', 'ads_daily') }}
{{ ads_report('linkedin_ads', 'ads_daily') }}
