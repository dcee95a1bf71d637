-- Grain: one row per window, with a digest of all that its distinct persons are counted from.
{%- set told = [
    'activity', 'person_days.person_id', 'channel', 'market', 'has_interaction', 'began_at', 'ordered_at',
    'is_repeat_order', 'is_reactivating', 'first_touch_day', 'first_order_market'
] %}

with

settings as (select * from {{ source('house', 'settings') }}),

windows as (select * from {{ ref('int_windows') }}),

window_days as (select * from {{ ref('int_window_days') }}),

person_days as (select * from {{ ref('int_person_daily') }}),

history as (select * from {{ ref('int_person_history') }}),

days as (
    select
        person_days.day,
        {{ digest_of_rows(told) }} as digest
    from person_days
    left join history on person_days.person_id = history.person_id
    group by person_days.day
),

order_days as (
    select
        person_days.day,
        {{ digest_of_rows(told) }} as digest
    from person_days
    left join history on person_days.person_id = history.person_id
    where person_days.activity = 'order'
    group by person_days.day
),

inside as (
    select
        window_days.period,
        window_days.window_start,
        window_days.window_end,
        {{ digest_of_rows(['days.day', 'days.digest']) }} as digest
    from window_days
    inner join days on window_days.day = days.day
    where window_days.is_reached
    group by window_days.period, window_days.window_start, window_days.window_end
),

-- who was a customer when the window began is told by the orders before it
before as (
    select
        windows.period,
        windows.window_start,
        windows.window_end,
        {{ digest_of_rows(['order_days.day', 'order_days.digest']) }} as digest
    from windows
    cross join settings
    inner join order_days
        on
            windows.window_start > order_days.day
            and {{ add_days('windows.window_start', '-settings.churn_window_days') }} <= order_days.day
    where windows.period in {{ crossed_periods() }}
    group by windows.period, windows.window_start, windows.window_end
),

final as (
    select
        windows.period,
        windows.window_start,
        windows.window_end,
        windows.reached_on,
        concat_ws(
            '',
            settings.churn_window_days, ' ', windows.reached_on, ' ',
            coalesce(inside.digest, ''), ' ', coalesce(before.digest, '')
        ) as counted_from
    from windows
    cross join settings
    left join inside
        on
            windows.period = inside.period
            and windows.window_start = inside.window_start
            and windows.window_end = inside.window_end
    left join before
        on
            windows.period = before.period
            and windows.window_start = before.window_start
            and windows.window_end = before.window_end
)

select * from final
