{# Reading the files of e-mail tools whose tables have the same shape: contacts and e-mail activity. #}

{# Addresses of a tool, one row each: the statement of a staging model. Where the tool does not say when an
   address ended, the first export that shows that it ended does. #}
{% macro list_contacts(source_name, table_name) -%}
with

landed as (select * from {{ landed(source_name, table_name) }}),

states as (select * from {{ landed_states(source_name, table_name) }}),

statuses as (select * from {{ ref('subscriber_statuses') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

first_shown_ended as (
    select
        states.account,
        states._entity as email_hash,
        min(states.exported_at) as shown_at
    from states
    inner join statuses on lower(trim(states.status)) = statuses.status
    where statuses.state = 'ended'
    group by states.account, states._entity
),

-- an address that stands in the file twice is subscribed where one of its rows says so
ranked as (
    select
        landed.*,
        statuses.state,
        row_number() over (
            partition by landed.account, landed.email_hash
            order by
                case statuses.state when 'subscribed' then 0 when 'ended' then 1 else 2 end,
                landed.subscribed_at,
                landed._row
        ) as preference
    from landed
    left join statuses on lower(trim(landed.status)) = statuses.status
    where landed.email_hash is not null
),

final as (
    select
        '{{ source_name }}' as source,
        ranked.account,
        ranked.email_hash,
        lower(trim(ranked.status)) as status,
        ranked.state,
        ranked.subscribed_at,
        case when ranked.state = 'ended' then coalesce(ranked.ended_at, first_shown_ended.shown_at) end as ended_at,
        {{ excluded_by('ranked.email_hash', 'email') }} as is_excluded
    from ranked
    left join first_shown_ended
        on ranked.account = first_shown_ended.account and ranked.email_hash = first_shown_ended.email_hash
    where ranked.preference = 1
)

select * from final
{%- endmacro %}


{# What recipients did with the mails of a tool, one row per event: the statement of a staging model. #}
{% macro recipient_events(source_name, table_name) -%}
with

landed as (select * from {{ landed(source_name, table_name) }}),

kinds as (select * from {{ ref('email_events') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

final as (
    select
        '{{ source_name }}' as source,
        landed.account,
        landed.email_hash,
        lower(trim(landed.event)) as event,
        coalesce(kinds.kind, 'other') as kind,
        landed.occurred_at,
        landed.campaign_id,
        coalesce(landed.is_machine, false) as is_machine,
        {{ excluded_by('landed.email_hash', 'email') }} as is_excluded
    from landed
    left join kinds on lower(trim(landed.event)) = kinds.event
    where landed.email_hash is not null
)

select * from final
{%- endmacro %}


{# Whether a mailing was sent once to many (campaign) or by an automation to one after the other (flow), as the tools
   word it; null where nothing is said or the word is not known. #}
{% macro mailing_kind(cell) -%}
    case
        when lower(trim({{ cell }})) in (
            'campaign', 'campaigns', 'regular', 'newsletter', 'broadcast', 'batch', 'batch_email', 'classic', 'one-time',
            'split', 'a/b test', 'ab test', 'ab_email', 'ab test campaign', 'single send', 'rss', 'chiến dịch', 'bản tin'
        ) then 'campaign'
        when lower(trim({{ cell }})) in (
            'flow', 'flows', 'automation', 'automated', 'automated_email', 'automated email', 'autoresponder', 'workflow',
            'triggered', 'trigger', 'transactional', 'recurring', 'series', 'follow-up', 'luồng', 'tự động'
        ) then 'flow'
    end
{%- endmacro %}


{# A name that two things may have: with its moment where an account has it twice. #}
{% macro told_apart(name, moment) -%}
    case
        when count(*) over (partition by account, {{ name }}) > 1
            then concat_ws('', {{ name }}, ' ', cast({{ moment }} as string))
        else {{ name }}
    end
{%- endmacro %}


{# Mailings of a tool whose contract has the columns of a report of campaigns: the statement of a staging model. `kind`
   is what all mailings of the report are, where the report does not say. #}
{% macro mailings(source_name, table_name, kind=none) -%}
with

landed as (select * from {{ landed(source_name, table_name) }}),

totalled as (
    select
        *,
        coalesce(bounces, hard_bounces + soft_bounces) as all_bounces
    from landed
),

final as (
    select
        '{{ source_name }}' as source,
        account,
        {{ told_apart('campaign_id', 'sent_at') }} as campaign_id,
        title,
        lower(trim(channel)) as channel,
        sent_at,
        recipients,
        coalesce(delivered, recipients - all_bounces) as delivered,
        unique_opens,
        cast(null as bigint) as forwards,
        unique_clicks,
        unsubscribes,
        all_bounces as bounces,
        complaints,
        revenue,
        {% if kind %}
        coalesce({{ mailing_kind('mailing_kind') }}, '{{ kind }}') as mailing_kind
        {% else %}
        {{ mailing_kind('mailing_kind') }} as mailing_kind
        {% endif %}
    from totalled
)

select * from final
{%- endmacro %}
