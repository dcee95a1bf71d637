-- Grain: one row per distinct measure × window × channel × market with persons.
-- A window is counted anew only where what it was counted from has changed.
{{ config(
    materialized=kept_table(), incremental_strategy='recount', meta={'told_by': 'int_person_windows'},
    unique_key=['period', 'window_start', 'window_end']
) }}

with

settings as (select * from {{ source('house', 'settings') }}),

windows as (
    select told.*
    from {{ ref('int_person_windows') }} as told
    {% if is_incremental() %}
    left join (select distinct period, window_start, window_end, counted_from from {{ this }}) as counted
        on
            told.period = counted.period
            and told.window_start = counted.window_start
            and told.window_end = counted.window_end
            and told.counted_from = counted.counted_from
    where counted.counted_from is null
    {% endif %}
),

window_days as (
    select window_days.*
    from {{ ref('int_window_days') }} as window_days
    inner join windows
        on
            window_days.period = windows.period
            and window_days.window_start = windows.window_start
            and window_days.window_end = windows.window_end
    where window_days.is_reached
),

person_days as (select * from {{ ref('int_person_daily') }}),

history as (select * from {{ ref('int_person_history') }}),

in_window as (
    select
        window_days.period,
        window_days.window_start,
        window_days.window_end,
        person_days.activity,
        person_days.person_id,
        person_days.channel,
        person_days.market,
        max(case when person_days.has_interaction then 1 else 0 end) = 1 as has_interaction,
        min(person_days.began_at) as began_at,
        max(person_days.ordered_at) as ordered_at,
        max(case when person_days.is_repeat_order then 1 else 0 end) = 1 as has_repeat_order,
        max(case when person_days.is_reactivating then 1 else 0 end) = 1 as is_reactivated
    from person_days
    inner join window_days on person_days.day = window_days.day
    group by
        window_days.period,
        window_days.window_start,
        window_days.window_end,
        person_days.activity,
        person_days.person_id,
        person_days.channel,
        person_days.market
),

online_buyers as (
    select
        period,
        window_start,
        window_end,
        person_id,
        max(ordered_at) as ordered_at
    from in_window
    where ordered_at is not null
    group by period, window_start, window_end, person_id
),

new_leads as (
    select distinct period, window_start, window_end, person_id
    from in_window
    where activity = 'lead'
),

-- an online order converts the person's visits wherever it is credited: any channel, any market; a channel brought
-- the order only where a visit by it began before
visitors as (
    select
        in_window.period,
        in_window.window_start,
        in_window.window_end,
        in_window.person_id,
        in_window.channel,
        in_window.market,
        in_window.has_interaction,
        history.first_touch_day between in_window.window_start and in_window.window_end as is_new,
        online_buyers.person_id is not null as is_buyer,
        coalesce(in_window.began_at <= online_buyers.ordered_at, false) as came_before_order,
        new_leads.person_id is not null as is_new_lead
    from in_window
    left join history on in_window.person_id = history.person_id
    left join online_buyers
        on
            in_window.period = online_buyers.period
            and in_window.window_start = online_buyers.window_start
            and in_window.window_end = online_buyers.window_end
            and in_window.person_id = online_buyers.person_id
    left join new_leads
        on
            in_window.period = new_leads.period
            and in_window.window_start = new_leads.window_start
            and in_window.window_end = new_leads.window_end
            and in_window.person_id = new_leads.person_id
    where in_window.activity = 'visit'
),

customers as (
    select * from in_window
    where activity = 'order'
),

users as (
    select * from in_window
    where activity in ('usage', 'timed_usage')
),

-- a person is active on a day with an order in the churn window that ends on it
order_days as (
    select distinct person_days.person_id, person_days.day, history.first_order_market as market
    from person_days
    inner join history on person_days.person_id = history.person_id
    where person_days.activity = 'order'
),

active_at_start as (
    select distinct windows.period, windows.window_start, windows.window_end, order_days.person_id, order_days.market
    from windows
    cross join settings
    inner join order_days
        on
            windows.window_start > order_days.day
            and {{ add_days('windows.window_start', '-settings.churn_window_days') }} <= order_days.day
    where windows.period in {{ crossed_periods() }}
),

active_at_end as (
    select distinct windows.period, windows.window_start, windows.window_end, order_days.person_id, order_days.market
    from windows
    cross join settings
    inner join order_days
        on
            windows.reached_on >= order_days.day
            and {{ add_days('windows.reached_on', '-settings.churn_window_days') }} < order_days.day
    where windows.period in {{ crossed_periods() }}
),

