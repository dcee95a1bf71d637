-- Grain: one ticket as the newest export shows it.
-- depends_on: {{ source('freshdesk', 'tickets') }}
{{ desk_tickets('freshdesk', 'tickets') }}
