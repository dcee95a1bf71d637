-- Grain: one vendor, domain and day of a reading.
-- depends_on: {{ source('seo', 'domain_scores') }}
with

landed as (select * from {{ landed('seo', 'domain_scores') }}),

final as (
    select
        'seo' as source,
        account,
        lower(trim(vendor)) as vendor,
        {{ domain_of('domain') }} as domain,
        day,
        score
    from landed
)

select * from final
