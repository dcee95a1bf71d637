-- question: Which groups of customers hold the value of the next twelve months, and how sure is it?
-- câu hỏi: Nhóm khách nào nắm giữ giá trị 12 tháng tới, và rủi ro rời bỏ của họ ra sao?
-- stage: engage
-- grain: market, segment
-- column market (text): market of the first order
-- column segment (text): RFM segment
-- column expected_from (date): month end after which the forecast looks
-- column customers (count): customers whose future was forecast
-- column clv_12m (money): their expected net sales of the 365 days after it
-- column share_of_clv (percent): clv_12m ÷ that of all customers
-- column clv_per_customer (money): clv_12m ÷ customers
-- column expected_buyers_90d (number): sum of their probabilities to buy within 90 days
-- column high_risk (count): customers whose probability of having left is 0.7 or more
-- column clv_at_risk (money): clv_12m of these
-- caveat: A forecast from orders alone (BG/NBD, Gamma-Gamma), not discounted. Customers since expected_from have none
--   yet.
--   Who bought once has a risk of 0 by the model, which knows leaving only after a second purchase.
select
    market,
    segment,
    expected_from,
    count(*) as customers,
    sum(clv_12m) as clv_12m,
    sum(clv_12m) / nullif(sum(sum(clv_12m)) over (), 0) as share_of_clv,
    sum(clv_12m) / nullif(count(*), 0) as clv_per_customer,
    sum(probability_90d) as expected_buyers_90d,
    count(*) filter (where churn_band = 'high') as high_risk,
    coalesce(sum(clv_12m) filter (where churn_band = 'high'), 0) as clv_at_risk
from customer_360
where clv_12m is not null
group by market, segment, expected_from
order by sum(clv_12m) desc
