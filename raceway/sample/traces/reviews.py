"""Reviews: a Google Business Profile, Trustpilot, Judge.me, and a list by raceway's own template."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any, Final

from raceway.sample.invent.service import halfway
from raceway.sample.traces.drop import Drop, header, table
from raceway.sample.world import company
from raceway.sample.world.chance import Chance
from raceway.sample.world.service import Platform, Review
from raceway.sample.world.world import World

_STARS: Final = ("STAR_RATING_UNSPECIFIED", "ONE", "TWO", "THREE", "FOUR", "FIVE")
_TRUSTPILOT: Final = header(
    "Domain Url,Webshop Name,Business Unit Id,Review Id,Review Created (UTC),Review Consumer User Id,Review Username,"
    "Review User Email,Review Title,Review Content,Review Stars,Source Of Review,Reference Id,Company Response,"
    "Company Reply Date (UTC),Location Name"
)
_JUDGE_ME: Final = header(
    "title,body,rating,review_date,source,curated,reviewer_name,reviewer_email,product_id,product_handle,reply,"
    "reply_date,picture_urls,ip_address,location"
)
_OTHER: Final = header("platform,review_id,reviewed_at,rating,scale,email,comment")
_PERFORMANCE: Final = header(
    "Store code,Business name,Address,Labels,Google Search - Mobile,Google Search - Desktop,Google Maps - Mobile,"
    "Google Maps - Desktop,Calls,Messages,Bookings,Directions,Website clicks,Food orders,Food menu clicks,"
    "Hotel bookings"
)
_PERFORMANCE_BELOW: Final = ["", "", "", "", *(f"Number of people that … ({name})" for name in _PERFORMANCE[4:])]


def write_reviews(world: World, inbox: Path) -> int:
    """Writes what each place exported, Google and Trustpilot twice; gives the number of files."""
    store, shop = Drop(inbox, "reviews", "us-store"), Drop(inbox, "reviews", "vn-shop")
    half, night = halfway(world), world.night

    def of(*platforms: Platform) -> list[Review]:
        return [review for review in world.service.reviews if review.platform in platforms]

    for moment in (half, night):
        shown = [r for r in of("google_business_profile") if r.at < moment and not _is_gone(r, moment)]
        if shown:
            document = {
                "reviews": [_google(review, moment) for review in reversed(shown)],
                "totalReviewCount": len(shown),
            }
            content = json.dumps(document, ensure_ascii=False, indent=1)
            store.put(f"reviews-{moment:%Y-%m-%d}.json", content.encode(), moment)
    # the second export holds what was written or edited since: what it does not name stays
    for moment, since in ((half, None), (night, half)):
        rows = [_trustpilot(r, moment) for r in of("trustpilot") if r.at < moment and _is_new(r, since)]
        if rows:
            content = table([_TRUSTPILOT, *rows])
            shop.put(f"trustpilot-service-reviews-{moment:%Y-%m-%d}.csv", content.encode(), moment)
    if rows := [_judge_me(review, night) for review in of("judge_me")]:
        shop.put("judgeme-reviews-export.csv", table([_JUDGE_ME, *rows]).encode(), night)
    if rows := [_other(world, review) for review in of("shopee", "app store")]:
        shop.put("other-reviews.csv", table([_OTHER, *rows]).encode(), night)
    month = (world.first.replace(day=1), (world.first.replace(day=28) + dt.timedelta(days=4)).replace(day=1))
    last = month[1] - dt.timedelta(days=1)
    if last < world.last:
        first = f"{month[0].year}-{month[0].month}-{month[0].day}"
        name = f"GMB insights (Performance Report) - {first} - {last.year}-{last.month}-{last.day} - 9fd704c2.csv"
        rows = _performance(Chance(world.seed, "profile"))
        store.put(name, table([_PERFORMANCE, _PERFORMANCE_BELOW, *rows]).encode(), world.moment(last, 23))
    return store.files + shop.files


def _is_gone(review: Review, at: dt.datetime) -> bool:
    return review.removed_at is not None and review.removed_at <= at


def _is_new(review: Review, since: dt.datetime | None) -> bool:
    changes = (review.at, review.edited_at, review.replied_at)
    return since is None or any(change is not None and change >= since for change in changes)


def _replied(review: Review, at: dt.datetime, form: str) -> str:
    """When the company answered, as an export at a moment knows it; empty where it had not."""
    if review.replied_at is None or review.replied_at > at:
        return ""
    return review.replied_at.astimezone(dt.UTC).strftime(form)


def _google(review: Review, moment: dt.datetime) -> dict[str, Any]:
    """A review as the API writes it: stars as words, nanoseconds, no comment where there is none."""
    at = review.at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S")
    said: dict[str, Any] = {"comment": review.comment} if review.comment else {}
    if replied := _replied(review, moment, "%Y-%m-%dT%H:%M:%SZ"):
        said["reviewReply"] = {"comment": "Cảm ơn bạn", "updateTime": replied}
    return {
        "name": f"accounts/1/locations/2/reviews/{review.id}", "reviewId": review.id,
        "reviewer": {"displayName": "A Google user", "isAnonymous": True},
        "starRating": _STARS[review.stars or 0], **said, "createTime": f"{at}.123456789Z",
        "updateTime": f"{at}.123456Z",
    }  # fmt: skip


def _trustpilot(review: Review, at: dt.datetime) -> list[str]:
    stars = review.stars if review.edited_at is None or review.edited_at <= at else review.stars_before
    return [
        f"www.{company.SITE.removeprefix('www.')}", "Giày Sông Hồng", "5f0c", review.id,
        review.at.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S"), review.id[:8].lower(), "Khách",
        review.email or "", review.comment[:20], review.comment, str(stars), "Invitation", "",
        "Thank you" if _replied(review, at, "%Y") else "", _replied(review, at, "%Y-%m-%d %H:%M:%S"), "",
    ]  # fmt: skip


def _judge_me(review: Review, night: dt.datetime) -> list[str]:
    at = review.at.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return [
        "Review", review.comment, str(review.stars), at, "email", "spam" if review.is_spam else "ok", "Khách H.",
        review.email or "", review.product, review.product.lower(),
        "Cảm ơn" if review.replied_at else "", _replied(review, night, "%Y-%m-%d %H:%M:%S UTC"), "", "192.0.2.4", "VN",
    ]  # fmt: skip


def _other(world: World, review: Review) -> list[str]:
    local = review.at.astimezone(world.accounts["reviews", "vn-shop"].zone)
    scale = "" if review.scale == 5 else str(review.scale)
    return [
        review.platform.title() if review.platform == "shopee" else "App store", review.id,
        local.strftime("%Y-%m-%d %H:%M:%S"), str(review.stars), scale, "", review.comment,
    ]  # fmt: skip


def _performance(chance: Chance) -> list[list[str]]:
    """Two locations of one name: one has a code with leading zeros, the other none."""
    return [
        [code, "Sông Hồng Shoes", address, "", *(str(chance.randrange(20, 600)) for _ in range(4)),
         *(str(chance.randrange(0, 40)) for _ in range(5)), "0", "0", "0"]
        for code, address in (
            ("00018942765390127205", "Canal Street 1, New York, NY"),
            ("", '88 Hàng Bông, "Hoàn Kiếm", Hà Nội'),
        )
    ]  # fmt: skip
