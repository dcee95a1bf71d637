-- Grain: one counted order of a person who had ordered before.
with

orders as (
    select * from {{ ref('fct_convert_order') }}
    where is_counted and person_id is not null
),

lines as (
    select * from {{ ref('fct_convert_order_line') }}
    where not is_gift_card and quantity > 0
),

sold as (
    select * from {{ ref('fct_convert_margin') }}
    where order_line_id is not null and refund_id is null
),

settings as (select * from {{ source('house', 'settings') }}),

items as (
    select
        orders.person_id,
        orders.order_id,
        orders.order_number,
        upper(trim(lines.sku)) as article,
        sold.product_line,
        sold.category,
        {{ rounded_to_minor_unit(share_of('lines.gross_sales', '1', 'lines.quantity'), 'settings.minor_unit') }}
            as price
    from lines
    inner join orders on lines.order_id = orders.order_id
    inner join sold on lines.order_line_id = sold.order_line_id
    cross join settings
),

-- what the person knew before the order: articles, the dearest of each line, categories
with_past as (
    select
        order_id,
        order_number,
        product_line,
        category,
        price,
        min(order_number) over (partition by person_id, article) as article_known_from,
        max(price) over (
            partition by person_id, product_line
            order by order_number
            range between unbounded preceding and 1 preceding
        ) as dearest_before,
        min(order_number) over (partition by person_id, category) as category_known_from,
        min(case when category is not null then order_number end) over (partition by person_id)
            as any_category_known_from
    from items
),

judged as (
    select
        order_id,
        -- the same article at a higher price is no better article
        max(
            case
                when product_line is not null and article_known_from = order_number and price > dearest_before then 1
                else 0
            end
        ) = 1 as is_upsell,
        -- where nothing bought before has a known category, nobody can say what is new
        max(
            case
                when
                    category is not null
                    and category_known_from = order_number
                    and any_category_known_from < order_number
                    then 1
                else 0
            end
        ) = 1 as is_cross_sell
    from with_past
    group by order_id
),

final as (
    select
        orders.order_id,
        orders.source,
        orders.account,
        orders.person_id,
        orders.order_number,
        orders.order_date,
        orders.channel,
        orders.market,
        coalesce(judged.is_upsell, false) as is_upsell,
        coalesce(judged.is_cross_sell, false) as is_cross_sell
    from orders
    left join judged on orders.order_id = judged.order_id
    where orders.order_number > 1
)

select * from final
