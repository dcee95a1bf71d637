"""The truth about tickets, satisfaction, reviews and usability tests, from what was invented."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from raceway.sample.invent.service import halfway
from raceway.sample.truth.identities import Identity
from raceway.sample.truth.lists import user_identity
from raceway.sample.truth.sessions import Session
from raceway.sample.truth.tally import Tally
from raceway.sample.world import company
from raceway.sample.world.service import EFFORT_ACCOUNT, FORM_ACCOUNTS, REVIEW_ACCOUNTS, Ticket
from raceway.sample.world.world import World

_ONBOARDING: Final = dt.timedelta(days=30)

MarketOf = Callable[[str | None, str], str]
BeginningsOf = Callable[[str], list[dt.date]]


def first_sign_ups(
    world: World, sessions: list[Session], person: Callable[[Identity], Identity]
) -> dict[Identity, dt.date]:  # fmt: skip
    """The business day on which each person first made an account: by the list from its first day on, for the main
    site, else by the sign-ups that sessions show."""
    zone = world.settings.zone
    created = [(person(user_identity(login)), login.created_at.astimezone(zone).date()) for login in world.lists.logins]
    listed_from = min((day for _, day in created), default=dt.date.max)
    for session in sessions:
        is_listed = session.day >= listed_from and (session.events[0].host or company.SITE) == company.SITE
        if not is_listed and session.times(world.settings.events.signup):
            created.append((session.person, session.day))
    first: dict[Identity, dt.date] = {}
    for who, day in created:
        first[who] = min(day, first.get(who, day))
    return first


def count_service(world: World, tally: Tally, market_of: MarketOf, beginnings_of: BeginningsOf) -> None:
    """Adds every measure of `world.service` to `tally`.

    `market_of` gives the market of whoever has an address, else the given one; `beginnings_of` the days on which
    whoever has it first ordered and first signed up.
    """
    for ticket in world.service.tickets:
        if ticket.deleted_at is None and ticket.merged_at is None and ticket.email != company.STAFF_EMAIL:
            _ticket(world, tally, ticket, market_of, beginnings_of)
    for answer in world.service.answers:
        if answer.score is not None:
            account = world.accounts["csat_survey", FORM_ACCOUNTS[answer.form]]
            day = (answer.submitted_at or answer.started_at).astimezone(account.zone).date()
            market = market_of(answer.email, account.market)
            tally.add("csat_responses", day, 1, None, market)
            tally.add("csat_satisfied", day, answer.score >= 4, None, market)
    for effort in world.service.efforts:
        account = world.accounts["answers_file", EFFORT_ACCOUNT]
        day = effort.at.astimezone(account.zone).date()
        tally.add("effort_responses", day, 1, None, market_of(effort.email, account.market))
        tally.add("effort_scores", day, effort.score, None, market_of(effort.email, account.market))
    for review in world.service.reviews:
        if review.stars is not None and not review.is_spam and review.removed_at is None:
            account = world.accounts["reviews", REVIEW_ACCOUNTS[review.platform]]
            day = review.at.astimezone(account.zone).date()
            stars = Decimal(review.stars) * 5 / review.scale
            tally.add("reviews", day, 1, None, account.market)
            tally.add("review_stars", day, stars, None, account.market)
            tally.add("positive_reviews", day, stars >= 4, None, account.market)
            if review.platform not in ("shopee", "app store"):  # whose file tells no answers
                tally.add("reviews_with_answers_told", day, 1, None, account.market)
                tally.add("reviews_answered", day, review.replied_at is not None, None, account.market)
                if review.replied_at is not None and review.replied_at >= review.at:
                    seconds = (review.replied_at - review.at) // dt.timedelta(seconds=1)
                    hours = (Decimal(seconds) / 3600).quantize(Decimal("0.000001"), ROUND_HALF_UP)
                    tally.look("review_response_time", day, hours, None, account.market)
    for task in world.service.tasks:
        tally.add("usability_tasks", task.day, 1)
        tally.add("usability_errors", task.day, task.errors)
        tally.add("usability_tasks_with_errors", task.day, 1)
        if task.is_success:
            tally.add("usability_successes", task.day, 1)
            tally.add("usability_seconds", task.day, Decimal(task.tenths) / 10)
            tally.add("usability_successes_with_seconds", task.day, 1)


def _ticket(
    world: World, tally: Tally, ticket: Ticket, market_of: MarketOf, beginnings_of: BeginningsOf
) -> None:  # fmt: skip
    account = world.accounts["zendesk", ticket.account]
    market = market_of(ticket.email, account.market)
    opened_on = ticket.opened_at.astimezone(account.zone).date()
    tally.add("tickets_opened", opened_on, 1, None, market)
    if ticket.replied_at is not None:
        tally.add("tickets_replied", opened_on, 1, None, market)
        tally.add("first_response_minutes", opened_on, _minutes(ticket, ticket.replied_at), None, market)
    target = dt.timedelta(minutes=world.settings.support.first_reply_minutes)
    due_on = (ticket.opened_at + target).astimezone(account.zone).date()
    if ticket.replied_at is not None or due_on <= world.last:  # else the target still runs
        in_time = ticket.replied_at is not None and _minutes(ticket, ticket.replied_at) * 60 <= target.total_seconds()
        tally.add("tickets_reply_due", opened_on, 1, None, market)
        tally.add("tickets_replied_in_time", opened_on, in_time, None, market)
    if ticket.solved_at is not None:
        last_solved_on = ticket.solved_at.astimezone(account.zone).date()
        tally.add("tickets_solved_with_reopens", last_solved_on, 1, None, market)
        tally.add("tickets_reopened", last_solved_on, ticket.reopened_at is not None, None, market)
    if ticket.solved_at is not None and ticket.reopened_at is None:
        solved_on = ticket.solved_at.astimezone(account.zone).date()
        tally.add("tickets_resolved", solved_on, 1, None, market)
        tally.add("tickets_resolved_with_contacts", solved_on, 1, None, market)
        tally.add("tickets_resolved_first_contact", solved_on, ticket.replies <= 1, None, market)
        tally.add("resolution_minutes", solved_on, _minutes(ticket, ticket.solved_at), None, market)
    if ticket.rated_at is not None:
        # no export says when: the ticket's last change in the first one that shows the rating does
        shown_at = next(moment for moment in (halfway(world), world.night) if moment >= ticket.rated_at)
        rated_on = ticket.updated_at(shown_at).astimezone(account.zone).date()
        tally.add("csat_responses", rated_on, 1, None, market)
        tally.add("csat_satisfied", rated_on, ticket.rating == "good", None, market)
    beginnings = beginnings_of(ticket.email) if ticket.email is not None else []
    is_onboarding = any(day <= opened_on <= day + _ONBOARDING for day in beginnings)
    tally.add("onboarding_tickets", opened_on, is_onboarding, None, market)


def _minutes(ticket: Ticket, moment: dt.datetime) -> int:
    return (moment - ticket.opened_at) // dt.timedelta(minutes=1)


def hear_good_reviews(world: World, praise: Callable[[str, dt.date], None]) -> None:
    """Tells `praise` the address and day of every kept review of at least four stars of five."""
    for review in world.service.reviews:
        if review.stars is None or review.is_spam or review.removed_at is not None or review.email is None:
            continue
        if Fraction(review.stars * 5, review.scale) >= 4:
            account = world.accounts["reviews", REVIEW_ACCOUNTS[review.platform]]
            praise(review.email, review.at.astimezone(account.zone).date())
