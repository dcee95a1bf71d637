-- A shop that accounts.csv says to number its orders one by one (`order_numbers` = consecutive) has no number missing
-- between its smallest and its largest. Of a name (`#1001`, `VN-1001-A`) the last run of digits is the number and what
-- stands before it the series; a revision (`HD000123.01`) is the number that it revises. Orders that do not count
-- (tests, cancelled, never placed) have numbers, too. A hole is in effect where an export of every day from the order
-- before it to the one after it is; the others are told in a row of their own.
{{ config(severity='warn') }}
{% set parts_of_name = '^(.*?)([0-9]+)([.][0-9]{1,2})?([^0-9]*)$' %}
with

accounts as (
    select * from {{ source('house', 'accounts') }}
    where order_numbers = 'consecutive'
),

covered_days as (
    select distinct source, account, day
    from {{ source('house', 'covered_days') }}
    where table_name in ('orders', 'order_items', 'invoices', 'items')
),

names as (
    select source, account, split_part(order_name, ' · ', 1) as order_name, ordered_at
    from {{ ref('int_order_items') }}
    {% for table_name in ['orders', 'order_items'] %}
    -- what was never placed is no order there
    union all
    select 'woocommerce' as source, account, order_name, ordered_at
    from {{ landed('woocommerce', table_name) }}
    {% endfor %}
),

parts as (
    select
        names.source,
        names.account,
        regexp_extract(names.order_name, '{{ parts_of_name }}', 1) as prefix,
        regexp_extract(names.order_name, '{{ parts_of_name }}', 2) as digits,
        regexp_extract(names.order_name, '{{ parts_of_name }}', 4) as suffix,
        {{ local_day('names.ordered_at', 'accounts.time_zone') }} as day
    from names
    inner join accounts on names.source = accounts.source and names.account = accounts.account
),

numbered as (
    select
        source,
        account,
        prefix,
        cast(digits as bigint) as number,
        min(digits) as digits,
        min(suffix) as suffix,
        min(day) as day
    from parts
    where length(digits) between 1 and 18
    group by source, account, prefix, cast(digits as bigint)
),

neighbours as (
    select
        *,
        lag(number) over (partition by source, account, prefix order by number) as number_before,
        lag(digits) over (partition by source, account, prefix order by number) as digits_before,
        lag(suffix) over (partition by source, account, prefix order by number) as suffix_before,
        lag(day) over (partition by source, account, prefix order by number) as day_before
    from numbered
),

holes as (
    select
        source,
        account,
        prefix,
        number_before + 1 as first_number,
        number - 1 as last_number,
        length(digits_before) as width,
        suffix_before as suffix,
        least(day_before, day) as first_day,
        greatest(day_before, day) as last_day
    from neighbours
    where number - number_before > 1
),

told as (
    select
        holes.source,
        holes.account,
        holes.prefix,
        holes.first_number,
        holes.last_number,
        holes.width,
        holes.suffix,
        holes.first_day,
        holes.last_day,
        coalesce(
            count(covered_days.day) = {{ days_between('holes.first_day', 'holes.last_day') }} + 1, false
        ) as is_in_effect
    from holes
    left join covered_days
        on
            holes.source = covered_days.source
            and holes.account = covered_days.account
            and covered_days.day between holes.first_day and holes.last_day
    group by
        holes.source, holes.account, holes.prefix, holes.first_number, holes.last_number, holes.width, holes.suffix,
        holes.first_day, holes.last_day
),

series as (
    select
        source,
        account,
        prefix,
        concat_ws(
            '',
            min_by(concat_ws('', prefix, digits, suffix), number),
            ' to ',
            max_by(concat_ws('', prefix, digits, suffix), number)
        ) as order_numbers
    from numbered
    group by source, account, prefix
),

-- as the shop writes them, with the zeros before the number
written as (
    select
        *,
        {% for number in ['first_number', 'last_number'] %}
        concat_ws(
            '',
            prefix,
            lpad(
                {{ as_text(number) }}, cast(greatest(width, length({{ as_text(number) }})) as integer), '0'
            ),
            suffix
        ) as {{ number }}_written,
        {% endfor %}
        last_number - first_number + 1 as missing
    from told
),

spoken as (
    select
        *,
        case
            when first_number = last_number then first_number_written
            else concat_ws('', first_number_written, ' to ', last_number_written)
        end as numbers
    from written
)

select
    spoken.source,
    spoken.account,
    series.order_numbers,
    case
        when spoken.is_in_effect then 'on days with an export'
        else 'on days of which no export is in effect'
    end as on_days,
    cast(sum(spoken.missing) as bigint) as missing,
    min_by(spoken.numbers, spoken.first_number) as first_missing,
    min_by(spoken.first_day, spoken.first_number) as between_day,
    min_by(spoken.last_day, spoken.first_number) as and_day
from spoken
inner join series
    on
        spoken.source = series.source
        and spoken.account = series.account
        and spoken.prefix = series.prefix
group by spoken.source, spoken.account, series.order_numbers, spoken.is_in_effect
