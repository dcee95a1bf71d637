-- Grain: one response with a score, with its invitation and person.
with

answers as (
    select
        source,
        account,
        response_id,
        invitation_id,
        email_hash,
        score,
        comment_sentiment,
        answered_at,
        comment
    from {{ ref('stg_nps__answers') }}
    where score is not null and not is_excluded
    union all
    select
        source,
        account,
        response_id,
        cast(null as string) as invitation_id,
        email_hash,
        score,
        comment_sentiment,
        answered_at,
        comment
    from {{ ref('stg_answers_file__answers') }}
    where kind = 'nps' and score is not null and not is_excluded
),

invitations as (select * from {{ ref('int_nps_invitations') }}),

accounts as (select * from {{ source('house', 'accounts') }}),

identities as (select * from {{ ref('int_identity_person') }}),

persons as (select * from {{ ref('int_persons') }}),

-- without an invitation's id: the latest invitation of the address before the answer
by_address as (
    select
        answers.source,
        answers.account,
        answers.response_id,
        invitations.invitation_id,
        row_number() over (
            partition by answers.source, answers.account, answers.response_id
            order by invitations.invited_at desc, invitations.invitation_id asc
        ) as latest
    from answers
    inner join invitations
        on
            answers.source = invitations.source
            and answers.account = invitations.account
            and answers.email_hash = invitations.email_hash
            and answers.answered_at >= invitations.invited_at
    where answers.invitation_id is null
),

tied as (
    select
        answers.source,
        answers.account,
        answers.response_id,
        answers.email_hash,
        answers.score,
        answers.comment_sentiment as sentiment,
        answers.answered_at,
        answers.comment,
        coalesce(answers.invitation_id, by_address.invitation_id) as invitation_id
    from answers
    left join by_address
        on
            answers.source = by_address.source
            and answers.account = by_address.account
            and answers.response_id = by_address.response_id
            and by_address.latest = 1
),

with_person as (
    select
        tied.*,
        coalesce(identities.person_id, invitations.person_id) as person_id
    from tied
    left join identities on identities.id_type = 'email' and tied.email_hash = identities.id_value
    left join invitations
        on
            tied.source = invitations.source
            and tied.account = invitations.account
            and tied.invitation_id = invitations.invitation_id
),

final as (
    select
        with_person.source,
        with_person.account,
        with_person.response_id,
        with_person.invitation_id,
        with_person.person_id,
        coalesce(persons.market, accounts.market) as market,
        with_person.score,
        with_person.sentiment,
        with_person.answered_at,
        {{ local_day('with_person.answered_at', 'accounts.time_zone') }} as day,
        with_person.comment
    from with_person
    inner join accounts on with_person.source = accounts.source and with_person.account = accounts.account
    left join persons on with_person.person_id = persons.person_id
)

select * from final
