-- Grain: one address of a tool, as the newest export shows it.
-- depends_on: {{ source('klaviyo', 'profiles') }}
{{ list_contacts('klaviyo', 'profiles') }}
