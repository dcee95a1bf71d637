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
