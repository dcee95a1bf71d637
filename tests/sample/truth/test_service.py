"""The oracle of tickets, satisfaction, reviews and usability tests, on a few things put into an empty world."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from raceway.sample.invent.service import halfway
from raceway.sample.truth.truth import measures
from raceway.sample.world.service import CsatAnswer, Review, Ticket, UsabilityTask
from tests.sample.hand_made import at, device, event, order, world
from tests.sample.truth.test_truth import MARCH, day, value


def ticket(number: int, opened: str, **more: object) -> Ticket:
    """A ticket of the Vietnamese help desk that an address stands on."""
    told: dict[str, object] = {"email": "an@example.com", "replied_at": None, "solved_at": None} | more
    return Ticket("vn-help", number, at(opened), 1, channel="email", **told)  # type: ignore[arg-type]  # spelled out by the tests


def test_minutes_count_from_opening_and_resolution_has_a_day_of_its_own() -> None:
    place = world()
    place.service.tickets = [
        ticket(1, "03-02 23:50", replied_at=at("03-03 00:20"), solved_at=at("03-04 23:50")),
        ticket(2, "03-02 10:00"),
        ticket(
            3, "03-02 10:00", replied_at=at("03-02 11:00"), solved_at=at("03-02 12:00"), reopened_at=at("03-03 12:00")
        ),
    ]
    found = measures(place)
    assert [value(found, "tickets_opened", "day", day(n)) for n in (2, 3)] == [3, 0]
    assert (value(found, "tickets_replied"), value(found, "first_response_minutes")) == (2, 30 + 60)
    assert [value(found, "tickets_resolved", "day", day(n)) for n in (2, 4)] == [0, 1]
    assert value(found, "resolution_minutes") == 48 * 60


def test_deleted_merged_and_staff_tickets_are_none() -> None:
    place = world()
    place.service.tickets = [
        ticket(1, "03-02 10:00", deleted_at=at("03-02 11:00")),
        ticket(2, "03-02 10:00", merged_at=at("03-02 11:00")),
        ticket(3, "03-02 10:00", email="qa.team@example.com"),
    ]
    assert value(measures(place), "tickets_opened") == 0


def test_a_rating_is_dated_by_the_last_change_of_the_first_export_that_shows_it() -> None:
    place = world()
    assert halfway(place) == at("03-16 08:00")
    solved, offered = at("03-10 10:00"), at("03-11 10:00")
    place.service.tickets = [
        # rated on the 12th, closed on the 14th: the first export sees the closing
        ticket(1, "03-09 10:00", replied_at=solved, solved_at=solved, offered_at=offered, rated_at=at("03-12 10:00"),
               rating="good"),
        # rated on the 15th, after it was closed
        ticket(2, "03-09 10:00", replied_at=solved, solved_at=solved, offered_at=offered, rated_at=at("03-15 10:00"),
               rating="bad"),
        ticket(3, "03-09 10:00", replied_at=solved, solved_at=solved, offered_at=offered),
    ]  # fmt: skip
    found = measures(place)
    assert [value(found, "csat_responses", "day", day(n)) for n in (12, 14, 15)] == [0, 1, 1]
    assert (value(found, "csat_responses"), value(found, "csat_satisfied")) == (2, 1)


def test_thirty_days_after_the_first_order_or_the_sign_up_a_customer_is_new_here() -> None:
    place, phone = world(), device()
    place.orders, place.order_exports = [order("#1", "03-02 10:00", email="an@example.com")], [place.night]
    place.orders[0].created_at -= dt.timedelta(days=27)
    place.events = [
        event(phone, "03-05 10:00", "sign_up", user_id="U1"),
        event(phone, "03-05 10:01", "purchase", user_id="U1", transaction="#2"),
    ]
    place.orders.append(order("#2", "03-05 10:01", email="binh@example.com"))
    place.service.tickets = [
        ticket(1, "03-05 23:59"),
        ticket(2, "03-06 00:00"),
        ticket(3, "03-29 10:00", email="Binh@example.com"),
        ticket(4, "03-05 10:00", email="stranger@example.com"),
        ticket(5, "03-05 10:00", email=None),
    ]
    found = measures(place)
    # the first order was on 3 February: 30 days later it is 5 March
    assert [value(found, "onboarding_tickets", "day", day(n)) for n in (5, 6, 29)] == [1, 0, 1]
    assert value(found, "onboarding_tickets") == 2


def test_four_and_five_are_satisfied_and_a_response_that_was_left_counts_from_its_beginning() -> None:
    place = world()
    place.service.answers = [
        CsatAnswer("typeform", "a", at("03-02 23:59"), at("03-03 00:01"), 4, "", None),
        CsatAnswer("typeform", "b", at("03-02 23:59"), None, 3, "", None),
        CsatAnswer("typeform", "c", at("03-02 23:59"), at("03-02 23:59"), None, "", None),
        CsatAnswer("survey_monkey", "d", at("03-03 10:00"), at("03-03 10:01"), 5, "", None),  # the evening before there
    ]
    found = measures(place)
    assert [value(found, "csat_responses", "day", day(n)) for n in (2, 3)] == [2, 1]
    assert value(found, "csat_satisfied") == 2
    assert value(found, "csat_responses", "month", MARCH, "all", "US") == 1


def test_reviews_without_stars_spam_and_removed_ones_are_none_and_scales_become_five() -> None:
    place = world()
    place.service.reviews = [
        Review("app store", "a", at("03-02 10:00"), 7, "", scale=10),
        Review("app store", "b", at("03-02 10:00"), 8, "", scale=10),
        Review("trustpilot", "c", at("03-02 10:00"), 1, "", edited_at=at("03-20 10:00"), stars_before=5),
        Review("judge_me", "d", at("03-02 10:00"), 5, "", is_spam=True),
        Review("google_business_profile", "e", at("03-02 10:00"), None, ""),
        Review("google_business_profile", "f", at("03-02 10:00"), 5, "", removed_at=at("03-17 08:00")),
    ]
    found = measures(place)
    assert (value(found, "reviews"), value(found, "positive_reviews")) == (3, 1)
    assert value(found, "review_stars") == Decimal("8.5")


def test_a_review_waits_for_its_answer_in_hours_to_the_second() -> None:
    place = world()
    place.service.reviews = [
        Review("trustpilot", "a", at("03-02 10:00"), 5, "", replied_at=at("03-02 12:00")),
        Review("trustpilot", "b", at("03-02 10:00"), 5, "", replied_at=at("03-03 10:00") + dt.timedelta(seconds=36)),
        Review("trustpilot", "c", at("03-02 10:00"), 5, ""),
        Review("trustpilot", "d", at("03-02 10:00"), 5, "", is_spam=True, replied_at=at("03-02 10:01")),
    ]
    found = measures(place)
    # 2 and 24.01 hours
    assert value(found, "review_response_time") == Decimal("13.005")
    assert ("review_response_time", "day", day(3), "all", "all") not in found


def test_a_web_vital_counts_once_a_load_by_its_last_value() -> None:
    place = world()
    phone = device()
    told = [("LCP", "a", 1000.0), ("INP", "a", 40.0), ("INP", "a", 90.0), ("LCP", "b", 2000.0), ("CLS", "b", 0.05)]
    place.events = [event(phone, "03-02 10:00")]
    for second, (name, load, measured) in enumerate(told, start=1):
        told_then = event(phone, "03-02 10:00", name, later=second * 1_000_000)
        told_then.measurement = (f"v4-{load}-{name}", measured)
        place.events.append(told_then)
    found = measures(place)
    # three quarters of the way from 1,000 to 2,000
    assert [value(found, f"{name}_p75") for name in ("lcp", "inp", "cls")] == [1750, 90, Decimal("0.05")]


def test_only_completed_tasks_have_a_time() -> None:
    place = world()
    place.service.tasks = [
        UsabilityTask("t", "P1", "x", day(3), True, 0, 415),
        UsabilityTask("t", "P1", "y", day(3), False, 2, 1200, errors_before=3),
    ]
    found = measures(place)
    names = ("usability_tasks", "usability_successes", "usability_errors", "usability_seconds")
    assert [value(found, name, "day", day(3)) for name in names] == [2, 1, 2, Decimal("41.5")]


def test_who_was_answered_in_time_and_who_took_one_contact() -> None:
    place = world()
    place.service.tickets = [
        ticket(1, "03-02 10:00", replied_at=at("03-03 10:00"), solved_at=at("03-03 11:00")),
        ticket(2, "03-02 10:00", replied_at=at("03-03 10:01"), solved_at=at("03-03 11:00"), replies=2),
        ticket(3, "03-02 10:00"),
        ticket(
            4, "03-02 10:00", replied_at=at("03-02 11:00"), solved_at=at("03-02 12:00"), reopened_at=at("03-03 12:00")
        ),
        ticket(5, "03-29 10:00"),  # the night after the 29th; its day is not over
    ]
    found = measures(place)
    assert (value(found, "tickets_reply_due"), value(found, "tickets_replied_in_time")) == (4, 2)
    assert (value(found, "tickets_resolved_with_contacts"), value(found, "tickets_resolved_first_contact")) == (2, 1)
    assert (value(found, "tickets_solved_with_reopens"), value(found, "tickets_reopened")) == (3, 1)
