{# Whether exclusions.csv leaves an exposure out: its device or browser, or its network where one is told. A
   browser names itself in a long text, so that the excluded name is looked for inside it. #}
{% macro exposure_exclusion(exposures, exclusions, device, network=none) -%}
    (
        coalesce({{ exposures }}.{{ device }} in (select value from {{ exclusions }} where kind = 'device'), false)
        {%- if network %}
        or coalesce({{ exposures }}.{{ network }} in (select value from {{ exclusions }} where kind = 'ip'), false)
        {%- endif %}
        or exists (
            select 1
            from {{ exclusions }} as bots
            where
                bots.kind in ('browser', 'user_agent')
                and lower({{ exposures }}.user_agent) like concat('%', lower(bots.value), '%')
        )
    )
{%- endmacro %}
