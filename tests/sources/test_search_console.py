"""Search Console's downloads: a chart, its queries, filters in three languages."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest

from raceway.ledger.ledger import Ledger
from tests.support.desk import Desk

CHART = "Date,Clicks,Impressions,CTR,Position\n2026-03-01,2,31,6.45%,4.1\n2026-03-02,0,9,0%,22.8"
QUERIES = "Top queries,Clicks,Impressions,CTR,Position\ngiày da,1,20,5%,3.5\nnull,1,2,50%,1"
FOLDER = "search_console/site/shop.example-Performance-on-Search-2026-03-05"


def filters(period: str, more: str = "") -> str:
    return f"Filter,Value\nSearch type,Web\nDate,{period}{more}"


def test_a_download_lands_chart_and_queries_and_the_rest_is_furniture(desk: Desk) -> None:
    desk.deliver(f"{FOLDER}/Chart.csv", CHART)
    desk.deliver(f"{FOLDER}/Queries.csv", QUERIES)
    desk.deliver(f"{FOLDER}/Filters.csv", filters("Last 3 months"))
    desk.deliver(f"{FOLDER}/Countries.csv", "Country,Clicks,Impressions,CTR,Position\nVietnam,2,31,6.45%,4.1")
    (outcome,) = desk.land("search_console")
    assert (outcome.status, outcome.rows_read, outcome.rows_landed, outcome.rows_furniture) == ("landed", 7, 4, 3)
    assert desk.rows(outcome, "cast(day as varchar), clicks, impressions, ctr, position", "chart") == [
        ("2026-03-01", 2, 31, 0.0645, 4.1), ("2026-03-02", 0, 9, 0.0, 22.8),
    ]  # fmt: skip
    assert desk.rows(outcome, "query, cast(period_start as varchar), cast(period_end as varchar)", "queries") == [
        ("giày da", "2026-03-01", "2026-03-02"), ("null", "2026-03-01", "2026-03-02"),
    ]  # fmt: skip
    batch = desk.batch(outcome.tables["chart"]["batch_id"])
    assert (batch.exported_at, batch.is_filtered) == (dt.datetime(2026, 3, 5, tzinfo=dt.UTC), False)
    assert len([path for path in desk.home.archive.rglob("*") if path.is_file()]) == 4


def test_a_filtered_download_bears_no_totals(desk: Desk) -> None:
    desk.deliver(f"{FOLDER}/Chart.csv", CHART)
    desk.deliver(f"{FOLDER}/Filters.csv", filters("1 Mar 2026-2 Mar 2026", "\nPage,+/blog/"))
    (outcome,) = desk.land("search_console")
    assert desk.batch(outcome.batches[0]).is_filtered


def test_a_stated_period_counts_before_the_chart(desk: Desk) -> None:
    desk.deliver(f"{FOLDER}/Queries.csv", QUERIES)
    desk.deliver(f"{FOLDER}/Filters.csv", filters("1 Jan 2026-28 Feb 2026"))
    (outcome,) = desk.land("search_console")
    assert desk.rows(outcome, "cast(period_start as varchar), cast(period_end as varchar)")[0] == (
        "2026-01-01",
        "2026-02-28",
    )


def test_queries_without_any_period_are_refused(desk: Desk) -> None:
    desk.deliver(f"{FOLDER}/Queries.csv", QUERIES)
    desk.deliver(f"{FOLDER}/Filters.csv", filters("Last 3 months"))
    (outcome,) = desk.land("search_console")
    assert outcome.status == "refused"
    assert "Queries.csv: its period is not stated (its filters say “Last 3 months”)" in outcome.reason


def test_a_french_zip_and_vietnamese_commas_land(desk: Desk) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("Dates.csv", "Date,Clics,Impressions,CTR,Position\n2026-03-01,2,31,6.45%,4.1")
        archive.writestr("Pays.csv", "Pays,Clics,Impressions,CTR,Position\nViêt Nam,2,31,6.45%,4.1")
        archive.writestr("Filtres.csv", "Filtre,Valeur\nType de recherche,Web\nDate,Les 3\u00a0derniers mois")
    french = desk.land_one(f"{FOLDER}.zip", buffer.getvalue())
    assert desk.rows(french, "clicks, ctr, position") == [(2, 0.0645, 4.1)]
    vietnamese = 'Ngày,Số lần nhấp,Số lần hiển thị,CTR,Vị trí\n2026-03-01,"1.200","34.300","3,5%","4,2"'
    desk.deliver("search_console/site/vi/Bộ lọc.csv", "Bộ lọc,Giá trị\nLoại tìm kiếm,Web\nNgày,3 tháng gần đây")
    outcome = desk.land_one("search_console/site/vi/Biểu đồ.csv", vietnamese)
    assert desk.rows(outcome, "clicks, impressions, ctr, position") == [(1200, 34300, 0.035, 4.2)]


def test_rows_without_their_filters_wait_and_then_land_together(desk: Desk) -> None:
    young = f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M}"
    waiting = desk.land_one(f"{FOLDER}/Chart.csv", CHART, at=young)
    assert "Chart.csv: waits for Filters.csv" in waiting.reason
    assert (desk.home.inbox / FOLDER / "Chart.csv").is_file()
    outcome = desk.land_one(f"{FOLDER}/Filters.csv", filters("1 Mar 2026-2 Mar 2026", "\nPage,+/blog/"), at=young)
    assert (outcome.status, desk.batch(outcome.batches[0]).is_filtered) == ("landed", True)


def test_rows_whose_filters_come_late_are_refused_and_judged_again_with_them(desk: Desk) -> None:
    assert "lies without Filters.csv" in desk.land_one(f"{FOLDER}/Chart.csv", CHART).reason
    outcome = desk.land_one(f"{FOLDER}/Filters.csv", filters("1 Mar 2026-2 Mar 2026", "\nPage,+/blog/"))
    assert (outcome.status, desk.batch(outcome.batches[0]).is_filtered) == ("landed", True)
    assert not any(path.is_file() for path in desk.home.quarantine.rglob("*")), "the rows left the quarantine"
    assert {file.status for file in Ledger(desk.home).state().files.values()} == {"landed"}
    # filters that come first wait for their rows in the same way
    other = "search_console/site/other"
    desk.land_one(f"{other}/Filters.csv", filters("1 Mar 2026-2 Mar 2026", "\nPage,+/blog/"))
    assert desk.batch(desk.land_one(f"{other}/Chart.csv", CHART + "\n2026-03-04,1,1,100%,1").batches[0]).is_filtered


@pytest.mark.parametrize("moved", ["Chart.csv", "Filters.csv"])
def test_a_run_killed_between_two_moves_makes_no_whole_of_a_filtered_export(desk: Desk, moved: str) -> None:
    desk.deliver(f"{FOLDER}/Chart.csv", CHART)
    desk.deliver(f"{FOLDER}/Filters.csv", filters("1 Mar 2026-2 Mar 2026", "\nPage,+/blog/"))
    [landed] = desk.land("search_console")
    [other] = [path for path in desk.home.archive.rglob("*.csv") if path.name != moved]
    (desk.home.inbox / FOLDER).mkdir(parents=True)
    other.rename(desk.home.inbox / FOLDER / other.name)
    [again] = desk.land("search_console")
    assert (again.status, again.batches) == ("duplicate", [])
    assert [batch.is_filtered for batch in Ledger(desk.home).state().accepted()] == [True]
    assert len(landed.batches) == 1


def compared(first: str, second: str, name: str = "Top queries") -> str:
    """A table of a comparison of two periods."""
    metrics = [
        f"{period} {metric}" for metric in ("Clicks", "Impressions", "CTR", "Position") for period in (first, second)
    ]
    return f"{name},{','.join(metrics)}\ncups,3,2,30,20,10%,10%,1,2\n"


def test_of_a_comparison_the_first_period_lands(desk: Desk) -> None:
    desk.deliver(f"{FOLDER}/Queries.csv", compared("3/1/26 - 3/31/26", "2/1/26 - 2/28/26"))
    desk.deliver(f"{FOLDER}/Countries.csv", compared("3/1/26 - 3/31/26", "2/1/26 - 2/28/26", "Country"))
    desk.deliver(f"{FOLDER}/Filters.csv", filters("Compare"))
    (outcome,) = desk.land("search_console")
    assert (outcome.status, outcome.rows_furniture) == ("landed", 3), outcome.reason
    assert desk.rows(outcome, "query, clicks, impressions, ctr, position, cast(period_start as varchar)") == [
        ("cups", 3, 30, 0.1, 1.0, "2026-03-01")
    ]


def test_a_comparison_whose_days_leave_two_readings_is_refused(desk: Desk) -> None:
    desk.deliver(f"{FOLDER}/Queries.csv", compared("3/1/26 - 4/2/26", "1/1/26 - 2/2/26"))
    desk.deliver(f"{FOLDER}/Filters.csv", filters("Compare"))
    (outcome,) = desk.land("search_console")
    assert (outcome.status, "its period is not stated" in outcome.reason) == ("refused", True)


def test_pages_land_beside_queries(desk: Desk) -> None:
    desk.deliver(f"{FOLDER}/Chart.csv", CHART)
    desk.deliver(
        f"{FOLDER}/Pages.csv", "Top pages,Clicks,Impressions,CTR,Position\nhttps://shop.example/a,2,31,6.45%,4.1"
    )
    desk.deliver(f"{FOLDER}/Filters.csv", filters("Last 3 months"))
    (outcome,) = desk.land("search_console")
    assert desk.rows(outcome, "page, clicks, cast(period_end as varchar)", "pages") == [
        ("https://shop.example/a", 2, "2026-03-02")
    ]
