-- Grain: one tag of one support ticket that counts.
with

tickets as (
    select * from {{ ref('int_ticket_heads') }}
    where is_counted and trim(tags) <> ''
),

topics as (select * from {{ ref('int_ticket_topics') }}),

exploded as (
    select
        source,
        account,
        ticket_id,
        {{ each_part('trim(tags)', ' ') }} as tag
    from tickets
),

final as (
    select distinct
        exploded.source,
        exploded.account,
        exploded.ticket_id,
        exploded.tag,
        topics.topic,
        topics.priority
    from exploded
    left join topics on exploded.tag = topics.tag
    where exploded.tag <> ''
)

select * from final
