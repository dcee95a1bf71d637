-- Grain: one address of an account, as the newest export shows it.
-- depends_on: {{ source('brevo', 'contacts') }}
{{ list_contacts('brevo', 'contacts') }}
