-- Grain: one invitation that a customer sent to a friend.
with

invitations as (
    select * from {{ ref('stg_referral__invitations') }}
    where not is_excluded
),

accounts as (select * from {{ source('house', 'accounts') }}),

identities as (select * from {{ ref('int_identity_person') }}),

persons as (select * from {{ ref('int_persons') }}),

orders as (select * from {{ ref('fct_convert_order') }}),

buyers as (
    select distinct person_id
    from orders
    where person_id is not null and is_counted
),

-- the order that the tool names, where one name is one order's
named_orders as (
    select
        regexp_replace(order_name, '^#', '') as order_key,
        min(person_id) as person_id
    from orders
    where is_counted
    group by regexp_replace(order_name, '^#', '')
    having count(*) = 1
),

with_persons as (
    select
        invitations.*,
        accounts.market as account_market,
        {{ local_day('invitations.invited_at', 'accounts.time_zone') }} as day,
        inviters.person_id as inviter_person_id,
        -- who was invited at another address than the one that ordered is known by the order
        coalesce(buyers.person_id, named_orders.person_id, invited.person_id) as invited_person_id
    from invitations
    inner join accounts on invitations.source = accounts.source and invitations.account = accounts.account
    left join identities as inviters on inviters.id_type = 'email' and invitations.inviter_hash = inviters.id_value
    left join identities as invited on invited.id_type = 'email' and invitations.invited_hash = invited.id_value
    left join buyers on invited.person_id = buyers.person_id
    left join named_orders on invitations.order_key = named_orders.order_key
),

-- nobody is brought in by an invitation to oneself
judged as (
    select
        *,
        coalesce(inviter_person_id = invited_person_id, false)
        or coalesce(inviter_hash = invited_hash, false) as is_self
    from with_persons
),

friends_orders as (
    select
        judged.account,
        judged.invitation_id,
        judged.invited_at,
        orders.order_id,
        orders.order_number,
        orders.ordered_at
    from judged
    inner join orders on judged.invited_person_id = orders.person_id
    where orders.is_counted and not judged.is_self and orders.ordered_at > judged.invited_at
),

customers_before as (
    select distinct judged.account, judged.invitation_id
    from judged
    inner join orders on judged.invited_person_id = orders.person_id
    where orders.is_counted and orders.ordered_at <= judged.invited_at
),

-- a friend is one person, else one address, however often and by however many invited
firsts as (
    select
        account,
        invitation_id,
        row_number() over (
            partition by coalesce(invited_person_id, invited_hash)
            order by invited_at, account, invitation_id
        ) as invitation_number
    from judged
    where not is_self and coalesce(invited_person_id, invited_hash) is not null
),

converted as (
    select distinct account, invitation_id
    from friends_orders
    where ordered_at <= {{ add_24_hours('invited_at', 90) }}
),

-- of several invitations the last one before the first order brought the customer in
first_orders as (
    select
        account,
        invitation_id,
        order_id,
        row_number() over (
            partition by order_id order by invited_at desc, account asc, invitation_id asc
        ) as latest
    from friends_orders
    where order_number = 1
),

final as (
    select
        judged.invitation_id,
        judged.source,
        judged.account,
        judged.inviter_person_id,
        judged.invited_person_id,
        coalesce(persons.market, judged.account_market) as market,
        judged.invited_at,
        judged.day,
        judged.outcome,
        judged.is_self,
        -- whom the first invitation found without an order: what a rate of conversion is taken of
        firsts.invitation_id is not null and customers_before.invitation_id is null as is_new_friend,
        converted.invitation_id is not null as is_converted_90d,
        first_orders.order_id as first_order_id
    from judged
    left join persons on judged.inviter_person_id = persons.person_id
    left join converted
        on judged.account = converted.account and judged.invitation_id = converted.invitation_id
    left join firsts
        on
            judged.account = firsts.account
            and judged.invitation_id = firsts.invitation_id
            and firsts.invitation_number = 1
    left join customers_before
        on judged.account = customers_before.account and judged.invitation_id = customers_before.invitation_id
    left join first_orders
        on
            judged.account = first_orders.account
            and judged.invitation_id = first_orders.invitation_id
            and first_orders.latest = 1
)

select * from final
