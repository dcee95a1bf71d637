-- Mentions of a query that plan.brand_terms does not list are nobody's and count nowhere.
{{ config(severity='warn') }}

with

found as (
    {% for tool in ['brandwatch', 'meltwater', 'brand24'] %}
    select account, tool, query from {{ ref('stg_listening__' ~ tool) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    found.account,
    found.tool,
    found.query,
    count(*) as mentions
from found
left join {{ ref('int_listening_terms') }} as terms on found.query = terms.query
where terms.query is null
group by found.account, found.tool, found.query
