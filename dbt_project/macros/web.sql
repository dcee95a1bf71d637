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


{# Whether source and medium say that nobody sent the visitor: (direct) / (none). #}
{% macro says_direct(source, medium) -%}
    (
        coalesce(lower(trim({{ source }})), '') = '(direct)'
        and coalesce(nullif(lower(trim({{ medium }})), ''), '(none)') in ('(none)', '(not set)')
    )
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


{# Click ids that ad platforms write into addresses, the first one first: what a visit is that carries one and says
   nothing else, and whose ad source it was. An id of Google's for iPhones (gbraid, wbraid) is like gclid; dclid is
   Display & Video 360's. #}
{% macro click_ids() %}
    {{ return([
        {'id': 'gclid', 'source': 'google', 'medium': 'cpc', 'ad_source': 'google_ads'},
        {'id': 'gbraid', 'source': 'google', 'medium': 'cpc', 'ad_source': 'google_ads'},
        {'id': 'wbraid', 'source': 'google', 'medium': 'cpc', 'ad_source': 'google_ads'},
        {'id': 'dclid', 'source': 'dv360', 'medium': 'cpm', 'ad_source': none},
        {'id': 'msclkid', 'source': 'bing', 'medium': 'cpc', 'ad_source': 'microsoft_ads'},
        {'id': 'fbclid', 'source': 'facebook', 'medium': 'paid', 'ad_source': 'meta_ads'},
        {'id': 'ttclid', 'source': 'tiktok', 'medium': 'paid', 'ad_source': 'tiktok_ads'},
        {'id': 'li_fat_id', 'source': 'linkedin', 'medium': 'paid', 'ad_source': 'linkedin_ads'},
        {'id': 'twclid', 'source': 'twitter', 'medium': 'paid', 'ad_source': none},
        {'id': 'epik', 'source': 'pinterest', 'medium': 'paid', 'ad_source': 'pinterest_ads'},
        {'id': 'ScCid', 'source': 'snapchat', 'medium': 'paid', 'ad_source': 'snapchat_ads'},
    ]) }}
{% endmacro %}


{# Of a kind of click id, one of the things that click_ids() says of it. #}
{% macro of_click_id(kind, what) -%}
    case {{ kind }}
        {% for one in click_ids() if one[what] is not none -%}
        when '{{ one.id }}' then '{{ one[what] }}'
        {% endfor -%}
    end
{%- endmacro %}


{# Whether a host is that one or one below it: pay.example.vn is of example.vn. #}
{% macro is_of_host(host, other) -%}
    concat_ws('', '.', {{ host }}) like concat_ws('', '%.', {{ other }})
{%- endmacro %}


{# What stands before the word by which a site is known: docs of docs.google.com; empty where nothing does. #}
{% macro site_label(source) -%}
    case
        when regexp_extract({{ source }}, '([^.]+)[.](com|co|net|org|edu|gov|ac)[.][a-z][a-z]$', 1) <> ''
            then regexp_replace({{ source }}, '(^|[.])[^.]+[.](com|co|net|org|edu|gov|ac)[.][a-z][a-z]$', '')
        when {{ source }} like '%.%' then regexp_replace({{ source }}, '(^|[.])[^.]+[.][a-z]+$', '')
        else ''
    end
{%- endmacro %}


{# Whether a host of a search engine's site is where people search: docs., accounts. and finance. are not. #}
{% macro is_search_page(source) -%}
    {{ is_like_all(site_label(source), "'(www|m|amp|[a-z][a-z]|images?|lens|cse|html|lite|start|safe|noai|r|(.+[.])?search)?'") }}
{%- endmacro %}


{# The path of an address, without host, query and fragment; of a host alone it is /. #}
{% macro url_path(address) -%}
    {%- set path = "regexp_extract(" ~ address ~ ", '^([a-zA-Z][a-zA-Z0-9+.-]*://[^/?#]*)?([^?#;]*)', 2)" -%}
    coalesce(nullif({{ url_decoded(path) }}, ''), '/')
{%- endmacro %}


{# A path whose parts that may be secrets are masked: mail addresses as [email]; UUIDs, hexadecimal from 16 tokens and
   other runs from 20 signs on, and long parts that mix cases and digits (base64) as [id]; numbers from 7 digits on as
   [number]. The names of goods and articles, words with dashes between them, stay. #}
{% macro masked_secrets(path) -%}
    {%- set ns = namespace(text=path) -%}
    {%- for pattern, by in [
        ('[^/]*[^/@]@[^/@]+[.][^/]+', '[email]'),
        ('[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}', '[id]'),
        ('eyJ[^/]+', '[id]'),
        ('[0-9a-fA-F]{16,}|[0-9a-zA-Z]{20,}', '[id]'),
        ('[0-9a-z]*[0-9][a-z]+[0-9][0-9a-z]{10,}', '[id]'),
        ('[^/]*[0-9a-z_][A-Z][^/]*[0-9][A-Za-z_][^/]{12,}', '[id]'),
        ('[^/]{12,}[A-Za-z_][0-9][^/]*[0-9a-z_][A-Z][^/]*', '[id]'),
        ('[^/]{12,}[0-9a-z_][A-Z][^/]*[0-9][A-Za-z_][^/]*', '[id]'),
        ('[+]?[0-9]{7,}', '[number]'),
        ('[+]?(84|0)[0-9]([ .-]?[0-9]){7,9}', '[number]'),
    ] -%}
        {%- set ns.text = every_replaced(ns.text, pattern, by) -%}
    {%- endfor -%}
    {{ ns.text }}
{%- endmacro %}


{# What was searched for, by the address of a page of results: the parameters that GA4 looks at. #}
{% macro search_parameter(address) -%}
    {%- set decoded = url_decoded("regexp_extract(" ~ address ~ ", '[?&](q|s|search|query|keyword)=([^&#]*)', 2)") -%}
    nullif({{ cleaned("nullif(" ~ decoded ~ ", '')") }}, '')
{%- endmacro %}


{# A search term as it is counted: lower case, single blanks, and nobody's address or phone number in it. #}
{% macro searched_term(text) -%}
    nullif(trim({{ every_replaced(every_replaced(every_replaced(
        "lower(" ~ cleaned(text) ~ ")", '[^ ]+@[^ ]+[.][^ ]+', '[email]'),
        '[+]?[0-9]([ .()-]?[0-9]){7,}', '[number]'), '[ ]+', ' ') }}), '')
{%- endmacro %}


{# What tells a device of a site: its account and the id that the source gave it; sources do not share devices. #}
{% macro device_of(source, account, device) -%}
    concat_ws('', case {{ source }} when 'ga4' then '' else concat_ws('', {{ source }}, ':') end, {{ account }}, ':', {{ device }})
{%- endmacro %}


{# The kind of identity that a device of a source is. #}
{% macro device_type(source) -%}
    case {{ source }} when 'ga4' then 'ga4_client' else concat_ws('', {{ source }}, '_device') end
{%- endmacro %}


{# Whether a kind of identity is a device of a site. #}
{% macro is_device(id_type) -%}
    ({{ id_type }} = 'ga4_client' or {{ id_type }} like '%_device')
{%- endmacro %}


{# Whether a source measures how long a visitor looked: of the others no session bounced for certain. #}
{% macro measures_engagement(source) -%}
    {{ source }} = 'ga4'
{%- endmacro %}


{# Whether all pages of a visit are told: messages and files may come of a server alone. #}
{% macro tells_all_pages(source) -%}
    {{ source }} in ('ga4', 'matomo', 'umami')
{%- endmacro %}


{# What is known of an event on a site, whichever source told it: (name, type) of each column of int_site_events but for
   what accounts.csv says of its account. #}
{% macro site_event_columns() -%}
    {{ return([
        ('source', 'varchar'), ('account', 'varchar'), ('user_pseudo_id', 'varchar'), ('message_id', 'varchar'),
        ('user_id_hash', 'varchar'), ('event_name', 'varchar'), ('page_location', 'varchar'),
        ('page_referrer', 'varchar'), ('ignores_referrer', 'boolean'), ('hostname', 'varchar'),
        ('event_source', 'varchar'), ('event_medium', 'varchar'), ('event_campaign', 'varchar'), ('gclid', 'varchar'),
        ('country', 'varchar'), ('engagement_time_msec', 'bigint'), ('search_term', 'varchar'),
        ('search_results', 'bigint'), ('metric_id', 'varchar'), ('metric_value', 'double'),
        ('transaction_id', 'varchar'), ('event_timestamp', 'bigint'), ('event_at', 'timestamp'),
        ('event_bundle_sequence_id', 'bigint'), ('batch_event_index', 'bigint'), ('params_digest', 'varchar'),
        ('user_first_touch_at', 'timestamp'), ('has_consent', 'boolean')
    ]) }}
{%- endmacro %}
