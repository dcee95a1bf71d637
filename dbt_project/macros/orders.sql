{# Reading orders. #}

{# A cell of tags as `,a,b,`: lower case, no blanks around commas; so a tag is compared whole. #}
{% macro listed_tags(cell) -%}
    concat(',', replace(replace(lower(trim({{ cell }})), ', ', ','), ' ,', ','), ',')
{%- endmacro %}

{# Whether listed tags hold a tag, any case. #}
{% macro has_tag(listed, tag) -%}
    instr({{ listed }}, concat(',', lower(trim({{ tag }})), ',')) > 0
{%- endmacro %}

{# Whether an item is a gift card: by the till's own kind of item, else by its name. #}
{% macro is_gift_card(item, kind=none) -%}
    (
        {% if kind %}coalesce(lower({{ kind }}) like '%gift card%', false) or {% endif -%}
        exists (
            select 1
            from {{ source('house', 'setting_values') }} as gift_cards
            where gift_cards.setting = 'gift_card_names' and instr(lower({{ item }}), lower(gift_cards.value)) > 0
        )
    )
{%- endmacro %}

{# Whether a cell of tags holds one that means: refused at the door. #}
{% macro has_undelivered_tag(cell) -%}
    exists (
        select 1
        from {{ source('house', 'setting_values') }} as undelivered_tags
        where
            undelivered_tags.setting = 'undelivered_tags'
            and {{ has_tag(listed_tags(cell), 'undelivered_tags.value') }}
    )
{%- endmacro %}

{# Whether a cell holds one of these words, any case; false where it is empty. #}
{% macro holds_any(cell, words) -%}
    coalesce(
        {%- for word in words %}
        instr(lower({{ cell }}), '{{ word }}') > 0{{ ' or' if not loop.last }}
        {%- endfor %},
        false
    )
{%- endmacro %}

{# What a status says of an order, in the words of the Vietnamese and English exports. #}
{% macro says_cancelled(status) -%}
    {{ holds_any(status, ['hủy', 'huỷ', 'cancel']) }}
{%- endmacro %}

{# Refused at the door, or brought back: nobody took the parcel. A return after delivery is a refund and is
   told by the refunded amount. `delivery` is the state of the parcel, `status` that of the order. #}
{% macro says_undelivered(status, delivery) -%}
    (
        {{ holds_any(status, ['không giao được', 'giao hàng thất bại', 'giao không thành công',
            'failed delivery', 'delivery failed', 'undelivered']) }}
        or {{ holds_any(delivery, ['không giao được', 'thất bại', 'không thành công', 'không nhận', 'từ chối',
            'bom hàng', 'chuyển hoàn', 'hoàn hàng', 'trả về', 'fail', 'refused', 'returned', 'undelivered']) }}
    )
{%- endmacro %}

{# The name of a sales channel as sales channels are compared: whole, in lower case. #}
{% macro sales_channel_name(cell) %}lower(trim({{ cell }})){% endmacro %}

{# Price × quantity, both with decimals: wide enough that no đồng amount overflows. #}
{% macro times(price, quantity) -%}
    (cast({{ price }} as decimal(38, 6)) * cast({{ quantity }} as decimal(18, 6)))
{%- endmacro %}

{# WooCommerce's statuses of carts that nobody paid: no order was placed. #}
{% macro never_placed() -%}
    ('pending', 'failed', 'trash', 'checkout-draft', 'wc-pending', 'wc-failed', 'wc-checkout-draft', 'pending payment')
{%- endmacro %}
