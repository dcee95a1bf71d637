-- Grain: one address of a list, as the newest export shows it.
-- depends_on: {{ source('mailchimp', 'audience') }}
with

landed as (select * from {{ landed('mailchimp', 'audience') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

-- an export with subscribed members is one of the whole audience: who is not in it is no member any more
whole_exports as (
    select distinct account, _exported_at as exported_at
    from landed
    where lower(status) = 'subscribed'
),

gone as (
    select
        landed.account,
        landed.email_hash,
        min(whole_exports.exported_at) as gone_at
    from landed
    inner join whole_exports
        on landed.account = whole_exports.account and landed._exported_at < whole_exports.exported_at
    group by landed.account, landed.email_hash
),

final as (
    select
        'mailchimp' as source,
        landed.account,
        landed.email_hash,
        lower(landed.status) as status,
        landed.optin_at,
        landed.confirm_at,
        landed.last_changed_at,
        landed.unsub_at,
        coalesce(nullif(trim(landed.unsub_reason_other), ''), nullif(trim(landed.unsub_reason), '')) as unsub_reason,
        landed.clean_at,
        gone.gone_at,
        {{ excluded_by('landed.email_hash', 'email') }} as is_excluded
    from landed
    left join gone on landed.account = gone.account and landed.email_hash = gone.email_hash
)

select * from final
