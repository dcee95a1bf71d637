"""Nights of a small company, one after the other, through the real command line, Airflow, dbt and gates."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from dataclasses import dataclass
from typing import Any

import pytest

from raceway.common.home import Home
from tests.support.command_line import Ran, raceway
from tests.support.small_company import AS_OF, OVERVIEW_CARD, REPORT, put, small_company

MORNING = dt.datetime(2026, 3, 3, 1, 0, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Nights:
    """What each night printed, and the version that was published after it."""

    home: Home
    results: dict[str, tuple[Ran, str]]

    def code(self, night: str) -> int:
        return self.results[night][0].code

    def said(self, night: str) -> Any:
        ran = self.results[night][0]
        assert ran.out, ran.err
        return ran.json()

    def version(self, night: str) -> str:
        return self.results[night][1]


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    home = small_company(tmp_path_factory.mktemp("small") / "home")
    results = {}

    def run(name: str, *options: str) -> None:
        ran = raceway(home.root, "run", "--as-of", AS_OF.isoformat(), "--json", *options)
        results[name] = ran, str(home.current.readlink()) if home.current.is_symlink() else ""

    put(home, "report.csv", REPORT, MORNING)
    put(home, "overview.csv", OVERVIEW_CARD, MORNING)
    (home.inbox / "gogle_ads").mkdir()
    (home.inbox / "gogle_ads" / "report.csv").write_text(REPORT, encoding="utf-8")
    run("first")
    put(home, "overview again.csv", OVERVIEW_CARD, MORNING)
    run("nothing new but a refusal", "--strict")
    [batch] = {path.parent.name for path in home.landing.glob("google_ads/campaign_daily/*/data.parquet")}
    assert raceway(home.root, "reject", batch, "--why", "a trial").code == 0
    run("all rejected", "--full-refresh")
    assert raceway(home.root, "accept", batch, "--why", "it was right").code == 0
    run("accepted again")
    return Nights(home, results)


def test_a_night_publishes_what_the_files_say(nights: Nights) -> None:
    assert nights.code("first") == 0
    assert nights.said("first")["status"] == "published"
    asked = raceway(
        nights.home.root,
        "query",
        "select period_start::varchar as month, kpi, value::double as value from race_kpi where period = 'month'"
        " and channel = 'all' and market = 'all' and kpi in ('ad_impressions', 'ad_spend', 'ctr') order by all",
        "--format", "json",
    )  # fmt: skip
    assert [(row["month"], row["kpi"], round(row["value"], 6)) for row in asked.json()] == [
        ("2026-02-01", "ad_impressions", 3000),
        ("2026-02-01", "ad_spend", 450000),
        ("2026-02-01", "ctr", 0.03),  # 90 of 3,000
        ("2026-03-01", "ad_impressions", 600),
        ("2026-03-01", "ad_spend", 60000),
        ("2026-03-01", "ctr", round(10 / 600, 6)),
    ]


def test_a_night_says_what_landed_of_each_source(nights: Nights) -> None:
    [landed] = nights.said("first")["landed"]
    assert landed["source"] == "google_ads"
    assert (landed["exports"], landed["batches"], landed["refused_exports"]) == (2, 1, 1)
    assert landed["rows_landed"] == 4
    assert landed["rows_read"] == landed["rows_landed"] + landed["rows_refused"] + landed["rows_furniture"]


def test_a_refused_file_is_named_with_its_kind_and_does_not_stop_the_night(nights: Nights) -> None:
    [refusal] = nights.said("first")["refused"]
    assert refusal["source"] == "google_ads"
    assert refusal["files"] == ["overview.csv"]
    assert "Google Ads overview card: not a supported report" in refusal["reason"]


def test_a_night_says_which_files_no_source_looks_at(nights: Nights) -> None:
    [sentence] = nights.said("first")["strays"]
    assert sentence == (
        "inbox/gogle_ads/: no source has this name, so 1 of its files are never read; the nearest is google_ads. "
        "Move them into inbox/<source>/<account>/, or describe the source (raceway new-source)"
    )


def test_the_seconds_of_the_parts_add_up_to_the_night(nights: Nights) -> None:
    seconds = nights.said("first")["seconds"]
    parts = {name: spent for name, spent in seconds.items() if name != "total"}
    assert set(parts) == {"landing", "freeze", "dbt", "gate", "publish", "orchestration"}
    assert sum(parts.values()) == pytest.approx(seconds["total"], abs=0.1)


def test_leading_kpis_are_those_of_the_last_complete_month(nights: Nights) -> None:
    kpis = nights.said("first")["kpis"]
    assert {line["month"] for line in kpis} == {"2026-02"}
    assert ("reach", "ad_spend", 450000) in {(line["stage"], line["kpi"], line["value"]) for line in kpis}


def test_a_night_with_nothing_new_publishes_no_version(nights: Nights) -> None:
    assert nights.said("nothing new but a refusal")["status"] == "skipped"
    assert nights.version("nothing new but a refusal") == nights.version("first")
    assert "nothing new" in nights.said("nothing new but a refusal")["message"]


def test_strict_turns_a_refused_batch_into_exit_code_3(nights: Nights) -> None:
    assert nights.code("first") == 0
    assert nights.code("nothing new but a refusal") == 3


def test_a_gate_that_refuses_keeps_the_old_version_and_exits_1(nights: Nights) -> None:
    said = nights.said("all rejected")
    assert nights.code("all rejected") == 1
    assert said["status"] == "refused"
    assert "race_kpi" in said["message"]
    assert any(check["severity"] == "critical" for check in said["failed_checks"])
    assert nights.version("all rejected") == nights.version("first")


def test_a_full_refresh_is_asked_of_the_mart(nights: Nights) -> None:
    database = sqlite3.connect(nights.home.airflow / "airflow.db")
    try:
        asked = database.execute("select conf from dag_run where dag_id = 'race_mart' order by id").fetchall()
    finally:
        database.close()
    refreshed = [json.loads(conf)["full_refresh"] for (conf,) in asked]
    assert refreshed == [False, False, True]  # a night that finds nothing new asks no DAG


def test_a_rejected_batch_counts_again_when_it_is_accepted(nights: Nights) -> None:
    assert nights.code("accepted again") == 0
    # the effective set is again the one that the published version was made of
    assert nights.said("accepted again")["status"] == "skipped"
    assert nights.version("accepted again") == nights.version("first")


def test_status_shows_freshness_refusals_and_runs(nights: Nights) -> None:
    said = raceway(nights.home.root, "status", "--json").json()
    [source] = said["sources"]
    assert (source["source"], source["account"], source["covers_to"]) == ("google_ads", "main", "2026-03-02")
    assert {line["name"] for line in said["undecided"]} == {
        "google_ads/main/overview.csv",
        "google_ads/main/overview again.csv",
    }
    assert [run["status"] for run in said["runs"]] == ["skipped", "refused", "skipped", "published"]
    assert said["published"]["version"] == nights.version("first")


def test_retry_puts_refused_files_back_for_the_next_night(nights: Nights) -> None:
    ran = raceway(nights.home.root, "retry", "google_ads/main/overview.csv")
    assert ran.code == 0, ran.err
    assert (nights.home.inbox / "google_ads" / "main" / "overview.csv").exists()
    assert not (nights.home.inbox / "google_ads" / "main" / "overview again.csv").exists()


def test_a_run_for_people_prints_tables(nights: Nights) -> None:
    ran = raceway(nights.home.root, "status")
    assert ran.code == 0
    assert "Sources" in ran.out
    assert "Google Ads overview card" in ran.out


def test_a_refused_file_is_tried_once_in_a_night(nights: Nights) -> None:
    database = sqlite3.connect(nights.home.airflow / "airflow.db")
    try:
        tries = database.execute(
            "select try_number from task_instance where task_id = 'land' and state = 'failed'"
        ).fetchall()
    finally:
        database.close()
    assert tries == [(1,), (1,)]  # of two nights
