-- Grain: one mailing, with its results to date.
-- depends_on: {{ source('hubspot', 'emails') }}
{{ mailings('hubspot', 'emails') }}
