-- Grain: one exposure of a visitor to a variation; of exposures exported twice the newest export's.
-- depends_on: {{ source('experiments', 'exposures') }}
with

landed as (select * from {{ landed('experiments', 'exposures') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

final as (
    select
        'experiments' as source,
        landed.account,

        ---------- ids
        landed.anonymous_id,
        landed.user_id_hash,
        landed.experiment_id,
        landed.variation_id,

        ---------- times
        landed.exposed_at,

        ---------- bot traffic, test devices
        {{ exposure_exclusion('landed', 'exclusions', 'anonymous_id') }} as is_excluded
    from landed
    where landed.anonymous_id is not null or landed.user_id_hash is not null
)

select * from final
