-- Grain: one ticket as the newest export shows it.
-- depends_on: {{ source('gorgias', 'tickets') }}
{{ desk_tickets('gorgias', 'tickets') }}
