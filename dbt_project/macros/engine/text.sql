{# A value as text, as long as it needs to be: Spark's varchar must state a length. #}

{% macro as_text(value) %}{{ return(adapter.dispatch('as_text')(value)) }}{% endmacro %}

{% macro default__as_text(value) %}cast({{ value }} as string){% endmacro %}

{% macro duckdb__as_text(value) %}cast({{ value }} as varchar){% endmacro %}


{# `%20` and `+` become what they stand for; a `%` that begins no such sign stays, and so does all of a text whose signs
   are no UTF-8. Spark puts U+FFFD for these. #}

{% macro url_decoded(text) %}{{ return(adapter.dispatch('url_decoded')(text)) }}{% endmacro %}

{% macro default__url_decoded(text) -%}
    {%- set decoded = "try_url_decode(regexp_replace(" ~ text ~ ", '%(?![0-9a-fA-F]{2})', '%25'))" -%}
    case when instr({{ decoded }}, '\uFFFD') = 0 then {{ decoded }} else {{ text }} end
{%- endmacro %}

{% macro duckdb__url_decoded(text) %}coalesce(try(url_decode(replace({{ text }}, '+', ' '))), {{ text }}){% endmacro %}


{# Text as landing cleans it (raceway.common.texts, which a test holds equal to this): composed letters, nothing
   invisible, no blanks around it. #}

{% macro cleaned(text) %}{{ return(adapter.dispatch('cleaned')(text)) }}{% endmacro %}

{# The characters that go, those that end a line, and blanks, as regular expressions of both engines write them. #}
{% macro gone() %}\x{0000}-\x{0008}\x{000e}-\x{001f}\x{007f}-\x{0084}\x{0086}-\x{009f}\x{00ad}\x{034f}\x{061c}\x{180e}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{206f}\x{feff}\x{fff9}-\x{fffb}{% endmacro %}

{% macro line_ends() %}\n\x{000b}\x{000c}\r\x{0085}\x{2028}\x{2029}{% endmacro %}

{% macro blanks() %}\t \n\x{00a0}\x{1680}\x{2000}-\x{200a}\x{202f}\x{205f}\x{3000}{% endmacro %}

{# Spark itself composes no letters, a library that it brings does; a text of ASCII has none. A backslash is written
   twice in Spark's SQL. #}
{% macro default__cleaned(text) -%}
    {%- set invisible = gone() | replace('\\', '\\\\') -%}
    {%- set ends = line_ends() | replace('\\', '\\\\') -%}
    {%- set around = blanks() | replace('\\', '\\\\') -%}
    {%- set kept = "regexp_replace(regexp_replace(" ~ text ~ ", '[" ~ invisible ~ "]+', ''), '\\r\\n|[" ~ ends ~ "]', '\\n')" -%}
    {%- set kept = "replace(" ~ kept ~ ", '\\t', ' ')" -%}
    regexp_replace(
        case
            when {{ text }} rlike '[^\\x{0000}-\\x{007f}]'
                then reflect('com.ibm.icu.text.Normalizer', 'compose', {{ kept }}, false)
            else {{ kept }}
        end,
        '^[{{ around }}]+|[{{ around }}]+\\z', ''
    )
{%- endmacro %}

{% macro duckdb__cleaned(text) -%}
    regexp_replace(
        nfc_normalize(
            replace(
                regexp_replace(
                    regexp_replace({{ text }}, '[{{ gone() }}]+', '', 'g'), '\r\n|[{{ line_ends() }}]', chr(10), 'g'
                ),
                chr(9), ' '
            )
        ),
        '^[{{ blanks() }}]+|[{{ blanks() }}]+$', '', 'g'
    )
{%- endmacro %}


{# Text in which every part that a regular expression describes is replaced. #}

{% macro every_replaced(text, pattern, by) %}{{ return(adapter.dispatch('every_replaced')(text, pattern, by)) }}{% endmacro %}

{% macro default__every_replaced(text, pattern, by) %}regexp_replace({{ text }}, '{{ pattern }}', '{{ by }}'){% endmacro %}

{% macro duckdb__every_replaced(text, pattern, by) %}regexp_replace({{ text }}, '{{ pattern }}', '{{ by }}', 'g'){% endmacro %}


{# In a select list: one row per part of a text that a sign joins. #}

{% macro each_part(text, sign) %}{{ return(adapter.dispatch('each_part')(text, sign)) }}{% endmacro %}

{% macro default__each_part(text, sign) %}explode(split({{ text }}, '[{{ sign }}]')){% endmacro %}

{% macro duckdb__each_part(text, sign) %}unnest(string_split({{ text }}, '{{ sign }}')){% endmacro %}


{# Whether a text as a whole is what a regular expression describes. #}

{% macro is_like_all(text, pattern) %}{{ return(adapter.dispatch('is_like_all')(text, pattern)) }}{% endmacro %}

{% macro default__is_like_all(text, pattern) %}regexp_like({{ text }}, concat('^(', {{ pattern }}, ')\\z')){% endmacro %}

{% macro duckdb__is_like_all(text, pattern) %}regexp_full_match({{ text }}, {{ pattern }}){% endmacro %}


{# In a grouped select: the texts of a group joined by a sign, in an order. #}

{% macro joined_in_order(text, place, sign) %}{{ return(adapter.dispatch('joined_in_order')(text, place, sign)) }}{% endmacro %}

{% macro default__joined_in_order(text, place, sign) -%}
    listagg({{ text }}, '{{ sign }}') within group (order by {{ place }})
{%- endmacro %}

{% macro duckdb__joined_in_order(text, place, sign) %}string_agg({{ text }}, '{{ sign }}' order by {{ place }}){% endmacro %}
