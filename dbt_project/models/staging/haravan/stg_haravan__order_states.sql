-- Grain: one order as one export showed it: a cancellation, a refusal or a refund may have no moment of its own.
-- depends_on: {{ source('haravan', 'orders') }}
{{ mapped_order_states('haravan') }}
