-- Grain: one row of a report over a whole period, per account. Kept and compared, never spread over days.
-- depends_on: {{ source('zalo_ads', 'ads_period') }}
{{ ads_report('zalo_ads', 'ads_period', dated_by=['period_start', 'period_end']) }}
