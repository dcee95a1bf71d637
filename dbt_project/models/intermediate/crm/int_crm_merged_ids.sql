-- Grain: one contact that HubSpot merged into another, by the ids that the other's row lists.
with

hubspot as (select * from {{ ref('stg_hubspot__contacts') }}),

parts as (
    select
        account,
        contact_id,
        {{ each_part('all_ids', ';') }} as part
    from hubspot
),

-- a contact that another one lists was merged into it, and is no contact of its own
listings as (
    select distinct
        account,
        trim(part) as contact_id,
        contact_id as listed_by
    from parts
    where trim(part) <> contact_id and trim(part) <> ''
),

-- of two that list each other the smaller id stays
one_way as (
    select listings.*
    from listings
    left join listings as backward
        on
            listings.account = backward.account
            and listings.contact_id = backward.listed_by
            and listings.listed_by = backward.contact_id
    where backward.contact_id is null or listings.listed_by < listings.contact_id
),

-- among several that list it, one that nobody lists
steps_1 as (
    select
        one_way.account,
        one_way.contact_id,
        coalesce(
            min(case when further.contact_id is null then one_way.listed_by end), min(one_way.listed_by)
        ) as merged_into
    from one_way
    left join one_way as further
        on one_way.account = further.account and one_way.listed_by = further.contact_id
    group by one_way.account, one_way.contact_id
),

-- what was merged into a contact went on with it: each turn doubles the steps, up to eight merges in a row
{% for turn in [1, 2, 3] %}
steps_{{ turn + 1 }} as (
    select
        steps.account,
        steps.contact_id,
        coalesce(further.merged_into, steps.merged_into) as merged_into
    from steps_{{ turn }} as steps
    left join steps_{{ turn }} as further
        on steps.account = further.account and steps.merged_into = further.contact_id
),

{% endfor %}
-- ids that list each other in a ring have no last one: they stay contacts of their own
final as (
    select
        steps_4.account,
        steps_4.contact_id,
        steps_4.merged_into
    from steps_4
    left join steps_1 as further
        on steps_4.account = further.account and steps_4.merged_into = further.contact_id
    where further.contact_id is null
)

select * from final
