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

parts as (
    select
        account,
        deal_key,
        {{ each_part("concat_ws(';', record_id, merged_ids)", ';') }} as part
    from ranked
    where newest = 1 and deal_key is not null
),

-- a deal that another one lists was merged into it, and is no deal of its own
listings as (
    select distinct account, trim(part) as deal_key, deal_key as listed_by
    from parts
    where trim(part) <> deal_key and trim(part) <> ''
),

-- of two that list each other the smaller id stays
merged_away as (
    select distinct listings.account, listings.deal_key
    from listings
    left join listings as backward
        on
            listings.account = backward.account
            and listings.deal_key = backward.listed_by
            and listings.listed_by = backward.deal_key
    where backward.deal_key is null or listings.listed_by < listings.deal_key
),

final as (
    select
        'hubspot' as source,
        ranked.account,
        ranked.deal_key,
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
    left join merged_away on ranked.account = merged_away.account and ranked.deal_key = merged_away.deal_key
    where ranked.newest = 1 and ranked.deal_key is not null and merged_away.deal_key is null
)

select * from final
