-- Grain: one counted order of a person who was a member of the loyalty programme on its day.
with

orders as (
    select * from {{ ref('fct_convert_order') }}
    where is_counted and person_id is not null
),

members as (
    select * from {{ ref('fct_engage_loyalty_member') }}
    where person_id is not null
),

tier_spans as (
    select * from {{ ref('int_loyalty_tier_spans') }}
    where person_id is not null
),

-- whoever has several cards is one member
of_members as (
    select distinct orders.order_id
    from orders
    inner join members
        on
            orders.person_id = members.person_id
            and orders.order_date >= members.joined_on
            and (members.left_on is null or orders.order_date < members.left_on)
),

-- of several cards the best one; a tier of which nobody knows where it stands comes last
ranked as (
    select
        orders.order_id,
        tier_spans.tier,
        row_number() over (
            partition by orders.order_id order by coalesce(tier_spans.rank, -1) desc, tier_spans.tier asc
        ) as place
    from orders
    inner join tier_spans
        on
            orders.person_id = tier_spans.person_id
            and orders.order_date >= tier_spans.from_day
            and (tier_spans.until_day is null or orders.order_date < tier_spans.until_day)
),

final as (
    select
        orders.order_id,
        orders.source,
        orders.account,
        orders.order_date,
        orders.person_id,
        orders.channel,
        orders.market,
        coalesce(ranked.tier, 'unknown') as tier,
        orders.net_sales
    from orders
    inner join of_members on orders.order_id = of_members.order_id
    left join ranked on orders.order_id = ranked.order_id and ranked.place = 1
)

select * from final
