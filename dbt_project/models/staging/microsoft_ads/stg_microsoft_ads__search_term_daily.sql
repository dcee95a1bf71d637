-- Grain: one row of the search term report per account and day. Detail, never added to an account's totals.
-- depends_on: {{ source('microsoft_ads', 'search_term_daily') }}
{{ ads_report('microsoft_ads', 'search_term_daily', more=['search_term']) }}
