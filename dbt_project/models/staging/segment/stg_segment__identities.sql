-- Grain: one message that says whose device it came from: a login, an e-mail address or a phone number.
-- depends_on: {{ source('segment', 'events') }}
with

landed as (select * from {{ landed('segment', 'events') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

final as (
    select
        'segment' as source,
        account,

        ---------- ids
        message_id,
        message_type,
        anonymous_id,
        user_id_hash,
        email_hash,
        phone_hash,

        ---------- times
        happened_at,

        ---------- consent; a message that does not say had it
        coalesce(analytics_consent, true) as has_consent,

        ---------- internal and bot traffic, test devices and staff
        {{ segment_exclusion('landed', 'exclusions') }}
        or coalesce(email_hash in (select value from exclusions where kind = 'email'), false)
        or coalesce(phone_hash in (select value from exclusions where kind = 'phone'), false)
            as is_excluded
    from landed
    where coalesce(user_id_hash, email_hash, phone_hash) is not null
)

select * from final
