"""Files of search tools as they really look: UTF-16, wide months, buckets, masked interest, two lists in one file."""

from __future__ import annotations

import codecs

import pytest

from tests.support.desk import Desk


@pytest.fixture
def desk(desk: Desk) -> Desk:
    with desk.home.accounts.open("a", encoding="utf-8") as file:
        file.write("seo,site,Site,,VN,Asia/Ho_Chi_Minh,VND,false,0,,false,www.shop.example\n")
    return desk


def utf16(text: str) -> bytes:
    return codecs.BOM_UTF16_LE + text.encode("utf-16-le")


PLANNER = (
    "Keyword\tCurrency\tAvg. monthly searches\tThree month change\tYoY change\tCompetition\tCompetition (indexed value)\t"
    "In account?\tSearches: Nov 2025\tSearches: Dec 2025\tConcept: Khác\n"
    'giày đẹp\tVND\t50\t0%\t∞\tLow\t4\t\t"1,200"\t0\t\n'
    "không ai tìm\tVND\t\t --\t --\tUnknown\t\t\t\t\t\n"
)
ABOVE = 'Keyword Stats 2026-01-05 at 23_10_18\n"November 1, 2025 - December 31, 2025"\n'


@pytest.mark.parametrize("above", [ABOVE, ""], ids=["as downloaded", "lines above the header taken out"])
def test_keyword_planners_wide_months_land_as_rows(desk: Desk, above: str) -> None:
    outcome = desk.land_one("seo/site/Keyword Stats 2026-01-05 at 23_10_18.csv", utf16(above + PLANNER))
    assert desk.rows(
        outcome, "keyword, cast(month as varchar), searches, avg_monthly_searches, competition, competition_index"
    ) == [("giày đẹp", "2025-11-01", 1200, 50, "Low", 4), ("giày đẹp", "2025-12-01", 0, 50, "Low", 4)]
    assert (outcome.rows_read, outcome.rows_landed, outcome.rows_furniture) == (2, 1, 1)
    manifest = desk.batch(outcome.batches[0]).manifest
    assert (manifest["covers_from"], manifest["covers_to"]) == ("2025-11-01", "2025-12-31")
    assert (manifest["exported_at"][:10], manifest["findings"]) == ("2026-01-05", [])


def test_trends_lands_every_term_and_says_where_interest_is_only_bounded(desk: Desk) -> None:
    outcome = desk.land_one(
        "seo/site/multiTimeline.csv",
        '类别：所有类别\n\nsemaine,COVID Delta: (Monde),"""Allianz"": (Italia)"\n2026-02-08,<1,7\n2026-02-15,0,100\n',
    )
    assert desk.rows(
        outcome, "category, granularity, cast(moment as date)::varchar, series, interest, interest_is"
    ) == [
        ("所有类别", "semaine", "2026-02-08", "COVID Delta: (Monde)", 1, "<"),
        ("所有类别", "semaine", "2026-02-08", '"Allianz": (Italia)', 7, None),
        ("所有类别", "semaine", "2026-02-15", "COVID Delta: (Monde)", 0, None),
        ("所有类别", "semaine", "2026-02-15", '"Allianz": (Italia)', 100, None),
    ]


@pytest.mark.parametrize(
    ("written", "read"), [("2026-02", "2026-02-01 00:00:00"), ("2026-02-08T13", "2026-02-08 13:00:00")]
)
def test_trends_moments_may_be_months_or_hours(desk: Desk, written: str, read: str) -> None:
    outcome = desk.land_one("seo/site/multiTimeline.csv", f"\nTháng,Vn-Index\n{written},24\n")
    assert desk.rows(outcome, "category, cast(moment as varchar), series") == [("unknown", read, "Vn-Index")]


def test_a_newer_download_of_a_term_replaces_its_whole_series(desk: Desk) -> None:
    head = "Category: All categories\n\nWeek,shoes: (Vietnam)\n"
    first = desk.land_one("seo/site/a.csv", head + "2026-02-01,50\n2026-02-08,100\n")
    newer = desk.land_one("seo/site/b.csv", head + "2026-02-08,80\n", at="2026-03-09 04:00")
    assert {desk.rows(o, "distinct _entity")[0][0] for o in (first, newer)} == {"All categories|shoes: (Vietnam)"}


