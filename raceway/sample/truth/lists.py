"""What the company's own lists say of the club, the app, new accounts, influencers and praise."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable
from decimal import Decimal
from typing import Final

from raceway.sample.truth.identities import Identity, order_identity
from raceway.sample.truth.sessions import Session
from raceway.sample.truth.tally import Tally
from raceway.sample.world import company
from raceway.sample.world.lists import Login, Use
from raceway.sample.world.things import micros
from raceway.sample.world.world import World

_PAID_WITHIN: Final = dt.timedelta(days=30)
_RENEWED_WITHIN: Final = dt.timedelta(days=30)
_COMPLETED_WITHIN: Final = dt.timedelta(days=30)
_ACTIVATED_WITHIN: Final = dt.timedelta(days=7)

# An identity (None: nobody) and the market that counts where nothing tells the person's.
Market = Callable[[Identity | None, str], str]
Person = Callable[[Identity], Identity]


def tally_lists(world: World, tally: Tally, sessions: list[Session], person: Person, market: Market) -> None:
    """Adds the measures of the lists. `person` resolves an identity, `market` gives a person's market."""
    home = world.accounts["plan", "company"].market
    _club(world, tally, market, home)
    _praise(world, tally)
    _usage(world, tally, person, market, home)
    _accounts(world, tally, sessions, person, market, home)


def _local(world: World, moment: dt.datetime) -> dt.date:
    return moment.astimezone(world.accounts["plan", "company"].zone).date()


def _club(world: World, tally: Tally, market: Market, home: str) -> None:
    for row in world.lists.subscriptions:
        of = market(order_identity(row.email or None, row.phone or None), home)
        if row.is_trial:
            tally.add("trials_started", row.started_on, 1, None, of)
            is_paid = row.paid_on is not None and row.paid_on <= row.ends_on + _PAID_WITHIN
            tally.add("trials_converted", row.started_on, is_paid, None, of)
        elif row.ends_on < world.as_of:
            tally.add("renewals_due", row.ends_on, 1, None, of)
            is_renewed = row.renewed_on is not None and row.renewed_on <= row.ends_on + _RENEWED_WITHIN
            tally.add("renewals_made", row.ends_on, is_renewed, None, of)


def _praise(world: World, tally: Tally) -> None:
    for post in world.lists.endorsements:
        tally.add("endorsements", post.posted_on, 1, "influencer", post.market or None)
        tally.add("endorsement_reach", post.posted_on, post.reach or 0, "influencer", post.market or None)
    for testimonial in world.lists.testimonials:
        tally.add("testimonials", testimonial.received_on, testimonial.has_consent, None, testimonial.market or None)


def user_identity(row: Login | Use) -> Identity:
    """The identity by which a row of the app or the account list names someone."""
    return ("login", row.login) if row.login else ("email", row.email.lower())


def _usage(world: World, tally: Tally, person: Person, market: Market, home: str) -> None:
    for use in world.lists.uses:
        identity = user_identity(use)
        day, of = _local(world, use.at), market(identity, home)
        tally.add("usage_seconds", day, Decimal(use.tenths) / 10, None, of)
        tally.see("active_users", day, person(identity), None, of)
        tally.see("active_users_with_seconds", day, person(identity), None, of)


def _accounts(world: World, tally: Tally, sessions: list[Session], person: Person, market: Market, home: str) -> None:
    """Accounts of the list from its first day on, before it (and on other sites) the sign-ups that sessions show."""
    key_uses: dict[Identity, list[int]] = {}
    for use in world.lists.uses:
        if not world.settings.app.key_features or use.feature in world.settings.app.key_features:
            key_uses.setdefault(person(user_identity(use)), []).append(micros(use.at))

    def is_activated(who: Identity, created_at: int) -> bool:
        until = created_at + _ACTIVATED_WITHIN // dt.timedelta(microseconds=1)
        return any(created_at <= at <= until for at in key_uses.get(who, []))

    # up to the last night the app's files tell of every day from the first use on
    used_from = min((_local(world, use.at) for use in world.lists.uses), default=dt.date.max)

    def is_usage_told(created_on: dt.date) -> bool:
        return used_from <= created_on + _ACTIVATED_WITHIN

    # from its first day on the list, and not the site's events, says who signed up on the main site
    listed_from = min((login.created_at.astimezone(world.settings.zone).date() for login in world.lists.logins),
                      default=dt.date.max)  # fmt: skip
    visits: dict[Identity, list[Session]] = {}
    for session in sessions:
        visits.setdefault(session.person, []).append(session)
        if session.day >= listed_from and (session.events[0].host or company.SITE) == company.SITE:
            continue
        for at in session.times(world.settings.events.signup):
            place = (session.channel, session.market)
            tally.add("signups", session.day, 1, *place)
            tally.add("activated_accounts", session.day, is_activated(session.person, at), *place)
            tally.add("signups_with_usage", session.day, is_usage_told(session.day), *place)
    for login in world.lists.logins:
        who = person(user_identity(login))
        day, created_at = login.created_at.astimezone(world.settings.zone).date(), micros(login.created_at)
        before = bisect_right([session.start for session in visits.get(who, [])], created_at)
        session_of = visits[who][before - 1] if before else None
        if session_of is not None and session_of.day == day:
            place = (session_of.channel, session_of.market)
        else:
            place = ("other", market(user_identity(login), home))
        tally.add("signups", day, 1, *place)
        tally.add("activated_accounts", day, is_activated(who, created_at), *place)
        tally.add("signups_with_usage", day, is_usage_told(day), *place)
        tally.add("signups_with_profile", day, 1, *place)
        completed = login.completed_on is not None and login.completed_on <= day + _COMPLETED_WITHIN
        tally.add("profiles_completed", day, completed, *place)
