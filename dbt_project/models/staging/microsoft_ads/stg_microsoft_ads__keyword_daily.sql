-- Grain: one row of the keyword report per account and day. Detail, never added to an account's totals.
-- depends_on: {{ source('microsoft_ads', 'keyword_daily') }}
{{ ads_report('microsoft_ads', 'keyword_daily', more=['keyword', 'match_type']) }}
