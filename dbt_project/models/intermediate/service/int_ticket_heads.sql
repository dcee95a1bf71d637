-- Grain: one support ticket, from the newest export that names it, of the API or the report.
with

api_tickets as (select * from {{ ref('stg_zendesk__tickets') }}),

report_tickets as (select * from {{ ref('stg_zendesk__ticket_report') }}),

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
        is_excluded,
        exported_at,
        2 as form
    from report_tickets
),

ranked as (
    select
        *,
        row_number() over (partition by account, ticket_id order by exported_at desc, form asc) as newest
    from stated
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
        ranked.rating,
        ranked.rating_sentiment,
        coalesce(metrics.first_reply_minutes, ranked.first_reply_minutes) as first_reply_minutes,
        coalesce(metrics.resolution_minutes, ranked.resolution_minutes) as resolution_minutes,
        coalesce(metrics.solved_at, ranked.solved_at) as solved_at,
        -- a ticket that was merged into another is that other ticket
        coalesce(ranked.status, '') <> 'deleted'
        and coalesce(instr(ranked.tags, ' closed_by_merge ') = 0, true)
        and not ranked.is_excluded
        and not {{ excluded_by('users.email_hash', 'email') }} as is_counted
    from ranked
    left join metrics on ranked.account = metrics.account and ranked.ticket_id = metrics.ticket_id
    left join users on ranked.account = users.account and ranked.requester_key = users.requester_key
    where ranked.newest = 1
)

select * from final
