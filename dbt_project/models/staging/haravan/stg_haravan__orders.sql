-- Grain: one item row of an order, as the newest export of the order shows it.
-- depends_on: {{ source('haravan', 'orders') }}
{{ mapped_orders('haravan') }}
