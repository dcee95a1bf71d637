-- Grain: one tag of support tickets with its topic: the company's own word for it, else the house's.
with

own as (select * from {{ source('house', 'own_ticket_topics') }}),

known as (select * from {{ ref('ticket_topics') }}),

last_own as (select coalesce(max(priority), 0) as priority from own),

final as (
    select
        tag,
        topic,
        priority
    from own
    union all
    select
        known.tag,
        known.topic,
        known.priority + last_own.priority as priority
    from known
    cross join last_own
    left join own on known.tag = own.tag
    where own.tag is null
)

select * from final
