"""Files of the further web sources, each in an account and market of its own (see awkward_files)."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.models.awkward_files import Company


def _stamp(at: str) -> int:
    return int(dt.datetime.fromisoformat(f"2026-03-{at}+07:00").timestamp())


def matomo_visit(number: int, visitor: str, *actions: tuple[str, str, dict[str, Any]], **visit: Any) -> dict[str, Any]:
    """A visit as Live.getLastVisitsDetails tells it; an action is its type, its local time and what it says."""
    told = [
        {"type": kind, "timestamp": _stamp(at), "pageId": str(100 * number + place), "timeSpent": "0"} | more
        for place, (kind, at, more) in enumerate(actions)
    ]
    return {
        "idSite": "1", "idVisit": str(number), "visitIp": "203.0.113.77", "visitorId": visitor, "actionDetails": told,
        "firstActionTimestamp": _stamp(actions[0][1]) if actions else 0, "country": "Unknown",
        "browserName": "Chrome", "siteName": "Shop", "visitorType": "new", "goalConversions": None,
    } | visit  # fmt: skip


def lay_web(company: Company) -> None:
    """Matomo, Umami, a mapped file of events, and GA4's intraday tables."""
    company.account("matomo/site", "GE", site="matomo.example")
    page = "https://matomo.example"
    visits = [
        matomo_visit(
            2, "bbb", ("action", "05T11:00:00", {"url": f"{page}/"}),
            referrerType="website", referrerName="blog.example", referrerUrl="https://blog.example/post",
        ),
        matomo_visit(
            1, "aaa", ("action", "05T10:00:00", {"url": f"{page}/"}),
            ("search", "05T10:00:30", {"url": None, "siteSearchKeyword": "Ủng", "siteSearchCount": "0"}),
            ("action", "05T10:01:00", {"url": f"{page}/ung"}), ("event", "05T10:01:10", {"eventAction": "add_to_cart"}),
            referrerType="campaign", referrerName="tet", campaignSource="google", campaignMedium="cpc",
            campaignName="tet", secondsSinceFirstVisit="86400",
        ),
        matomo_visit(3, "ccc"),
    ]  # fmt: skip
    company.put("matomo/site/a/visits.json", json.dumps(visits), "2026-03-10")
    company.put("matomo/site/b/visits.json", json.dumps(visits[1:2]), "2026-03-11")

    company.account("umami/site", "AM", site="umami.example")
    head = "event_id,website_id,session_id,created_at,url_path,url_query,referrer_domain,referrer_path,page_title,event_type,event_name,visit_id\n"  # fmt: skip
    first = "e1,w,s1,2026-03-05 03:00:00,/,utm_source=facebook&utm_medium=cpc,,,Shop,1,,v1\n"
    company.put("umami/site/a/website_event.csv", head + first, "2026-03-10")
    company.put(
        "umami/site/b/website_event.csv",
        head + first + "e2,w,s1,2026-03-05 03:00:20,/gia,,umami.example,/,Shop,1,,v1\n"
        "e3,w,s1,2026-03-05 03:00:30,/gia,,,,Shop,2,add_to_cart,v1\n",
        "2026-03-11",
    )

    company.account("events_file/site", "SK", site="events.example")
    company.put(
        "events_file/site/su-kien.csv",
        "Mã sự kiện,Thời điểm,Sự kiện,Khách,Đường dẫn,Nguồn,Phương tiện\n"
        "1,2026-03-05 10:00:00,page_view,k1,https://events.example/?x=1,zalo,zns\n"
        "2,2026-03-05T03:10:00Z,begin_checkout,k1,https://events.example/checkout,,\n"
        "3,2026-03-05 11:00:00,page_view,k1,https://events.example/,,\n",
    )

    # the daily table takes the place of the intraday one, which tells the next day alone
    company.account("ga4/today", "AZ", site="today.example")
    for name, at, days in (
        ("events_intraday_20260305", "2026-03-05", ("05T10:00:00", "05T10:00:30", "05T10:00:40")),
        ("events_20260305", "2026-03-07", ("05T10:00:00", "05T10:00:30")),
        ("events_intraday_20260306", "2026-03-06", ("06T10:00:00",)),
    ):
        lines = [
            {"event_date": f"202603{time[:2]}", "event_timestamp": str(_stamp(time) * 1_000_000), "event_name": "page_view",
             "event_params": [], "user_pseudo_id": "t1", "event_bundle_sequence_id": f"{number + len(days)}"}
            for number, time in enumerate(days)
        ]  # fmt: skip
        company.put(f"ga4/today/{name}.jsonl", "".join(json.dumps(line) + "\n" for line in lines), at)
    _lay_others(company)


def _lay_others(company: Company) -> None:
    """Reviews of the app stores, profiles on Threads and Pinterest, and a shop's visitors on a marketplace."""
    company.account("app_reviews/app", "MD")
    head = "Package Name,App Version Code,App Version Name,Reviewer Language,Device,Review Submit Date and Time,Review Submit Millis Since Epoch,Review Last Update Date and Time,Review Last Update Millis Since Epoch,Star Rating,Review Title,Review Text,Developer Reply Date and Time,Developer Reply Millis Since Epoch,Developer Reply Text,Review Link\n"  # fmt: skip
    row = "com.shop,1,1.0,vi,pixel,{day},{ms},2026-03-06T10:00:00Z,1772791200000,{stars},,{text},,{replied},,\n"
    first = row.format(day="2026-02-27T03:00:00Z", ms=1_772_161_200_000, stars=2, text="chậm", replied="")
    rest = row.format(
        day="2026-03-05T03:00:00Z", ms=1_772_679_600_000, stars=4, text='"tốt, ""nhanh"""', replied=1_772_701_200_000
    )
    # a review of February comes again in the month in which it was changed
    company.put("app_reviews/app/reviews_com.shop_202602.csv", (head + first).encode("utf-16"), "2026-03-02")
    changed = first.replace(",2,,", ",5,,")
    company.put("app_reviews/app/reviews_com.shop_202603.csv", (head + changed + rest).encode("utf-16"), "2026-03-10")
    company.account("app_store_reviews/app", "MK")
    company.put(
        "app_store_reviews/app/reviews.csv",
        "Mã đánh giá,Thời gian đánh giá,Số sao,Nội dung\nr1,2026-03-05 23:30:00,5,Tốt\nr2,2026-03-06T01:00:00+07:00,3,\n",
    )
    company.account("threads/brand", "RS")
    company.put("threads/brand/threads.csv", "Ngày,Lượt xem,Lượt thích\n05/03/2026,120,7\n06/03/2026,80,\n")
    company.account("pinterest/brand", "ME")
    company.put("pinterest/brand/p.csv", "Date,Impressions,Saves,Outbound clicks\n2026-03-05,500,9,4\n")
    company.account("marketplace_traffic/mall", "GI")
    company.put("marketplace_traffic/mall/t.csv", "Sàn,Ngày,Lượt khách,Lượt xem trang\nTikTok Shop,05-03-2026,40,90\n")
