-- A host whose visits two accounts tell, both of which count sessions: every visit would count twice.
{{ config(severity='warn') }}
with

hosts as (
    select distinct
        source,
        account,
        regexp_replace(hostname, '^www[.]', '') as site
    from {{ ref('int_site_events') }}
    where counts_sessions and hostname <> ''
),

shared as (
    select site
    from hosts
    group by site
    having count(*) > 1
)

select hosts.site, hosts.source, hosts.account
from hosts
inner join shared on hosts.site = shared.site
