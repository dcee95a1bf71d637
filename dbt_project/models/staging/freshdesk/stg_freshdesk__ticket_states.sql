-- Grain: one rated ticket as one export showed it.
-- depends_on: {{ source('freshdesk', 'tickets') }}
{{ desk_ticket_states('freshdesk', 'tickets') }}
