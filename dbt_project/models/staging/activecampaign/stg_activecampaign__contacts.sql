-- Grain: one address of a tool, as the newest export shows it.
-- depends_on: {{ source('activecampaign', 'contacts') }}
{{ list_contacts('activecampaign', 'contacts') }}
