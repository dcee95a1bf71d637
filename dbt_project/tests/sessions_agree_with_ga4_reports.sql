-- GA4's own reports against the sessions cut from its event export. GA4 models and withholds, raceway cuts by
-- campaign and midnight and leaves out internal traffic: more than one part in ten apart is worth a look.
{{ config(severity='warn') }}

select *
from {{ ref('fct_reach_sessions_reconciled') }}
where abs(difference) * 10 > reported_sessions
