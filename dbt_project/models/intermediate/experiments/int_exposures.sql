-- Grain: one exposure of a visitor to an experiment, with the person where the visitor is known.
with

decisions as (
    select * from {{ ref('stg_experiments__optimizely_decisions') }}
    where not is_excluded
),

exposures as (
    select * from {{ ref('stg_experiments__exposures') }}
    where not is_excluded
),

accounts as (select * from {{ source('house', 'accounts') }}),

identities as (select * from {{ ref('int_identity_person') }}),

-- a decision without an experiment, or without a variation, showed nobody anything that is tested
shown as (
    select
        source,
        account,
        coalesce(visitor_id, concat_ws('', 'login:', visitor_hash)) as visitor_id,
        visitor_id as device,
        visitor_hash as login_hash,
        experiment_id as experiment,
        variation_id as variation,
        is_holdback,
        decided_at as exposed_at
    from decisions
    where experiment_id is not null and (variation_id is not null or is_holdback)
    union all
    select
        source,
        account,
        coalesce(anonymous_id, concat_ws('', 'login:', user_id_hash)) as visitor_id,
        anonymous_id as device,
        user_id_hash as login_hash,
        experiment_id as experiment,
        variation_id as variation,
        false as is_holdback,
        exposed_at
    from exposures
),

-- the web accounts whose devices an account's visitors may be: of its site, or all where it names none
web_accounts as (
    select
        mine.account,
        theirs.source as web_source,
        theirs.account as web_account
    from accounts as mine
    inner join accounts as theirs on coalesce(mine.site, '') = '' or lower(mine.site) = lower(theirs.site)
    where mine.source = 'experiments' and theirs.source in ('ga4', 'segment', 'matomo', 'umami', 'events_file')
),

devices as (
    select distinct
        shown.account,
        shown.device,
        {{ device_type('web_accounts.web_source') }} as id_type,
        {{ device_of('web_accounts.web_source', 'web_accounts.web_account', 'shown.device') }} as id_value
    from shown
    inner join web_accounts on shown.account = web_accounts.account
    where shown.device is not null
),

-- a device that two sites know as two persons' is nobody's
persons_of_devices as (
    select
        devices.account,
        devices.device,
        min(identities.person_id) as person_id
    from devices
    inner join identities on devices.id_type = identities.id_type and devices.id_value = identities.id_value
    group by devices.account, devices.device
    having min(identities.person_id) = max(identities.person_id)
),

final as (
    select
        shown.source,
        shown.account,
        shown.experiment,
        shown.visitor_id,
        coalesce(by_login.person_id, by_device.person_id) as person_id,
        shown.variation,
        shown.is_holdback,
        shown.exposed_at,
        accounts.market
    from shown
    inner join accounts on shown.source = accounts.source and shown.account = accounts.account
    left join identities as by_login on by_login.id_type = 'login' and shown.login_hash = by_login.id_value
    left join persons_of_devices as by_device
        on shown.account = by_device.account and shown.device = by_device.device
)

select * from final
