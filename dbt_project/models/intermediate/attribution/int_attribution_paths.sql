-- Grain: one month × path of channels that persons took in the 90 days before the month, with how often it ended
-- with an order and how often with nothing. Twice the same channel in a row is once: it changes no removal effect.
with

orders as (
    select * from {{ ref('int_order_heads') }}
    where is_counted
),

persons as (select * from {{ ref('int_order_persons') }}),

touches as (select * from {{ ref('int_order_touches') }}),

touchpoints as (select * from {{ ref('int_touchpoints') }}),

order_touches as (
    select
        orders.order_id,
        orders.order_date,
        touches.session_id,
        touches.channel,
        touches.touch_number
    from touches
    inner join orders on touches.order_id = orders.order_id
),

-- the months whose orders have touches to credit
months as (
    select distinct cast(date_trunc('month', order_date) as date) as month
    from order_touches
),

order_steps as (
    select
        *,
        lag(channel) over (partition by order_id order by touch_number) as channel_before
    from order_touches
),

order_paths as (
    select
        order_id,
        order_date,
        {{ joined_in_order('channel', 'touch_number', ' > ') }} as path
    from order_steps
    where channel_before is null or channel_before <> channel
    group by order_id, order_date
),

conversions as (
    select
        months.month,
        order_paths.path,
        count(*) as conversions
    from months
    inner join order_paths
        on {{ add_days('months.month', -90) }} <= order_paths.order_date and months.month > order_paths.order_date
    group by months.month, order_paths.path
),

-- what a person did between two orders is one path
walked as (
    select
        person_id,
        session_id,
        day,
        channel,
        started_at as happened_at,
        0 as is_order
    from touchpoints
    union all
    select
        persons.person_id,
        cast(null as string) as session_id,
        cast(null as date) as day,
        cast(null as string) as channel,
        orders.ordered_at as happened_at,
        1 as is_order
    from orders
    inner join persons on orders.order_id = persons.order_id
    where persons.person_id is not null
),

stretches as (
    select
        *,
        sum(is_order) over (
            partition by person_id order by happened_at asc, is_order asc, session_id desc rows unbounded preceding
        ) as stretch
    from walked
),

-- a touch is on the way to an order from the day of the first one that it may have earned
earning as (
    select session_id, min(order_date) as earns_on
    from order_touches
    group by session_id
),

-- in the eyes of a month what led to no order before it has led to nothing
fruitless as (
    select
        months.month,
        stretches.person_id,
        stretches.stretch,
        stretches.channel,
        row_number() over (
            partition by months.month, stretches.person_id, stretches.stretch
            order by stretches.happened_at asc, stretches.session_id desc
        ) as step
    from months
    inner join stretches
        on {{ add_days('months.month', -90) }} <= stretches.day and months.month > stretches.day
    left join earning on stretches.session_id = earning.session_id
    where
        stretches.is_order = 0
        and (earning.earns_on is null or earning.earns_on >= months.month)
),

fruitless_steps as (
    select
        *,
        lag(channel) over (partition by month, person_id, stretch order by step) as channel_before
    from fruitless
),

fruitless_paths as (
    select
        month,
        person_id,
        stretch,
        {{ joined_in_order('channel', 'step', ' > ') }} as path
    from fruitless_steps
    where channel_before is null or channel_before <> channel
    group by month, person_id, stretch
),

nulls as (
    select month, path, count(*) as nulls
    from fruitless_paths
    group by month, path
),

final as (
    select
        coalesce(conversions.month, nulls.month) as month,
        coalesce(conversions.path, nulls.path) as path,
        cast(coalesce(conversions.conversions, 0) as bigint) as conversions,
        cast(coalesce(nulls.nulls, 0) as bigint) as nulls
    from conversions
    full outer join nulls on conversions.month = nulls.month and conversions.path = nulls.path
)

select * from final
