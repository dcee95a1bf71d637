-- Grain: one metric of one dimension value of a report that a person downloaded from GA4's pages.
-- depends_on: {{ source('ga4', 'ui_report') }}
with

landed as (select * from {{ landed('ga4', 'ui_report') }}),

named as (
    select
        *,
        case when second_dimension not in ('none', dimension) then second_dimension end as other_dimension
    from landed
),

final as (
    select
        'ga4' as source,
        account,
        report,
        dimension,
        dimension_value,
        other_dimension as second_dimension,
        case when other_dimension is not null then second_dimension_value end as second_dimension_value,
        -- an offset of days counts from the report's first day
        case
            when lower(dimension) = 'nth day'
                then {{ add_days('period_start', 'try_cast(dimension_value as integer)') }}
        end as day,
        metric,
        value,
        period_start,
        period_end
    from named
)

select * from final
