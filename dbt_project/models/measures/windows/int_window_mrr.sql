-- Grain: one row per measure of recurring revenue × window × market: what the terms that run bring in a month, at the
-- window's end, the day before it, and what changed for each customer in between.
{% set measures = ['mrr', 'mrr_at_start', 'mrr_new', 'mrr_expansion', 'mrr_contraction', 'mrr_churned'] %}

with

windows as (
    select * from {{ ref('int_windows') }}
    where period in {{ crossed_periods() }} and reached_on >= window_start
),

-- whom no file names is told apart by the subscription
terms as (
    select
        coalesce(
            person_id, {{ key_of(['source', 'account', 'subscription_id']) }}
        ) as customer,
        market,
        started_on,
        ends_on,
        mrr
    from {{ ref('fct_engage_term') }}
),

ends as (
    select period, window_start, window_end, 'start' as side, {{ add_days('window_start', -1) }} as day
    from windows
    union all
    select period, window_start, window_end, 'end' as side, reached_on as day
    from windows
),

running as (
    select
        ends.period,
        ends.window_start,
        ends.window_end,
        terms.customer,
        -- a customer with logins in two markets is one: of the first in the alphabet
        min(terms.market) as market,
        coalesce(sum(case when ends.side = 'start' then terms.mrr end), 0) as at_start,
        coalesce(sum(case when ends.side = 'end' then terms.mrr end), 0) as at_end,
        max(case when terms.mrr is null then 1 else 0 end) = 1 as is_untold
    from ends
    inner join terms on ends.day between terms.started_on and terms.ends_on
    group by ends.period, ends.window_start, ends.window_end, terms.customer
),

-- of whom a term does not tell what it costs nobody knows what became more or less
changes as (
    select
        period,
        window_start,
        window_end,
        cast(null as string) as channel,
        market,
        at_end as mrr,
        case when not is_untold then at_start end as mrr_at_start,
        case when not is_untold and at_start = 0 then at_end end as mrr_new,
        case when not is_untold and at_start > 0 then greatest(at_end - at_start, 0) end as mrr_expansion,
        case when not is_untold and at_end > 0 then greatest(at_start - at_end, 0) end as mrr_contraction,
        case when not is_untold and at_end = 0 then at_start end as mrr_churned
    from running
),

summed as (
    select
        period,
        window_start,
        window_end,
        {{ rolled_up() }},
        coalesce(sum(mrr), 0) as mrr,
        coalesce(sum(mrr_at_start), 0) as mrr_at_start,
        coalesce(sum(mrr_new), 0) as mrr_new,
        coalesce(sum(mrr_expansion), 0) as mrr_expansion,
        coalesce(sum(mrr_contraction), 0) as mrr_contraction,
        coalesce(sum(mrr_churned), 0) as mrr_churned
    {{ rolled_up_from('changes', ['period', 'window_start', 'window_end']) }}
),

final as (
    {% for measure in measures %}
    select
        '{{ measure }}' as measure,
        period,
        window_start,
        window_end,
        channel,
        market,
        cast({{ measure }} as decimal(38, 6)) as value
    from summed
    where {{ measure }} <> 0
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select * from final
