-- Grain: one link that joined two identities of a person; a person of n identities has n - 1 of them, the earliest.
with

tree as (
    select * from {{ ref('int_identity_tree') }}
    where trace_id is not null
),

traces as (
    select distinct
        trace_id,
        source,
        table_name,
        kind,
        record_id
    from {{ ref('int_identity_mentions') }}
),

final as (
    select
        {{ key_of(['tree.trace_id', 'tree.one_type', 'tree.one_value', 'tree.other_type', 'tree.other_value']) }}
            as link_id,
        tree.person_id,
        tree.one_type,
        {{ key_of(['tree.one_type', 'tree.one_value']) }} as one_identity,
        tree.other_type,
        {{ key_of(['tree.other_type', 'tree.other_value']) }} as other_identity,
        traces.source,
        traces.table_name,
        traces.kind,
        traces.record_id,
        tree.linked_at
    from tree
    inner join traces on tree.trace_id = traces.trace_id
)

select * from final
