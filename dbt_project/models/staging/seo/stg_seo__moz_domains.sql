-- Grain: one domain and day of a reading by Moz.
-- depends_on: {{ source('seo', 'moz_domains') }}
with

landed as (select * from {{ landed('seo', 'moz_domains') }}),

final as (
    select
        'seo' as source,
        account,
        {{ domain_of('domain') }} as domain,
        score,
        day
    from landed
)

select * from final
