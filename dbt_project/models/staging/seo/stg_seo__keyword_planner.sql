-- Grain: one keyword and month with its searches.
-- depends_on: {{ source('seo', 'keyword_planner') }}
with

landed as (select * from {{ landed('seo', 'keyword_planner') }}),

-- an account that spends little gets buckets only; one download is never half of both
measured as (
    select
        *,
        max(case when avg_monthly_searches not in (0, 50, 500, 5000, 50000, 500000, 5000000) then 1 else 0 end)
            over (partition by account, _batch_id)
        = 0 as is_bucketed
    from landed
),

final as (
    select
        'seo' as source,
        account,
        lower(trim(keyword)) as keyword,
        currency,
        avg_monthly_searches,
        competition,
        competition_index,
        month,
        searches,
        is_bucketed
    from measured
)

select * from final
