-- Grain: one address of a tool, as the newest export shows it.
-- depends_on: {{ source('getresponse', 'contacts') }}
{{ list_contacts('getresponse', 'contacts') }}
