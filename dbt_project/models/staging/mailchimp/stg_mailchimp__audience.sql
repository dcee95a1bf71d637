-- Grain: one address of a list, as the newest export shows it.
-- depends_on: {{ source('mailchimp', 'audience') }}
with

landed as (select * from {{ landed('mailchimp', 'audience') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

final as (
    select
        'mailchimp' as source,
        account,
        email_hash,
        lower(status) as status,
        optin_at,
        confirm_at,
        last_changed_at,
        unsub_at,
        clean_at,
        {{ excluded_by('email_hash', 'email') }} as is_excluded
    from landed
)

select * from final
