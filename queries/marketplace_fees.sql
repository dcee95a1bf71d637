-- question: What do Shopee, TikTok Shop and Lazada keep of each sale, and when do they pay out?
-- câu hỏi: Shopee, TikTok Shop, Lazada giữ lại bao nhiêu phí trên mỗi đơn, và bao lâu thì trả tiền?
-- stage: convert
-- grain: month, source, account
-- column month (date): first day of the month in which the orders were placed
-- column source (text): marketplace or shop system
-- column account (text): the shop on it
-- column orders (count): orders with a settlement
-- column gross (money): price × quantity before discounts, with VAT
-- column fees (money): commission, programme and payment fees; null where none is stated
-- column fee_rate (percent): fees ÷ gross of the orders that state fees
-- column shipping (money): shipping that the shop bears; null where none is stated
-- column paid_out (money): what was paid out so far
-- column days_to_payout (days): from order to payout, on average of the orders that were paid out
-- column waiting_orders (count): orders without a payout yet
-- column waiting_gross (money): their gross
-- caveat: As paid, so with VAT, at the rate of the order date: compare fee rates, do not subtract fees from net sales
--   without VAT. contribution_margin does that for you.
select
    date_trunc('month', order_date)::date as month,
    source,
    account,
    count(*) as orders,
    sum(gross) as gross,
    sum(fees) as fees,
    sum(fees) / nullif(sum(gross) filter (where fees is not null), 0) as fee_rate,
    sum(shipping) as shipping,
    sum(settled_amount) as paid_out,
    sum(settled_on - order_date) / nullif(count(settled_on), 0) as days_to_payout,
    count(*) filter (where settled_on is null) as waiting_orders,
    coalesce(sum(gross) filter (where settled_on is null), 0) as waiting_gross
from fct_convert_settlement
where order_date < (select max(as_of) from race_kpi)
group by month, source, account
order by month desc, gross desc
