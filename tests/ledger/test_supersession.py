"""Newer is by export, not by arrival; nothing is replaced but what a batch speaks for."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import os
from pathlib import Path

import duckdb
import pytest

from raceway.common.home import Home
from raceway.config.accounts import Account
from raceway.config.init import init_home
from raceway.inbox.exports import Export, find_exports
from raceway.landing.land import land
from raceway.ledger.decisions import UnknownBatch, accept, reject, retry
from raceway.ledger.ledger import Ledger
from tests.support.desk import Ads, Desk, moment


def effective(home: Home) -> dict[dt.date, tuple[str, int]]:
    """Per day the campaign's impressions of the newest accepted batch that covers it: the words of the design."""
    found: dict[dt.date, tuple[str, int]] = {}
    batches = Ledger(home).state().accepted("google_ads", "campaign_daily")
    for batch in sorted(batches, key=lambda b: (b.exported_at, b.content_hash)):
        with duckdb.connect() as connection:
            rows = connection.execute(f"select day, campaign, impressions from read_parquet('{batch.path}')").fetchall()
        for day in batch.covered_days():
            found.pop(day, None)
        found |= {day: (campaign, impressions) for day, campaign, impressions in rows}
    return found


def test_a_restated_day_replaces_only_that_day(desk: Desk, ads: Ads) -> None:
    desk.land_one("google_ads/vn/first.csv", ads(("2026-03-01", "A", 10, 1, "5"), ("2026-03-02", "A", 20, 2, "6")))
    desk.land_one("google_ads/vn/later.csv", ads(("2026-03-02", "A", 22, 2, "6")), at="2026-03-09 05:00")
    assert effective(desk.home) == {dt.date(2026, 3, 1): ("A", 10), dt.date(2026, 3, 2): ("A", 22)}


def test_an_older_export_that_arrives_later_changes_nothing(desk: Desk, ads: Ads) -> None:
    desk.land_one("google_ads/vn/new.csv", ads(("2026-03-01", "A", 12, 1, "5")), at="2026-03-09 05:00")
    outcome = desk.land_one("google_ads/vn/old.csv", ads(("2026-03-01", "A", 10, 1, "5")), at="2026-03-08 05:00")
    assert outcome.status == "landed"
    assert effective(desk.home) == {dt.date(2026, 3, 1): ("A", 12)}


def test_an_old_content_that_comes_back_as_a_newer_export_takes_effect_again(desk: Desk, ads: Ads) -> None:
    ten, twelve = ads(("2026-03-01", "A", 10, 1, "5")), ads(("2026-03-01", "A", 12, 1, "5"))
    shown = []
    for content, at in ((ten, "03:00"), (twelve, "04:00"), (ten, "05:00")):
        desk.land_one("google_ads/vn/report.csv", content, at=f"2026-03-09 {at}")
        shown.append(effective(desk.home)[dt.date(2026, 3, 1)][1])
    assert shown == [10, 12, 10]


def test_a_file_equal_to_what_is_in_effect_is_a_duplicate_that_renews_its_time(desk: Desk, ads: Ads) -> None:
    content = ads(("2026-03-01", "A", 10, 1, "5"))
    first = desk.land_one("google_ads/vn/report.csv", content, at="2026-03-09 03:00")
    again = desk.land_one("google_ads/vn/report (1).csv", content, at="2026-03-09 06:00")
    assert (first.status, again.status, again.batches) == ("landed", "duplicate", [])
    batch = desk.batch(first.batches[0])
    assert batch.exported_at == moment("2026-03-09 06:00")
    assert [sighting.hour for sighting in batch.sightings] == [3, 6]


def test_arrival_order_does_not_matter(tmp_path: Path, ads: Ads) -> None:
    """Four exports of overlapping days, one content twice: every order of arrival ends the same."""
    exports = [
        ("a", ads(("2026-03-01", "A", 10, 1, "5"), ("2026-03-02", "A", 20, 1, "5")), "2026-03-05 03:00"),
        ("b", ads(("2026-03-01", "A", 10, 1, "5"), ("2026-03-02", "A", 20, 1, "5")), "2026-03-07 03:00"),
        ("c", ads(("2026-03-02", "A", 22, 1, "5"), ("2026-03-03", "A", 30, 1, "5")), "2026-03-06 03:00"),
        ("d", ads(("2026-03-03", "A", 33, 1, "5")), "2026-03-08 03:00"),
    ]
    account = Account(
        source="google_ads", account="vn", name="vn", market="VN", time_zone="Asia/Ho_Chi_Minh", currency="VND"
    )
    ends = []
    for number, order in enumerate(itertools.permutations(exports)):
        desk = Desk(init_home(tmp_path / f"home-{number}", accounts=[account]))
        for name, content, at in order:
            desk.land_one(f"google_ads/vn/{name}.csv", content, at=at)
        ends.append(effective(desk.home))
    assert ends[0] == {
        dt.date(2026, 3, 1): ("A", 10),
        dt.date(2026, 3, 2): ("A", 20),
        dt.date(2026, 3, 3): ("A", 33),
    }
    assert all(end == ends[0] for end in ends)


