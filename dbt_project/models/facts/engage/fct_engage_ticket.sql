-- Grain: one support ticket that was neither deleted nor merged into another.
with

tickets as (select * from {{ ref('int_tickets') }}),

final as (
    select
        ticket_id,
        source,
        account,
        person_id,
        market,
        status,
        created_at,
        day,
        first_reply_minutes is not null as is_replied,
        first_reply_minutes,
        resolved_at,
        resolved_on,
        resolution_minutes,
        is_onboarding,
        topic,
        replies,
        reopens,
        last_solved_on,
        is_replied_in_time,
        is_first_contact,
        is_reopened
    from tickets
)

select * from final
