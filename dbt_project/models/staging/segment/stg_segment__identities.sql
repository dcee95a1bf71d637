-- Grain: one message that says whose device it came from: a login, an e-mail address or a phone number.
-- depends_on: {{ source('segment', 'events') }}
with

landed as (select * from {{ landed('segment', 'events') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

final as (
    select
        'segment' as source,
        landed.account,

        ---------- ids
        landed.message_id,
        landed.message_type,
        landed.anonymous_id,
        landed.user_id_hash,
        landed.email_hash,
        landed.phone_hash,

        ---------- times
        landed.happened_at,

        ---------- consent; a message that does not say had it
        coalesce(landed.analytics_consent, true) as has_consent,

        ---------- internal and bot traffic, test devices and staff
        {{ segment_exclusion('landed', 'exclusions') }} as is_excluded
    from landed
    where coalesce(landed.user_id_hash, landed.email_hash, landed.phone_hash) is not null
)

select * from final
