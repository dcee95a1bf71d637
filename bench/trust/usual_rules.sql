-- The usual rules, beside which the gate is measured. They are not raceway's: what a team writes first.
--
--   z_14          three standard deviations from the mean of the 14 days before
--   z_weekday     the same over the last 8 days of the same weekday
--   static        below the least or above the most of the first 60 days
--
-- Reads `figure`: source, account, table_name, figure (rows, or the sum of a number column), day, value, is_asked. Days that are
-- not asked for are history. Gives one row for each day that is asked for and rule that cries.
with numbered as (
    select
        *,
        row_number() over (partition by source, account, table_name, figure order by day) as number_of_day,
        avg(value) over fortnight as mean_14,
        stddev_samp(value) over fortnight as spread_14,
        count(value) over fortnight as days_14,
        avg(value) over weekdays as mean_weekday,
        stddev_samp(value) over weekdays as spread_weekday,
        count(value) over weekdays as days_weekday
    from figure
    window
        fortnight as (
            partition by source, account, table_name, figure order by day rows between 14 preceding and 1 preceding
        ),
        weekdays as (
            partition by source, account, table_name, figure, isodow(day) order by day
            rows between 8 preceding and 1 preceding
        )
),

bounds as (
    select
        source,
        account,
        table_name,
        figure,
        min(value) as least,
        max(value) as most
    from numbered
    where number_of_day <= 60 and not is_asked
    group by all
)

select
    source,
    account,
    table_name,
    day,
    figure,
    unnest(list_filter([
        case when days_14 = 14 and abs(value - mean_14) >= 3 * spread_14 and spread_14 > 0 then 'z_14' end,
        case
            when days_weekday = 8 and abs(value - mean_weekday) >= 3 * spread_weekday and spread_weekday > 0
                then 'z_weekday'
        end,
        case when number_of_day > 60 and (value < least or value > most) then 'static' end
    ], lambda rule: rule is not null)) as rule
from numbered
inner join bounds using (source, account, table_name, figure)
where is_asked
