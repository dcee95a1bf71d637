-- question: At which step do visitors leave the shop, and is it worse for some channels?
-- câu hỏi: Khách rời cửa hàng trực tuyến ở bước nào, và kênh nào bị nặng hơn?
-- stage: act
-- grain: month, channel
-- column month (date): first day of the month
-- column channel (text): marketing channel of the session
-- column sessions (count): sessions
-- column with_product (count): sessions in which a product was seen
-- column with_cart (count): of these, those that put an item into the cart afterwards
-- column with_checkout (count): sessions in which a checkout was begun; null where no site of the row ever tells one
-- column with_order (count): sessions that are the first to name a counted order
-- column product_rate (percent): with_product ÷ sessions
-- column cart_rate (percent): with_cart ÷ with_product
-- column order_rate (percent): with_order ÷ sessions
-- caveat: A step is counted in the session in which it happened: who fills the cart today and orders tomorrow is two
--   sessions, and a cart may be older than the first product seen.
with sites as (
    select
        source,
        account,
        bool_or(checkout_begun_at is not null) as tells_checkouts
    from fct_reach_session
    group by all
)

select
    date_trunc('month', visit.day)::date as month,
    visit.channel,
    count(*) as sessions,
    count(*) filter (where has_product_view) as with_product,
    count(*) filter (where has_cart_after_view) as with_cart,
    if(bool_or(tells_checkouts), count(checkout_begun_at), null) as with_checkout,
    count(order_id) as with_order,
    with_product / nullif(sessions, 0) as product_rate,
    with_cart / nullif(with_product, 0) as cart_rate,
    with_order / nullif(sessions, 0) as order_rate
from fct_reach_session as visit
left join sites on visit.source = sites.source and visit.account = sites.account
where visit.day < (select max(as_of) from race_kpi)
group by month, visit.channel
order by month desc, sessions desc
