-- Grain: one order × credited touch × attribution model.
with

orders as (
    select *, cast(date_trunc('month', order_date) as date) as month
    from {{ ref('int_orders') }}
    where is_counted
),

touches as (select * from {{ ref('int_order_touches') }}),

weights as (select * from {{ ref('int_attribution_weights') }}),

settings as (select * from {{ source('house', 'settings') }}),

touched as (
    select
        orders.order_id,
        touches.session_id,
        touches.touch_number,
        touches.channel,
        touches.ad_source,
        count(*) over (partition by orders.order_id) as touches,
        {{ epoch_micros('max(touches.started_at) over (partition by orders.order_id)') }}
        - {{ epoch_micros('touches.started_at') }} as micros_before_last,
        max(case when touches.channel <> 'direct' then touches.touch_number end) over (partition by orders.order_id)
            as last_not_direct,
        -- in millionths
        {{ to_nearest('coalesce(weights.removal_effect, 0) * 1000000') }} as effect,
        sum(coalesce(weights.removal_effect, 0)) over (partition by orders.order_id) as effects
    from touches
    inner join orders on touches.order_id = orders.order_id
    left join weights on orders.month = weights.month and touches.channel = weights.channel
),

{% set weight_of = {
    'first': 'case when touch_number = 1 then 1 else 0 end',
    'last': 'case when touch_number = touches then 1 else 0 end',
    'last_non_direct': 'case when touch_number = last_not_direct then 1 else 0 end',
    'linear': '1',
    'position': 'case when touches <= 2 then 1 when touch_number in (1, touches) then 2 * (touches - 2) else 1 end',
    'time_decay': 'round(1000000000 * power(2, -micros_before_last / cast(604800000000 as double)))',
    'data_driven': 'case when effects > 0 then effect when touch_number = last_not_direct then 1 else 0 end'
} -%}
-- how much a touch weighs among those of its order
weighed as (
    {% for model, weight in weight_of.items() %}
    select
        '{{ model }}' as model,
        order_id,
        session_id,
        touch_number,
        touches,
        channel,
        ad_source,
        {{ 'effects = 0' if model == 'data_driven' else 'false' }} as is_fallback,
        cast({{ weight }} as bigint) as weight
    from touched
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

-- millionths of the order by the largest remainder, of equal ones the earlier touch's
shares as (
    select
        *,
        {{ whole_quotient('weight * 1000000', 'whole') }} as millionths,
        (weight * 1000000) % whole as remainder
    from (
        select
            *,
            cast(sum(weight) over (partition by order_id, model) as bigint) as whole
        from weighed
        where weight > 0
    ) as with_whole
),

credited as (
    select
        *,
        millionths + case
            when
                row_number() over (partition by order_id, model order by remainder desc, touch_number asc)
                <= 1000000 - sum(millionths) over (partition by order_id, model)
                then 1
            else 0
        end as credit_millionths
    from shares
),

-- an order that nothing on the site led to, or only direct visits where those do not count
models as (
    {% for model in weight_of %}
    select '{{ model }}' as model
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

unearned as (
    select
        models.model,
        orders.order_id,
        cast(null as string) as session_id,
        cast(null as bigint) as touch_number,
        coalesce(touch_counts.touches, 0) as touches,
        coalesce(
            orders.shop_channel, case when orders.sales_place = 'online' then 'direct' else 'store' end
        ) as channel,
        cast(null as string) as ad_source,
        models.model = 'data_driven' and touch_counts.touches is not null as is_fallback,
        1000000 as credit_millionths
    from orders
    cross join models
    left join (select order_id, max(touches) as touches from touched group by order_id) as touch_counts
        on orders.order_id = touch_counts.order_id
    left join (select distinct order_id, model from credited) as earned
        on orders.order_id = earned.order_id and models.model = earned.model
    where earned.order_id is null
),

credits as (
    select model, order_id, session_id, touch_number, touches, channel, ad_source, is_fallback, credit_millionths
    from credited
    union all
    select model, order_id, session_id, touch_number, touches, channel, ad_source, is_fallback, credit_millionths
    from unearned
),

-- the order's money in minor units: whole millions of them, and what is left, so that no product grows too large
in_units as (
    select
        credits.*,
        orders.source,
        orders.account,
        orders.order_date,
        orders.market,
        case when orders.net_sales < 0 then -1 else 1 end as direction,
        {{ minor_units_per_unit('settings.minor_unit') }} as units_in_one,
        cast(abs(orders.net_sales) * {{ minor_units_per_unit('settings.minor_unit') }} as bigint) as net_units
    from credits
    inner join orders on credits.order_id = orders.order_id
    cross join settings
),

parts as (
    select
        *,
        {{ whole_quotient('net_units', '1000000') }} * credit_millionths
        + {{ whole_quotient('(net_units % 1000000) * credit_millionths', '1000000') }} as units,
        ((net_units % 1000000) * credit_millionths) % 1000000 as remainder
    from in_units
),

paid_out as (
    select
        *,
        direction * (
            units + case
                when
                    row_number() over (
                        partition by order_id, model order by remainder desc, touch_number asc
                    ) <= net_units - sum(units) over (partition by order_id, model)
                    then 1
                else 0
            end
        ) as revenue_units
    from parts
),

final as (
    select
        order_id,
        source,
        account,
        session_id,
        model,
        cast(touch_number as bigint) as touch_number,
        cast(touches as bigint) as touches,
        order_date,
        channel,
        market,
        ad_source,
        cast({{ share_of('credit_millionths', '1', '1000000') }} as decimal(18, 6)) as credit,
        cast({{ share_of('revenue_units', '1', 'units_in_one') }} as decimal(18, 6)) as revenue,
        cast({{ share_of('credit_millionths', '1', '1000000') }} as decimal(18, 6)) as orders,
        is_fallback
    from paid_out
)

select * from final
