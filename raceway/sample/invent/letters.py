"""Newsletters and surveys: addresses, mailings, invitations, answers."""

from __future__ import annotations

import datetime as dt
from typing import Final

from raceway.sample.invent.names import invent_email, invent_name
from raceway.sample.world.chance import Chance
from raceway.sample.world.seasons import demand
from raceway.sample.world.things import Answer, Invitation, Mailing, Subscriber
from raceway.sample.world.world import World

_SUBSCRIBERS: Final = 2600
_TOPICS: Final = (
    "Bộ sưu tập mới",
    "Ưu đãi cuối tuần",
    "Chăm sóc giày mùa mưa",
    "Chuyện làng nghề",
    "Chạy bộ cùng Sông Hồng",
)


def invent_letters(world: World) -> None:
    """Fills `world.subscribers` and `world.mailings`."""
    _subscribers(world)
    _mailings(world)


def _subscribers(world: World) -> None:
    chance = Chance(world.seed, "subscribers")
    emails = [(person.email, person.name) for person in world.persons if chance.hit(0.18)]
    while len(emails) < _SUBSCRIBERS * world.scale:
        name = invent_name(chance, "VN")
        emails.append((invent_email(chance, name, 100_000 + len(emails)), name))
    span = len(world.order_days)
    for number, (email, name) in enumerate(emails):
        # The list grows faster towards today; its first address stands at the very beginning.
        day = world.order_days[0 if number == 0 else min(span - 1, int(span * chance.random() ** 0.8))]
        opted_in = world.moment(day, chance.randrange(24), chance.randrange(60))
        confirmed = (
            opted_in
            if number == 0 or chance.hit(0.2)
            else opted_in + dt.timedelta(seconds=chance.randrange(20, 40_000))
        )
        subscriber = Subscriber(email, name, opted_in, None if chance.hit(0.1) else confirmed)
        left = (subscriber.confirmed or opted_in) + dt.timedelta(seconds=int(chance.uniform(1, 300) * 86_400))
        if chance.hit(0.22) and left < world.closing:
            if chance.hit(0.8):
                subscriber.unsubscribed = left
            else:
                subscriber.cleaned = left
        elif chance.hit(0.03):
            subscriber.opted_in = subscriber.confirmed = None  # a buyer who never subscribed
        if (subscriber.confirmed or opted_in) < world.closing:
            world.subscribers.append(subscriber)


def _mailings(world: World) -> None:
    """Two newsletters a week, Tuesday and Friday."""
    chance = Chance(world.seed, "mailings")
    sales = Chance(world.seed, "mailings/sales")
    for day in world.days:
        if day.weekday() not in (1, 4):
            continue
        sent_at = world.moment(day, 9, 12)
        recipients = sum(
            1
            for subscriber in world.subscribers
            if subscriber.opted_in is not None and (subscriber.confirmed or subscriber.opted_in) < sent_at
            and (subscriber.unsubscribed or subscriber.cleaned or world.closing) > sent_at
        )  # fmt: skip
        hard, soft = chance.poisson(recipients * 0.002), chance.poisson(recipients * 0.006)
        delivered = max(recipients - hard - soft, 0)
        opens = min(delivered, chance.count(delivered * 0.27 * min(demand(day), 1.3), 40))
        clicks = min(opens, chance.count(opens * 0.16, 20))
        title = f"{_TOPICS[len(world.mailings) % len(_TOPICS)]} {day:%d/%m}"
        world.mailings.append(
            Mailing(
                chance.token(10).lower(), title, f"{title}, giao nhanh 2h", sent_at, recipients, soft, hard, opens,
                opens + chance.poisson(opens * 0.4), clicks, clicks + chance.poisson(clicks * 0.3),
                min(opens, chance.count(4 + delivered * 0.006, 6)), chance.poisson(2 + delivered * 0.006),
                chance.poisson(0.2), chance.uniform(0.8, 0.97), 350_000 * sales.poisson(1 + clicks * 0.06),
            )
        )  # fmt: skip


def invent_survey(world: World) -> None:
    """Fills `world.invitations` and `world.answers`: some late, some partial, some without an invitation."""
    chance = Chance(world.seed, "survey")
    for order in world.orders:
        sent_at = order.created_at + dt.timedelta(days=4, seconds=chance.randrange(20_000))
        asks = order.email is not None and not order.is_test and order.cancelled_at is None and chance.hit(0.8)
        if not asks or order.email is None or sent_at.astimezone(world.settings.zone).date() < world.first:
            continue
        if sent_at >= world.closing:
            continue
        number = len(world.invitations) + 1
        world.invitations.append(Invitation(f"inv-{number:05d}", sent_at, order.email, order.name))
        if chance.hit(0.45):
            _answer(world, chance, world.invitations[-1])
    for day in world.days:
        if chance.hit(0.25):  # a link on the packing slip: nobody knows whose answer it is
            at = world.moment(day, chance.randrange(8, 22), chance.randrange(60))
            world.answers.append(Answer(chance.token(20), at, _score(chance), "", False, None, None))
    world.answers.sort(key=lambda answer: (answer.at, answer.id))


def _answer(world: World, chance: Chance, invitation: Invitation) -> None:
    days = chance.uniform(30.2, 40) if chance.hit(0.06) else min(chance.expovariate(1 / 3), 29)
    at = invitation.sent_at + dt.timedelta(seconds=int(days * 86_400) + 60)
    if at >= world.closing:
        return
    told = chance.choices(("invitation", "email", "both"), (80, 8, 12))[0]
    is_partial = chance.hit(0.08)
    comment = chance.choice(_COMMENTS) if chance.hit(0.4) and not is_partial else ""
    world.answers.append(
        Answer(
            chance.token(20), at, None if chance.hit(0.04) else _score(chance), comment, is_partial,
            invitation.id if told != "email" else None, invitation.email if told != "invitation" else None,
        )
    )  # fmt: skip
    if chance.hit(0.01):
        again = at + dt.timedelta(hours=2)  # answered twice: two answers, one invitation answered
        if again < world.closing:
            world.answers.append(Answer(chance.token(20), again, _score(chance), "", False, invitation.id, None))


_COMMENTS: Final = (
    "Giao nhanh,\nđóng gói đẹp",
    "Giày hơi chật, đổi size dễ",
    "=Tốt",
    'Nhân viên "rất" nhiệt tình, nhờ trả lời qua lan@example.com',
    "Chưa hài lòng về phí ship, gọi tôi 0912 345 678",
)


def _score(chance: Chance) -> int:
    return chance.choices(range(11), (3, 1, 2, 3, 4, 8, 9, 14, 20, 24, 22))[0]
