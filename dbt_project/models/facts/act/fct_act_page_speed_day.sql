-- Grain: one web vital of a page and day: its 75th percentile over all measurements.
with

measurements as (select * from {{ ref('fct_act_page_speed') }}),

ranked as (
    select
        *,
        row_number() over (
            partition by source, account, day, page_path, metric order by value, page_speed_id
        ) as place,
        count(*) over (partition by source, account, day, page_path, metric) as measured
    from measurements
),

-- the place of the percentile, counted from 0 in quarters: 3 ÷ 4 × (measured − 1)
neighbours as (
    select
        source,
        account,
        day,
        page_path,
        metric,
        count(*) as measurements,
        cast(sum(case when rating = 'good' then 1 else 0 end) as bigint) as good_measurements,
        max((3 * (measured - 1)) % 4) as quarters,
        max(case when 4 * (place - 1) <= 3 * (measured - 1) then value end) as lower_value,
        min(case when 4 * (place - 1) >= 3 * (measured - 1) then value end) as upper_value
    from ranked
    group by source, account, day, page_path, metric
),

-- as int_window_percentiles takes it of a period: between two values it lies as far as its place does (type 7)
final as (
    select
        source,
        account,
        day,
        page_path,
        metric,
        measurements,
        good_measurements,
        cast(
            lower_value
            + round(cast(upper_value - lower_value as decimal(18, 6)) * cast(quarters * 0.25 as decimal(9, 6)), 6)
            as decimal(18, 6)
        ) as p75
    from neighbours
)

select * from final
