-- Grain: one support ticket, from the newest export that names it, of the API or a report.
{% set desks = ['freshdesk', 'intercom', 'gorgias'] %}
with

api_tickets as (select * from {{ ref('stg_zendesk__tickets') }}),

report_tickets as (select * from {{ ref('stg_zendesk__ticket_report') }}),

{% for desk in desks %}
{{ desk }} as (select * from {{ ref('stg_' ~ desk ~ '__tickets') }}),

{% endfor -%}

metrics as (select * from {{ ref('stg_zendesk__ticket_metrics') }}),

users as (select * from {{ ref('stg_zendesk__users') }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

stated as (
    select
        source,
        account,
        ticket_id,
        created_at,
        updated_at,
        cast(null as timestamp) as solved_at,
        status,
        requester_key,
        email_hash,
        tags,
        rating,
        rating_sentiment,
        cast(null as bigint) as first_reply_minutes,
        cast(null as bigint) as resolution_minutes,
        cast(null as bigint) as replies,
        cast(null as bigint) as reopens,
        is_excluded,
        exported_at,
        1 as form
    from api_tickets
    union all
    select
        source,
        account,
        ticket_id,
        created_at,
        updated_at,
        solved_at,
        status,
        requester_key,
        email_hash,
        tags,
        rating,
        cast(null as double) as rating_sentiment,
        first_reply_minutes,
        resolution_minutes,
        replies,
        reopens,
        is_excluded,
        exported_at,
        2 as form
    from report_tickets
    {% for desk in desks %}
    union all
    select
        source,
        account,
        ticket_id,
        created_at,
        updated_at,
        solved_at,
        status,
        cast(null as string) as requester_key,
        email_hash,
        tags,
        rating,
        cast(null as double) as rating_sentiment,
        first_reply_minutes,
        cast(null as bigint) as resolution_minutes,
        replies,
        reopens,
        is_excluded,
        exported_at,
        2 as form
    from {{ desk }}
    {% endfor %}
),

-- an account that states the minutes of no ticket at all does not tell who was answered; one that does was looked
-- through up to its newest export
ranked as (
    select
        *,
        count(first_reply_minutes) over (partition by source, account) > 0 as tells_first_reply,
        max(exported_at) over (partition by source, account) as told_until,
        row_number() over (
            partition by source, account, ticket_id order by exported_at desc, form asc
        ) as newest
    from stated
),

metrics_until as (
    select source, account, max(exported_at) as told_until
    from metrics
    group by source, account
),

final as (
    select
        ranked.source,
        ranked.account,
        ranked.ticket_id,
        ranked.created_at,
        ranked.updated_at,
        ranked.status,
        coalesce(ranked.email_hash, users.email_hash) as email_hash,
        ranked.tags,
        ranked.rating,
        ranked.rating_sentiment,
        coalesce(metrics.first_reply_minutes, ranked.first_reply_minutes) as first_reply_minutes,
        coalesce(metrics.resolution_minutes, ranked.resolution_minutes) as resolution_minutes,
        coalesce(metrics.solved_at, ranked.solved_at) as solved_at,
        coalesce(metrics.replies, ranked.replies) as replies,
        coalesce(metrics.reopens, ranked.reopens) as reopens,
        -- until when it is known that nobody replied; null where the source does not tell
        case
            when metrics.ticket_id is not null then metrics_until.told_until
            when ranked.tells_first_reply then ranked.told_until
        end as replies_told_until,
        -- a ticket that was merged into another is that other ticket
        coalesce(ranked.status, '') <> 'deleted'
        and coalesce(instr(ranked.tags, ' closed_by_merge ') = 0, true)
        and not ranked.is_excluded
        and not {{ excluded_by('users.email_hash', 'email') }} as is_counted
    from ranked
    left join metrics
        on
            ranked.source = metrics.source
            and ranked.account = metrics.account
            and ranked.ticket_id = metrics.ticket_id
    left join metrics_until on ranked.source = metrics_until.source and ranked.account = metrics_until.account
    left join users
        on
            ranked.source = users.source
            and ranked.account = users.account
            and ranked.requester_key = users.requester_key
    where ranked.newest = 1
)

select * from final
