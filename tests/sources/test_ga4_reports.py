"""Files that a person downloads from GA4's pages: reports, overviews of several tables, explorations."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from tests.support.desk import Desk

RULE = "# ----------------------------------------\r\n"
DATES = "# Start date: 20260201\r\n# End date: 20260228\r\n"
COLUMNS = (
    "report, dimension, dimension_value, second_dimension, second_dimension_value, metric, value, "
    "cast(period_start as varchar), cast(period_end as varchar)"
)


def test_a_standard_report_lands_in_long_form_with_its_name_and_period(desk: Desk) -> None:
    outcome = desk.land_one(
        "ga4/site/Traffic.csv",
        f"{RULE}# Traffic acquisition: Channel, by week\r\n# Account: A, B\r\n# Property: P\r\n{RULE}# \r\n# All Users\r\n"
        f"{DATES}Session default channel group,Week,Sessions,Engagement rate\r\nEmail,7,84663,0.82009820\r\n"
        '"Paid, other",8,"1,002",0\r\n',
    )
    name = "Traffic acquisition: Channel, by week"
    period = ("2026-02-01", "2026-02-28")
    assert desk.rows(outcome, COLUMNS) == [
        (name, "Session default channel group", "Email", "Week", "7", "Sessions", 84663.0, *period),
        (name, "Session default channel group", "Email", "Week", "7", "Engagement rate", 0.8200982, *period),
        (name, "Session default channel group", "Paid, other", "Week", "8", "Sessions", 1002.0, *period),
        (name, "Session default channel group", "Paid, other", "Week", "8", "Engagement rate", 0.0, *period),
    ]
    assert (outcome.rows_read, outcome.rows_landed) == (2, 2)


def test_the_sections_of_an_overview_keep_their_own_periods_and_may_be_empty(desk: Desk) -> None:
    outcome = desk.land_one(
        "ga4/site/data-export.csv",
        f"{RULE}# Report CSV Export\r\n# Account: A\r\n# Property: P\r\n{RULE}#  \r\n{DATES}Nth day,Users\r\n0000,3\r\n0001,0\r\n"
        f"\r\n# Where do they come from?\r\n{DATES}Session source,Sessions\r\n\r\n#  \r\n# Start date: 20260210\r\n"
        "# End date: 20260228\r\nCohort,Day 1,Day 7\r\n0000,0.5,\r\n\r\n",
    )
    assert desk.rows(outcome, "report, dimension, dimension_value, metric, value, cast(period_start as varchar)") == [
        ("Report CSV Export", "Nth day", "0000", "Users", 3.0, "2026-02-01"),
        ("Report CSV Export", "Nth day", "0001", "Users", 0.0, "2026-02-01"),
        ("Report CSV Export", "Cohort", "0000", "Day 1", 0.5, "2026-02-10"),
    ]
    assert (outcome.rows_read, outcome.rows_landed, outcome.rows_furniture) == (3, 3, 0)


def test_an_explorations_grand_total_is_furniture_although_it_has_one_cell_more(desk: Desk) -> None:
    outcome = desk.land_one(
        "ga4/site/download (3).csv",
        f"{RULE}# Shop GA4\r\n# Untitled exploration-Free form 1\r\n# 20260201-20260228\r\n{RULE}\r\n"
        "Page path + query string,Total users,Sessions\r\n,13789,16244,Grand total\r\n/a?b=1,657,658\r\n,2,3\r\n\r\n",
    )
    assert desk.rows(outcome, "report, dimension_value, metric, value, cast(period_end as varchar), _row") == [
        ("Untitled exploration-Free form 1", "/a?b=1", "Total users", 657.0, "2026-02-28", 2),
        ("Untitled exploration-Free form 1", "/a?b=1", "Sessions", 658.0, "2026-02-28", 2),
        ("Untitled exploration-Free form 1", None, "Total users", 2.0, "2026-02-28", 3),
        ("Untitled exploration-Free form 1", None, "Sessions", 3.0, "2026-02-28", 3),
    ]
    assert (outcome.rows_read, outcome.rows_furniture) == (3, 1)


def as_sheet(text: str) -> bytes:
    """The same cells as a person saves them who opens the file in a spreadsheet: numbers are numbers, codes are texts."""
    book = openpyxl.Workbook()
    sheet = book.active
    for record in csv.reader(io.StringIO(text)):
        sheet.append([float(cell) if cell.isdigit() and cell[:2] != "00" else cell or None for cell in record])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "table",
    [
        "Page path + query string,Total users\r\n,457,Grand total\r\n/a?b=1,400\r\n/b,57\r\n",
        "Page path + query string,Total users,Sessions\r\n,13789,16244,Grand total\r\n/a?b=1,657,658\r\n,2,3\r\n",
        "Nth day,Users\r\n,457,Grand total\r\n0000,400\r\n0001,57\r\n",
        "Page path,Total users\r\n/a,400\r\n/b,57\r\n,457,Grand total\r\n",
    ],
    ids=["one figure", "two figures", "by day", "at the end"],
)
def test_a_total_behind_the_last_column_is_one_in_a_workbook_too(desk: Desk, table: str) -> None:
    text = f"{RULE}# Shop GA4\r\n# Untitled exploration-Free form 1\r\n# 20260201-20260228\r\n{RULE}\r\n{table}"
    plain = desk.land_one("ga4/site/download.csv", text)
    expected = desk.rows(plain, COLUMNS)
    book = desk.land_one("ga4/site/download.xlsx", as_sheet(text), at="2026-03-09 05:00")
    assert (book.rows_read, book.rows_furniture, book.rows_refused) == (3, 1, 0), book.reason
    assert desk.rows(book, COLUMNS) == expected
    assert "Grand total" not in str(expected)


def test_a_newer_download_of_the_same_report_and_period_replaces_it_and_another_period_does_not(desk: Desk) -> None:
    head = f"{RULE}# Events: Event name\r\n{RULE}"
    first = desk.land_one("ga4/site/a.csv", f"{head}{DATES}Event name,Event count\r\nview,5\r\n")
    again = desk.land_one("ga4/site/b.csv", f"{head}{DATES}Event name,Event count\r\nview,6\r\n", at="2026-03-09 04:00")
    march = desk.land_one(
        "ga4/site/c.csv",
        f"{head}# Start date: 20260301\r\n# End date: 20260308\r\nEvent name,Event count\r\nview,6\r\n",
        at="2026-03-09 05:00",
    )
    entities = [desk.rows(outcome, "_entity")[0][0] for outcome in (first, again, march)]
    assert entities[0] == entities[1] == "Events: Event name|Event name|Event name|Event count|2026-02-01|2026-02-28"
    assert entities[2] != entities[0]
    assert {batch.manifest["covers_from"] for batch in (desk.batch(o.batches[0]) for o in (first, march))} == {None}


def test_a_report_whose_comments_state_no_dates_is_refused(desk: Desk) -> None:
    outcome = desk.land_one(
        "ga4/site/a.csv", f"{RULE}# Events: Event name\r\n{RULE}Event name,Event count\r\nview,5\r\n"
    )
    assert (outcome.status, "no known export of ga4" in outcome.reason) == ("refused", True)


def test_a_card_without_a_dimension_is_figures_alone(desk: Desk) -> None:
    rule = "# ----------------------------------------"
    head = f"{rule}\n# Reports snapshot\n# Account: Shop\n# Property: Shop\n{rule}\n#\n"
    days = "# Start date: 20260301\n# End date: 20260331\n"
    content = f"{head}{days}Active users,New users,Event count\n392,365,5837\n\n{days}City,Active users\nHanoi,200\n"
    outcome = desk.land_one("ga4/site/Reports_snapshot.csv", content)
    assert sorted(desk.rows(outcome, "dimension, coalesce(dimension_value, ''), metric, cast(value as integer)")) == [
        ("City", "Hanoi", "Active users", 200),
        ("none", "", "Active users", 392),
        ("none", "", "Event count", 5837),
        ("none", "", "New users", 365),
    ]
