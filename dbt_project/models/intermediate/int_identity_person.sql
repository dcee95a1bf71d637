-- Grain: one identity and the person it belongs to.
{% set rounds = 12 %}
with

mentions as (select * from {{ ref('int_identity_mentions') }}),

identities as (
    select
        id_type,
        id_value,
        min(seen_at) as first_seen_at
    from mentions
    group by id_type, id_value
),

-- numbered from the first seen: the smallest number of a component is its smallest identity
nodes as (
    select
        *,
        row_number() over (
            order by case when first_seen_at is null then 1 else 0 end, first_seen_at, id_type, id_value
        ) as node
    from identities
),

trace_nodes as (
    select
        mentions.trace_id,
        nodes.node,
        min(nodes.node) over (partition by mentions.trace_id) as first_node
    from mentions
    inner join nodes on mentions.id_type = nodes.id_type and mentions.id_value = nodes.id_value
),

-- the identities of a trace as a star around its first one
edges as (
    select node as one_node, first_node as other_node
    from trace_nodes
    where node <> first_node
    union
    select first_node as one_node, node as other_node
    from trace_nodes
    where node <> first_node
),

labels_0 as (select distinct one_node as node, one_node as label from edges),

-- Each round takes the smallest label among the neighbours and then that label's own label, which at
-- least doubles how far a label has travelled: {{ rounds }} rounds join chains of thousands of links.
-- The test every_link_joins_one_person fails should they ever not suffice.
{% for round in range(1, rounds + 1) %}
hooked_{{ round }} as (
    select
        labels.node,
        least(labels.label, min(neighbours.label)) as label
    from labels_{{ round - 1 }} as labels
    inner join edges on labels.node = edges.one_node
    inner join labels_{{ round - 1 }} as neighbours on edges.other_node = neighbours.node
    group by labels.node, labels.label
),

labels_{{ round }} as (
    select
        hooked.node,
        further.label
    from hooked_{{ round }} as hooked
    inner join hooked_{{ round }} as further on hooked.label = further.node
),

{% endfor %}

final as (
    select
        nodes.id_type,
        nodes.id_value,
        {{ key_of(['firsts.first_seen_at', 'firsts.id_type', 'firsts.id_value']) }} as person_id,
        nodes.first_seen_at
    from nodes
    left join labels_{{ rounds }} as labels on nodes.node = labels.node
    inner join nodes as firsts on coalesce(labels.label, nodes.node) = firsts.node
)

select * from final
