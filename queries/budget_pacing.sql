-- question: Are we spending the budget at the planned pace, and where will the month end?
-- câu hỏi: Ngân sách có được chi đúng tiến độ không, và cuối tháng sẽ chi hết bao nhiêu?
-- stage: plan
-- grain: month, channel
-- column month (date): first day of the month
-- column channel (text): marketing channel of the budget; all = the whole of it, rows without a channel among them
-- column budget (money): budget of the whole month
-- column budget_due (money): the part of it whose days are over
-- column spent (money): ads and other marketing costs until the day before as_of
-- column pace (ratio): spent ÷ budget_due; 1 = as planned
-- column utilisation (percent): spent ÷ budget
-- column expected_spend (money): spent ÷ days over × days of the month; of a month that is over what was spent
-- column is_complete (yes or no): whether nothing of the month's spend can still come
-- caveat: A budget is spread evenly over its days, and expected_spend goes on in a straight line: a campaign before Tết
--   does not. Spend without a budget at its channel stands in all alone.
with today as (
    select max(as_of) as as_of from race_kpi
),

budget_days as (
    select
        date_trunc('month', budget.day)::date as month,
        unnest([budget.channel, 'all']) as channel,
        budget.amount,
        if(budget.day < today.as_of, budget.amount, 0) as amount_due
    from fct_plan_budget as budget
    cross join today
    where budget.day < date_trunc('month', today.as_of) + interval 1 month
),

budgets as (
    select
        month,
        channel,
        sum(amount) as budget,
        sum(amount_due) as budget_due
    from budget_days
    where channel is not null
    group by all
),

spending as (
    select
        period_start as month,
        channel,
        value as spent
    from race_measure
    where measure = 'marketing_cost' and period = 'month' and market = 'all'
),

days as (
    select
        month_start as month,
        count(*) as days_of_month,
        count(*) filter (where day < as_of) as days_over
    from dim_date
    cross join today
    group by all
),

complete as (
    select
        period_start as month,
        is_complete
    from race_kpi
    where kpi = 'ad_spend' and period = 'month' and channel = 'all' and market = 'all'
)

select
    budgets.month,
    budgets.channel,
    budgets.budget,
    budgets.budget_due,
    spending.spent,
    spending.spent / nullif(budgets.budget_due, 0) as pace,
    spending.spent / nullif(budgets.budget, 0) as utilisation,
    spending.spent / nullif(days.days_over, 0) * days.days_of_month as expected_spend,
    coalesce(complete.is_complete, false) as is_complete
from budgets
left join spending on budgets.month = spending.month and budgets.channel = spending.channel
left join days on budgets.month = days.month
left join complete on budgets.month = complete.month
order by budgets.month desc, budgets.budget desc
