-- question: Do customers who began in one month come back more than those of another, and what are they worth?
-- câu hỏi: Khách mua lần đầu ở tháng nào quay lại nhiều hơn, và mỗi khách mang lại bao nhiêu theo thời gian?
-- stage: engage
-- grain: cohort_month, months_since
-- column cohort_month (date): month of the first order
-- column months_since (count): months from it; 0 is the month of the first order
-- column customers (count): customers of the cohort
-- column retained (count): those of them who ordered in the month
-- column retention (percent): retained ÷ customers
-- column revenue (money): net sales of the cohort in the month
-- column revenue_per_customer_to_date (money): net sales from the first month until this one ÷ customers
-- column is_complete (yes or no): whether month and cohort are over and all required shops are in
-- caveat: Guests belong to no cohort. Months that begin before a first order can be known (180 days of history) are
--   left out. Compare cohorts at the same months_since.
select
    cohort_month,
    months_since,
    customers,
    retained,
    retained / nullif(customers, 0) as retention,
    revenue,
    sum(revenue) over so_far / nullif(customers, 0) as revenue_per_customer_to_date,
    is_complete
from cohort_retention
where customers is not null
window so_far as (partition by cohort_month order by months_since)
order by cohort_month desc, months_since asc
