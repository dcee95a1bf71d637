{# Reading support tickets. #}

{# Tags as ` a b `, lower case between blanks, from a JSON list or from text with blanks. #}
{% macro spaced_tags(cell) -%}
    concat_ws('', ' ', replace(replace(replace(replace(lower({{ cell }}), '[', ' '), ']', ' '), '"', ' '), ',', ' '), ' ')
{%- endmacro %}

{# What a customer said: good, bad or 1 to 5. A survey that was only offered is no rating. #}
{% macro ticket_rating(cell) -%}
    case
        when lower(trim({{ cell }})) in ('good', 'good_with_comment', 'good with comment') then 'good'
        when lower(trim({{ cell }})) in ('bad', 'bad_with_comment', 'bad with comment') then 'bad'
        when trim({{ cell }}) in ('1', '2', '3', '4', '5') then trim({{ cell }})
    end
{%- endmacro %}


{# Tags that commas separate as ` a b `, lower case between blanks, with `_` for the blanks inside a tag. #}
{% macro comma_tags(cell) -%}
    concat_ws(
        '',
        ' ',
        replace(
            replace(
                replace(replace(replace(lower(trim({{ cell }})), '; ', ';'), ', ', ','), ' ', '_'),
                ',', ' '
            ),
            ';', ' '
        ),
        ' '
    )
{%- endmacro %}


{# Tickets of a help desk whose export is one row per ticket: the statement of a staging model. #}
{% macro desk_tickets(source_name, table_name) -%}
with

landed as (select * from {{ landed(source_name, table_name) }}),

exclusions as (select * from {{ source('house', 'exclusions') }}),

final as (
    select
        '{{ source_name }}' as source,
        account,
        ticket_id,
        created_at,
        updated_at,
        solved_at,
        case
            when lower(trim(status)) in ('resolved', 'solved') then 'solved'
            when lower(trim(status)) in ('spam', 'trashed', 'trash', 'deleted') then 'deleted'
            when lower(trim(status)) in ('snoozed', 'waiting on customer', 'waiting on third party') then 'pending'
            else lower(trim(status))
        end as status,
        email_hash,
        concat_ws('', {{ comma_tags("coalesce(tags, '')") }}, {{ comma_tags("coalesce(category, '')") }}) as tags,
        {{ ticket_rating('satisfaction') }} as rating,
        coalesce(
            {{ minutes_between('created_at', 'first_replied_at') }},
            cast(floor(first_reply_seconds / 60) as bigint)
        ) as first_reply_minutes,
        replies,
        reopens,
        _exported_at as exported_at,
        {{ excluded_by('email_hash', 'email') }} as is_excluded
    from landed
)

select * from final
{%- endmacro %}


{# Rated tickets of such a help desk as each export showed them: when a rating came is known only from the exports. #}
{% macro desk_ticket_states(source_name, table_name) -%}
with

states as (select * from {{ landed_states(source_name, table_name) }}),

final as (
    select
        '{{ source_name }}' as source,
        account,
        _entity as ticket_id,
        exported_at,
        max(updated_at) as updated_at
    from states
    where {{ ticket_rating('satisfaction') }} is not null
    group by account, _entity, exported_at
)

select * from final
{%- endmacro %}
