"""Exports of social networks, as they really look: what lands, what is furniture, what is refused."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import duckdb
import openpyxl
import pytest

from raceway.gate.batch_gate import check_batch
from tests.support.desk import Desk

TABLE = (
    "Content,Video title,Video publish time,Duration,Likes,Shares,Views,Impressions\n"
    "Total,,,,{likes},3,900,700\n"
    'aaaaaaaaaaa,"Running, slowly","Mar 15, 2026",60,6,2,500,400\n'
    'bbbbbbbbbbb,Tổng kết,"Feb 1, 2026",59,4,1,400,\n'
)
CHART = "Date,Subscription status,Views\n2026-03-01,Subscribed,11\n2026-03-01,Not subscribed,40\n"
FACEBOOK = (
    '\ufeff"Post ID","Page ID","Page name",Title,Description,"Publish time","Post type",Date,Views,'
    '"Reactions, Comments and Shares",Reactions,Comments,Shares\n'
)
X_POSTS = "Post id,Date,Post text,Post Link,Impressions,Likes,Engagements,Bookmarks,Shares,Replies,Reposts\n"
X_DAYS = "Date,Impressions,Likes,Engagements,Bookmarks,Shares,New follows,Unfollows,Replies,Reposts\n"


def findings(desk: Desk, outcome: Any) -> list[str]:
    return [finding["name"] for finding in desk.batch(outcome.batches[0]).manifest["findings"]]


def test_youtubes_download_is_two_tables_and_furniture(desk: Desk) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("Table data.csv", TABLE.format(likes=10))
        archive.writestr("Chart data.csv", CHART)
        archive.writestr("Totals.csv", "Date,Views\n2026-03-01,53\n")
    outcome = desk.land_one("social/page/Content 2026-02-01_2026-03-08 Shop.zip", buffer.getvalue())
    assert (outcome.rows_read, outcome.rows_landed, outcome.rows_furniture) == (6, 4, 2), (
        "a total row and a day of Totals"
    )
    assert desk.rows(outcome, "video_id, cast(published_on as varchar), impressions, views, likes, shares", "youtube_content") == [
        ("aaaaaaaaaaa", "2026-03-15", 400, 500, 6, 2), ("bbbbbbbbbbb", "2026-02-01", None, 400, 4, 1),
    ]  # fmt: skip
    assert desk.rows(outcome, "part, views", "youtube_chart") == [("Subscribed", 11), ("Not subscribed", 40)]


@pytest.mark.parametrize(("likes", "found"), [(10, []), (12, ["total_differs"])])
def test_videos_that_do_not_add_up_to_the_total_are_noticed_and_land(desk: Desk, likes: int, found: list[str]) -> None:
    table = TABLE.format(likes=likes).replace("400,\n", "400,300\n")
    outcome = desk.land_one("social/page/Table data.csv", table)
    assert (outcome.status, outcome.rows_landed, findings(desk, outcome)) == ("landed", 2, found)


def test_totals_without_their_table_are_refused_by_name(desk: Desk) -> None:
    outcome = desk.land_one("social/page/Totals.csv", "Date,Views\n2026-03-01,53\n")
    assert outcome.reason == "Totals.csv: YouTube Studio totals: not a supported report"


def test_facebook_and_instagram_land_in_one_table_and_no_caption_lands(desk: Desk) -> None:
    page = (
        '122100000000000001,100064512345678,Shop,,"Hai dòng,\n""đẹp""",03/02/2026 18:12,Photos,Lifetime,900,30,20,6,4\n'
    )
    facebook = desk.land_one("social/page/Mar-09-2026.csv", FACEBOOK + page)
    head = "Post ID,Account ID,Account username,Description,Publish time,Post type,Date,Views,Likes,Shares,Comments,Saves\n"
    photo = "18100000000000001,17841400000000001,shop,Hai dòng,03/03/2026 08:00,IG image,Lifetime,500,40,2,3,5\n"
    instagram = desk.land_one("social/page/Mar-09-2026 (1).csv", head + photo)
    columns = "post_id, page_id, cast(published_on as varchar), views, impressions, likes, comments, shares, saves"
    assert desk.rows(facebook, columns) == [
        ("122100000000000001", "100064512345678", "2026-03-02", 900, None, 20, 6, 4, None)
    ]
    assert desk.rows(instagram, columns) == [("18100000000000001", None, "2026-03-03", 500, None, 40, 3, 2, 5)]
    landed = desk.rows(facebook, "*")[0]
    assert not any("đẹp" in str(cell) for cell in landed)


def test_a_post_id_that_went_through_a_spreadsheet_refuses_the_file(desk: Desk) -> None:
    row = "1.2215E+17,100064512345678,Shop,,x,03/02/2026 18:12,Photos,Lifetime,900,30,20,6,4\n"
    outcome = desk.land_one("social/page/Mar-09-2026.csv", FACEBOOK + row)
    assert outcome.status == "refused"
    assert "1.2215E+17" in outcome.reason


