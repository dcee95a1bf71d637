-- question: Does the referral programme bring customers, and what do they spend?
-- câu hỏi: Chương trình giới thiệu bạn bè có mang lại khách mới không, và họ chi tiêu bao nhiêu?
-- stage: advocacy
-- grain: month
-- column month (date): first day of the month in which the invitations were sent
-- column invitations (count): invitations sent
-- column inviters (count): customers who sent them, as far as they are known
-- column friends (count): friends invited for the first time, who were no customers
-- column converted (count): of these, those who ordered within 90 days
-- column conversion_rate (percent): converted ÷ friends; null while the 90 days of some still run
-- column first_orders (count): first orders that came of the invitations so far
-- column first_order_sales (money): net sales to date of these orders
-- caveat: People who invited themselves are no friends. The newest three months are still open.
with today as (
    select max(as_of) as as_of from race_kpi
)

select
    date_trunc('month', referral.day)::date as month,
    count(*) as invitations,
    count(distinct referral.inviter_person_id) as inviters,
    count(*) filter (where referral.is_new_friend and not referral.is_self) as friends,
    count(*) filter (where referral.is_new_friend and not referral.is_self and referral.is_converted_90d) as converted,
    if(last_day(month) + 91 <= any_value(today.as_of), converted / nullif(friends, 0), null) as conversion_rate,
    count(orders.order_id) as first_orders,
    coalesce(sum(orders.net_sales), 0) as first_order_sales
from fct_advocacy_referral as referral
cross join today
left join fct_convert_order as orders on referral.first_order_id = orders.order_id and orders.is_counted
where referral.day < today.as_of
group by month
order by month desc
