{# Generic tests of the house; each gives the rows that break the claim. #}

{% test unique_combination(model, columns) %}
select {{ columns | join(', ') }}, count(*) as rows_found
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}


{% test expression_is_true(model, expression, column_name=none) %}
select *
from {{ model }}
where not ({{ column_name or '' }} {{ expression }})
{% endtest %}


{# Identities of a kind that too many persons share, where the settings do not list them. #}
{% test is_not_shared_by_many(model, column_name, id_type) %}
select *
from {{ model }}
where {{ column_name }} = '{{ id_type }}' and reason = 'shared'
{% endtest %}
