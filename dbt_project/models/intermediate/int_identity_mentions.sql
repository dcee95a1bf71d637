-- Grain: one identity named in one trace; identities named in the same trace are one person's.
with

orders as (select * from {{ ref('int_order_heads') }}),

order_links as (select * from {{ ref('int_order_links') }}),

events as (select * from {{ ref('int_session_events') }}),

audience as (select * from {{ ref('stg_mailchimp__audience') }}),

crm_contacts as (select * from {{ ref('int_crm_contacts') }}),

answers as (select * from {{ ref('stg_nps__answers') }}),

invitations as (select * from {{ ref('stg_nps__invitations') }}),

lists as (select * from {{ ref('int_list_identities') }}),

site_identities as (
    select
        concat('segment:', account, ':', coalesce(anonymous_id, concat('message:', message_id))) as trace_id,
        case when anonymous_id is not null then concat('segment:', account, ':', anonymous_id) end as device_id,
        user_id_hash,
        email_hash,
        phone_hash,
        happened_at
    from {{ ref('stg_segment__identities') }}
    where has_consent and not is_excluded
),

tickets as (select * from {{ ref('int_ticket_heads') }}),

csat_answers as (select * from {{ ref('stg_csat_survey__answers') }}),

reviews as (select * from {{ ref('stg_reviews__reviews') }}),

-- what was done without consent has a device of its own, which nothing joins
devices as (
    select
        device_id,
        case when source = 'segment' then 'segment_device' else 'ga4_client' end as id_type,
        case when has_consent then user_id_hash end as user_id_hash,
        least(min(event_at), coalesce(min(user_first_touch_at), min(event_at))) as seen_at
    from events
    group by device_id, source, case when has_consent then user_id_hash end
),

mentions as (
    select order_id as trace_id, 'email' as id_type, email_hash as id_value, ordered_at as seen_at
    from orders
    union all
    select order_id as trace_id, 'phone' as id_type, phone_hash as id_value, ordered_at as seen_at
    from orders
    union all
    select order_id as trace_id, 'login' as id_type, login_hash as id_value, ordered_at as seen_at
    from orders
    union all
    select
        order_id as trace_id,
        concat(source, '_customer') as id_type,
        concat(account, ':', customer_key) as id_value,
        ordered_at as seen_at
    from orders
    where customer_key is not null
    union all
    -- a purchase joins the device to the buyer; a guest is nobody to be joined to
    select
        order_links.order_id as trace_id,
        case when order_links.source = 'segment' then 'segment_device' else 'ga4_client' end as id_type,
        order_links.device_id as id_value,
        order_links.purchased_at as seen_at
    from order_links
    inner join orders on order_links.order_id = orders.order_id
    where orders.is_identified and order_links.has_consent
    union all
    select concat('device:', device_id) as trace_id, id_type, device_id as id_value, seen_at
    from devices
    union all
    select concat('device:', device_id) as trace_id, 'login' as id_type, user_id_hash as id_value, seen_at
    from devices
    union all
    -- who identifies on a device is its person, by every name that the message gives
    {% for id_type, id_value in [
        ('segment_device', 'device_id'), ('login', 'user_id_hash'), ('email', 'email_hash'), ('phone', 'phone_hash')
    ] %}
    select
        concat('device:', trace_id) as trace_id,
        '{{ id_type }}' as id_type,
        {{ id_value }} as id_value,
        happened_at as seen_at
    from site_identities
    union all
    {% endfor %}
    select
        concat('address:', email_hash) as trace_id,
        'email' as id_type,
        email_hash as id_value,
        coalesce(optin_at, confirm_at, last_changed_at) as seen_at
    from audience
    where not is_excluded
    union all
    select concat('contact:', lead_id) as trace_id, 'email' as id_type, email_hash as id_value, created_at as seen_at
    from crm_contacts
    union all
    select concat('contact:', lead_id) as trace_id, 'phone' as id_type, phone_hash as id_value, created_at as seen_at
    from crm_contacts
    union all
    select concat('answer:', email_hash) as trace_id, 'email' as id_type, email_hash as id_value, answered_at as seen_at
    from answers
    where not is_excluded
    union all
    select
        concat('invitation:', email_hash) as trace_id,
        'email' as id_type,
        email_hash as id_value,
        invited_at as seen_at
    from invitations
    where not is_excluded
    union all
    select trace_id, id_type, id_value, seen_at
    from lists
    union all
    select concat('ticket:', email_hash) as trace_id, 'email' as id_type, email_hash as id_value, created_at as seen_at
    from tickets
    where is_counted
    union all
    select concat('csat:', email_hash) as trace_id, 'email' as id_type, email_hash as id_value, answered_at as seen_at
    from csat_answers
    where not is_excluded
    union all
    select concat('review:', email_hash) as trace_id, 'email' as id_type, email_hash as id_value, created_at as seen_at
    from reviews
    where not is_excluded and not is_spam
),

final as (
    select
        trace_id,
        id_type,
        id_value,
        min(seen_at) as seen_at
    from mentions
    where id_value is not null
    group by trace_id, id_type, id_value
)

select * from final