praising as (
    select distinct period, window_start, window_end, person_id
    from in_window
    where activity = 'praise'
),

counted_visitors as (
    select
        period,
        window_start,
        window_end,
        {{ rolled_up() }},
        count(distinct person_id) as visitors,
        count(distinct case when has_interaction then person_id end) as interacting_visitors,
        count(distinct case when is_new then person_id end) as new_visitors,
        case
            when {{ is_all_channels() }} then count(distinct case when is_buyer then person_id end)
            else count(distinct case when came_before_order then person_id end)
        end as converting_visitors,
        count(distinct case when is_new_lead then person_id end) as visitors_who_became_leads
    {{ rolled_up_from('visitors', ['period', 'window_start', 'window_end']) }}
),

counted_customers as (
    select
        period,
        window_start,
        window_end,
        {{ rolled_up() }},
        count(distinct person_id) as customers_purchasing,
        count(distinct case when has_repeat_order then person_id end) as returning_customers,
        count(distinct case when is_reactivated then person_id end) as reactivated_customers
    {{ rolled_up_from('customers', ['period', 'window_start', 'window_end']) }}
),

counted_users as (
    select
        period,
        window_start,
        window_end,
        {{ rolled_up() }},
        count(distinct case when activity = 'usage' then person_id end) as active_users,
        count(distinct case when activity = 'timed_usage' then person_id end) as active_users_with_seconds
    {{ rolled_up_from('users', ['period', 'window_start', 'window_end']) }}
),

active_customers as (
    select
        active_at_start.period,
        active_at_start.window_start,
        active_at_start.window_end,
        active_at_start.person_id,
        cast(null as string) as channel,
        active_at_start.market,
        active_at_end.person_id is not null as is_retained
    from active_at_start
    left join active_at_end
        on
            active_at_start.period = active_at_end.period
            and active_at_start.window_start = active_at_end.window_start
            and active_at_start.window_end = active_at_end.window_end
            and active_at_start.person_id = active_at_end.person_id
),

counted_active_customers as (
    select
        period,
        window_start,
        window_end,
        {{ rolled_up() }},
        count(distinct person_id) as active_customers_at_start,
        count(distinct case when is_retained then person_id end) as retained_customers
    {{ rolled_up_from('active_customers', ['period', 'window_start', 'window_end']) }}
),

customers_at_end as (
    select
        active_at_end.period,
        active_at_end.window_start,
        active_at_end.window_end,
        active_at_end.person_id,
        cast(null as string) as channel,
        active_at_end.market,
        praising.person_id is not null as is_advocate
    from active_at_end
    left join praising
        on
            active_at_end.period = praising.period
            and active_at_end.window_start = praising.window_start
            and active_at_end.window_end = praising.window_end
            and active_at_end.person_id = praising.person_id
),

counted_customers_at_end as (
    select
        period,
        window_start,
        window_end,
        {{ rolled_up() }},
        count(distinct person_id) as active_customers_at_end,
        count(distinct case when is_advocate then person_id end) as advocates
    {{ rolled_up_from('customers_at_end', ['period', 'window_start', 'window_end']) }}
),

counted as (
    {% for relation, measures in [
        ('counted_visitors', ['visitors', 'interacting_visitors', 'new_visitors', 'converting_visitors', 'visitors_who_became_leads']),
        ('counted_customers', ['customers_purchasing', 'returning_customers', 'reactivated_customers']),
        ('counted_users', ['active_users', 'active_users_with_seconds']),
        ('counted_active_customers', ['active_customers_at_start', 'retained_customers']),
        ('counted_customers_at_end', ['active_customers_at_end', 'advocates']),
    ] -%}
    {% set last_relation = loop.last %}
    {% for measure in measures %}
    select
        '{{ measure }}' as measure,
        period,
        window_start,
        window_end,
        channel,
        market,
        cast({{ measure }} as decimal(38, 6)) as value
    from {{ relation }}
    where {{ measure }} <> 0
    {% if not (last_relation and loop.last) %}union all{% endif %}
    {% endfor %}
    {% endfor %}
),

final as (
    select
        counted.measure,
        counted.period,
        counted.window_start,
        counted.window_end,
        counted.channel,
        counted.market,
        counted.value,
        windows.counted_from
    from counted
    inner join windows
        on
            counted.period = windows.period
            and counted.window_start = windows.window_start
            and counted.window_end = windows.window_end
)

select * from final
