-- Grain: one rated ticket as one export showed it.
-- depends_on: {{ source('intercom', 'tickets') }}
{{ desk_ticket_states('intercom', 'tickets') }}
