"""The oracle on the company's own lists: a few rows put into an empty world by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from raceway.sample.truth.truth import measures
from raceway.sample.world.lists import Endorsement, Login, MappedCampaign, Praise, Subscription, Use
from raceway.sample.world.things import AdReport, AdRow
from tests.sample.hand_made import SEARCH_AD, at, device, event, order, world
from tests.sample.truth.test_truth import MARCH, day, value


def test_a_trial_counts_as_paid_until_thirty_days_after_its_end() -> None:
    place = world()
    place.lists.subscriptions = [
        Subscription("a", "a@example.com", "", True, day(2), day(15), paid_on=dt.date(2026, 4, 14)),
        Subscription("b", "", "", True, day(2), day(15), paid_on=dt.date(2026, 4, 15)),
        Subscription("c", "", "", True, day(2), day(15)),
    ]
    found = measures(place)
    assert (value(found, "trials_started"), value(found, "trials_converted")) == (3, 1)
    assert value(found, "trials_started", "month", MARCH, "all", "VN") == 3, "of nobody: the company's own market"


def test_a_term_is_due_for_renewal_when_it_has_ended() -> None:
    place = world()
    place.lists.subscriptions = [
        Subscription("a", "", "", False, day(1), day(10), renewed_on=day(9)),
        Subscription("b", "", "", False, day(1), day(29)),  # the last day of the world is over
        Subscription("c", "", "", False, day(1), day(30), renewed_on=day(9)),  # still runs
    ]
    found = measures(place)
    assert (value(found, "renewals_due"), value(found, "renewals_made")) == (2, 1)


def test_use_by_login_and_by_address_is_one_user_where_a_row_joins_them() -> None:
    place = world()
    place.lists.uses = [
        Use("U1", "", at("03-02 10:00"), "running_log", 15),
        Use("", "A@example.com", at("03-02 11:00"), "running_log", 20),
        Use("U1", "a@example.com", at("03-03 11:00"), "size_guide", 5),
        Use("U2", "", at("03-03 23:59"), "size_guide", 0),
    ]
    found = measures(place)
    assert value(found, "usage_seconds") == Decimal("4.0")
    assert value(found, "active_users") == 2
    assert value(found, "active_users", "day", day(2)) == 1


def test_from_its_first_day_on_the_list_of_accounts_says_who_signed_up() -> None:
    place, phone = world(), device()
    place.events = [
        event(phone, "03-02 10:00", "sign_up", traffic=SEARCH_AD),
        event(phone, "03-05 10:00", "sign_up", traffic=SEARCH_AD, user_id="U1"),
    ]
    place.lists.logins = [
        Login("U1", "", at("03-05 10:01"), completed_on=day(30)),
        Login("A1", "", at("03-05 10:01"), completed_on=dt.date(2026, 4, 5)),
    ]
    place.lists.uses = [
        Use("U1", "", at("03-12 10:01"), "order_tracking", 5),
        Use("A1", "", at("03-06 10:01"), "size_guide", 5),  # no key feature
    ]
    found = measures(place)
    assert value(found, "signups", "day", day(2), "paid_search") == 1
    assert value(found, "signups", "day", day(5)) == 2
    assert value(found, "signups", "day", day(5), "paid_search") == 1, "its visit"
    assert value(found, "signups", "day", day(5), "other") == 1, "nobody saw its visit"
    # U1 is the device's person as well: the use of March 12 is more than seven days after the sign-up of March 2
    assert value(found, "activated_accounts", "day", day(2)) == 0
    assert value(found, "activated_accounts", "day", day(5)) == 1
    assert value(found, "profiles_completed") == 1


def test_posts_are_of_the_influencers_channel_and_praise_needs_consent() -> None:
    place = world()
    place.lists.endorsements = [
        Endorsement("p1", "Linh", day(2), "VN", 100, 10),
        Endorsement("p2", "An", day(3), "", None, 10),
    ]
    place.lists.testimonials = [Praise("t1", day(2), "US", True), Praise("t2", day(2), "US", False)]
    found = measures(place)
    assert value(found, "endorsements", "month", MARCH, "influencer", "all") == 2
    assert value(found, "endorsements", "month", MARCH, "influencer", "VN") == 1
    assert value(found, "endorsement_reach") == 100
    assert value(found, "testimonials", "month", MARCH, "all", "US") == 1


def test_the_campaign_map_gives_a_visit_and_its_order_the_platforms_channel() -> None:
    place, phone = world(), device()
    place.lists.campaigns = [MappedCampaign("google_ads", "vn-main", "PMax", "Spring")]
    row = AdRow(day(2), "PMax", "Performance Max", "cross_network", 10, 1, 5, 0)
    place.ad_reports = [AdReport("google_ads", "vn-main", at("03-20 08:00"), day(2), day(2), (row,), "")]
    place.events = [
        event(phone, "03-02 10:00", traffic=SEARCH_AD),  # its campaign is called spring
        event(phone, "03-02 10:05", "purchase", transaction="#1"),
    ]
    place.orders, place.order_exports = [order("#1", "03-02 10:04", email="a@example.com")], [place.night]
    found = measures(place)
    assert value(found, "sessions", "month", MARCH, "cross_network") == 1
    assert value(found, "orders", "month", MARCH, "cross_network") == 1
    assert value(found, "paid_attributed_revenue") == 100_000
