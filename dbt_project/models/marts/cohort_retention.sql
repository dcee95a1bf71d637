-- Grain: one row per month of first orders × months since, up to the month of the run.
with

-- on which days customers cannot be told from new ones at one of the accounts
young_days as (
    select from_day, until_day
    from {{ ref('int_young_histories') }}
    where market = 'all'
),

settings as (select * from {{ source('house', 'settings') }}),

orders as (
    select *
    from {{ ref('int_orders') }}
    where is_counted and person_id is not null
),

refunds as (
    select *
    from {{ ref('int_refunds') }}
    where order_id is not null
),

-- as complete as the customers that race_kpi shows of the month
complete_months as (
    select window_start as month
    from {{ ref('int_measure_coverage') }}
    where measure = 'customers_purchasing' and period = 'month' and is_period and is_complete
),

buyers as (
    select
        person_id,
        cast(date_trunc('month', order_date) as date) as cohort_month
    from orders
    where order_number = 1
),

young_months as (
    select distinct buyers.cohort_month
    from buyers
    inner join young_days
        on buyers.cohort_month < young_days.until_day and {{ month_end('buyers.cohort_month') }} >= young_days.from_day
),

-- whoever bought first while the history is young may have bought before it began
cohorts as (
    select
        buyers.cohort_month,
        count(*) as customers,
        count(young_months.cohort_month) = 0 as is_told
    from buyers
    left join young_months on buyers.cohort_month = young_months.cohort_month
    group by buyers.cohort_month
),

-- sales at the order's date, refunds at the refund's
movements as (
    select
        person_id,
        cast(date_trunc('month', order_date) as date) as month,
        true as is_order,
        gross_sales - discounts as amount
    from orders
    union all
    select
        orders.person_id,
        cast(date_trunc('month', greatest(refunds.refund_date, orders.order_date)) as date) as month,
        false as is_order,
        -refunds.refunded_sales as amount
    from refunds
    inner join orders on refunds.order_id = orders.order_id
),

-- a later order may have an earlier day in another zone: it counts in the first one's month
active as (
    select
        buyers.cohort_month,
        greatest(movements.month, buyers.cohort_month) as month,
        count(distinct case when movements.is_order then movements.person_id end) as retained,
        sum(movements.amount) as revenue
    from movements
    inner join buyers on movements.person_id = buyers.person_id
    group by buyers.cohort_month, greatest(movements.month, buyers.cohort_month)
),

days as (
    select {{ each_day('span.first_month', 'span.as_of') }} as day
    from (
        select min(cohorts.cohort_month) as first_month, max(settings.as_of) as as_of
        from cohorts
        cross join settings
    ) as span
    where span.first_month <= span.as_of
),

months as (select distinct cast(date_trunc('month', day) as date) as month from days),

final as (
    select
        cohorts.cohort_month,
        {{ months_between('cohorts.cohort_month', 'months.month') }} as months_since,
        case when cohorts.is_told then cohorts.customers end as customers,
        case
            when cohorts.is_told then coalesce(active.retained, 0)
        end as retained,
        case
            when cohorts.is_told
                then cast(coalesce(active.retained, 0) as double) / cohorts.customers
        end as rate,
        cast(
            case when cohorts.is_told then coalesce(active.revenue, 0) end
            as decimal(38, 6)
        ) as revenue,
        complete_cohorts.month is not null and complete_months.month is not null as is_complete
    from cohorts
    inner join months on cohorts.cohort_month <= months.month
    left join active on cohorts.cohort_month = active.cohort_month and months.month = active.month
    left join complete_months on months.month = complete_months.month
    left join complete_months as complete_cohorts on cohorts.cohort_month = complete_cohorts.month
)

select * from final
