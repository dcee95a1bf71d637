-- Grain: one identity named in one trace; identities named in the same trace are one person's.
-- A trace holds at most one identity of a type, except a merge, so that it says which identities a record names
-- together: what is only on one device with it is further away.
with

orders as (select * from {{ ref('int_order_heads') }}),

order_links as (select * from {{ ref('int_order_links') }}),

events as (select * from {{ ref('int_session_events') }}),

audience as (select * from {{ ref('stg_mailchimp__audience') }}),

crm_contacts as (select * from {{ ref('int_crm_contacts') }}),

crm_merges as (select * from {{ ref('int_crm_merges') }}),

answers as (select * from {{ ref('stg_nps__answers') }}),

invitations as (select * from {{ ref('stg_nps__invitations') }}),

lists as (select * from {{ ref('int_list_identities') }}),

site_messages as (
    select * from {{ ref('stg_segment__identities') }}
    where has_consent and not is_excluded
),

tickets as (select * from {{ ref('int_ticket_heads') }}),

csat_answers as (select * from {{ ref('stg_csat_survey__answers') }}),

file_answers as (select * from {{ ref('stg_answers_file__answers') }}),

reviews as (select * from {{ ref('stg_reviews__reviews') }}),

-- the other e-mail tools' addresses; who was never told with a day has no first moment to be a person by
tool_addresses as (
    {% for tool, table_name in [
        ('klaviyo', 'profiles'), ('activecampaign', 'contacts'), ('getresponse', 'contacts'), ('brevo', 'contacts'),
    ] %}
    select
        source,
        '{{ table_name }}' as table_name,
        email_hash,
        coalesce(subscribed_at, ended_at) as seen_at
    from {{ ref('stg_' ~ tool ~ '__' ~ table_name) }}
    where not is_excluded and coalesce(subscribed_at, ended_at) is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

-- what was done without consent has a device of its own, which nothing joins
devices as (
    select
        device_id,
        source,
        {{ device_type('source') }} as id_type,
        case when has_consent then user_id_hash end as user_id_hash,
        least(min(event_at), coalesce(min(user_first_touch_at), min(event_at))) as seen_at
    from events
    group by device_id, source, case when has_consent then user_id_hash end
),

-- who identifies on a device is its person, by every name that the message gives
site_identities as (
    select
        case when anonymous_id is not null then concat_ws('', 'segment:', account, ':', anonymous_id) end as device_id,
        user_id_hash,
        email_hash,
        phone_hash,
        {{ key_of(['account', 'anonymous_id', 'user_id_hash', 'email_hash', 'phone_hash']) }} as names_key,
        min(happened_at) as happened_at
    from site_messages
    group by account, anonymous_id, user_id_hash, email_hash, phone_hash
),

-- a purchase joins the device to the buyer; a guest is nobody to be joined to
purchases as (
    select
        concat_ws('', 'purchase:', order_links.order_id, ':', order_links.device_id) as trace_id,
        order_links.source as site_source,
        order_links.device_id,
        order_links.purchased_at,
        orders.*
    from order_links
    inner join orders on order_links.order_id = orders.order_id
    where orders.names_buyer and order_links.has_consent
),

mentions as (
    {% for id_type, id_value in [
        ("'email'", 'email_hash'), ("'phone'", 'phone_hash'), ("'login'", 'login_hash'),
        ("concat_ws('', source, '_customer')", "case when customer_key is not null then concat_ws('', account, ':', customer_key) end"),
    ] %}
    select
        order_id as trace_id,
        source,
        case source when 'square' then 'items' when 'kiotviet' then 'invoices' else 'orders' end as table_name,
        'order' as kind,
        order_id as record_id,
        {{ id_type }} as id_type,
        {{ id_value }} as id_value,
        ordered_at as seen_at
    from orders
    union all
    select
        trace_id,
        site_source as source,
        'events' as table_name,
        'purchase' as kind,
        order_id as record_id,
        {{ id_type }} as id_type,
        {{ id_value }} as id_value,
        ordered_at as seen_at
    from purchases
    union all
    {% endfor %}
    select
        trace_id,
        site_source as source,
        'events' as table_name,
        'purchase' as kind,
        order_id as record_id,
        {{ device_type('site_source') }} as id_type,
        device_id as id_value,
        purchased_at as seen_at
    from purchases
    union all
    {% for id_type, id_value in [('id_type', 'device_id'), ("'login'", 'user_id_hash')] %}
    select
        concat_ws('', 'device:', device_id, ':', coalesce(user_id_hash, '')) as trace_id,
        source,
        'events' as table_name,
        'login' as kind,
        cast(null as string) as record_id,
        {{ id_type }},
        {{ id_value }} as id_value,
        seen_at
    from devices
    union all
    {% endfor %}
    {% for id_type, id_value in [
        ('segment_device', 'device_id'), ('login', 'user_id_hash'), ('email', 'email_hash'), ('phone', 'phone_hash')
    ] %}
    select
        concat_ws('', 'names:', names_key) as trace_id,
        'segment' as source,
        'events' as table_name,
        'identification' as kind,
        cast(null as string) as record_id,
        '{{ id_type }}' as id_type,
        {{ id_value }} as id_value,
        happened_at as seen_at
    from site_identities
    union all
    {% endfor %}
    {% for id_type, id_value in [
        ('email', 'email_hash'), ('phone', 'phone_hash'), ('crm_contact', 'lead_id')
    ] %}
    select
        concat_ws('', 'contact:', lead_id) as trace_id,
        source,
        case source when 'salesforce' then 'leads' else 'contacts' end as table_name,
        'contact' as kind,
        lead_id as record_id,
        '{{ id_type }}' as id_type,
        {{ id_value }} as id_value,
        created_at as seen_at
    from crm_contacts
    union all
    {% endfor %}
    select
        trace_id,
        source,
        'contacts' as table_name,
        'merge' as kind,
        record_id,
        id_type,
        id_value,
        seen_at
    from crm_merges
    union all
    select
        trace_id,
        source,
        table_name,
        kind,
        record_id,
        id_type,
        id_value,
        seen_at
    from lists
    union all
    select
        concat_ws('', 'address:', source, ':', email_hash) as trace_id,
        source,
        table_name,
        'address' as kind,
        cast(null as string) as record_id,
        'email' as id_type,
        email_hash as id_value,
        seen_at
    from tool_addresses
    {% for kind, relation, source, table_name, seen_at, counted in [
        ('address', 'audience', "'mailchimp'", 'audience', 'coalesce(optin_at, confirm_at, last_changed_at)',
            'not is_excluded'),
        ('answer', 'answers', "'nps'", 'answers', 'answered_at', 'not is_excluded'),
        ('invitation', 'invitations', "'nps'", 'invitations', 'invited_at', 'not is_excluded'),
        ('ticket', 'tickets', 'source', 'tickets', 'created_at', 'is_counted'),
        ('csat', 'csat_answers', "'csat_survey'", 'answers', 'answered_at', 'not is_excluded'),
        ('answer', 'file_answers', "'answers_file'", 'answers', 'answered_at', 'not is_excluded'),
        ('review', 'reviews', "'reviews'", 'reviews', 'created_at', 'not is_excluded and not is_spam'),
    ] %}
    union all
    select
        -- help desks and surveys may each name one address
        concat_ws(
            '',
            '{{ kind }}:',
            case
                when {{ source }} in ('freshdesk', 'intercom', 'gorgias', 'answers_file')
                    then concat_ws('', {{ source }}, ':')
                else ''
            end,
            email_hash
        ) as trace_id,
        {{ source }},
        '{{ table_name }}' as table_name,
        '{{ kind }}' as kind,
        cast(null as string) as record_id,
        'email' as id_type,
        email_hash as id_value,
        {{ seen_at }} as seen_at
    from {{ relation }}
    where {{ counted }}
    {% endfor %}
),

final as (
    select
        trace_id,
        source,
        table_name,
        kind,
        record_id,
        id_type,
        id_value,
        min(seen_at) as seen_at
    from mentions
    where id_value is not null
    group by trace_id, source, table_name, kind, record_id, id_type, id_value
)

select * from final