def test_a_daily_meta_export_is_held_by_the_gate_because_its_figures_are_no_lifetime(desk: Desk) -> None:
    row = "122100000000000001,100064512345678,Shop,,x,03/02/2026 18:12,Photos,03/02/2026,900,30,20,6,4\n"
    outcome = desk.land_one("social/page/Mar-09-2026.csv", FACEBOOK + row, gate=check_batch)
    assert outcome.status == "refused"
    assert "figures of the whole lifetime" in outcome.reason


def test_x_writes_quoted_days_newest_first_and_long_ids(desk: Desk) -> None:
    rows = (
        '2000000000000000002,"Tue, Mar 3, 2026","Hai dòng,\nmột bài",https://x.com/shop/status/2,44,1,9,2,1,3,4\n'
        '2000000000000000001,"Sun, Mar 1, 2026",một,https://x.com/shop/status/1,34,2,4,0,0,1,0\n'
    )
    outcome = desk.land_one("social/page/account_analytics_content_2026-03-01_2026-03-08.csv", X_POSTS + rows)
    columns = "post_id, cast(published_on as varchar), impressions, likes, comments, reposts, link_shares, saves"
    assert desk.rows(outcome, columns) == [
        ("2000000000000000002", "2026-03-03", 44, 1, 3, 4, 1, 2), ("2000000000000000001", "2026-03-01", 34, 2, 1, 0, 0, 0),
    ]  # fmt: skip
    assert str(desk.batch(outcome.batches[0]).covers_to) == "2026-03-08", "through the day before the export"


def test_xs_legacy_posts_land_too(desk: Desk) -> None:
    head = "Tweet id,Tweet permalink,Tweet text,time,impressions,engagements,retweets,replies,likes\n"
    row = "1500000000000000001,https://x.com/s/1,một,2026-03-02 13:12:39 +0000,10,3,1,0,2\n"
    outcome = desk.land_one("social/page/tweet_activity.csv", head + row)
    assert desk.rows(outcome, "cast(published_on as varchar), impressions, reposts, likes") == [
        ("2026-03-02", 10, 1, 2)
    ]


def test_xs_account_overview_is_days(desk: Desk) -> None:
    rows = '"Tue, Mar 3, 2026",444,4,29,0,1,1,0,6,2\n"Mon, Mar 2, 2026",300,3,20,1,0,0,1,2,0\n'
    outcome = desk.land_one("social/page/account_overview_analytics.csv", X_DAYS + rows)
    columns = "cast(day as varchar), impressions, likes, comments, reposts, link_shares, saves, new_follows, unfollows"
    assert desk.rows(outcome, columns) == [
        ("2026-03-03", 444, 4, 6, 2, 1, 0, 1, 0), ("2026-03-02", 300, 3, 2, 0, 0, 1, 0, 1),
    ]  # fmt: skip


