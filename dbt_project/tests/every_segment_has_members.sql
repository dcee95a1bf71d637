-- A segment of segments.csv that nobody is in says nothing: a slip in a rule, or a segment that is not needed.
{{ config(severity='warn') }}

with

rules as (select * from {{ source('house', 'segments') }}),

members as (
    select marketing_segment, count(*) as persons
    from {{ ref('customer_360') }}
    group by marketing_segment
)

select rules.segment, min(rules.rule) as first_rule
from rules
left join members on rules.segment = members.marketing_segment
where members.persons is null and exists (select 1 from {{ ref('customer_360') }})
group by rules.segment