def test_both_lists_of_related_queries_land_with_their_term(desk: Desk) -> None:
    outcome = desk.land_one(
        "seo/site/relatedQueries.csv",
        'Category: Games\n"codes: (9/25/23, 9:43\u202fAM - 9/26/23, Worldwide)"\n\nTOP\nroblox,100\n"a, b",<1\n\nRISING\n'
        "idle,+900%\nblade,Breakout\n\n",
    )
    assert desk.rows(outcome, "category, term, kind, query, score") == [
        ("Games", "codes", "TOP", "roblox", "100"), ("Games", "codes", "TOP", "a, b", "<1"),
        ("Games", "codes", "RISING", "idle", "+900%"), ("Games", "codes", "RISING", "blade", "Breakout"),
    ]  # fmt: skip
    assert (outcome.rows_read, outcome.rows_landed) == (4, 4)


def test_the_newer_pages_name_their_list_in_the_files_name(desk: Desk) -> None:
    outcome = desk.land_one(
        "seo/site/searched_with_rising-queries_VN_20260101_20260201.csv",
        '"query","search interest","increase percent"\n"giày",2,"Breakout"\n"dép",100,"-5%"\n',
    )
    assert desk.rows(outcome, "kind, query, interest, increase") == [
        ("rising", "giày", 2, "Breakout"), ("rising", "dép", 100, "-5%"),
    ]  # fmt: skip


def test_a_keyword_that_does_not_rank_lands_without_a_position(desk: Desk) -> None:
    outcome = desk.land_one(
        "seo/site/positions.csv",
        b'\xef\xbb\xbf"Google Vietnam, interface language: Vietnamese"\nKeyword,URL,Tags,"Search vol.",2026-02-01,Dynamics,'
        b"2026-02-02,Dynamics\nshoes,,,8000,-,0,75,25\n",
    )
    assert desk.rows(outcome, "search_engine, keyword, cast(day as varchar), position") == [
        ("Google Vietnam, interface language: Vietnamese", "shoes", "2026-02-01", None),
        ("Google Vietnam, interface language: Vietnamese", "shoes", "2026-02-02", 75),
    ]


def test_semrush_and_ahrefs_files_are_told_apart(desk: Desk) -> None:
    files = {
        "semrush_keywords": 'Keyword,Intent,Volume,Trend,Keyword Difficulty,CPC (GBP),SERP Features\nshoes,,140,"0.2,1",,0.00,\n',
        "semrush_trend": "Target;Target Type;Metric;Database;Summary;2026-02-10;2026-02-11\na.example;root domain;"
        "Organic Traffic;Worldwide;30;10;20\n",
        "semrush_positions": "Keyword,Position,Previous position,Search Volume,Keyword Difficulty,CPC,URL,Traffic,"
        "Timestamp\nshoes,3,4,90,12,0.5,https://a.example/,1.5,2026-02-10\n",
        "ahrefs_keywords": '"#"\t"Keyword"\t"Country"\t"Difficulty"\t"Volume"\n"1"\t"shoes"\t"vn"\t""\t"50"\n',
        "ahrefs_organic_keywords": "Keyword\tCountry\tVolume\tKD\tCurrent organic traffic\tCurrent position\tPosition change\n"
        "shoes\tVN\t600\t0\t\t\tLost\n",
        "ahrefs_ref_domains": "Domain\tDR\tTraffic \tLinks to target\tFirst seen\tLost\na.example\t92\t1\t2\t2024-10-31 04:49:50\t\n",
        "moz_domains": "URL,Domain Authority,Page Authority,Date\nwww.a.example,31,38,2026-02-01\n",
        "domain_scores": "vendor,domain,day,score\nahrefs,a.example,2026-02-01,45\n",
    }
    for table, content in files.items():
        outcome = desk.land_one(f"seo/site/{table}.csv", content)
        assert (outcome.status, list(outcome.tables), outcome.rows_landed) == ("landed", [table], 1), outcome.reason
        assert desk.batch(outcome.batches[0]).manifest["findings"] == []


def test_a_keyword_plan_without_months_lands_its_averages(desk: Desk) -> None:
    header = "Keyword\tCurrency\tAvg. monthly searches\tCompetition\tCompetition (indexed value)\n"
    rows = "cups\tUSD\t500\tLow\t4\nmugs\tUSD\t50\tHigh\t80\n"
    outcome = desk.land_one("seo/site/Keyword Stats 2026-01-05 at 10_00_00.csv", utf16(ABOVE + header + rows))
    assert list(outcome.tables) == ["keyword_planner_average"]
    assert desk.rows(outcome, "keyword, avg_monthly_searches, cast(period_start as varchar)") == [
        ("cups", 500, "2025-11-01"),
        ("mugs", 50, "2025-11-01"),
    ]


def test_no_long_file_is_called_google_trends(desk: Desk) -> None:
    outcome = desk.land_one("seo/site/anything.csv", "Color,Size\n" + "".join(f"c{i},{i}\n" for i in range(12)))
    assert "no known export of seo" in outcome.reason
    assert "The nearest is trends" not in outcome.reason