def workbook(sheets: dict[str, list[list[Any]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_linkedins_workbook_is_a_table_a_sheet_below_a_note(desk: Desk) -> None:
    metrics = ["Date", "Impressions (organic)", "Impressions (sponsored)", "Impressions (total)", "Reactions (organic)",
               "Comments (organic)", "Reposts (organic)", "Engagement rate (organic)"]  # fmt: skip
    posts = ["Post title", "Post link", "Post type", "Campaign name", "Posted by", "Created date", "Impressions", "Likes",
             "Comments", "Reposts"]  # fmt: skip
    book = workbook(
        {
            "Metrics": [["Aggregated metrics"], metrics, ["03/01/2026", 120, 30, 150, 5, 1, 2, 0.05],
                        ["03/02/2026", -4, 0, -4, -1, 0, 0, 0]],
            "All posts": [["Metrics of the posts"], posts,
                          ["Bài", "https://l.example/1", "Organic", "", "An", "03/01/2026", 90, 4, 1, 2],
                          ["Bài", "https://l.example/2", "Sponsored", "Spring", "An", "03/01/2026", 5000, 4, 1, 2]],
        }
    )  # fmt: skip
    outcome = desk.land_one("social/page/shop_content.xlsx", book)
    assert desk.rows(outcome, "cast(day as varchar), impressions, likes, comments, shares", "linkedin_page_daily") == [
        ("2026-03-01", 120, 5, 1, 2), ("2026-03-02", -4, -1, 0, 0),
    ]  # fmt: skip
    assert desk.rows(outcome, "post_link, campaign, impressions, likes, comments, shares", "linkedin_posts") == [
        ("https://l.example/1", None, 90, 4, 1, 2), ("https://l.example/2", "Spring", 5000, 4, 1, 2),
    ]  # fmt: skip


def test_linkedins_followers_are_new_ones_and_their_demographics_furniture(desk: Desk) -> None:
    book = workbook(
        {
            "New followers": [["Date", "Sponsored followers", "Organic followers", "Auto-invited followers", "Total followers"],
                              ["03/01/2026", 1, 4, 0, 5]],
            "Location": [["Location", "Total followers"], ["Ho Chi Minh City", 800], ["Hanoi", 400]],
        }
    )  # fmt: skip
    outcome = desk.land_one("social/page/shop_followers.xlsx", book)
    assert desk.rows(outcome, "cast(day as varchar), new_organic, new_sponsored, new_followers") == [
        ("2026-03-01", 4, 1, 5)
    ]
    assert (outcome.rows_read, outcome.rows_furniture) == (3, 2)


def test_follower_counts_are_read_in_vietnamese_too(desk: Desk) -> None:
    outcome = desk.land_one(
        "social/page/followers.csv", "Ngày,Mạng xã hội,Tên trang,Người theo dõi\n01/03/2026,Zalo,Shop,18.400\n"
    )
    assert desk.rows(outcome, "cast(day as varchar), network, handle, followers, _entity") == [
        ("2026-03-01", "Zalo", "Shop", 18400, "2026-03-01|Zalo|Shop")
    ]


def test_every_export_of_posts_is_remembered(desk: Desk) -> None:
    row = '2000000000000000001,"Sun, Mar 1, 2026",một,https://x.com/s/1,{0},2,4,0,0,1,0\n'
    for shown, at in ((34, "2026-03-02 03:00"), (50, "2026-03-04 03:00"), (49, "2026-03-05 03:00")):
        desk.land_one(f"social/page/content-{shown}.csv", X_POSTS + row.format(shown), at=at)
    with duckdb.connect() as connection:
        states = connection.execute(
            f"select impressions from read_parquet('{desk.home.landing}/social/x_content__states/*.parquet') "
            "order by exported_at"
        ).fetchall()
    assert states == [(34,), (50,), (49,)]


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("date,page_id,_fivetran_synced,page_impressions", "social media connector table"),
        ("Date (GMT),Post ID,Post Message,Post Permalink,Impressions", "Hootsuite report"),
        ("Date,Update,Service,Service Link,Type", "Buffer report"),
    ],
)
def test_reports_of_other_tools_are_refused_by_name(desk: Desk, header: str, kind: str) -> None:
    cells = ",".join("1" for _ in header.split(","))
    outcome = desk.land_one("social/page/report.csv", f"{header}\n{cells}\n")
    assert outcome.reason == f"report.csv: {kind}: not a supported report"


def test_an_error_text_of_business_suite_instead_of_a_post_is_counted_and_said(desk: Desk) -> None:
    head = '"Post ID","Page ID",Description,"Publish time","Post type","Data comment",Date,Views,Reactions,Comments,Shares\n'
    post = '100000000000000007,100000000000001,Hello,"03/02/2026 08:00",Photo,,Lifetime,100,5,1,2\n'
    error = ',,,,,"An error occurred while computing metadata for content with ID 100000000000000008.",Lifetime,51,,,\n'
    outcome = desk.land_one("social/page/Mar-01-2026_Mar-31-2026_1.csv", head + post + error, gate=check_batch)
    assert (outcome.status, outcome.rows_landed, outcome.rows_furniture) == ("landed", 1, 1)
    assert any("the post is missing" in f["message"] for f in desk.batch(outcome.batches[0]).manifest["findings"])


def test_insights_of_a_page_land_as_the_metric_that_their_title_names(desk: Desk) -> None:
    one = 'sep=,\n"Facebook visits"\n"Date","Primary"\n"2026-03-01T00:00:00","14"\n"2026-03-02T00:00:00","16"\n'
    outcome = desk.land_one("social/page/Visits.csv", one.encode("utf-16"))
    assert desk.rows(outcome, "metric, cast(day as varchar), value") == [
        ("Facebook visits", "2026-03-01", 14.0),
        ("Facebook visits", "2026-03-02", 16.0),
    ]
    two = one + '\n"Reach"\n"Date","Primary"\n"2026-03-01T00:00:00","90"\n'
    outcome = desk.land_one("social/page/Both.csv", two.encode("utf-16"))
    assert set(desk.rows(outcome, "metric, value")) == {
        ("Facebook visits", 14.0),
        ("Facebook visits", 16.0),
        ("Reach", 90.0),
    }


def test_days_without_a_year_have_the_year_of_the_latest_such_day_before_the_export(desk: Desk) -> None:
    head = '"Date","Video Views","Profile Views","Likes","Comments","Shares"\n'
    rows = '"December 30","7","1","2","0","0"\n"January 2","9","1","2","0","0"\n'
    outcome = desk.land_one("social/page/Overview.csv", head + rows, at="2026-01-03 03:00")
    assert desk.rows(outcome, "cast(day as varchar), video_views") == [("2025-12-30", 7), ("2026-01-02", 9)]


def test_parts_of_an_audience_without_days_name_the_tab_to_export(desk: Desk) -> None:
    outcome = desk.land_one("social/page/Table data.csv", "Subscription status,Views\nTotal,10\nSubscribed,4\n")
    assert (outcome.status, "export the Content tab" in outcome.reason) == ("refused", True)
