{# What exclusions.csv leaves out: how a value is compared for each kind. A contract says by `excluded_by` which
   kinds look at a column; what the version counts as left out (raceway/publish/excluded.py) compares alike. #}

{# Whether exclusions.csv names a value: true or false, never null. A host, a traffic type and a browser are compared
   in any case; the host of an address stands without its www. A browser's whole text (user_agent) holds the excluded
   name somewhere inside. `exclusions` is the relation of source('house', 'exclusions'). #}
{% macro excluded_by(value, kind, exclusions='exclusions') -%}
    {%- if kind == 'user_agent' -%}
        exists (
            select 1
            from {{ exclusions }} as bots
            where
                bots.kind in ('browser', 'user_agent')
                and instr(lower({{ value }}), lower(bots.value)) > 0
        )
    {%- elif kind == 'host_of_address' -%}
        coalesce(
            {{ url_host(value) }} in (
                select regexp_replace(lower(value), '^www[.]', '') from {{ exclusions }} where kind = 'host'
            ), false
        )
    {%- elif kind in ('host', 'traffic_type', 'browser') -%}
        coalesce(lower({{ value }}) in (select lower(value) from {{ exclusions }} where kind = '{{ kind }}'), false)
    {%- else -%}
        coalesce({{ value }} in (select value from {{ exclusions }} where kind = '{{ kind }}'), false)
    {%- endif -%}
{%- endmacro %}


{# Whether exclusions.csv leaves a message of Segment out: its host, network, device or browser, or the address
   or number among its traits. #}
{% macro segment_exclusion(messages, exclusions) -%}
    (
        {{ excluded_by(messages ~ '.page_url', 'host_of_address', exclusions) }}
        or {{ excluded_by(messages ~ '.ip_network', 'ip', exclusions) }}
        or {{ excluded_by(messages ~ '.anonymous_id', 'device', exclusions) }}
        or {{ excluded_by(messages ~ '.email_hash', 'email', exclusions) }}
        or {{ excluded_by(messages ~ '.phone_hash', 'phone', exclusions) }}
        or {{ excluded_by(messages ~ '.user_agent', 'user_agent', exclusions) }}
    )
{%- endmacro %}


{# Whether exclusions.csv leaves an exposure out: its device or browser, or its network where one is told. #}
{% macro exposure_exclusion(exposures, exclusions, device, network=none) -%}
    (
        {{ excluded_by(exposures ~ '.' ~ device, 'device', exclusions) }}
        {%- if network %}
        or {{ excluded_by(exposures ~ '.' ~ network, 'ip', exclusions) }}
        {%- endif %}
        or {{ excluded_by(exposures ~ '.user_agent', 'user_agent', exclusions) }}
    )
{%- endmacro %}
