-- An order or a session names a country that is in no list: its market is `unknown`, until the name is mended at its
-- source.
{{ config(severity='warn') }}
with

named as (
    select source, account, country from {{ ref('int_order_items') }}
    union all
    select source, account, country from {{ ref('int_session_events') }}
),

countries as (select * from {{ ref('countries') }})

select
    concat_ws('', named.source, '/', named.account, ': ', substr(named.country, 1, 40)) as country,
    count(*) as landed_rows
from named
left join countries on {{ country_name('named.country') }} = lower(countries.country)
where {{ country_name('named.country') }} is not null and countries.country is null
group by named.source, named.account, named.country
