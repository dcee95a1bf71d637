-- Grain: one posting of points.
-- depends_on: {{ source('loyalty', 'ledger') }}
with

landed as (select * from {{ landed('loyalty', 'ledger') }}),

final as (
    select
        'loyalty' as source,
        account,
        posting_id,
        member_hash,
        posted_at,
        lower(trim(kind)) as kind,
        points,
        points_earned,
        points_redeemed
    from landed
)

select * from final
