-- Grain: one mailing, with its results to date.
-- depends_on: {{ source('omnisend', 'campaigns') }}
{{ mailings('omnisend', 'campaigns', 'campaign') }}
