-- Grain: one identity named in one row of the company's own lists; excluded rows join nobody.
with

subscriptions as (
    select
        concat_ws('', 'subscription:', account, ':', subscription_id) as trace_id,
        source,
        'subscriptions' as table_name,
        'subscription' as kind,
        concat_ws('', account, ':', subscription_id) as record_id,
        email_hash,
        phone_hash,
        cast(null as string) as login_hash,
        cast(null as string) as member_key,
        cast(started_on as timestamp) as seen_at
    from {{ ref('stg_plan__subscriptions') }}
    where not is_excluded
),

app_usage as (
    select
        concat_ws('', 'usage:', coalesce(login_hash, ''), ':', coalesce(email_hash, '')) as trace_id,
        source,
        'app_usage' as table_name,
        'usage' as kind,
        cast(null as string) as record_id,
        email_hash,
        cast(null as string) as phone_hash,
        login_hash,
        cast(null as string) as member_key,
        used_at as seen_at
    from {{ ref('stg_plan__app_usage') }}
    where not is_excluded
),

account_profiles as (
    select
        concat_ws('', 'login:', coalesce(login_hash, ''), ':', coalesce(email_hash, '')) as trace_id,
        source,
        'account_profiles' as table_name,
        'profile' as kind,
        cast(null as string) as record_id,
        email_hash,
        cast(null as string) as phone_hash,
        login_hash,
        cast(null as string) as member_key,
        created_at as seen_at
    from {{ ref('stg_plan__account_profiles') }}
    where not is_excluded
),

loyalty_members as (
    select
        concat_ws('', 'member:', account, ':', member_hash) as trace_id,
        source,
        'members' as table_name,
        'member' as kind,
        cast(null as string) as record_id,
        email_hash,
        phone_hash,
        cast(null as string) as login_hash,
        concat_ws('', account, ':', member_hash) as member_key,
        cast(joined_on as timestamp) as seen_at
    from {{ ref('stg_loyalty__members') }}
    where not is_excluded
),

traces as (
    select * from subscriptions
    union all
    select * from loyalty_members
    union all
    select * from app_usage
    union all
    select * from account_profiles
),

final as (
    {% for id_type, id_value in [
        ('email', 'email_hash'), ('phone', 'phone_hash'), ('login', 'login_hash'), ('loyalty_member', 'member_key')
    ] %}
    select
        trace_id,
        source,
        table_name,
        kind,
        record_id,
        '{{ id_type }}' as id_type,
        {{ id_value }} as id_value,
        min(seen_at) as seen_at
    from traces
    where {{ id_value }} is not null
    group by trace_id, source, table_name, kind, record_id, {{ id_value }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select * from final
