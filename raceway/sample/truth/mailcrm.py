"""What the e-mail tools and the CRMs of the invented world must show, by the words of `measures.csv`."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from raceway.sample.truth.tally import Tally
from raceway.sample.world.mailcrm import ACCOUNTS, ListContact
from raceway.sample.world.periods import LONG_PERIODS, PERIODS
from raceway.sample.world.trade import ACCOUNTS as TRADE
from raceway.sample.world.world import World

_ACTIVE_DAYS: Final = 90  # of a subscriber after an open or a click
_DAY: Final = dt.timedelta(days=1)

# first day in a state and first day out of it
Stretch = tuple[dt.date, dt.date]
# of an address in a market
Stretches = dict[tuple[str, str], list[Stretch]]


def count_mail(world: World, tally: Tally) -> None:
    """Mailings and subscribers of all tools."""
    _count_mailings(world, tally)
    letters, of_tools = _letter_readers(world), _contacts(world)
    told = _told(world, of_tools)
    _count_states(world, tally, "subscribers", _everywhere(_joined(letters, *of_tools.values())), PERIODS)
    _count_growth(world, tally, {"mailchimp": letters, **of_tools})
    _count_states(world, tally, "subscribers_with_activity", _everywhere(told), LONG_PERIODS)
    _count_states(world, tally, "active_subscribers", _everywhere(_active(world, told)), LONG_PERIODS)


def _count_mailings(world: World, tally: Tally) -> None:
    account = world.accounts["mailchimp", "vn-list"]
    for mailing in world.mailings:
        day = mailing.sent_at.astimezone(account.zone).date()
        results = (mailing.delivered, mailing.opens, mailing.clicks, mailing.forwards, mailing.unsubscribes)
        _count_mailing(tally, day, account.market, *results)
        bounces = mailing.soft_bounces + mailing.hard_bounces
        sold = mailing.revenue if any(one.revenue for one in world.mailings) else None
        _count_delivery(
            tally, day, account.market, mailing.recipients, mailing.delivered, bounces, mailing.complaints, sold
        )
    for sent in world.mailcrm.mailings:
        account = world.accounts[sent.tool, ACCOUNTS[sent.tool]]
        day = sent.sent_at.astimezone(account.zone).date()
        if sent.channel != "Email":
            delivered = sent.recipients - sent.bounces
            _count_message(tally, day, account.market, delivered, None, sent.clicks, sent.unsubscribes)
            continue
        is_marked = sent.tool != "klaviyo"  # whose campaign export tells neither machine opens nor forwards
        opens = sent.opens - (sent.machine_opens if is_marked else 0)
        forwards = sent.forwards if is_marked else None
        delivered = sent.recipients - sent.bounces
        _count_mailing(tally, day, account.market, delivered, opens, sent.clicks, forwards, sent.unsubscribes)
        # GetResponse's file leaves bounces out; Klaviyo's alone has complaints: none
        returned = sent.bounces if sent.tool != "getresponse" else None
        complaints = 0 if sent.tool == "klaviyo" else None
        _count_delivery(tally, day, account.market, sent.recipients, delivered, returned, complaints, None)
    for message in world.trade.messages:
        oa = world.accounts["zalo_oa", TRADE["zalo_oa"]]
        day = message.sent_at.astimezone(oa.zone).date()
        _count_message(tally, day, oa.market, message.delivered, *message.shown(world.night))


def _count_delivery(
    tally: Tally, day: dt.date, market: str, recipients: int, delivered: int, bounces: int | None,
    complaints: int | None, revenue: int | None,
) -> None:  # fmt: skip
    """What became of a mailing's mails. A figure that the tool does not state (None) stands on no side of its rate;
    sales that no mailing of the list ever had are not stated."""
    sides = [("email_sent_with_delivered", recipients), ("email_delivered_with_sent", delivered)]
    if bounces is not None:
        sides += [("email_sent_with_bounces", recipients), ("email_bounces_with_sent", bounces)]
    if complaints is not None:
        sides += [("email_delivered_with_complaints", delivered), ("email_complaints_with_delivered", complaints)]
    if revenue is not None:
        sides += [("email_delivered_with_revenue", delivered), ("email_revenue_with_delivered", revenue)]
    for name, number in sides:
        tally.add(name, day, number, "email", market)


def _count_message(
    tally: Tally, day: dt.date, market: str, delivered: int, reads: int | None, clicks: int, opt_outs: int
) -> None:
    """What came of a chat or text message; a text message tells no reads (None)."""
    sides = [
        ("messages_delivered_with_clicks", delivered), ("message_clicks_with_delivered", clicks),
        ("messages_delivered_with_opt_outs", delivered), ("message_opt_outs_with_delivered", opt_outs),
    ]  # fmt: skip
    if reads is not None:
        sides += [("messages_delivered_with_reads", delivered), ("message_reads_with_delivered", reads)]
    for name, number in sides:
        tally.add(name, day, number, "sms_chat", market)


def _count_growth(world: World, tally: Tally, lists: dict[str, Stretches]) -> None:
    """Subscribers at both ends of a period, of the lists that are known at both: since their first date."""
    began = _first_days(world)
    tools = sorted(began, key=began.__getitem__)
    if not tools:
        return
    counted: dict[tuple[str, ...], dict[str, tuple[list[dt.date], list[int]]]] = {}
    for period in PERIODS:
        start = tally.calendar.start(period, began[tools[0]])
        while start <= world.last:
            end = min(tally.calendar.end(period, start), world.last)
            known = tuple(tool for tool in tools if began[tool] < start)
            if known and known not in counted:
                counted[known] = _members(lists, known)
            if known:
                for measure, day in (("with_start", end), ("at_start_with_end", start - _DAY)):
                    for market, (days, members) in counted[known].items():
                        position = bisect_right(days, day)
                        if position:
                            tally.values[f"subscribers_{measure}", period, start, "all", market] += members[
                                position - 1
                            ]
            start = tally.calendar.end(period, start) + _DAY


def _members(lists: dict[str, Stretches], tools: tuple[str, ...]) -> dict[str, tuple[list[dt.date], list[int]]]:
    """Subscribed addresses of some tools, by market and in all: days of change, and how many from each on."""
    moves: dict[str, list[tuple[dt.date, int]]] = defaultdict(list)
    for market, stretches in _everywhere(_joined(*(lists[tool] for tool in tools if tool in lists))):
        for first, last in _merged(stretches):
            moves[market or "all"] += [(first, 1), (last, -1)]
    return {market: _running(changes) for market, changes in moves.items()}


def _running(changes: list[tuple[dt.date, int]]) -> tuple[list[dt.date], list[int]]:
    """Days of change in order, and how many there are from each on."""
    days: list[dt.date] = []
    members: list[int] = []
    for day, change in sorted(changes):
        days.append(day)
        members.append((members[-1] if members else 0) + change)
    return days, members


def _first_days(world: World) -> dict[str, dt.date]:
    """The first day that the exported contacts of each tool tell of."""
    moments: dict[str, list[dt.datetime]] = defaultdict(list)
    for one in world.subscribers:
        moments["mailchimp"] += [
            at for at in (one.opted_in, one.confirmed, one.unsubscribed, one.cleaned) if at is not None
        ]
    for contact in world.mailcrm.contacts:
        ended = contact.ended if contact.is_end_told else None
        moments[contact.tool] += [at for at in (contact.added, ended) if at is not None]
    zones = {tool: world.accounts[tool, "vn-list" if tool == "mailchimp" else ACCOUNTS[tool]].zone for tool in moments}
    return {tool: min(ats).astimezone(zones[tool]).date() for tool, ats in moments.items() if ats}


def _count_mailing(
    tally: Tally, day: dt.date, market: str, delivered: int, opens: int, clicks: int, forwards: int | None, left: int
) -> None:
    """A mailing's results. All tools state them but forwards (None), which then stand on no side of a rate."""
    for name, value in (
        ("email_delivered", delivered),
        ("email_delivered_with_opens", delivered),
        ("email_delivered_with_clicks", delivered),
        ("email_delivered_with_unsubscribes", delivered),
        ("email_unique_opens", opens),
        ("email_unique_opens_with_delivered", opens),
        ("email_unique_opens_with_clicks", opens),
        ("email_unique_clicks", clicks),
        ("email_unique_clicks_with_delivered", clicks),
        ("email_unique_clicks_with_opens", clicks),
        ("campaign_unsubscribes", left),
        ("campaign_unsubscribes_with_delivered", left),
    ):
        tally.add(name, day, value, "email", market)
    if forwards is not None:
        tally.add("email_forwards", day, forwards, "email", market)
        tally.add("email_forwards_with_delivered", day, forwards, "email", market)
        tally.add("email_delivered_with_forwards", day, delivered, "email", market)


