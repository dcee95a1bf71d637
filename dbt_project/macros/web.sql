{# Reading addresses and the traffic fields of web events. #}

{# A query parameter of an address, decoded and clean; null where it is missing or empty. #}
{% macro url_parameter(address, name) -%}
    {%- set decoded = url_decoded("regexp_extract(" ~ address ~ ", '[?&]" ~ name ~ "=([^&#]*)', 1)") -%}
    nullif({{ cleaned("nullif(" ~ decoded ~ ", '')") }}, '')
{%- endmacro %}


{# The host of an address in lower case without `www.`; null where there is none. #}
{% macro url_host(address) -%}
    nullif(regexp_extract(lower({{ address }}), '^[a-z]+://(www[.])?([^/:?#]+)', 2), '')
{%- endmacro %}


{# A traffic field, null where it only says that nothing is known: (direct), (none), (not set), (organic) … #}
{% macro said(field) -%}
    case when trim({{ field }}) <> '' and {{ field }} not like '(%)' then trim({{ field }}) end
{%- endmacro %}


{# Whether two parts of a campaign contradict: both are there and they are not the same. #}
{% macro differs(part, part_before) -%}
    (coalesce({{ part }}, '') <> '' and {{ part_before }} <> '' and {{ part }} <> {{ part_before }})
{%- endmacro %}


{# The word by which a site is known: google of www.google.com.vn, facebook of m.facebook.com; a source
   that is no host stays as it is. #}
{% macro site_word(source) -%}
    coalesce(
        nullif(regexp_extract({{ source }}, '([^.]+)[.](com|co|net|org|edu|gov|ac)[.][a-z][a-z]$', 1), ''),
        nullif(regexp_extract({{ source }}, '([^.]+)[.][a-z]+$', 1), ''),
        {{ source }}
    )
{%- endmacro %}


{# The domain of an address or a bare domain: lower case, no scheme, no `www.`, no path. #}
{% macro domain_of(address) -%}
    nullif(regexp_extract(lower(trim({{ address }})), '^([a-z]+://)?(www[.])?([^/:?#]+)', 3), '')
{%- endmacro %}


{# Whether a condition of a channel rule, a pattern, describes the whole text; one that is left out holds for all. #}
{% macro condition_holds(condition, text) -%}
    (coalesce({{ condition }}, '') = '' or {{ is_like_all(text, condition) }})
{%- endmacro %}
