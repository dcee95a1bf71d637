"""What customers ask and say: support tickets, satisfaction surveys, reviews, usability tests.

Only what is here happened; how the tools export it stands in `traces_zendesk`, `traces_csat_survey`,
`traces_reviews` and `traces_usability_test`.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal

from raceway.sample.invent.names import invent_email, invent_name
from raceway.sample.world import company
from raceway.sample.world.chance import Chance
from raceway.sample.world.seasons import demand

if TYPE_CHECKING:
    from raceway.sample.world.world import World
from raceway.sample.world.service import (
    FORM_ACCOUNTS,
    CsatAnswer,
    EffortAnswer,
    Form,
    Platform,
    Rating,
    Review,
    Service,
    Ticket,
    TicketAccount,
    UsabilityTask,
)

TICKETS_A_DAY: Final[dict[TicketAccount, float]] = {"vn-help": 7.0, "us-help": 2.5}
ANSWERS_A_DAY: Final[dict[Form, float]] = {
    "typeform": 5.0, "google_forms_vi": 1.2, "survey_monkey": 1.6, "google_forms": 0.8,
}  # fmt: skip
REVIEWS_A_DAY: Final[dict[Platform, float]] = {
    "google_business_profile": 1.2, "trustpilot": 1.8, "judge_me": 2.4, "shopee": 1.5, "app store": 0.4,
}  # fmt: skip
_TASKS: Final = ("Tìm giày chạy size 42", "Đặt hàng bằng COD", "Đổi size", "Dùng mã giảm giá", "Tra đơn hàng")
_GOOD: Final = ("Nhanh, cảm ơn", "Giao nhanh,\nđóng gói đẹp", "Rất hài lòng", "Great service, thank you", "=Tuyệt vời")
_BAD: Final = (
    "Chưa hài lòng về phí ship", 'Nhân viên "rất" chậm, gọi tôi 0900 000 123', "Slow and disappointing",
    "Giao sai size, trả lời qua khach@example.com",
)  # fmt: skip


def halfway(world: World) -> dt.datetime:
    """When the first exports of these tools are taken; the last ones are taken in the night."""
    return world.moment(world.days[len(world.days) // 2], 8)


def invent_service(world: World) -> None:
    """Fills `world.service`."""
    _tickets(world)
    _answers(world)
    _reviews(world)
    _tasks(world)
    _efforts(world)


class _Askers:
    """Who writes in: mostly buyers with an address, soon after they bought."""

    def __init__(self, world: World, chance: Chance) -> None:
        self.chance = chance
        self.strangers = 0
        self.by_country: dict[bool, list[tuple[dt.datetime, str, int]]] = {True: [], False: []}
        for order in world.orders:
            if order.person is not None and order.email is not None and not order.is_test:
                seen = (order.created_at, order.person.email, order.person.number)
                self.by_country[order.person.country == "US"].append(seen)
        for rows in self.by_country.values():
            rows.sort()

    def someone(self, at: dt.datetime, american: bool) -> tuple[str, int]:
        """Address and number of someone who may write at `at`."""
        buyers = self.by_country[american]
        known = buyers[: bisect_left(buyers, at, key=_when)]
        recent = known[bisect_right(known, at - dt.timedelta(days=25), key=_when) :]
        if known and self.chance.hit(0.85):
            _, email, number = self.chance.choice(recent if recent and self.chance.hit(0.7) else known)
            return email, number
        self.strangers += 1
        number = 700_000 + self.strangers
        return invent_email(self.chance, invent_name(self.chance, "US" if american else "VN"), number), number


def _when(row: tuple[dt.datetime, str, int]) -> dt.datetime:
    return row[0]


def _tickets(world: World) -> None:
    chance = Chance(world.seed, "tickets")
    replies = Chance(world.seed, "tickets/replies")
    askers = _Askers(world, chance)
    service = world.service
    for day in world.days:
        for account, mean in TICKETS_A_DAY.items():
            for _ in range(chance.count(mean * world.scale * demand(day), 12)):
                opened_at = world.moment(day, chance.randrange(24), chance.randrange(60))
                opened_at += dt.timedelta(seconds=chance.randrange(60))
                ticket = _ticket(world, chance, askers, account, opened_at)
                service.tickets.append(replace(ticket, replies=1 + replies.poisson(0.4)))
    staff = world.moment(world.days[len(world.days) // 3], 9, 30)
    service.tickets.append(
        Ticket("vn-help", _number(service), staff, 396_331_000_001, company.STAFF_EMAIL, "email",
               staff + dt.timedelta(minutes=5), staff + dt.timedelta(minutes=50))
    )  # fmt: skip
    service.tickets.sort(key=lambda ticket: (ticket.opened_at, ticket.number))


def _number(service: Service) -> int:
    return 15_000 + 3 * len(service.tickets)


def _ticket(world: World, chance: Chance, askers: _Askers, account: TicketAccount, at: dt.datetime) -> Ticket:
    email, person = askers.someone(at, account == "us-help")
    channel: Literal["email", "web", "chat"] = chance.choices(("email", "web", "chat"), (60, 28, 12))[0]
    requester = 396_331_100_000 + person
    address: str | None = email
    if channel == "chat" and chance.hit(0.7):  # nobody knows who it was
        requester, address = 396_332_000_000 + _number(world.service), None

    def known(moment: dt.datetime | None) -> dt.datetime | None:
        return moment if moment is not None and moment < world.closing else None

    def later(moment: dt.datetime, least: float, mean: float) -> dt.datetime:
        return moment + dt.timedelta(seconds=int(60 * (least + chance.expovariate(1 / mean))))

    replied_at = known(later(at, 2, 180)) if chance.hit(0.95) else None
    solved_at = known(later(replied_at, 5, 1500)) if replied_at is not None and chance.hit(0.93) else None
    deleted_at = known(later(at, 1, 60)) if chance.hit(0.02) else None
    merged_at = known(later(at, 1, 90)) if deleted_at is None and chance.hit(0.03) else None
    reopened_at = offered_at = rated_at = None
    rating: Rating = ""
    comment = ""
    if solved_at is not None and chance.hit(0.04):
        reopened_at = known(later(solved_at, 30, 900))
    elif solved_at is not None and chance.hit(0.85):
        offered_at = known(solved_at + dt.timedelta(days=1))
        # the answer comes days after the solution, now and then after the ticket was closed
        rated_at = known(later(offered_at, 5, 2200)) if offered_at is not None and chance.hit(0.5) else None
        if rated_at is not None:
            rating = "good" if chance.hit(0.82) else "bad"
            comment = chance.choice(_GOOD if rating == "good" else _BAD) if chance.hit(0.4) else ""
    return Ticket(
        account, _number(world.service), at, requester, address, channel, replied_at, solved_at, reopened_at,
        offered_at, rated_at, rating, comment, deleted_at, merged_at,
    )  # fmt: skip


def _answers(world: World) -> None:
    chance = Chance(world.seed, "csat")
    askers = _Askers(world, chance)
    answers = world.service.answers
    for day in world.days:
        for form, mean in ANSWERS_A_DAY.items():
            for _ in range(chance.count(mean * world.scale * demand(day), 15)):
                at = world.moment(day, chance.randrange(7, 23), chance.randrange(59))
                at += dt.timedelta(seconds=chance.randrange(60))
                answers.append(_answer(world, chance, askers, form, at))
                if form.startswith("google_forms") and chance.hit(0.04):  # two phones, one second, no address
                    twin = _answer(world, chance, askers, form, at)
                    answers.append(
                        CsatAnswer(form, twin.id, twin.started_at, answers[-1].submitted_at, twin.score, "", None)
                    )
    answers.sort(key=lambda answer: (answer.started_at, answer.id))


def _answer(world: World, chance: Chance, askers: _Askers, form: Form, at: dt.datetime) -> CsatAnswer:
    email = askers.someone(at, FORM_ACCOUNTS[form] == "us-store")[0] if chance.hit(0.6) else None
    score: int | None = chance.choices((1, 2, 3, 4, 5), (4, 6, 12, 38, 40))[0]
    comment = chance.choice(_GOOD if score is not None and score > 3 else _BAD) if chance.hit(0.3) else ""
    submitted_at: dt.datetime | None = at + dt.timedelta(seconds=chance.randrange(20, 55))
    if not form.startswith("google_forms"):
        if chance.hit(0.06):
            score, comment = None, ""  # skipped: no rating
        if chance.hit(0.08):
            submitted_at = None  # left before the end; a rating that was given counts
        elif chance.hit(0.05):
            resumed = at + dt.timedelta(hours=chance.randrange(20, 40))  # taken up again a day later
            submitted_at = resumed if resumed < world.closing else None
    return CsatAnswer(form, chance.token(20), at, submitted_at, score, comment, email)


def _reviews(world: World) -> None:
    chance = Chance(world.seed, "reviews")
    answers = Chance(world.seed, "reviews/answers")
    askers = _Askers(world, chance)
    reviews = world.service.reviews
    half = halfway(world)
    for day in world.days:
        for platform, mean in REVIEWS_A_DAY.items():
            for _ in range(chance.count(mean * world.scale * demand(day), 15)):
                at = world.moment(day, chance.randrange(7, 23), chance.randrange(59))
                review = _review(world, chance, askers, platform, at, half)
                answered = review.at + dt.timedelta(seconds=int(answers.expovariate(1 / 90_000)) + 600)
                has_answer = answers.hit(0.55) and answered < world.closing
                reviews.append(replace(review, replied_at=answered if has_answer else None))
                if platform == "judge_me" and chance.hit(0.02):  # sent twice in one second
                    first = reviews[-1]
                    reviews.append(
                        Review(platform, chance.token(12), first.at, first.stars, "", first.email, 5, first.product)
                    )
    reviews.sort(key=lambda review: (review.at, review.id))


def _review(
    world: World, chance: Chance, askers: _Askers, platform: Platform, at: dt.datetime, half: dt.datetime
) -> Review:
    at += dt.timedelta(seconds=chance.randrange(60))
    scale = 10 if platform == "app store" else 5
    stars: int | None = chance.choices((1, 2, 3, 4, 5), (5, 5, 9, 28, 53))[0]
    good = stars is not None and stars > 3
    if scale == 10 and stars is not None:
        stars = 2 * stars - chance.randrange(2)
    comment = chance.choice(_GOOD if good else _BAD) if chance.hit(0.7) else ""
    email = askers.someone(at, False)[0] if platform in ("trustpilot", "judge_me") and chance.hit(0.8) else None
    if platform == "google_business_profile":
        if chance.hit(0.02):
            stars = None
        # what is removed between the two exports is gone from the second
        removed_at = half + dt.timedelta(days=1) if at < half and chance.hit(0.06) else None
        return Review(platform, chance.token(24), at, stars, comment, removed_at=removed_at)
    edited_at = before = None
    if platform == "trustpilot" and at < half and chance.hit(0.08):
        edited_at, before = half + dt.timedelta(hours=chance.randrange(2, 40)), stars
        stars = chance.choice((1, 5))
    if edited_at is not None and edited_at >= world.closing:
        edited_at, stars, before = None, before, None
    product = chance.choice(company.PRODUCTS).sku if platform == "judge_me" else ""
    return Review(
        platform, chance.token(16), at, stars, comment, email, scale, product,
        platform == "judge_me" and chance.hit(0.03), edited_at, before,
    )  # fmt: skip


def _tasks(world: World) -> None:
    """A round of tests every few days; participants are numbered anew in each."""
    chance = Chance(world.seed, "usability")
    half = halfway(world).astimezone(world.settings.zone).date()
    for number, day in enumerate(world.days[2::4], start=1):
        tasks = chance.sample(_TASKS, chance.randrange(2, len(_TASKS) + 1))
        for person in range(1, chance.randrange(3, 11)):
            for task in tasks:
                is_success = chance.hit(0.78)
                errors = chance.poisson(0.4 if is_success else 1.8)
                wrong = errors + 1 if day < half and chance.hit(0.05) else None
                world.service.tasks.append(
                    UsabilityTask(
                        f"Vòng {number}", f"P{person:02d}", task, day, is_success, errors,
                        int(chance.gammavariate(3, 180)) + 40, wrong,
                    )
                )  # fmt: skip


def _efforts(world: World) -> None:
    """Whoever's ticket was solved is asked how easy it was; one in four answers within a day."""
    chance = Chance(world.seed, "efforts")
    for ticket in world.service.tickets:
        if ticket.solved_at is None or ticket.account != "vn-help" or not chance.hit(0.25):
            continue
        at = ticket.solved_at + dt.timedelta(seconds=chance.randrange(60, 80_000))
        score = chance.choices((1, 2, 3, 4, 5, 6, 7), (3, 4, 6, 12, 22, 30, 23))[0]
        email = ticket.email if ticket.email != company.STAFF_EMAIL else None
        if at < world.closing:
            world.service.efforts.append(EffortAnswer(chance.token(12), at, score, email))
