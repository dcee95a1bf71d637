-- Grain: one testimonial or case study.
-- depends_on: {{ source('plan', 'testimonials') }}
with

landed as (select * from {{ landed('plan', 'testimonials') }}),

final as (
    select
        'plan' as source,
        account,
        testimonial,
        received_on,
        {{ plan_scope('market', 'upper') }} as market,
        -- who has not agreed has not agreed
        coalesce(consent, false) as has_consent
    from landed
)

select * from final
