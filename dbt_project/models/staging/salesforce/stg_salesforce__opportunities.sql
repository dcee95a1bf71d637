-- Grain: one opportunity of an account, as the newest export shows it.
-- depends_on: {{ source('salesforce', 'opportunities') }}
with

landed as (select * from {{ landed('salesforce', 'opportunities') }}),

-- the Data Loader writes ids of 18 characters, of which reports show the first 15
ranked as (
    select
        *,
        substr(record_id, 1, 15) as deal_key,
        row_number() over (
            partition by account, substr(record_id, 1, 15)
            order by _exported_at desc, _batch_id desc, _row desc
        ) as newest
    from landed
),

final as (
    select
        'salesforce' as source,
        account,
        deal_key,
        {{ crm_word('stage') }} as stage,
        is_closed,
        is_won,
        amount,
        upper(trim(currency)) as currency,
        created_at,
        closed_on,
        {{ crm_word('lead_source') }} as lead_source
    from ranked
    where newest = 1 and deal_key is not null and not coalesce(is_deleted, false)
)

select * from final
