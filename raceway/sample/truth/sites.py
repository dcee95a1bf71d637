"""The truth about what visitors do on a site: checkouts begun and ordered, searches, and queries of the brand."""

from __future__ import annotations

from decimal import Decimal

from raceway.config.settings import Events
from raceway.sample.truth.sessions import Session
from raceway.sample.truth.tally import Number, Tally
from raceway.sample.world.world import World


def count_site_steps(tally: Tally, sessions: list[Session], events: Events) -> None:
    """Sessions with each step of a checkout, with a search on the sites that ever sent one, and how fast pages were."""
    searched = {session.tells_engagement for session in sessions if session.times(events.site_search)}
    for session in sessions:
        begun = session.times(events.checkout)
        counts: dict[str, Number] = {
            "checkouts_begun": bool(begun),
            "checkouts_ordered": bool(begun) and session.named_at is not None and session.named_at >= begun[0],
            "checkouts_with_shipping_info": bool(session.times(events.shipping_info)),
            "checkouts_with_payment_info": bool(session.times(events.payment_info)),
            "searching_sessions": bool(session.times(events.site_search)),
            "sessions_with_site_search": session.tells_engagement in searched,
        }
        for name, value in counts.items():
            tally.add(name, session.day, value, session.channel, session.market)
    _look_at_speeds(tally, sessions)


def _look_at_speeds(tally: Tally, sessions: list[Session]) -> None:
    """The web vitals of page loads, each as it was last told in a session."""
    for session in sessions:
        measured = [(event.name, event.measurement) for event in session.events if event.measurement is not None]
        told = {(name, load): value for name, (load, value) in measured}
        for (name, _), value in told.items():
            tally.look(
                f"{name.lower()}_p75", session.day, Decimal(str(value)), session.channel, session.market
            )  # fmt: skip


def count_queries(world: World, tally: Tally) -> None:
    """Clicks of the queries of whole months, and those of queries with a term of the brand as whole words."""
    own = [term.term.lower() for term in world.lists.terms if not term.competitor]
    place = ("organic_search", world.accounts["search_console", "vn-shop"].market)
    for query in world.search.queries:
        tally.add("query_clicks", query.month, query.clicks, *place)
        if any(f" {term} " in f" {query.query.lower()} " for term in own):
            tally.add("brand_query_clicks", query.month, query.clicks, *place)
