-- Grain: one mention of the brand or of a competitor.
with

mentions as (select * from {{ ref('int_mentions') }}),

listening_days as (select * from {{ ref('int_listening_days') }}),

names as (select * from {{ ref('int_product_names') }}),

alike_days as (
    select distinct day from listening_days
    where is_alike
),

final as (
    select
        mentions.mention_id,
        mentions.source,
        mentions.account,
        mentions.tool,
        mentions.query,
        mentions.kind,
        mentions.competitor,
        mentions.market,
        mentions.day,
        mentions.mentioned_at,
        mentions.sentiment,
        mentions.url,
        mentions.reach,
        alike_days.day is not null as is_tracked,
        mentions.product,
        names.product_line,
        names.category
    from mentions
    left join alike_days on mentions.day = alike_days.day
    left join names on lower(mentions.product) = names.name
)

select * from final
