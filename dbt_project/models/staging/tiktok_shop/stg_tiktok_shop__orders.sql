-- Grain: one item row of an order, as the newest export of the order shows it.
-- depends_on: {{ source('tiktok_shop', 'orders') }}
{{ mapped_orders('tiktok_shop') }}
