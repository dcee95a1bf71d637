-- Grain: one row per person × day of int_customer_states: the first segment of segments.csv all of whose rules hold,
-- else `none`. A rule over something unknown holds for nobody.
with

states as (select * from {{ ref('int_customer_states') }}),

rules as (select * from {{ source('house', 'segments') }}),

named_columns as (select distinct column_name from rules),

told as (
    {% for column in var('segment_numbers') %}
    select
        states.day,
        states.person_id,
        '{{ column }}' as column_name,
        cast(states.{{ column }} as decimal(38, 6)) as number_value,
        cast(null as string) as text_value
    from states
    where exists (select 1 from named_columns where named_columns.column_name = '{{ column }}')
    union all
    {% endfor %}
    {% for column in var('segment_words') %}
    select
        states.day,
        states.person_id,
        '{{ column }}' as column_name,
        cast(null as decimal(38, 6)) as number_value,
        lower(cast(states.{{ column }} as string)) as text_value
    from states
    where exists (select 1 from named_columns where named_columns.column_name = '{{ column }}')
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

rules_of_segments as (
    select segment, min(rule) as position, count(*) as rules
    from rules
    group by segment
),

held as (
    select told.day, told.person_id, rules.segment, count(*) as rules
    from told
    inner join rules on told.column_name = rules.column_name
    where
        case rules.operator
            when '=' then told.number_value = rules.number_value or told.text_value = rules.text_value
            when '<>' then told.number_value <> rules.number_value or told.text_value <> rules.text_value
            when '>' then told.number_value > rules.number_value
            when '>=' then told.number_value >= rules.number_value
            when '<' then told.number_value < rules.number_value
            when '<=' then told.number_value <= rules.number_value
        end
    group by told.day, told.person_id, rules.segment
),

met as (
    select
        held.day,
        held.person_id,
        held.segment,
        row_number() over (partition by held.day, held.person_id order by rules_of_segments.position) as first_met
    from held
    inner join rules_of_segments on held.segment = rules_of_segments.segment and held.rules = rules_of_segments.rules
),

final as (
    select
        states.day,
        states.person_id,
        coalesce(met.segment, 'none') as segment
    from states
    left join met on states.day = met.day and states.person_id = met.person_id and met.first_met = 1
)

select * from final
