-- Grain: one rated ticket as one export showed it.
-- depends_on: {{ source('gorgias', 'tickets') }}
{{ desk_ticket_states('gorgias', 'tickets') }}
