-- A list of contacts names a stage that lead_stages does not know: whether such a contact is a lead is not known.
{{ config(severity='warn') }}
with

contacts as (select * from {{ ref('stg_contacts_file__contacts') }}),

lead_stages as (select * from {{ ref('lead_stages') }})

select
    concat_ws('', contacts.source, '/', contacts.account, ': ', contacts.stage) as stage,
    count(*) as contacts
from contacts
left join lead_stages on contacts.source = lead_stages.source and contacts.stage = lead_stages.stage
where contacts.stage <> '' and lead_stages.stage is null
group by contacts.source, contacts.account, contacts.stage
