"""The kinds of faults, each with the accounts whose size shows it: what is injected, as data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bench.trust import spoil
from bench.trust.spoil import Spoil

Account = tuple[str, str]

GOOGLE: Final = ("google_ads", "vn-main")
GOOGLE_US: Final = ("google_ads", "us-store")
META: Final = ("meta_ads", "vn-main")
TIKTOK: Final = ("tiktok_ads", "vn-main")
MICROSOFT: Final = ("microsoft_ads", "us-store")
ZALO: Final = ("zalo_ads", "vn-main")
COCCOC: Final = ("ads_file", "vn-coccoc")
LINKEDIN: Final = ("linkedin_ads", "us-b2b")
ADS: Final = (GOOGLE, GOOGLE_US, META, TIKTOK, MICROSOFT, ZALO, COCCOC)
"""Ad accounts of at least ten clicks a day."""
GA4: Final = ("ga4", "vn-shop")
SEGMENT: Final = ("segment", "vn-outlet")
SEARCH: Final = ("search_console", "vn-shop")
SHOP: Final = ("shopify", "vn-shop")
KIDS: Final = ("shopify", spoil.SECOND_SHOP)
TILL: Final = ("square", "us-store")
MALL: Final = ("tiktok_shop", "vn-mall")


def _any_day(_: dt.date) -> bool:
    return True


def _ambiguous(day: dt.date) -> bool:
    """Day and month can change places, and say another day then."""
    return day.day <= 12 and day.day != day.month


@dataclass(frozen=True)
class Kind:
    """A kind of fault: which accounts it befalls, in which nights, and the ways in which it looks."""

    name: str
    says: str
    accounts: tuple[Account, ...]
    ways: tuple[Spoil, ...]
    on: Callable[[dt.date], bool] = _any_day
    is_absence: bool = False
    """Whether the fault is that a day did not come: a sentence that it is late tells of it."""


KINDS: Final = (
    Kind("half a day missing", "exported at noon; ads in many campaigns, a day of which is usual within a fifth",
         (GOOGLE, META, GA4, SHOP, KIDS, TILL), (spoil.half_a_day,)),
    Kind("hours missing", "four busy hours, of a till six; twelve or more visits or sales are usual in them",
         (GA4, TILL), (spoil.hours,)),
    Kind("file twice", "the same bytes under another name", (*ADS, GA4, SEGMENT, SEARCH, SHOP, TILL, MALL),
         (spoil.under_another_name,)),
    Kind("account missing", "no file of it came", (*ADS, GA4, SEARCH, SHOP, KIDS, TILL), (spoil.whole_account,),
         is_absence=True),
    Kind("campaign missing", "at least 5 % of the cost", ADS, (spoil.one_campaign,)),
    Kind("currency swapped", "another code, or other amounts under the same",
         (GOOGLE, GOOGLE_US, META, TIKTOK, MICROSOFT, ZALO, COCCOC, SHOP), (spoil.currency, spoil.currency_unsaid)),
    Kind("unit × 1000", "money in thousandths", (*ADS, SHOP, TILL, MALL), (spoil.times("money", "1000"),)),
    Kind("micros", "cost in millionths, not divided", ADS, (spoil.times("cost", "1000000"),)),
    Kind("cents for units", "money in hundredths", (*ADS, SHOP, TILL, MALL), (spoil.times("money", "100"),)),
    Kind("+7 h", "times shifted by the zone once more", (GA4, SHOP, KIDS, TILL), (spoil.seven_hours,)),
    Kind("wrong month", "the month before", (*ADS, SEARCH, TILL), (spoil.wrong_month,)),
    Kind("day and month swapped", "days up to the 12th", (MICROSOFT, LINKEDIN, ZALO, MALL),
         (spoil.day_for_month,), _ambiguous),
    Kind("clicks and impressions swapped", "two columns", (*ADS, SEARCH), (spoil.clicks_for_impressions,)),
    Kind("stale copy", "the file of the night before, or its numbers under the new day", (*ADS, SEARCH, TILL),
         (spoil.stale_copy, spoil.stale_numbers), is_absence=True),
    Kind("campaign doubled", "under a new name; at least 5 % of the cost", ADS, (spoil.campaign_twice,)),
    Kind("total row as data", "named like a campaign", ADS, (spoil.total_as_data,)),
    Kind("cost zeroed", "clicks stay", ADS, (spoil.cost_zeroed,)),
    Kind("VAT", "10 for 8 %; a till's sales with their tax", (SHOP, KIDS, TILL), (spoil.vat,)),
    Kind("ids rounded", "by a spreadsheet", (MALL, SHOP, GA4), (spoil.ids_rounded,)),
    Kind("another shop's orders", "in this shop's folder", (SHOP, KIDS), (spoil.other_shop,)),
    Kind("test orders", "30 to 70 of one article", (SHOP, KIDS), (spoil.test_orders,)),
    Kind("bots", "one to three times the day's events", (GA4,), (spoil.bots,)),
    Kind("consent collapse", "85 % of the visitors refuse", (GA4,), (spoil.consent,)),
    Kind("tag gone", "an event of ten or more a day comes no more", (GA4,), (spoil.tag_gone,)),
)  # fmt: skip
