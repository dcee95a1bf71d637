-- Grain: one identity with its person, and the link that joined it, with what hung on it, to the others.
-- Only persons whose identities are named otherwise than before are joined anew.
{{ config(
    materialized=kept_table(), incremental_strategy='recount', unique_key=['id_type', 'id_value'],
    meta={'told_by': 'int_identity_named'}
) }}

with

named as (select * from {{ ref('int_identity_named') }}),

all_mentions as (select * from {{ ref('int_identity_mentions') }}),

{% if is_incremental() %}
before as (select * from {{ this }}),

-- new, gone, or named otherwise
changed as (
    select
        coalesce(named.id_type, before.id_type) as id_type,
        coalesce(named.id_value, before.id_value) as id_value
    from named
    full outer join before on named.id_type = before.id_type and named.id_value = before.id_value
    where coalesce(named.counted_from, '') <> coalesce(before.counted_from, '')
),

changed_traces as (
    select distinct mentions.trace_id
    from all_mentions as mentions
    inner join changed on mentions.id_type = changed.id_type and mentions.id_value = changed.id_value
),

-- a link that came or went has a changed identity in its trace, so what hangs together now, or did before, with
-- none of these is what it was
touched as (
    select id_type, id_value from changed
    union
    select mentions.id_type, mentions.id_value
    from all_mentions as mentions
    inner join changed_traces on mentions.trace_id = changed_traces.trace_id
),

touched_persons as (
    select distinct before.person_id
    from before
    inner join touched on before.id_type = touched.id_type and before.id_value = touched.id_value
),

joined_anew as (
    select id_type, id_value from touched
    union
    select before.id_type, before.id_value
    from before
    inner join touched_persons on before.person_id = touched_persons.person_id
),

identities as (
    select named.*
    from named
    inner join joined_anew on named.id_type = joined_anew.id_type and named.id_value = joined_anew.id_value
),
{% else %}
identities as (select * from named),
{% endif %}

-- numbered from the first seen: the smallest number of a person is its smallest identity
nodes as (
    select
        *,
        row_number() over (
            order by case when first_seen_at is null then 1 else 0 end, first_seen_at, id_type, id_value
        ) as node
    from identities
),

-- the identities of a trace as a star around its first one
stars as (
    select
        mentions.trace_id,
        max(mentions.seen_at) over (partition by mentions.trace_id) as linked_at,
        nodes.node,
        min(nodes.node) over (partition by mentions.trace_id) as first_node
    from all_mentions as mentions
    inner join nodes on mentions.id_type = nodes.id_type and mentions.id_value = nodes.id_value
    where nodes.is_joining
),

links as (
    select
        *,
        row_number() over (
            order by case when linked_at is null then 1 else 0 end, linked_at, trace_id, node
        ) as link
    from stars
    where node <> first_node
),

-- who went to whom: the spanning forest of the earliest links
joined as (
    {{ spanning_forest('links') }}
),

final as (
    select
        nodes.id_type,
        nodes.id_value,
        {{ key_of(['nodes.id_type', 'nodes.id_value']) }} as identity,
        nodes.first_seen_at,
        {{ key_of(['firsts.first_seen_at', 'firsts.id_type', 'firsts.id_value']) }} as person_id,
        links.trace_id,
        links.linked_at,
        ones.id_type as one_type,
        ones.id_value as one_value,
        others.id_type as other_type,
        others.id_value as other_value,
        nodes.counted_from
    from nodes
    left join joined on nodes.node = joined.node
    inner join nodes as firsts on coalesce(joined.first_node, nodes.node) = firsts.node
    left join links on joined.link = links.link
    left join nodes as ones on links.first_node = ones.node
    left join nodes as others on links.node = others.node
)

select * from final
