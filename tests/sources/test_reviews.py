"""Reviews: words for stars, nanoseconds, reviews without an id, and a profile's report with two headers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from raceway.common.home import PROJECT
from tests.support.desk import Desk

COLUMNS = "review_id, stars, comment, cast(created_at as varchar)"


def google(number: str, stars: str, **more: Any) -> dict[str, Any]:
    """A review as Google's API writes it."""
    return {
        "name": f"accounts/1/locations/2/reviews/{number}", "reviewId": number,
        "reviewer": {"displayName": "Nguyễn An", "isAnonymous": False}, "starRating": stars,
        "createTime": "2026-03-01T10:11:12.123456123Z", "updateTime": "2026-03-02T10:11:12Z",
    } | more  # fmt: skip


def test_a_profile_s_document_lands_with_stars_as_numbers(desk: Desk) -> None:
    document = {
        "reviews": [google("r1", "FIVE", comment="Rất hài lòng"), google("r2", "ONE"), google("r3", "STAR_RATING_UNSPECIFIED")],
        "averageRating": 3.0, "totalReviewCount": 3,
    }  # fmt: skip
    outcome = desk.land_one("reviews/shop/reviews.json", json.dumps(document, indent=1))
    at = "2026-03-01 10:11:12.123456"
    assert desk.rows(outcome, COLUMNS, "gbp_reviews") == [
        ("r1", 5, "Rất hài lòng", at), ("r2", 1, None, at), ("r3", None, None, at),
    ]  # fmt: skip
    assert desk.rows(outcome, "typeof(created_at), _entity")[0] == ("TIMESTAMP", ""), "every engine reads it"


def test_a_takeout_names_its_reviews_by_their_path(desk: Desk) -> None:
    review = google("r1", "FOUR")
    del review["reviewId"]
    outcome = desk.land_one("reviews/shop/reviews-1f2e.json", json.dumps({"reviews": [review]}))
    assert desk.rows(outcome, "review_id, stars") == [("accounts/1/locations/2/reviews/r1", 4)]


def test_pages_of_one_download_are_one_snapshot(desk: Desk) -> None:
    desk.deliver("reviews/shop/reviews_page_1.json", json.dumps({"reviews": [google("r1", "FIVE")]}))
    desk.deliver("reviews/shop/reviews_page_2.json", json.dumps({"reviews": [google("r2", "TWO")]}), "2026-03-09 03:01")
    (outcome,) = desk.land("reviews")
    assert desk.rows(outcome, "review_id, stars") == [("r1", 5), ("r2", 2)]


def test_a_star_word_that_nobody_knows_refuses_its_review(desk: Desk) -> None:
    content = json.dumps({"reviews": [google("r1", "FIVE"), google("r2", "SIX")]})
    outcome = desk.land_one("reviews/shop/reviews.json", content)
    assert (outcome.rows_landed, outcome.rows_refused) == (1, 1)


def test_trustpilot_s_header_is_met_in_any_case_and_names_do_not_land(desk: Desk) -> None:
    content = (
        "Domain Url,Business Unit Id,Review ID,Review Created (UTC),Review Username,Review User Email,Review Title,"
        "Review Content,Review Stars,Reference Id,Company Response\n"
        'shop.example,5f,t1,2026-03-01 23:30:00,Nguyễn An,an@example.com,Tốt,"Giao ""nhanh"",\ngọi 0912345678",4,#1001,\n'
    )
    outcome = desk.land_one("reviews/shop/tp.csv", content)
    ((*cells, comment),) = desk.rows(
        outcome, "review_id, stars, order_name, email_hash is not null, comment", "trustpilot"
    )
    assert cells == ["t1", 4, "#1001", True]
    assert comment.startswith('Giao "nhanh",\ngọi [')
    assert "Nguyễn An" not in str(desk.rows(outcome))


JUDGE_ME = (
    "title,body,rating,review_date,source,curated,reviewer_name,reviewer_email,product_id,product_handle,reply,reply_date,"
    "picture_urls,ip_address,location\n"
)


