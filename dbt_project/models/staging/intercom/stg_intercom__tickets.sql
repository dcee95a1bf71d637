-- Grain: one ticket as the newest export shows it.
-- depends_on: {{ source('intercom', 'tickets') }}
{{ desk_tickets('intercom', 'tickets') }}
