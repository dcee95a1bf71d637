{#
  The only door from the models to the landed files.

  landed(source, table) stands for a table in a from clause. It gives the contract's columns of every
  batch in the frozen effective set, and `_batch_id`, `_row`, `account`, `_exported_at` (UTC),
  `_is_filtered`; only rows of scopes that their batch won, of equal events only the newest export's.
  Without a batch it is an empty select with the same columns and types, so that a source without a file
  gives empty models.

  `where` is a condition on `landed_rows`, for models that read a part; of equal events all must be in that part, or
  none. `every` gives equal events, too, for models that only look at which there are.

  landed_states(source, table) gives, for a table whose contract keeps states, one row per export and
  entity: `account`, `_entity`, `exported_at` (UTC) and the kept columns.
#}

{% macro landed(source_name, table_name, where=none, every=false) %}
    {%- set batches = source('house', 'batches') -%}
    {%- set scopes = source('house', 'scopes') -%}
    {%- if not execute -%}
        {{ return('(select 1 as nothing_yet)') }}
    {%- endif -%}
    {%- do reads_landed(source_name, table_name) -%}
    {%- set contract = contract_of(source_name, table_name) -%}
    {%- set model = contract_of(*contract.config.meta.like.split('.')) if contract.config.meta.like else contract -%}
    {%- set scope = contract.config.meta.get('scope') or model.config.meta.get('scope', {}) -%}
    {#- a table that begins like another one has its columns first, and the own ones after them -#}
    {%- set types = {} -%}
    {%- for column in model.columns.values() | list + contract.columns.values() | list if column.data_type -%}
        {%- do types.update({column.name: column.data_type}) -%}
    {%- endfor -%}
    {%- set columns = types.items() | list -%}
    {%- do columns.extend([('_batch_id', 'varchar'), ('_row', 'bigint')]) -%}
    {%- if scope.kind == 'entities' -%}
        {%- do columns.append(('_entity', 'varchar')) -%}
    {%- endif -%}
    {%- set paths = frozen_paths(batches, source_name, table_name, 'read_from') -%}
    {%- if not paths -%}
        {{ return(typed_empty(columns + [
            ('account', 'varchar'), ('_exported_at', 'timestamp'), ('_is_filtered', 'boolean')
        ])) }}
    {%- endif -%}
    {%- set day = scope.day | default('day', true) -%}
    {#- two entities of one key are two scopes, each with its own moment; the freeze tells them apart alike -#}
    {%- if scope.kind == 'days' -%}
        {%- set scope_of = 'cast(landed_rows.' ~ day ~ ' as string)' -%}
    {%- elif scope.own_id -%}
        {%- set scope_of = "concat_ws('', landed_rows._entity, '|', cast(landed_rows." ~ scope.made_at ~ ' as string))' -%}
    {%- else -%}
        {%- set scope_of = 'landed_rows._entity' -%}
    {%- endif -%}
    {%- set rows -%}
        select
            landed_rows.*,
            batches.account,
            batches.exported_at as _exported_at,
            batches.is_filtered as _is_filtered,
            batches.file_time as _file_time,
            batches.content_hash as _content_hash
        from {{ parquet_rows(paths, columns) }} as landed_rows
        inner join {{ batches }} as batches on landed_rows._batch_id = batches.batch_id
        where {{ where or '1 = 1' }}
        {% if scope.kind in ('days', 'entities') %}
        and exists (
            select 1
            from {{ scopes }} as scopes
            where
                scopes.batch_id = batches.batch_id
                and scopes.scope = {{ scope_of }}
        )
        {% endif %}
    {%- endset -%}
    {%- if scope.kind == 'events' and not every -%}
        {%- set rows -%}
            select *
            from (
                select
                    *,
                    row_number() over (
                        partition by account, {{ scope['keys'] | join(', ') }}
                        order by _exported_at desc, _file_time desc, _content_hash desc, _row desc
                    ) as _newest
                from ({{ rows }}) as all_events
            ) as ranked
            where _newest = 1
        {%- endset -%}
    {%- endif -%}
    {{ return('(select ' ~ columns | map(attribute=0) | join(', ') ~ ', account, _exported_at, _is_filtered from (' ~ rows ~ ') as effective)') }}
{% endmacro %}


{% macro landed_states(source_name, table_name) %}
    {%- set state_files = source('house', 'state_files') -%}
    {%- if not execute -%}
        {{ return('(select 1 as nothing_yet)') }}
    {%- endif -%}
    {%- do reads_landed(source_name, table_name) -%}
    {%- set contract = contract_of(source_name, table_name) -%}
    {%- set columns = [('_account', 'varchar'), ('_entity', 'varchar'), ('exported_at', 'timestamp')] -%}
    {%- for name in contract.config.meta.keep_states -%}
        {%- do columns.append((name, contract.columns[name].data_type)) -%}
    {%- endfor -%}
    {%- set paths = frozen_paths(state_files, source_name, table_name) -%}
    {%- set rows = parquet_rows(paths, columns) if paths else typed_empty(columns) -%}
    {{ return('(select _account as account, ' ~ columns[1:] | map(attribute=0) | join(', ') ~ ' from ' ~ rows ~ ' as states)') }}
{% endmacro %}


{# The contract of a landed table: dbt's own source node. #}
{% macro contract_of(source_name, table_name) %}
    {%- for node in graph.sources.values() if node.source_name == source_name and node.name == table_name -%}
        {{ return(node) }}
    {%- endfor -%}
    {{ exceptions.raise_compiler_error(
        "landed('" ~ source_name ~ "', '" ~ table_name ~ "'): no such contract. Declare the table in models/staging/"
        ~ source_name ~ "/_" ~ source_name ~ "__sources.yml"
    ) }}
{% endmacro %}


{# The channel of a source's rows that state none: `default_channel` of its contract, else other. #}
{% macro default_channel(source_name, table_name) %}
    {%- if not execute -%}{{ return('other') }}{%- endif -%}
    {%- set contract = contract_of(source_name, table_name) -%}
    {{ return(contract.config.meta.get('default_channel') or contract.source_meta.get('default_channel') or 'other') }}
{% endmacro %}


{# Paths of a table's files in a frozen list; none where nothing was frozen yet. A list is read once per call of dbt,
   for all tables, and kept in dbt's own `graph`, which all models share and which outlives the call: hence its id. #}
{% macro frozen_paths(relation, source_name, table_name, column='path') %}
    {%- if graph.get('frozen_paths', {}).get('invocation_id') != invocation_id -%}
        {%- do graph.update({'frozen_paths': {'invocation_id': invocation_id}}) -%}
    {%- endif -%}
    {%- set lists = graph['frozen_paths'] -%}
    {%- set name = relation | string -%}
    {%- if name not in lists -%}
        {%- set paths = {} -%}
        {%- if adapter.get_relation(relation.database, relation.schema, relation.identifier) is not none -%}
            {%- set found = run_query(
                "select distinct source, table_name, " ~ column ~ " from " ~ relation ~ " order by 1, 2, 3"
            ) -%}
            {%- for row in found.rows -%}
                {%- do paths.setdefault((row[0], row[1]), []).append(row[2]) -%}
            {%- endfor -%}
        {%- endif -%}
        {#- whole at once: another thread may be looking -#}
        {%- do lists.update({name: paths}) -%}
    {%- endif -%}
    {{ return(lists[name].get((source_name, table_name), [])) }}
{% endmacro %}


{# An empty select with these (name, type) columns. #}
{% macro typed_empty(columns) %}
    {%- set cells = [] -%}
    {%- for name, type in columns -%}
        {%- do cells.append(dbt.cast('null', type) ~ ' as ' ~ name) -%}
    {%- endfor -%}
    {{ return('(select ' ~ cells | join(', ') ~ ' where 1 = 0)') }}
{% endmacro %}
