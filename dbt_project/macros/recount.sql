{#
  Incremental strategy `recount`: a table of parts (a window, an identity) that are counted anew only where what
  they are counted from has changed. Nothing is believed to be unchanged because of when it came: a part carries a
  digest of all that its rows were made from, so a night that broke off, a file that came late and a setting that
  moved are all the same to it.

  A model that takes part
  - names the columns of a part as `unique_key`, and as `told_by` in its meta the model that has one row per part
    with `counted_from`, the digest of what it would be counted from now;
  - keeps that digest in a column `counted_from` of its rows;
  - selects, where is_incremental(), all rows of the parts whose digest is not the one that it kept.

  Rows of parts that are no longer told, or are told otherwise, go. How many rows each model wrote stands in
  frozen.rows_rewritten. What else the model reads must be part of the digest; another version of the program begins
  with an empty warehouse.
#}

{% macro get_incremental_recount_sql(arguments) %}
    {%- set target = arguments.target_relation -%}
    {%- set recounted = arguments.temp_relation -%}
    {%- set part = arguments.unique_key -%}
    {%- set columns = arguments.dest_columns | map(attribute='quoted') | join(', ') -%}
    insert into {{ source('house', 'rows_rewritten') }}
    select
        '{{ target.identifier }}' as model,
        (select count(*) from {{ recounted }}) as rows_written,
        (
            select count(*)
            from {{ target }} as kept
            where not ({{ is_told_otherwise('kept', part) }}) and not ({{ is_recounted('kept', recounted, part) }})
        ) as rows_kept;

    delete from {{ target }} as kept
    where {{ is_told_otherwise('kept', part) }} or {{ is_recounted('kept', recounted, part) }};

    insert into {{ target }} ({{ columns }})
    select {{ columns }} from {{ recounted }};
{% endmacro %}

{#
  A condition on a moment of landed rows, for a model of days that takes part: from the first to the last day that is
  told otherwise than it was kept. Written out, so that files of other days are not read at all; days between that have
  not changed are made with them, and are the same.
#}
{% macro among_changed_days(moment, told_by, day) -%}
    {%- if not execute or not is_incremental() -%}
        {{ return(none) }}
    {%- endif -%}
    {%- set found = run_query(
        'select cast(min(told.' ~ day ~ ') as varchar), cast(max(told.' ~ day ~ ') as varchar) from ' ~ told_by ~ ' as told '
        ~ 'left join (select distinct ' ~ day ~ ', counted_from from ' ~ this ~ ') as kept '
        ~ 'on told.' ~ day ~ ' = kept.' ~ day ~ ' and told.counted_from = kept.counted_from where kept.counted_from is null'
    ) -%}
    {%- set first, last = found.rows[0][0], found.rows[0][1] -%}
    {%- if first is none -%}
        {{ return('1 = 0') }}
    {%- endif -%}
    {{ return(
        moment ~ " >= cast('" ~ first ~ "' as timestamp) and " ~ moment ~ ' < '
        ~ add_24_hours("cast('" ~ last ~ "' as timestamp)", 1)
    ) }}
{%- endmacro %}

{% macro is_told_otherwise(relation, part) -%}
    not exists (
        select 1
        from {{ ref(config.get('meta').told_by) }} as told
        where {% for column in part + ['counted_from'] -%}
            told.{{ column }} = {{ relation }}.{{ column }}{{ ' and ' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{% macro is_recounted(relation, recounted, part) -%}
    exists (
        select 1
        from {{ recounted }} as recounted
        where {% for column in part -%}
            recounted.{{ column }} = {{ relation }}.{{ column }}{{ ' and ' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}
