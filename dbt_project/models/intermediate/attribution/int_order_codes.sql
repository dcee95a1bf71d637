-- Grain: one order that names a code of an offline medium which the company lists.
with

orders as (select * from {{ ref('int_order_heads') }}),

codes as (select * from {{ ref('stg_order_words__codes') }}),

listed as (select * from {{ source('house', 'own_offline_codes') }}),

-- what a buyer typed, and what the shop wrote beside the order (such as the number that was called)
worded as (
    select
        orders.order_id,
        orders.order_date,
        orders.ordered_at,
        {{ listed_tags("coalesce(codes.discount_codes, '')") }} as discount_codes,
        coalesce(orders.tags, '') as tags
    from orders
    left join codes
        on
            orders.source = codes.source
            and orders.account = codes.account
            and orders.order_name = codes.order_name
    where orders.shop_channel is null
),

-- of several codes the one that the buyer typed goes before a tag; a code that is not listed is none
named as (
    select
        worded.order_id,
        worded.ordered_at,
        listed.code,
        listed.medium,
        listed.channel,
        row_number() over (
            partition by worded.order_id
            order by
                case when {{ has_tag('worded.discount_codes', 'listed.code') }} then 0 else 1 end asc,
                listed.code asc
        ) as place
    from worded
    inner join listed
        on
            (
                {{ has_tag('worded.discount_codes', 'listed.code') }}
                or {{ has_tag('worded.tags', 'listed.code') }}
            )
            and (listed.valid_from is null or worded.order_date >= listed.valid_from)
            and (listed.valid_until is null or worded.order_date <= listed.valid_until)
),

final as (
    select
        order_id,
        ordered_at,
        code,
        medium,
        channel
    from named
    where place = 1
)

select * from final
