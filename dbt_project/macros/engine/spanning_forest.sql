{# Of links (link, node, first_node), numbered from the earliest: the spanning forest of the earliest ones, as a row
   (node, first_node, link) for each node that is joined to a smaller one. What they say stands in
   raceway/fitting/spanning_forest.py. DuckDB knows the function by a plugin of the profile, Spark by its session. #}

{% macro spanning_forest(links) %}{{ return(adapter.dispatch('spanning_forest')(links)) }}{% endmacro %}

{% macro duckdb__spanning_forest(links) -%}
    select unnest(spanning_forest(list([link, node, first_node] order by link)), recursive := true) from {{ links }}
{%- endmacro %}

{% macro spark__spanning_forest(links) -%}
    select inline(spanning_forest(array_sort(collect_list(array(link, node, first_node))))) from {{ links }}
{%- endmacro %}
