-- Grain: one person × month end: what to expect of a customer; null where the month end has no fit.
with

settings as (select * from {{ source('house', 'settings') }}),

statistics as (select * from {{ ref('int_clv_statistics') }}),

scores as (select * from {{ ref('int_clv_scores') }}),

fits as (
    select *
    from {{ ref('int_clv_fits') }}
    where converged
),

-- between the person's own mean and everybody's; who gave everything back has spent 0
scored as (
    select
        statistics.*,
        scores.p_alive,
        scores.expected_orders_90d,
        scores.probability_90d,
        scores.expected_orders_12m,
        scores.expected_orders_first_year,
        fits.p * (fits.v + statistics.frequency * greatest(coalesce(statistics.mean_value, 0), 0))
        / (fits.p * statistics.frequency + fits.q - 1) as expected_order_value
    from statistics
    left join fits on statistics.month_end = fits.month_end
    left join scores
        on
            statistics.month_end = scores.month_end
            and statistics.frequency = scores.frequency
            and statistics.recency_days = scores.recency_days
            and statistics.age_days = scores.age_days
),

final as (
    select
        scored.person_id,
        scored.month_end,
        scored.market,
        scored.frequency,
        scored.recency_days,
        scored.age_days,
        scored.p_alive,
        scored.expected_orders_90d,
        scored.probability_90d,
        cast(scored.expected_order_value as decimal(18, 6)) as expected_order_value,
        {{ rounded_to_minor_unit(
            'scored.expected_orders_12m * scored.expected_order_value', 'settings.minor_unit'
        ) }} as clv_12m,
        1 - scored.p_alive as churn_risk,
        case
            when scored.p_alive is null then null
            when scored.frequency = 0 then 'one_purchase'
            when scored.p_alive > 0.7 then 'low'
            when scored.p_alive > 0.3 then 'medium'
            else 'high'
        end as churn_band,
        scored.expected_orders_first_year
    from scored
    cross join settings
)

select * from final
