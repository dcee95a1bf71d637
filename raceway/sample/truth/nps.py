"""The truth about the question whether people would recommend the company."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from raceway.sample.truth.tally import Tally
from raceway.sample.world.world import World

Market = Callable[[str | None, str], str]
"""Gives the market of whoever has an address, else the account's."""


def count_survey(world: World, tally: Tally, market_of: Market, praise: Callable[[str, dt.date], None]) -> None:
    """Answers, promoters and detractors by the answer's day; invitations, and those answered within 30 days.

    `praise` hears the address and day of every promoter.
    """
    account = world.accounts["nps", "vn-shop"]
    by_id = {invitation.id: invitation for invitation in world.invitations}
    answered: dict[str, list[dt.datetime]] = {}
    for answer in world.answers:
        if answer.score is None:
            continue
        invitation = by_id[answer.invitation] if answer.invitation is not None else None
        if invitation is None and answer.email is not None:
            sent = [i for i in world.invitations if i.email == answer.email and i.sent_at <= answer.at]
            invitation = max(sent, key=lambda i: i.sent_at, default=None)
        if invitation is not None:
            answered.setdefault(invitation.id, []).append(answer.at)
        day = answer.at.astimezone(account.zone).date()
        email = answer.email or (invitation.email if invitation is not None else None)
        market = market_of(email, account.market)
        if email is not None and answer.score >= 9:
            praise(email, day)
        tally.add("nps_responses", day, 1, None, market)
        tally.add("nps_promoters", day, answer.score >= 9, None, market)
        tally.add("nps_detractors", day, answer.score <= 6, None, market)
    for invitation in world.invitations:
        day = invitation.sent_at.astimezone(account.zone).date()
        market = market_of(invitation.email, account.market)
        soon = any(at - invitation.sent_at <= dt.timedelta(days=30) for at in answered.get(invitation.id, []))
        tally.add("nps_invited", day, 1, None, market)
        tally.add("nps_answered_invited", day, soon, None, market)
