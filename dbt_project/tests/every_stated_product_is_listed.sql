-- A review or mention of an article that plan.products does not list has no product line and no category.
{{ config(severity='warn') }}

with

names as (select * from {{ ref('int_product_names') }}),

stated as (
    select source, account, product, product_line, category from {{ ref('fct_advocacy_review') }}
    union all
    select source, account, product, product_line, category from {{ ref('fct_reach_mention') }}
),

unlisted as (
    select
        stated.source,
        stated.account,
        stated.product,
        count(*) as told
    from stated
    left join names on lower(stated.product) = names.name
    where
        stated.product is not null
        and names.name is null
        and stated.product_line is null
        and stated.category is null
    group by stated.source, stated.account, stated.product
)

-- without a product list nothing can be listed
select * from unlisted
where exists (select name from names)