def _letter_readers(world: World) -> Stretches:
    """When each address of Mailchimp's list, which tells no activity, was subscribed."""
    found: Stretches = defaultdict(list)
    account = world.accounts["mailchimp", "vn-list"]
    for subscriber in world.subscribers:
        began, ended = subscriber.confirmed or subscriber.opted_in, subscriber.unsubscribed or subscriber.cleaned
        if began is not None:
            last = dt.date.max if ended is None else ended.astimezone(account.zone).date()
            found[subscriber.email.lower(), account.market].append((began.astimezone(account.zone).date(), last))
    return _real(found)


def _contacts(world: World) -> dict[str, Stretches]:
    """By tool: when each address of the others' lists was subscribed."""
    found: dict[str, Stretches] = {}
    for contact in world.mailcrm.contacts:
        account = world.accounts[contact.tool, ACCOUNTS[contact.tool]]
        if contact.is_subscriber:
            out = _end(world, contact)
            last = dt.date.max if out is None else out.astimezone(account.zone).date()
            of_tool = found.setdefault(contact.tool, defaultdict(list))
            began = contact.added.astimezone(account.zone).date()
            of_tool[contact.email.lower(), account.market].append((began, last))
    return {tool: _real(stretches) for tool, stretches in found.items()}


def _real(found: Stretches) -> Stretches:
    """Without stretches that ended before they began."""
    return {key: [(first, last) for first, last in days if first < last] for key, days in found.items()}


