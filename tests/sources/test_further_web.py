"""Matomo, Umami and mapped files of events: what is special about their files."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from raceway.common.faults import BadSettings
from raceway.config.accounts import load_accounts
from tests.models.awkward_web import matomo_visit
from tests.support.desk import Desk

ACCOUNTS = "source,account,name,market,time_zone,currency,site,counts_sessions\n"
ZONE = "VN,Asia/Ho_Chi_Minh,VND"


@pytest.fixture
def site(desk: Desk) -> Desk:
    """A home with an account for each of the sources."""
    rows = "".join(
        f"{source},s,s,{ZONE},,\n"
        for source in ("matomo", "umami", "events_file", "plausible", "ga4", "app_reviews", "marketplace_traffic")
    )
    _accounts(desk.home.root, rows)
    return desk


def _accounts(home: Path, rows: str) -> None:
    (home / "accounts.csv").write_text(ACCOUNTS + rows, encoding="utf-8")


def test_each_action_of_a_visit_lands_with_what_is_said_of_the_visit(site: Desk) -> None:
    searched = {"siteSearchKeyword": "gọi 0901 234 567", "siteSearchCount": "3"}
    visit = matomo_visit(
        7, "abc", ("action", "05T10:00:00", {"url": "https://s.example/"}), ("search", "05T10:00:09", searched),
        userId="an@example.com",
    )  # fmt: skip
    outcome = site.land_one("matomo/s/visits.json", json.dumps([visit, matomo_visit(8, "def")]))
    assert site.rows(
        outcome, "visit_id, visitor_id, action_type, happened_at, search_term, search_results, ip_network"
    ) == [
        ("7", "abc", "action", dt.datetime(2026, 3, 5, 3), None, None, "203.0.113.0/24"),
        ("7", "abc", "search", dt.datetime(2026, 3, 5, 3, 0, 9), "gọi [phone]", 3, "203.0.113.0/24"),
    ]
    assert "an@example.com" not in str(site.rows(outcome, "*"))


def test_a_visit_that_lost_its_actions_is_refused_and_the_others_land(site: Desk) -> None:
    whole = matomo_visit(7, "abc", ("action", "05T10:00:00", {"url": "https://s.example/"}))
    outcome = site.land_one("matomo/s/visits.json", json.dumps([whole, {"idVisit": "8", "visitorId": "def"}]))
    assert (outcome.status, outcome.rows_refused, len(site.rows(outcome, "visit_id"))) == ("landed", 1, 1)


def test_a_files_least_columns_are_an_id_a_time_a_name_and_a_visitor(site: Desk) -> None:
    least = "event_id,occurred_at,name,visitor\n1,2026-03-05 23:30:00,page_view,v\n"
    outcome = site.land_one("events_file/s/events.csv", least)
    assert site.rows(outcome, "event_name, happened_at, page_url") == [
        ("page_view", dt.datetime(2026, 3, 5, 16, 30), None)
    ]
    without = site.land_one("events_file/s/more.csv", "event_id,occurred_at,name\n1,2026-03-05 23:30:00,page_view\n")
    assert (without.status, "visitor" in without.reason) == ("refused", True)


def test_an_intraday_table_is_a_table_of_its_own(site: Desk) -> None:
    event = {"event_date": "20260305", "event_timestamp": "1772679600000000", "event_name": "page_view"}
    tables = [
        site.batch(site.land_one(f"ga4/s/{name}.jsonl", json.dumps(event) + "\n").batches[0]).table
        for name in ("events_intraday_20260305", "events_20260305")
    ]
    assert tables == ["events_intraday", "events"]


def test_days_of_plausible_and_of_matomos_summary_land(site: Desk) -> None:
    days = "date,visitors,pageviews,visits,views_per_visit,bounce_rate,visit_duration\n2026-03-05,8,20,9,2.2,40,61\n"
    plausible = site.land_one("plausible/s/visitors.csv", days)
    summary = "date,nb_uniq_visitors,nb_users,nb_visits,nb_actions\n2026-03-05,8,0,9,30\n"
    matomo = site.land_one("matomo/s/summary.csv", summary.encode("utf-16"))
    assert site.rows(plausible, "visits, visitors") == site.rows(matomo, "visits, visitors") == [(9, 8)]


@pytest.mark.parametrize("second", ["umami", "matomo", "events_file", "segment"])
def test_two_sources_that_count_the_sessions_of_one_site_are_refused(site: Desk, second: str) -> None:
    first = f"ga4,web,w,{ZONE},https://www.s.example/,\n"
    _accounts(site.home.root, f"{first}{second},web,w,{ZONE},s.example,\n")
    with pytest.raises(BadSettings, match=f"ga4/web and {second}/web both count the sessions"):
        load_accounts(site.home)
    _accounts(site.home.root, f"{first}{second},web,w,{ZONE},s.example,false\nplausible,web,w,{ZONE},s.example,\n")
    assert len(load_accounts(site.home)) == 3
