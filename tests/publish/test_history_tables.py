"""run_history, batch_history and check_history: what ran, what landed, what was checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from raceway.common.faults import PermanentFault
from raceway.history.records import Check, RunRecord, record_checks, record_run, run_records
from raceway.ledger.decisions import reject
from raceway.ledger.ledger import Ledger
from tests.support.mart_company import AS_OF, Company
from tests.support.report_page import block

MakeCheck = Callable[..., Check]

FIRST = "20261115T200000Z-aaaaaaaaaaaa"
SECOND = "20261121T200000Z-bbbbbbbbbbbb"


def test_runs_are_told_with_how_they_ended(company: Company) -> None:
    record_run(
        company.home,
        RunRecord(
            "night-0", AS_OF, dt.datetime(2026, 11, 21, 22, 0, tzinfo=dt.UTC),
            dt.datetime(2026, 11, 21, 22, 1, tzinfo=dt.UTC), "refused", "0.1.0", message="race_kpi: keys stand twice",
        ),
    )  # fmt: skip
    company.land(SECOND, days=("2026-11-01", "2026-11-21"))

    version = company.publish("night-1")

    rows = company.read(
        "select run_id, as_of, started_at, status, version, fingerprint, batches_landed, rows_landed, message "
        "from run_history order by started_at"
    )
    assert rows == [
        (
            "night-0",
            AS_OF,
            dt.datetime(2026, 11, 21, 22, 0),
            "refused",
            None,
            None,
            0,
            0,
            "race_kpi: keys stand twice",
        ),  # UTC without a zone, as tables hold it
        (
            "night-1",
            AS_OF,
            dt.datetime(2026, 11, 22, 5, 0),
            "published",
            version.name,
            "of night-1",
            1,
            10,
            "",
        ),  # as above
    ]
    assert [(record.run_id, record.status) for record in run_records(company.home)] == [
        ("night-0", "refused"), ("night-1", "published"),
    ]  # fmt: skip


def test_a_record_that_cannot_be_read_is_named(company: Company) -> None:
    file = company.home.run("night") / "run.json"
    file.write_text("{", encoding="utf-8")

    with pytest.raises(PermanentFault, match=r"night/run\.json: no readable record"):
        run_records(company.home)


def test_a_newer_export_replaces_days_and_both_batches_say_so(company: Company) -> None:
    company.land(FIRST, days=("2026-11-01", "2026-11-14"), exported_at="2026-11-15T20:00:00+00:00")
    company.land(SECOND, days=("2026-11-12", "2026-11-21"), exported_at="2026-11-21T20:00:00+00:00")

    company.publish("night-1")

    assert company.read("select batch_id, status, replaces, replaced_by from batch_history order by 1") == [
        (FIRST, "accepted", "", f"3 days (2026-11-12 to 2026-11-14) by {SECOND}"),
        (SECOND, "accepted", f"3 days (2026-11-12 to 2026-11-14) of {FIRST}", ""),
    ]


def test_arrival_does_not_matter_for_who_replaced_whom(company: Company) -> None:
    company.land(SECOND, days=("2026-11-14", "2026-11-21"), exported_at="2026-11-21T20:00:00+00:00")
    company.land(FIRST, days=("2026-11-01", "2026-11-14"), exported_at="2026-11-15T20:00:00+00:00")

    company.publish("night-1")

    assert company.read("select replaced_by from batch_history where batch_id = '" + FIRST + "'") == [
        (f"1 day (2026-11-14) by {SECOND}",)
    ]


def test_a_batch_that_lost_every_day_is_superseded(company: Company) -> None:
    company.land(FIRST, days=("2026-11-12", "2026-11-14"), exported_at="2026-11-15T20:00:00+00:00")
    company.land(SECOND, days=("2026-11-01", "2026-11-21"), exported_at="2026-11-21T20:00:00+00:00")
    company.sql(f"delete from frozen.batches where batch_id = '{FIRST}'")  # as the freeze leaves it

    company.publish("night-1")

    assert company.read("select batch_id, status from batch_history order by 1") == [
        (FIRST, "superseded"), (SECOND, "accepted"),
    ]  # fmt: skip


def test_a_batch_of_entities_that_lost_all_of_them_says_so(company: Company) -> None:
    """Who took which order is not told; that nothing of it is in effect any more is."""
    company.land(FIRST, exported_at="2026-11-15T20:00:00+00:00")
    company.sql("delete from frozen.batches")

    company.publish("night-1")

    assert company.read("select status, replaced_by from batch_history") == [
        ("superseded", "everything by newer exports")
    ]


def test_a_run_counts_what_landed_since_the_version_before(company: Company) -> None:
    company.land(FIRST, days=("2026-11-12", "2026-11-14"), exported_at="2026-11-15T20:00:00+00:00")
    company.publish("night-1")
    company.land(SECOND, days=("2026-11-15", "2026-11-21"))
    company.publish("night-2")
    company.publish("night-3")

    assert company.read("select run_id, batches_landed, rows_landed from run_history order by 1") == [
        ("night-1", 1, 10), ("night-2", 1, 10), ("night-3", 0, 0),
    ]  # fmt: skip


def test_refused_batches_and_files_are_kept_with_their_sentence(company: Company, failing: MakeCheck) -> None:
    check = failing("critical", "google_ads.campaign_daily: cost is 0 or more", "google_ads.campaign_daily",
                    batch_id=SECOND)  # fmt: skip
    company.land(SECOND, days=("2026-11-01", "2026-11-21"), status="refused", reason=check.message, checks=(check,))
    company.refuse_file("overview.csv", "Google Ads overview card: not a supported report")

    company.publish("night-1")

    assert company.read(
        "select batch_id, files, status, rows_read, rows_landed, rows_refused, rows_furniture, reason "
        "from batch_history order by files"
    ) == [
        (None, "overview.csv", "refused", None, None, None, None, "Google Ads overview card: not a supported report"),
        (SECOND, "report.csv", "refused", 12, 10, 1, 1, "google_ads.campaign_daily: cost is 0 or more"),
    ]
    # a batch that was refused stops nothing but itself
    assert company.read("select run_id, batch_id, severity, passed from check_history") == [
        (None, SECOND, "critical", False)
    ]
    [(refused,)] = company.read("select batches_refused from run_history")
    assert refused == 2


def test_a_batch_that_waits_for_a_rate_is_pending_with_its_sentence(company: Company) -> None:
    company.land(SECOND, days=("2026-11-01", "2026-11-21"))
    company.sql("delete from frozen.batches")
    sentence = f"batch {SECOND}: no rate USD to VND for 2026-11-03"
    (company.home.run("night-1") / "frozen.json").write_text(
        f'{{"waiting": {{"{SECOND}": "{sentence}"}}}}', encoding="utf-8"
    )

    version = company.publish("night-1")

    assert company.read("select status, reason from batch_history") == [("pending", sentence)]
    assert block(version.report.read_text(encoding="utf-8"), "catalogue")["undecided"]["reason"] == [sentence]


def test_a_duplicate_and_a_rejected_batch_are_told(company: Company) -> None:
    company.land(SECOND, days=("2026-11-01", "2026-11-21"))
    Ledger(company.home).append(
        "duplicate", batch_id=SECOND, exported_at="2026-11-22T01:00:00+00:00", source="google_ads", account="vn",
        files=[{"path": "again.csv", "sha256": "1" * 64}],
    )  # fmt: skip
    company.publish("night-1")
    assert company.read("select files, status, reason, exported_at from batch_history order by 1") == [
        ("again.csv", "duplicate", f"equal to {SECOND}, which is in effect", None),
        ("report.csv", "accepted", "", dt.datetime(2026, 11, 22, 1, 0)),  # UTC without a zone
    ]

    reject(company.home, SECOND, who="an", why="wrong account")
    company.sql("delete from frozen.batches")
    company.publish("night-2")

    assert company.read("select status, reason, decided_by from batch_history where files = 'report.csv'") == [
        ("rejected", "wrong account", "an")
    ]


def test_checks_of_earlier_runs_stay_in_the_history(company: Company, failing: MakeCheck) -> None:
    record_checks(company.home, "night-1", [failing("warning", "one")])
    company.publish("night-1")
    record_checks(company.home, "night-2", [failing("info", "two")])
    company.publish("night-2")

    assert company.read("select run_id, message from check_history where name = 'a_check' order by 1") == [
        ("night-1", "one"), ("night-2", "two"),
    ]  # fmt: skip
