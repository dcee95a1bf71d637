-- Grain: one link that joined two identities of a person; a person of n identities has n - 1 of them, the earliest.
with

tree as (
    select * from {{ ref('int_identity_tree') }}
    where trace_id is not null
),

mentions as (select * from {{ ref('int_identity_mentions') }}),

final as (
    select
        {{ key_of(['tree.trace_id', 'tree.one_type', 'tree.one_value', 'tree.other_type', 'tree.other_value']) }}
            as link_id,
        tree.person_id,
        tree.one_type,
        {{ key_of(['tree.one_type', 'tree.one_value']) }} as one_identity,
        tree.other_type,
        {{ key_of(['tree.other_type', 'tree.other_value']) }} as other_identity,
        mentions.source,
        mentions.table_name,
        mentions.kind,
        mentions.record_id,
        tree.linked_at
    from tree
    inner join mentions
        on
            tree.trace_id = mentions.trace_id
            and tree.one_type = mentions.id_type
            and tree.one_value = mentions.id_value
)

select * from final
