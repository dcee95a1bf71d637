-- Grain: one item line sold in a shop or at a till, in one shape for all sources; cells of the order itself stand
-- on at least one of its lines. Amounts in the account's currency, with VAT where its prices hold it.
-- A new shop is a model of its own in items/ and a line here; what it does not tell is null.
{% set shops = [
    ref('int_order_items__shopify'),
    ref('int_order_items__square'),
    ref('int_order_items__kiotviet'),
    ref('int_order_items__mapped'),
    ref('int_order_items__woocommerce'),
] -%}

with

final as (
    {{ union_by_name(shops, [
        ('source', 'varchar'),
        ('account', 'varchar'),
        ('order_name', 'varchar'),
        ('batch_id', 'varchar'),
        ('landed_row', 'bigint'),
        ('exported_at', 'timestamp'),
        ('shop_order_id', 'varchar'),
        ('email_hash', 'varchar'),
        ('phone_hash', 'varchar'),
        ('login_hash', 'varchar'),
        ('customer_key', 'varchar'),
        ('ordered_at', 'timestamp'),
        ('sales_place', 'varchar'),
        ('marketplace', 'varchar'),
        ('country', 'varchar'),
        ('tags', 'varchar'),
        ('is_cancelled', 'boolean'),
        ('cancelled_at', 'timestamp'),
        ('is_undelivered', 'boolean'),
        ('order_discount', 'decimal(18, 6)'),
        ('subtotal', 'decimal(18, 6)'),
        ('total', 'decimal(18, 6)'),
        ('shipping', 'decimal(18, 6)'),
        ('taxes', 'decimal(18, 6)'),
        ('refunded_amount', 'decimal(18, 6)'),
        ('sku', 'varchar'),
        ('product', 'varchar'),
        ('quantity', 'decimal(18, 6)'),
        ('amount', 'decimal(38, 6)'),
        ('line_discount', 'decimal(19, 6)'),
        ('is_gift_card', 'boolean'),
        ('is_net', 'boolean'),
    ]) }}
)

select * from final
