{# Whether exclusions.csv leaves a message of Segment out: its host, network, device or browser, or the address
   or number among its traits. A browser names itself in a long text, so that the excluded name is looked for inside. #}
{% macro segment_exclusion(messages, exclusions) -%}
    (
        coalesce(
            {{ url_host(messages ~ '.page_url') }} in (
                select regexp_replace(lower(value), '^www[.]', '') from {{ exclusions }} where kind = 'host'
            ), false
        )
        or coalesce({{ messages }}.ip_network in (select value from {{ exclusions }} where kind = 'ip'), false)
        or coalesce({{ messages }}.anonymous_id in (select value from {{ exclusions }} where kind = 'device'), false)
        or coalesce({{ messages }}.email_hash in (select value from {{ exclusions }} where kind = 'email'), false)
        or coalesce({{ messages }}.phone_hash in (select value from {{ exclusions }} where kind = 'phone'), false)
        or exists (
            select 1
            from {{ exclusions }} as bots
            where
                bots.kind in ('browser', 'user_agent')
                and lower({{ messages }}.user_agent) like concat('%', lower(bots.value), '%')
        )
    )
{%- endmacro %}
