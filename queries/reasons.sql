-- question: Why do people cancel, return, refuse or unsubscribe?
-- câu hỏi: Vì sao khách hủy đơn, trả hàng, không nhận hàng hoặc hủy đăng ký?
-- stage: engage
-- grain: month, what, source, reason
-- column month (date): first day of the month in which it happened
-- column what (text): return, cancel, refusal, unsubscribe or cart_left
-- column source (text): export or survey that tells the reason
-- column reason (text): reason by reasons.csv; other: words that no rule finds; unknown: nothing was written
-- column times (count): how often
-- column share (percent): times ÷ times of all reasons of the same what, source and month
-- caveat: Exports name every case, surveys only those who answered: compare shares within a source, and do not add
--   sources.
--   Words under other belong into reasons.csv.
select
    date_trunc('month', day)::date as month,
    what,
    source,
    reason,
    count(*) as times,
    times / sum(times) over (partition by month, what, source) as share
from fct_engage_reason
where day < (select max(as_of) from race_kpi)
group by month, what, source, reason
order by month desc, what asc, source asc, times desc, reason asc
