-- Grain: one testimonial or case study.
with

testimonials as (select * from {{ ref('stg_plan__testimonials') }}),

final as (
    select
        testimonial,
        source,
        account,
        received_on as day,
        market,
        has_consent
    from testimonials
)

select * from final
