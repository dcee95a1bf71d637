-- Grain: one term that a session asked the site's search for.
with

events as (
    select * from {{ ref('int_session_events') }}
    where (is_site_search = 1 or is_cart_add = 1) and coalesce(counts_sessions, true)
),

sessions as (select * from {{ ref('fct_reach_session') }}),

asked as (
    select
        session_id,
        coalesce({{ searched_term('search_term') }}, '(not set)') as term,
        event_at,
        search_results
    from events
    where is_site_search = 1
),

-- a page of results opened again, or told by two events, is one search
terms as (
    select
        session_id,
        term,
        min(event_at) as searched_at,
        count(*) as search_events,
        min(search_results) as search_results
    from asked
    group by session_id, term
),

carts as (
    select session_id, max(event_at) as last_cart_add_at
    from events
    where is_cart_add = 1
    group by session_id
),

final as (
    select
        {{ key_of(['terms.session_id', 'terms.term']) }} as site_search_id,
        terms.session_id,
        sessions.source,
        sessions.account,
        sessions.person_id,
        sessions.day,
        sessions.channel,
        sessions.market,
        terms.term,
        terms.searched_at,
        terms.search_events,
        terms.search_results,
        -- most sites do not say how much was found
        terms.search_results = 0 as is_without_result,
        coalesce(carts.last_cart_add_at >= terms.searched_at, false) as has_cart_after,
        coalesce(sessions.order_named_at >= terms.searched_at, false) as has_order_after
    from terms
    inner join sessions on terms.session_id = sessions.session_id
    left join carts on terms.session_id = carts.session_id
)

select * from final
