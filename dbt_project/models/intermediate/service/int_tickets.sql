-- Grain: one support ticket that counts, with its person.
{% set onboarding_days = 30 %}
with

tickets as (
    select * from {{ ref('int_ticket_heads') }}
    where is_counted
),

tags as (select * from {{ ref('int_ticket_tags') }}),

settings as (select * from {{ source('house', 'settings') }}),

states as (
    {% for desk in ['zendesk', 'freshdesk', 'intercom', 'gorgias'] %}
    select source, account, ticket_id, exported_at, updated_at from {{ ref('stg_' ~ desk ~ '__ticket_states') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

accounts as (select * from {{ source('house', 'accounts') }}),

identities as (select * from {{ ref('int_identity_person') }}),

persons as (select * from {{ ref('int_persons') }}),

logins as (select * from {{ ref('int_logins_created') }}),

sign_ups as (
    select person_id, min(day) as signed_up_on
    from logins
    group by person_id
),

-- a rating has no time of its own: the ticket last changed with it, or soon after, in the first export with it
ratings as (
    select
        source,
        account,
        ticket_id,
        updated_at as rated_at,
        row_number() over (
            partition by source, account, ticket_id order by exported_at, updated_at nulls last
        ) as rating_rank
    from states
),

topics as (
    select
        source,
        account,
        ticket_id,
        coalesce(min_by(topic, priority), 'other') as topic
    from tags
    group by source, account, ticket_id
),

with_person as (
    select
        tickets.*,
        topics.topic,
        {{ add_minutes('tickets.created_at', 'settings.first_reply_minutes') }} as reply_due_at,
        settings.first_reply_minutes as reply_due_minutes,
        settings.as_of,
        identities.person_id,
        coalesce(persons.market, accounts.market) as market,
        persons.first_order_date,
        sign_ups.signed_up_on,
        accounts.time_zone,
        {{ local_day('tickets.created_at', 'accounts.time_zone') }} as day,
        case when tickets.status in ('solved', 'closed') then tickets.solved_at end as resolved_at,
        case when tickets.rating is not null then coalesce(ratings.rated_at, tickets.updated_at, tickets.created_at) end
            as rated_at
    from tickets
    inner join accounts on tickets.source = accounts.source and tickets.account = accounts.account
    cross join settings
    left join topics
        on
            tickets.source = topics.source
            and tickets.account = topics.account
            and tickets.ticket_id = topics.ticket_id
    left join identities on identities.id_type = 'email' and tickets.email_hash = identities.id_value
    left join persons on identities.person_id = persons.person_id
    left join sign_ups on identities.person_id = sign_ups.person_id
    left join ratings
        on
            tickets.source = ratings.source
            and tickets.account = ratings.account
            and tickets.ticket_id = ratings.ticket_id
            and ratings.rating_rank = 1
),

final as (
    select
        source,
        account,
        ticket_id,
        person_id,
        market,
        status,
        created_at,
        day,
        topic,
        first_reply_minutes,
        -- a target that still runs, or of which nobody tells whether it was met, is neither met nor missed
        case
            when first_reply_minutes is not null then first_reply_minutes <= reply_due_minutes
            when
                coalesce(replies, 0) = 0
                and reply_due_at <= replies_told_until
                and {{ local_day('reply_due_at', 'time_zone') }} < as_of
                then false
        end as is_replied_in_time,
        replies,
        reopens,
        {{ local_day('solved_at', 'time_zone') }} as last_solved_on,
        resolved_at,
        {{ local_day('resolved_at', 'time_zone') }} as resolved_on,
        case
            when resolved_at is not null
                then coalesce(resolution_minutes, {{ minutes_between('created_at', 'resolved_at') }})
        end as resolution_minutes,
        -- when it was opened again is not told: one that ever was took more than one contact
        case
            when resolved_at is not null and replies is not null and reopens is not null
                then replies <= 1 and reopens = 0
        end
            as is_first_contact,
        case when solved_at is not null then reopens > 0 end as is_reopened,
        rating,
        rating_sentiment,
        {{ local_day('rated_at', 'time_zone') }} as rated_on,
        -- the first order and the account both begin such a stretch
        coalesce(
            first_order_date <= day and day <= {{ add_days('first_order_date', onboarding_days) }}, false
        )
        or coalesce(
            signed_up_on <= day and day <= {{ add_days('signed_up_on', onboarding_days) }}, false
        ) as is_onboarding
    from with_person
)

select * from final
