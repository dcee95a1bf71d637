{# Reading orders. #}

{# A cell of tags as `,a,b,`: lower case, no blanks around commas; so a tag is compared whole. #}
{% macro listed_tags(cell) -%}
    concat_ws('', ',', replace(replace(lower(trim({{ cell }})), ', ', ','), ' ,', ','), ',')
{%- endmacro %}

{# Whether listed tags hold a tag, any case. #}
{% macro has_tag(listed, tag) -%}
    instr({{ listed }}, concat_ws('', ',', lower(trim({{ tag }})), ',')) > 0
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

{# Whether the whole of a cell is one of these texts, any case, whichever way hủy is written; false where it is empty. #}
{% macro is_one_of(cell, texts) -%}
    coalesce(
        replace(replace(lower(trim({{ cell }})), 'huỷ', 'hủy'), '_', ' ') in (
            '{{ texts | join("', '") }}'
        ),
        false
    )
{%- endmacro %}

{# What a status says of an order, in the words of the Vietnamese and English exports. The whole text decides: a
   request to cancel (Yêu cầu hủy) has cancelled nothing. A text that is near and not here is named by
   order_statuses_are_known. #}
{% macro says_cancelled(status) -%}
    {{ is_one_of(status, [
        'đã hủy', 'hủy', 'bị hủy', 'đã bị hủy', 'hủy đơn', 'đơn hủy', 'đã hủy đơn', 'đơn đã hủy', 'đơn hàng đã hủy',
        'hủy bởi người mua', 'hủy bởi người bán', 'hủy bởi hệ thống', 'đã hủy bởi người mua', 'đã hủy bởi người bán',
        'đã hủy bởi hệ thống', 'đã hủy bởi khách', 'khách hủy', 'người mua hủy', 'người bán hủy', 'shop hủy',
        'hệ thống hủy', 'hủy tự động',
        'cancelled', 'canceled', 'wc-cancelled', 'wc-canceled', 'order cancelled', 'order canceled', 'auto cancelled',
        'cancelled by buyer', 'cancelled by customer', 'cancelled by seller', 'cancelled by system',
        'canceled by buyer', 'canceled by customer', 'canceled by seller', 'canceled by system',
    ]) }}
{%- endmacro %}

{# Refused at the door, or brought back: nobody took the parcel. A return after delivery is a refund and is
   told by the refunded amount. `delivery` is the state of the parcel, `status` that of the order. #}
{% macro says_undelivered(status, delivery) -%}
    (
        {{ is_one_of(status, undelivered_statuses()) }}
        or {{ is_one_of(delivery, undelivered_statuses() + [
            'thất bại', 'không thành công', 'không nhận', 'khách không nhận', 'khách không nhận hàng',
            'không nhận hàng', 'từ chối', 'từ chối nhận', 'từ chối nhận hàng', 'khách từ chối', 'khách từ chối nhận',
            'khách từ chối nhận hàng', 'bom hàng', 'khách bom hàng', 'chuyển hoàn', 'đã chuyển hoàn',
            'đang chuyển hoàn', 'hoàn hàng', 'đã hoàn hàng', 'đang hoàn hàng', 'đã hoàn', 'trả về', 'đã trả về',
            'đang trả về', 'fail', 'failed', 'delivery fail', 'refused', 'delivery refused', 'returned',
            'returned to seller', 'returned to sender', 'returning', 'return to sender',
        ]) }}
    )
{%- endmacro %}

{% macro undelivered_statuses() %}
    {{ return([
        'không giao được', 'không giao được hàng', 'giao thất bại', 'giao hàng thất bại', 'giao không thành công',
        'giao hàng không thành công', 'failed delivery', 'delivery failed', 'undelivered', 'undeliverable',
    ]) }}
{% endmacro %}

{# Whether a text is near to one that ends an order and yet none that is known. #}
{% macro may_end_an_order(text) -%}
    {{ holds_any(text, [
        'hủy', 'huỷ', 'cancel', 'không giao', 'thất bại', 'không thành công', 'không nhận', 'từ chối', 'bom hàng',
        'hoàn hàng', 'chuyển hoàn', 'fail', 'refused', 'undeliver'
    ]) }}
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
