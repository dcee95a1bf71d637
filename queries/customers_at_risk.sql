-- question: Whom should we win back first?
-- câu hỏi: Nên giành lại khách hàng nào trước tiên?
-- stage: engage
-- grain: person_id
-- column person_id (text): person; a hash, which the CRM's export can be joined to
-- column segment (text): RFM segment
-- column orders (count): counted orders to date
-- column net_sales (money): their net sales to date
-- column last_order_date (date): day of the last one
-- column churn_risk (percent): probability of having left
-- column net_sales_per_order (money): net_sales ÷ orders: what one more order would bring
-- column last_touch_channel (text): channel of the latest session; null without one
-- column is_subscriber (yes or no): whether an address is subscribed, so that a mail may be sent
-- column open_tickets (count): support tickets that nobody has solved: solve them before you write
-- column nps_kind (text): promoter, passive or detractor in the latest answer; null without one
-- caveat: The hundred with the most net sales to date among those with a risk of 0.3 or more. Who bought once has no
--   risk in the model and is not here.
select
    person_id,
    segment,
    orders,
    net_sales,
    last_order_date,
    churn_risk,
    net_sales / nullif(orders, 0) as net_sales_per_order,
    last_touch_channel,
    is_subscriber,
    open_tickets,
    nps_kind
from customer_360
where is_customer and churn_risk >= 0.3
order by net_sales desc, person_id asc
limit 100