def test_judge_me_gives_no_id_so_time_address_and_product_tell_reviews_apart(desk: Desk) -> None:
    row = 'Great,"Fits, ""true to size""",5,2026-03-02 10:12:00 UTC,email,{0},An T.,an@example.com,84,brando,,,,192.0.2.4,VN\n'
    outcome = desk.land_one("reviews/shop/jm.csv", JUDGE_ME + row.format("ok") + row.format("spam"))
    rows = desk.rows(outcome, "_entity, stars, comment, curated, cast(created_at as varchar)", "judge_me")
    assert rows[0][0] == rows[1][0]
    assert [row[1:] for row in rows] == [
        (5, 'Fits, "true to size"', said, "2026-03-02 10:12:00") for said in ("ok", "spam")
    ]
    assert desk.batch(outcome.batches[0]).manifest["findings"] == []


def test_yotpo_lands(desk: Desk) -> None:
    content = (
        "Review ID,Published,Review Title,Review Content,Review Score,Date,Product ID,Product Title,User Type,"
        "Reviewer Name,Reviewer Email\n"
        "901,true,Nice,Love it,5,2026-03-02 10:12:00,84,Brando,verified_buyer,An,an@example.com\n"
    )
    outcome = desk.land_one("reviews/shop/y.csv", content)
    assert desk.rows(outcome, COLUMNS, "yotpo") == [("901", 5, "Love it", "2026-03-02 10:12:00")]


def test_the_template_lands_as_it_stands_and_a_vietnamese_list_too(desk: Desk) -> None:
    template = (PROJECT.root / "docs" / "templates" / "reviews_other.csv").read_bytes()
    outcome = desk.land_one("reviews/shop/other.csv", template)
    assert desk.rows(outcome, "platform, stars, scale", "other") == [("Shopee", 5.0, None), ("App store", 8.0, 10.0)]
    content = "Sàn,Mã đánh giá,Ngày đánh giá,Số sao,Nội dung\nLazada,77,2026-03-04 09:30,4,Tốt\n"
    outcome = desk.land_one("reviews/shop/danh-gia.csv", content)
    assert desk.rows(outcome, COLUMNS, "other") == [("77", 4.0, "Tốt", "2026-03-04 02:30:00")]


PERFORMANCE = (
    "Store code,Business name,Address,Labels,Google Search - Mobile,Google Search - Desktop,Google Maps - Mobile,"
    "Google Maps - Desktop,Calls,Messages,Bookings,Directions,Website clicks,Food orders,Food menu clicks,Hotel bookings\n"
    ",,,,Number of people that viewed your Business Profile on Google Search using Mobile,b,c,d,e,f,g,h,i,j,k,l\n"
    '00018942765390127205,Sông Hồng,"Hàng Bông 88, Hà Nội",,42,24,27,24,1,0,0,63,7,0,0,0\n'
    ",Sông Hồng,Canal Street 1,,1,2,3,4,5,0,0,6,7,0,0,0\n"
)


def test_a_profile_s_report_takes_its_period_from_the_file_s_name(desk: Desk) -> None:
    outcome = desk.land_one(
        "reviews/shop/GMB insights (Performance Report) - 2026-1-1 - 2026-1-31 - 9fd7.csv", PERFORMANCE
    )
    assert (outcome.rows_landed, outcome.rows_furniture) == (2, 1)
    columns = "store_code, address, search_mobile_views, directions, cast(period_start as varchar), cast(period_end as varchar)"
    assert desk.rows(outcome, columns, "gbp_performance") == [
        ("00018942765390127205", "Hàng Bông 88, Hà Nội", 42, 63, "2026-01-01", "2026-01-31"),
        (None, "Canal Street 1", 1, 6, "2026-01-01", "2026-01-31"),
    ]


def test_the_same_numbers_of_another_month_are_another_report(desk: Desk) -> None:
    january = desk.land_one("reviews/shop/gbp_performance_2026-01.csv", PERFORMANCE)
    february = desk.land_one("reviews/shop/gbp_performance_2026-02.csv", PERFORMANCE)
    assert desk.rows(february, "cast(period_end as varchar)")[0] == ("2026-02-28",)
    assert (january.status, february.status) == ("landed", "landed")
    again = desk.land_one("reviews/shop/GMB insights - 2026-2-1 - 2026-2-28 - 9fd7.csv", PERFORMANCE)
    assert again.status == "duplicate", "however the name words its period"


@pytest.mark.parametrize("name", ["performance.csv", "report - 2026-2-30 - 2026-3-1.csv"])
def test_a_report_whose_period_nothing_states_is_refused(desk: Desk, name: str) -> None:
    outcome = desk.land_one(f"reviews/shop/{name}", PERFORMANCE)
    assert outcome.status == "refused"
    assert "period" in outcome.reason
