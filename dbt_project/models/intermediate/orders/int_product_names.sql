-- Grain: one name (lower case) by which files speak of articles of the plan's product list.
with

products as (select * from {{ ref('int_products') }}),

-- what an article is called today
newest as (
    select * from products
    where valid_until is null
),

others as (
    select
        sku,
        product_line,
        category,
        {{ each_part('also_named', '|') }} as name
    from newest
    where also_named is not null
),

named as (
    select sku, product_line, category, sku as name from newest
    union all
    select sku, product_line, category, product_line as name from newest
    union all
    select sku, product_line, category, name from others
),

cleaned as (
    select sku, product_line, category, lower(trim(name)) as name from named
    where trim(name) <> ''
),

-- sizes and colours of one article share a name: what they differ in is not told by it
final as (
    select
        name,
        case when count(distinct sku) = 1 then min(sku) end as sku,
        case when count(distinct product_line) = 1 then min(product_line) end as product_line,
        case when count(distinct category) = 1 then min(category) end as category
    from cleaned
    group by name
)

select * from final
