-- question: Who recommends us: first-time buyers, regular customers or people who never bought?
-- câu hỏi: Ai sẵn sàng giới thiệu ta: khách mua lần đầu, khách quen hay người chưa từng mua?
-- stage: advocacy
-- grain: month, kind
-- column month (date): first day of the month in which they answered
-- column kind (text): regular (two orders or more), first-time (one), no order, or unknown who answered
-- column answers (count): answers to the survey
-- column promoters (count): scores 9 and 10
-- column detractors (count): scores 0 to 6
-- column net_promoter_score (score): 100 × (promoters - detractors) ÷ answers, -100 to 100
-- caveat: Below some thirty answers a score says little. The kind is that of today, not that of the day of the answer.
select
    date_trunc('month', answer.day)::date as month,
    case
        when answer.person_id is null then 'unknown'
        when customer.orders > 1 then 'regular'
        when customer.orders = 1 then 'first-time'
        else 'no order'
    end as kind,
    count(*) as answers,
    count(*) filter (where answer.is_promoter) as promoters,
    count(*) filter (where answer.is_detractor) as detractors,
    100 * (promoters - detractors) / nullif(answers, 0) as net_promoter_score
from fct_advocacy_nps_answer as answer
left join customer_360 as customer on answer.person_id = customer.person_id
where answer.day < (select max(as_of) from race_kpi)
group by month, kind
order by month desc, answers desc