def test_a_batch_id_does_not_depend_on_arrival(tmp_path: Path, ads: Ads) -> None:
    account = Account(
        source="google_ads", account="vn", name="vn", market="VN", time_zone="Asia/Ho_Chi_Minh", currency="VND"
    )
    ids = []
    for number in (1, 2):
        desk = Desk(init_home(tmp_path / f"home-{number}", accounts=[account]))
        if number == 2:
            desk.land_one("google_ads/vn/other.csv", ads(("2026-02-01", "A", 1, 1, "1")))
        ids.append(desk.land_one("google_ads/vn/x.csv", ads(("2026-03-01", "A", 10, 1, "5"))).batches)
    assert ids[0] == ids[1]
    assert ids[0][0].startswith("20260309T030000Z-")


def test_equal_files_of_two_accounts_are_two_batches(desk: Desk) -> None:
    content = "Day,Campaign,Impr.,Clicks,Cost\n2026-03-01,A,10,1,5\n"  # no currency but the account's
    outcomes = [desk.land_one(f"google_ads/{account}/report.csv", content) for account in ("vn", "us")]
    assert [outcome.status for outcome in outcomes] == ["landed", "landed"]
    batches = [desk.batch(batch_id) for outcome in outcomes for batch_id in outcome.batches]
    assert [(batch.account, batch.currency) for batch in batches] == [("vn", "VND"), ("us", "USD")]
    assert len({batch.path for batch in batches}) == 2


def test_a_rejected_batch_gives_way_to_what_it_had_replaced_and_can_come_back(desk: Desk, ads: Ads) -> None:
    desk.land_one("google_ads/vn/a.csv", ads(("2026-03-01", "A", 10, 1, "5")), at="2026-03-08 03:00")
    wrong = desk.land_one("google_ads/vn/b.csv", ads(("2026-03-01", "A", 99, 1, "5")))
    reject(desk.home, wrong.batches[0], who="linh", why="test campaign")
    assert effective(desk.home) == {dt.date(2026, 3, 1): ("A", 10)}
    assert (desk.batch(wrong.batches[0]).who, desk.batch(wrong.batches[0]).reason) == ("linh", "test campaign")
    accept(desk.home, wrong.batches[0], who="linh")
    assert effective(desk.home) == {dt.date(2026, 3, 1): ("A", 99)}


def test_the_very_export_that_a_person_took_out_stays_out(desk: Desk, ads: Ads) -> None:
    content = ads(("2026-03-01", "A", 99, 1, "5"))
    wrong = desk.land_one("google_ads/vn/b.csv", content)
    reject(desk.home, wrong.batches[0], who="linh", why="test campaign")
    again = desk.land_one("google_ads/vn/b.csv", content)
    assert again.status == "refused"
    assert "taken out by linh: test campaign" in again.reason
    assert effective(desk.home) == {}


def test_accepting_what_is_accepted_or_unknown_is_refused_with_a_sentence(desk: Desk, ads: Ads) -> None:
    landed = desk.land_one("google_ads/vn/a.csv", ads(("2026-03-01", "A", 10, 1, "5")))
    with pytest.raises(UnknownBatch, match="accepted already"):
        accept(desk.home, landed.batches[0])
    with pytest.raises(UnknownBatch, match="not in the ledger"):
        reject(desk.home, "20200101T000000Z-abc")


def test_a_refused_file_is_read_again_after_retry(desk: Desk, ads: Ads) -> None:
    content = ads(("2026-03-01", "A", 10, 1, "5"))
    refused = desk.land_one("google_ads/new-account/a.csv", content)
    assert refused.status == "refused"
    with desk.home.accounts.open("a", encoding="utf-8") as file:
        file.write("google_ads,new-account,New,,VN,Asia/Ho_Chi_Minh,VND,false,0,,false,\n")
    assert retry(desk.home, who="linh") == ["google_ads/new-account/a.csv"]
    (outcome,) = desk.land("google_ads")
    assert outcome.status == "landed"
    assert desk.batch(outcome.batches[0]).exported_at == moment("2026-03-09 03:00"), "the file kept its own time"
    assert retry(desk.home) == [], "nothing is refused any more"


def test_retry_names_a_file_that_was_never_refused(desk: Desk) -> None:
    with pytest.raises(UnknownBatch, match="no refused file of that name"):
        retry(desk.home, "google_ads/vn/nothing.csv")


