-- Grain: one domain that links to the site.
-- depends_on: {{ source('seo', 'ahrefs_ref_domains') }}
with

landed as (select * from {{ landed('seo', 'ahrefs_ref_domains') }}),

final as (
    select
        'seo' as source,
        account,
        domain,
        is_spam,
        domain_rating,
        links_to_target,
        first_seen_at,
        lost_at
    from landed
)

select * from final
