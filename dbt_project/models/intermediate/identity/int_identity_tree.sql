-- Grain: one identity with its person, and the link that joined it, with what hung on it, to the others.
-- Only persons whose identities are named otherwise than before are joined anew.
{{ config(
    materialized=kept_table(), incremental_strategy='recount', unique_key=['id_type', 'id_value'],
    meta={'told_by': 'int_identity_named', 'in_steps': true}
) }}
{% set rounds = 12 %}
-- The spanning tree of the earliest links (Borůvka): in each round every part takes its earliest link to another
-- part, and parts that are linked become one. At least half of the parts of a person are gone after each round,
-- so {{ rounds }} rounds join persons of {{ 2 ** rounds }} identities, in whatever shape they hang together.
-- The test every_link_joins_one_person fails should they ever not suffice.
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

sides_0 as (
    select node as part, first_node as other_part, min(link) as link
    from links
    group by node, first_node
    union all
    select first_node as part, node as other_part, min(link) as link
    from links
    group by node, first_node
),

{% for round in range(1, rounds + 1) %}
{% set doublings = rounds + 1 - round %}
earliest_{{ round }} as (
    select
        part,
        min(link) as link,
        min_by(other_part, link) as other_part
    from sides_{{ round - 1 }}
    group by part
),

-- two parts that chose each other: the smaller one stays
steps_{{ round }}_0 as (
    select
        mine.part,
        mine.link,
        case
            when mine.link = theirs.link and mine.part < mine.other_part then mine.part
            else mine.other_part
        end as root
    from earliest_{{ round }} as mine
    inner join earliest_{{ round }} as theirs on mine.other_part = theirs.part
),

{% for doubling in range(1, doublings + 1) %}
steps_{{ round }}_{{ doubling }} as (
    select
        near.part,
        near.link,
        far.root
    from steps_{{ round }}_{{ doubling - 1 }} as near
    inner join steps_{{ round }}_{{ doubling - 1 }} as far on near.root = far.part
),

{% endfor %}
joined_{{ round }} as (select * from steps_{{ round }}_{{ doublings }}),

sides_{{ round }} as (
    select
        mine.root as part,
        theirs.root as other_part,
        min(sides.link) as link
    from sides_{{ round - 1 }} as sides
    inner join joined_{{ round }} as mine on sides.part = mine.part
    inner join joined_{{ round }} as theirs on sides.other_part = theirs.part
    where mine.root <> theirs.root
    group by mine.root, theirs.root
),

{% endfor %}
-- backwards: where a part went in a round, and where that went in the later ones
roots_{{ rounds }} as (select part, root from joined_{{ rounds }}),

{% for round in range(rounds - 1, 0, -1) %}
roots_{{ round }} as (
    select
        joined.part,
        coalesce(later.root, joined.root) as root
    from joined_{{ round }} as joined
    left join roots_{{ round + 1 }} as later on joined.root = later.part
),

{% endfor %}
-- every part but a person's last one joined another once, by the link that it had chosen
joining_links as (
    {% for round in range(1, rounds + 1) %}
    select part, link
    from joined_{{ round }}
    where part <> root
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

with_first as (
    select
        nodes.*,
        min(nodes.node) over (partition by coalesce(roots.root, nodes.node)) as first_node
    from nodes
    left join roots_1 as roots on nodes.node = roots.part
),

final as (
    select
        with_first.id_type,
        with_first.id_value,
        {{ key_of(['with_first.id_type', 'with_first.id_value']) }} as identity,
        with_first.first_seen_at,
        {{ key_of(['firsts.first_seen_at', 'firsts.id_type', 'firsts.id_value']) }} as person_id,
        links.trace_id,
        links.linked_at,
        ones.id_type as one_type,
        ones.id_value as one_value,
        others.id_type as other_type,
        others.id_value as other_value,
        with_first.counted_from
    from with_first
    inner join nodes as firsts on with_first.first_node = firsts.node
    left join joining_links on with_first.node = joining_links.part
    left join links on joining_links.link = links.link
    left join nodes as ones on links.first_node = ones.node
    left join nodes as others on links.node = others.node
)

select * from final