def test_what_a_killed_run_left_aside_is_never_seen(desk: Desk, ads: Ads) -> None:
    leftover = desk.home.landing / "_tmp" / "killed" / "out-campaign_daily"
    leftover.mkdir(parents=True)
    (leftover / "data.parquet").write_bytes(b"half a file")
    desk.home.ledger.mkdir(parents=True, exist_ok=True)
    (desk.home.ledger / ".20260309T030000000000Z-aa.tmp").write_text('{"kind": "lan')
    os.utime(leftover.parent, (0, 0))
    outcome = desk.land_one("google_ads/vn/a.csv", ads(("2026-03-01", "A", 10, 1, "5")))
    assert list(Ledger(desk.home).state().batches) == outcome.batches
    assert not leftover.exists(), "and is removed when it is a day old"


def test_a_run_that_died_before_its_ledger_entry_is_landed_by_the_next_one(desk: Desk, ads: Ads) -> None:
    """Killed after the rename: the folder is there, no event is, and the file still waits."""
    path = desk.deliver("google_ads/vn/a.csv", ads(("2026-03-01", "A", 10, 1, "5")))
    content = path.read_bytes()
    (first,) = desk.land("google_ads")
    for event in desk.home.ledger.glob("*.json"):
        event.unlink()
    desk.deliver("google_ads/vn/a.csv", content)
    (again,) = desk.land("google_ads")
    assert (again.status, again.batches) == ("landed", first.batches)
    assert effective(desk.home) == {dt.date(2026, 3, 1): ("A", 10)}


def test_a_run_that_died_before_the_gate_is_decided_by_the_next_one(desk: Desk, ads: Ads) -> None:
    def killed(*_: object) -> list[object]:
        raise KeyboardInterrupt

    desk.deliver("google_ads/vn/a.csv", ads(("2026-03-01", "A", 10, 1, "5")))
    (export,) = find_exports(desk.home, "google_ads")
    with pytest.raises(KeyboardInterrupt):
        land(desk.home, export, gate=killed)  # type: ignore[arg-type]  # a gate that never answers
    (undecided,) = Ledger(desk.home).state().batches.values()
    assert (undecided.status, effective(desk.home)) == ("landed", {})
    (outcome,) = desk.land("google_ads")
    assert (outcome.status, outcome.batches) == ("landed", [undecided.batch_id])


def test_landing_the_same_export_twice_does_nothing_the_second_time(desk: Desk, ads: Ads) -> None:
    desk.deliver("google_ads/vn/a.csv", ads(("2026-03-01", "A", 10, 1, "5")))
    (export,) = find_exports(desk.home, "google_ads")
    travelled = Export.from_dict(json.loads(json.dumps(export.to_dict())))
    assert land(desk.home, travelled, gate=lambda *_: []).status == "landed"
    assert land(desk.home, travelled, gate=lambda *_: []).status == "duplicate"
    assert len(Ledger(desk.home).state().batches) == 1


def test_raw_files_go_to_the_archive_private_and_with_their_own_time(desk: Desk, ads: Ads) -> None:
    desk.land_one("google_ads/vn/sub/a.csv", ads(("2026-03-01", "A", 10, 1, "5")))
    (kept,) = [path for path in desk.home.archive.rglob("*") if path.is_file()]
    assert kept.relative_to(desk.home.archive).as_posix().startswith("google_ads/vn/20260309T030000-")
    assert (kept.stat().st_mode & 0o777, kept.stat().st_mtime) == (0o600, moment("2026-03-09 03:00").timestamp())
    assert not (desk.home.inbox / "google_ads" / "vn" / "sub").exists()


def test_a_part_that_comes_later_makes_a_new_batch_of_all_parts(desk: Desk) -> None:
    head = "Name,Email,Financial Status,Currency,Subtotal,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price\n"
    line = "#{0},a@example.com,paid,VND,10,10,2026-03-01 10:00:00 +0700,1,Giày,10\n"
    first = desk.land_one("shopify/shop/orders_export_1.csv", head + line.format(1), at="2026-03-09 03:00")
    assert desk.rows(first, "order_name, _row") == [("#1", 1)]
    second = desk.land_one("shopify/shop/orders_export_2.csv", head + line.format(2), at="2026-03-09 03:02")
    assert desk.rows(second, "order_name, _row") == [("#1", 1), ("#2", 2)]
    files = desk.batch(second.batches[0]).manifest["files"]
    assert [file["path"] for file in files] == ["orders_export_1.csv", "orders_export_2.csv"]
    next_week = desk.land_one("shopify/shop/orders_export_1.csv", head + line.format(3), at="2026-03-16 03:00")
    assert desk.rows(next_week, "order_name") == [("#3",)], "a week later it is another export"
