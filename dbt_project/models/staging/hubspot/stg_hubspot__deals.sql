-- Grain: one deal of an account, as the newest export shows it.
-- depends_on: {{ source('hubspot', 'deals') }}
with

landed as (select * from {{ landed('hubspot', 'deals') }}),

ranked as (
    select
        *,
        {{ first_id('record_id') }} as deal_key,
        row_number() over (
            partition by account, {{ first_id('record_id') }}
            order by _exported_at desc, _batch_id desc, _row desc
        ) as newest
    from landed
),

final as (
    select
        'hubspot' as source,
        account,
        deal_key,
        pipeline,
        {{ crm_word('deal_stage') }} as stage,
        is_closed,
        is_won,
        amount,
        upper(trim(currency)) as currency,
        created_at,
        closed_at,
        contact_ids,
        {{ crm_word('original_source') }} as lead_source
    from ranked
    where newest = 1 and deal_key is not null
)

select * from final
