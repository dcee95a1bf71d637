-- question: How much does a channel's revenue depend on the attribution model?
-- câu hỏi: Doanh thu của mỗi kênh thay đổi thế nào theo mô hình phân bổ?
-- stage: convert
-- grain: month, channel
-- column month (date): first day of the month in which the orders were placed
-- column channel (text): marketing channel of the credited touches
-- column first_touch (money): net sales to date by the first touch
-- column last_touch (money): by the last touch
-- column last_non_direct (money): by the last touch that was not direct
-- column linear (money): by all touches alike
-- column position_based (money): 40 % first, 40 % last, 20 % between
-- column time_decay (money): later touches earn more, half as much per 7 days before
-- column data_driven (money): by the removal effects of a Markov chain
-- column range (money): largest of the seven less the smallest
-- caveat: Each column alone adds up to the same net sales; columns are never added. Where range is small the model does
--   not matter. What is credited nowhere on the site (tills, marketplaces) is in its own channel under each model.
select
    date_trunc('month', order_date)::date as month,
    channel,
    coalesce(sum(revenue) filter (where model = 'first'), 0) as first_touch,
    coalesce(sum(revenue) filter (where model = 'last'), 0) as last_touch,
    coalesce(sum(revenue) filter (where model = 'last_non_direct'), 0) as last_non_direct,
    coalesce(sum(revenue) filter (where model = 'linear'), 0) as linear,
    coalesce(sum(revenue) filter (where model = 'position'), 0) as position_based,
    coalesce(sum(revenue) filter (where model = 'time_decay'), 0) as time_decay,
    coalesce(sum(revenue) filter (where model = 'data_driven'), 0) as data_driven,
    greatest(first_touch, last_touch, last_non_direct, linear, position_based, time_decay, data_driven)
    - least(first_touch, last_touch, last_non_direct, linear, position_based, time_decay, data_driven) as range
from fct_convert_attribution
where order_date < (select max(as_of) from race_kpi)
group by month, channel
order by month desc, last_non_direct desc