def _joined(*parts: Stretches) -> Stretches:
    found: Stretches = defaultdict(list)
    for part in parts:
        for key, days in part.items():
            found[key] += days
    return found


def _told(world: World, of_tools: dict[str, Stretches]) -> Stretches:
    """From when on each tool's files tell what its subscribers do; the last of them is the night's own."""
    first: dict[str, dt.date] = {}
    for event in world.mailcrm.events:
        day = event.at.astimezone(world.accounts[event.tool, ACCOUNTS[event.tool]].zone).date()
        first[event.tool] = min(day, first.get(event.tool, day))
    return _joined(
        *(
            _real({key: [(max(begun, first[tool]), last) for begun, last in days] for key, days in stretches.items()})
            for tool, stretches in of_tools.items()
            if tool in first
        )
    )


def _end(world: World, contact: ListContact) -> dt.datetime | None:
    """When an address ended: as told, else at the first export that shows it."""
    if contact.ended is None or contact.is_end_told:
        return contact.ended
    exports = (world.moment(world.days[len(world.days) // 2], 8), world.night)
    return next(at for at in exports if at >= contact.ended)


def _active(world: World, subscribed: Stretches) -> Stretches:
    """When each of them was active: a person opened or clicked, in whichever tool, and 90 days are not over."""
    days: dict[str, set[dt.date]] = defaultdict(set)
    for event in world.mailcrm.events:
        if event.kind in ("open", "click") and not event.is_machine:
            zone = world.accounts[event.tool, ACCOUNTS[event.tool]].zone
            days[event.email.lower()].add(event.at.astimezone(zone).date())
    found: Stretches = {}
    for (email, market), stretches in subscribed.items():
        found[email, market] = [
            (max(first, day), min(last, day + _ACTIVE_DAYS * _DAY))
            for first, last in stretches
            for day in days.get(email, ())
            if max(first, day) < min(last, day + _ACTIVE_DAYS * _DAY)
        ]
    return found


def _everywhere(of_markets: Stretches) -> Iterator[tuple[str | None, list[Stretch]]]:
    """The stretches of every address: in each market, and over all of them (None)."""
    of_addresses: dict[str, list[Stretch]] = defaultdict(list)
    for (email, market), stretches in of_markets.items():
        of_addresses[email] += stretches
        yield market, stretches
    for stretches in of_addresses.values():
        yield None, stretches


def _count_states(
    world: World,
    tally: Tally,
    measure: str,
    people: Iterable[tuple[str | None, list[Stretch]]],
    periods: tuple[str, ...],
) -> None:
    """How many are in a state at each period's end and, for subscribers, on the day before it."""
    changes: dict[str | None, dict[dt.date, int]] = defaultdict(lambda: defaultdict(int))
    for market, stretches in people:
        for first, last in _merged(stretches):
            changes[market][first] += 1
            changes[market][last] -= 1
    begun = [day for by_day in changes.values() for day in by_day]
    if not begun:
        return
    for market, by_day in changes.items():
        moves = sorted(by_day.items())
        for period in periods:
            start = tally.calendar.start(period, min(begun))
            while start <= world.last:
                end = tally.calendar.end(period, start)
                read_on = min(end, world.last)
                at_end = sum(change for day, change in moves if day <= read_on)
                before = sum(change for day, change in moves if day < start)
                key = (period, start, "all", market or "all")
                if at_end:
                    tally.values[(measure, *key)] += at_end
                if before and measure == "subscribers":
                    tally.values[("subscribers_at_start", *key)] += before
                start = end + _DAY


def _merged(stretches: list[Stretch]) -> list[Stretch]:
    """Stretches without overlaps."""
    merged: list[Stretch] = []
    for first, last in sorted(stretches):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return merged
