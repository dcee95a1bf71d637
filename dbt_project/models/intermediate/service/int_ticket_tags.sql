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

-- letters and their accents may come apart
whole as (
    select
        source,
        account,
        ticket_id,
        {{ cleaned('tag') }} as tag
    from exploded
),

final as (
    select distinct
        whole.source,
        whole.account,
        whole.ticket_id,
        whole.tag,
        topics.topic,
        topics.priority
    from whole
    left join topics on whole.tag = topics.tag
    where whole.tag <> ''
)

select * from final
