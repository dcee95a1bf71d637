-- Grain: one mailing, with its results to date.
-- depends_on: {{ source('brevo', 'campaigns') }}
{{ mailings('brevo', 'campaigns', 'campaign') }}
