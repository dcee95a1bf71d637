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

-- the nearest rank: the smallest value that at least three of four measurements do not pass
final as (
    select
        source,
        account,
        day,
        page_path,
        metric,
        count(*) as measurements,
        cast(sum(case when rating = 'good' then 1 else 0 end) as bigint) as good_measurements,
        min(case when 4 * place >= 3 * measured then value end) as p75
    from ranked
    group by source, account, day, page_path, metric
)

select * from final
