-- Grain: one person who agreed to its use, with what the company's lists say of age, gender, place and taste. A person
-- of whom one list says no is not here, whatever another one says.
with

profiles as (
    select * from {{ ref('stg_plan__account_profiles') }}
    where not is_excluded
),

members as (
    select * from {{ ref('stg_loyalty__members') }}
    where not is_excluded
),

member_persons as (select * from {{ ref('int_loyalty_members') }}),

identities as (select * from {{ ref('int_identity_person') }}),

settings as (select * from {{ source('house', 'settings') }}),

said as (
    select
        coalesce(by_login.person_id, by_email.person_id) as person_id,
        profiles.created_at as said_at,
        profiles.account,
        profiles.consent,
        profiles.birth_year,
        profiles.birth_month,
        profiles.gender,
        profiles.province,
        profiles.preferred_category
    from profiles
    left join identities as by_login on by_login.id_type = 'login' and profiles.login_hash = by_login.id_value
    left join identities as by_email on by_email.id_type = 'email' and profiles.email_hash = by_email.id_value
    union all
    select
        member_persons.person_id,
        cast(members.joined_on as timestamp) as said_at,
        members.account,
        members.consent,
        members.birth_year,
        members.birth_month,
        members.gender,
        members.province,
        members.preferred_category
    from members
    inner join member_persons
        on members.account = member_persons.account and members.member_hash = member_persons.member_hash
),

agreeing as (
    select person_id
    from said
    where person_id is not null
    group by person_id
    having min(case when consent then 1 when not consent then 0 end) = 1
),

-- a year and its month stay together, so that no two lists make a birthday that nobody has
facts as (
    {% for fact, year, month, word in [
        ('birth', 'birth_year', 'birth_month', 'null'),
        ('gender', 'null', 'null', 'gender'),
        ('province', 'null', 'null', 'province'),
        ('preferred_category', 'null', 'null', 'preferred_category'),
    ] %}
    select
        person_id,
        said_at,
        account,
        '{{ fact }}' as fact,
        cast({{ year }} as integer) as birth_year,
        cast({{ month }} as integer) as birth_month,
        cast({{ word }} as string) as word
    from said
    where consent and coalesce({{ 'birth_year, birth_month' if fact == 'birth' else word }}) is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

ranked as (
    select
        facts.*,
        row_number() over (
            partition by facts.person_id, facts.fact
            order by
                facts.said_at desc,
                facts.account asc,
                facts.word asc nulls last,
                facts.birth_year asc nulls last,
                facts.birth_month asc nulls last
        ) as from_last
    from facts
    inner join agreeing on facts.person_id = agreeing.person_id
),

by_person as (
    select
        person_id,
        max(birth_year) as birth_year,
        max(birth_month) as birth_month,
        max(case when fact = 'gender' then word end) as gender,
        max(case when fact = 'province' then word end) as province,
        max(case when fact = 'preferred_category' then word end) as preferred_category
    from ranked
    where from_last = 1
    group by person_id
),

-- the years that are certainly completed: where the month is this one or not known, the birthday may be to come
aged as (
    select
        by_person.*,
        extract(year from settings.as_of) - by_person.birth_year as years_begun,
        extract(year from settings.as_of) - by_person.birth_year
        - case when by_person.birth_month < extract(month from settings.as_of) then 0 else 1 end as age
    from by_person
    cross join settings
),

final as (
    select
        person_id,
        case
            when not years_begun between 0 and 120 then null
            when age < 18 then '<18'
            when age < 25 then '18-24'
            when age < 35 then '25-34'
            when age < 45 then '35-44'
            when age < 55 then '45-54'
            when age >= 55 then '55+'
        end as age_band,
        gender,
        province,
        preferred_category,
        birth_month
    from aged
)

select * from final
