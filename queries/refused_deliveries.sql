-- question: How many cash-on-delivery parcels are refused at the door, where, and what were they worth?
-- câu hỏi: Bao nhiêu đơn bị "bom hàng" (từ chối nhận COD), ở kênh bán nào, và trị giá bao nhiêu?
-- stage: convert
-- grain: month, source, account
-- column month (date): first day of the month in which the orders were placed
-- column source (text): shop system or marketplace
-- column account (text): the shop
-- column placed (count): orders placed, whatever became of them
-- column refused (count): of these, those refused at the door within 60 days; null for a shop that never told a refusal
-- column refused_rate (percent): refused ÷ placed
-- column refused_sales (money): goods of the refused orders after discounts, without VAT; null likewise
-- column cancelled (count): orders cancelled within 60 days
-- column cancelled_rate (percent): cancelled ÷ placed
-- column is_final (yes or no): whether the 60 days of all orders of the month are over
-- caveat: Whether a shop that never told a refusal has none or cannot tell is not known (a till does not ship), so it
--   is null. What the parcels cost to send there and back is in no export.
with today as (
    select max(as_of) as as_of from race_kpi
),

shops as (
    select
        source,
        account,
        bool_or(is_undelivered) as tells_refusals
    from fct_convert_order
    group by all
)

select
    date_trunc('month', orders.order_date)::date as month,
    orders.source,
    orders.account,
    count(*) as placed,
    if(any_value(shops.tells_refusals), count(*) filter (where orders.is_undelivered_60d), null) as refused,
    refused / nullif(placed, 0) as refused_rate,
    sum(if(orders.is_undelivered_60d, orders.gross_sales - orders.discounts, 0))
    filter (where shops.tells_refusals) as refused_sales,
    count(*) filter (where orders.is_cancelled_60d) as cancelled,
    cancelled / nullif(placed, 0) as cancelled_rate,
    last_day(month) + 61 <= any_value(today.as_of) as is_final
from fct_convert_order as orders
cross join today
left join shops on orders.source = shops.source and orders.account = shops.account
where orders.order_date < today.as_of
group by month, orders.source, orders.account
order by month desc, refused desc nulls last, placed desc
