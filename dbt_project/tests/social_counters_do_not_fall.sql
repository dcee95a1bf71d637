-- A figure since publication that is smaller in a later export, or a day that a network states below 0: spam taken
-- out, a correction, or a spoilt export. It counts 0 and is shown.
{{ config(severity='warn') }}

with

figures as (
    select source, account, network, day, impressions, likes, comments, shares, saves
    from {{ ref('int_social_post_steps') }}
    union all
    select source, account, network, day, impressions, likes, comments, shares, saves
    from {{ ref('int_social_daily') }}
)

select *
from figures
where least(impressions, likes, comments, shares, saves) < 0
