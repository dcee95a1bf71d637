"""Exports of listening tools: what a mention is, in the words of each tool, and what of it never lands."""

from __future__ import annotations

import pytest

from tests.support.desk import Desk

BLOCK = "Report:,Bulk Mentions Download\nBrand:,Shop\nLabel:,All mentions\n\n"
BRANDWATCH = "Query Id,Query Name,Date,Title,Snippet,Url,Domain,Sentiment,Author,Full Text,Reach (new)\n"
MELTWATER = "Date\tHeadline\tURL\tHit Sentence\tSource\tInfluencer\tReach\tAVE\tSentiment\tInput Name\n"
COLUMNS = "query, cast(mentioned_at as varchar), sentiment, url, reach"


def test_brandwatchs_block_is_no_table_and_texts_and_authors_never_land(desk: Desk) -> None:
    rows = (
        '1,Shop,2026-03-02 19:12:00.0,,"Hai dòng,\nđẹp",https://x.example/1,x.example,positive,An Nguyen,"Hai dòng,\nđẹp",120\n'
        "1,Shop,2026-03-01 01:00:00.0,Tựa,đẹp,https://x.example/2,x.example,not rated,An Nguyen,đẹp,\n"
    )
    outcome = desk.land_one("listening/brand/bulk.csv", "\ufeff" + BLOCK + BRANDWATCH + rows)
    assert desk.rows(outcome, COLUMNS) == [
        ("Shop", "2026-03-02 19:12:00", "positive", "https://x.example/1", 120),
        ("Shop", "2026-03-01 01:00:00", "unknown", "https://x.example/2", None),
    ]
    assert not any("An Nguyen" in str(cell) or "đẹp" in str(cell) for row in desk.rows(outcome) for cell in row)
    batch = desk.batch(outcome.batches[0])
    assert (str(batch.covers_from), str(batch.covers_to)) == ("2026-03-01", "2026-03-03"), (
        "19:12 UTC is the 3rd in Sài Gòn"
    )


def test_a_longer_block_and_nul_bytes_do_no_harm(desk: Desk) -> None:
    block = BLOCK.replace("\n\n", "\nFrom:,2026-03-01\nTo:,2026-03-08\nTimezone:,UTC\n\n")
    row = "1,Shop,2026-03-02 19:12:00.0,,a\0b,https://x.example/1,x.example,negative,An,ab,7\n"
    outcome = desk.land_one("listening/brand/bulk.csv", block + BRANDWATCH + row)
    assert desk.rows(outcome, COLUMNS) == [("Shop", "2026-03-02 19:12:00", "negative", "https://x.example/1", 7)]


def test_meltwater_writes_utf_16_with_tabs_the_accounts_time_and_capitals(desk: Desk) -> None:
    row = "16-Mar-2026 09:12AM\tTựa\thttps://n.example/1\tđẹp\tBáo\tAn\t\t12.5 USD\tPositive\tShop\n"
    outcome = desk.land_one("listening/brand/export.csv", (MELTWATER + row).encode("utf-16"), at="2026-03-18 03:00")
    assert desk.rows(outcome, COLUMNS, "meltwater") == [
        ("Shop", "2026-03-16 02:12:00", "positive", "https://n.example/1", None)
    ]


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        ("query,mentioned_at,sentiment,reach,url", "shop,2026-03-02 09:12,-1,30,u", ("2026-03-02 02:12:00", "negative", 30)),
        ("Từ khóa,Thời gian,Sắc thái,Lượt tiếp cận,Liên kết", "shop,02/03/2026 09:12,Tích cực,1.200,u",
         ("2026-03-02 02:12:00", "positive", 1200)),
        ("Project,Date,Hour,Sentiment,Link", "shop,2026-03-02,09:12,0,u", ("2026-03-02 02:12:00", "neutral", None)),
        ("query,mentioned_at,sentiment,reach,url", "shop,2026-03-02 09:12,,,u", ("2026-03-02 02:12:00", "unknown", None)),
    ],
)  # fmt: skip
def test_any_tool_lands_by_the_template(desk: Desk, header: str, row: str, expected: tuple[object, ...]) -> None:
    outcome = desk.land_one("listening/brand/mentions.csv", f"{header}\n{row}\n")
    assert desk.rows(outcome, "cast(mentioned_at as varchar), sentiment, reach", "brand24") == [expected]


def test_mentions_that_no_query_names_are_refused_with_the_missing_column(desk: Desk) -> None:
    outcome = desk.land_one("listening/brand/mentions.csv", "mentioned_at,sentiment,url\n2026-03-02 09:12,1,u\n")
    assert outcome.status == "refused"
    assert "column “query” is missing" in outcome.reason
