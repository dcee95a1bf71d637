-- Grain: one decision of Optimizely; of decisions sent twice the newest export's.
-- depends_on: {{ source('experiments', 'optimizely_decisions') }}
with

landed as (select * from {{ landed('experiments', 'optimizely_decisions') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

final as (
    select
        'experiments' as source,
        landed.account,

        ---------- ids
        landed.decision_id,
        landed.visitor_id,
        landed.visitor_hash,
        landed.campaign_id,
        landed.experiment_id,
        landed.variation_id,

        ---------- states
        coalesce(landed.is_holdback, false) as is_holdback,

        ---------- times
        landed.decided_at,

        ---------- internal and bot traffic, test devices
        {{ exposure_exclusion('landed', 'exclusions', 'visitor_id', 'ip_network') }} as is_excluded
    from landed
)

select * from final
