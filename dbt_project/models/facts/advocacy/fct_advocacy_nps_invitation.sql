-- Grain: one invitation to the survey.
with

invitations as (select * from {{ ref('int_nps_invitations') }}),

answers as (select * from {{ ref('int_nps_answers') }}),

answered as (
    select distinct
        invitations.account,
        invitations.invitation_id
    from invitations
    inner join answers
        on
            invitations.account = answers.account
            and invitations.invitation_id = answers.invitation_id
            and answers.answered_at <= {{ add_24_hours('invitations.invited_at', 30) }}
),

final as (
    select
        invitations.invitation_id,
        invitations.source,
        invitations.account,
        invitations.person_id,
        invitations.market,
        invitations.day,
        answered.invitation_id is not null as is_answered_30d
    from invitations
    left join answered
        on invitations.account = answered.account and invitations.invitation_id = answered.invitation_id
)

select * from final
