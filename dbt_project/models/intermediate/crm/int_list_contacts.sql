-- Grain: one address of an e-mail tool's account, whatever its state.
with

audience as (select * from {{ ref('stg_mailchimp__audience') }}),

profiles as (select * from {{ ref('stg_klaviyo__profiles') }}),

activecampaign as (select * from {{ ref('stg_activecampaign__contacts') }}),

getresponse as (select * from {{ ref('stg_getresponse__contacts') }}),

brevo as (select * from {{ ref('stg_brevo__contacts') }}),

of_files as (select * from {{ ref('stg_contacts_file__addresses') }}),

-- Mailchimp dates what became of an address; one that left without a time left when it last changed
mailchimp as (
    select
        source,
        account,
        email_hash,
        status,
        coalesce(confirm_at, optin_at) as subscribed_at,
        coalesce(
            least(coalesce(unsub_at, clean_at), coalesce(clean_at, unsub_at)),
            case when status in ('unsubscribed', 'cleaned') then last_changed_at end,
            -- who was deleted or archived is in no later export of the whole audience
            gone_at
        ) as ended_at,
        is_excluded
    from audience
),

-- the other tools say by their status alone whether an address ever subscribed
others as (
    select * from profiles
    union all
    select * from activecampaign
    union all
    select * from getresponse
    union all
    select * from brevo
    union all
    select * from of_files
),

final as (
    select * from mailchimp
    union all
    select
        source,
        account,
        email_hash,
        status,
        case when state in ('subscribed', 'ended') then subscribed_at end as subscribed_at,
        ended_at,
        is_excluded
    from others
)

select * from final
