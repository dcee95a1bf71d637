-- Grain: one domain, vendor and day of a reading; is_primary marks what the measure reads.
with

moz as (select * from {{ ref('stg_seo__moz_domains') }}),

mapped as (select * from {{ ref('stg_seo__domain_scores') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

setting_values as (select * from {{ source('house', 'setting_values') }}),

readings as (
    select source, account, 'moz' as vendor, domain, day, score from moz
    union all
    select source, account, vendor, domain, day, score from mapped
),

vendor as (select lower(value) as vendor from setting_values where setting = 'seo.authority_vendor'),

-- what the settings name, else the site of the first account
primary_domain as (
    select coalesce(
        (select {{ domain_of('value') }} from setting_values where setting = 'seo.primary_domain'),
        (select min({{ domain_of('site') }}) from accounts where source = 'seo')
    ) as domain
),

final as (
    select
        readings.source,
        readings.account,
        readings.vendor,
        readings.domain,
        readings.day,
        cast(max(readings.score) as decimal(18, 6)) as score,
        max(case when vendor.vendor is not null and primary_domain.domain is not null then 1 else 0 end) = 1
            as is_primary
    from readings
    left join vendor on readings.vendor = vendor.vendor
    left join primary_domain on readings.domain = primary_domain.domain
    group by readings.source, readings.account, readings.vendor, readings.domain, readings.day
)

select * from final
