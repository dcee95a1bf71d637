"""A realistic sample: an invented company's world, its traces as exported files, and the truth about it.

`write_sample` makes a home with everything that a night needs. The truth beside the inbox is computed from
the invented persons, never from the files, so that the pipeline has an oracle of its own kind.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from raceway.common.faults import BadSettings
from raceway.common.garbage import without_garbage_collection
from raceway.common.home import Home
from raceway.sample.invent.everything import invent_world
from raceway.sample.traces.affiliate import write_affiliate
from raceway.sample.traces.answers_file import write_answers_file
from raceway.sample.traces.circle import write_community, write_gatherings
from raceway.sample.traces.crm import write_hubspot, write_salesforce
from raceway.sample.traces.csat_survey import write_csat_survey
from raceway.sample.traces.experiments import write_experiments
from raceway.sample.traces.further_ads import (
    write_ads_file,
    write_linkedin_ads,
    write_microsoft_ads,
    write_zalo_ads,
)
from raceway.sample.traces.ga4 import write_ga4
from raceway.sample.traces.google_ads import write_google_ads
from raceway.sample.traces.kiotviet import write_kiotviet
from raceway.sample.traces.listening import write_listening
from raceway.sample.traces.loyalty import write_loyalty
from raceway.sample.traces.mail_tools import write_activecampaign, write_getresponse, write_klaviyo
from raceway.sample.traces.mailchimp import write_mailchimp
from raceway.sample.traces.marketplaces import write_haravan, write_lazada, write_sapo, write_shopee, write_tiktok_shop
from raceway.sample.traces.meta_ads import write_meta_ads
from raceway.sample.traces.nps import write_nps
from raceway.sample.traces.plan import write_plan
from raceway.sample.traces.referral import write_referral
from raceway.sample.traces.reviews import write_reviews
from raceway.sample.traces.search_console import write_search_console
from raceway.sample.traces.segment import write_segment
from raceway.sample.traces.seo import write_seo
from raceway.sample.traces.shopify import write_shopify
from raceway.sample.traces.social import write_social
from raceway.sample.traces.square import write_square
from raceway.sample.traces.tiktok_ads import write_tiktok_ads
from raceway.sample.traces.usability_test import write_usability_test
from raceway.sample.traces.woocommerce import write_woocommerce
from raceway.sample.traces.zalo_oa import write_zalo_oa
from raceway.sample.traces.zendesk import write_zendesk
from raceway.sample.truth.write import write_truth
from raceway.sample.world import company
from raceway.sample.world.homes import prepare_home

_WRITERS = {
    "google_ads": write_google_ads,
    "meta_ads": write_meta_ads,
    "tiktok_ads": write_tiktok_ads,
    "microsoft_ads": write_microsoft_ads,
    "linkedin_ads": write_linkedin_ads,
    "zalo_ads": write_zalo_ads,
    "ads_file": write_ads_file,
    "ga4": write_ga4,
    "segment": write_segment,
    "search_console": write_search_console,
    "shopify": write_shopify,
    "square": write_square,
    "kiotviet": write_kiotviet,
    "shopee": write_shopee,
    "tiktok_shop": write_tiktok_shop,
    "lazada": write_lazada,
    "haravan": write_haravan,
    "sapo": write_sapo,
    "woocommerce": write_woocommerce,
    "zalo_oa": write_zalo_oa,
    "mailchimp": write_mailchimp,
    "klaviyo": write_klaviyo,
    "activecampaign": write_activecampaign,
    "getresponse": write_getresponse,
    "hubspot": write_hubspot,
    "salesforce": write_salesforce,
    "nps": write_nps,
    "zendesk": write_zendesk,
    "csat_survey": write_csat_survey,
    "answers_file": write_answers_file,
    "reviews": write_reviews,
    "usability_test": write_usability_test,
    "social": write_social,
    "seo": write_seo,
    "listening": write_listening,
    "plan": write_plan,
    "referral": write_referral,
    "affiliate": write_affiliate,
    "loyalty": write_loyalty,
    "gatherings": write_gatherings,
    "community": write_community,
    "experiments": write_experiments,
}


@dataclass(frozen=True)
class SampleSummary:
    """What a sample holds. `files` counts per source; `as_of` is the day of the night that should load it."""

    first: dt.date
    last: dt.date
    history_start: dt.date
    as_of: dt.date
    persons: int
    events: int
    orders: int  # in shop and store, of the days from `first` to `last`
    orders_before: int
    files: dict[str, int]
    truth_rows: int


def write_sample(
    home: Home,
    days: int = 90,
    scale: float = 1.0,
    seed: int = 7,
    end: dt.date | None = None,
    progress: Callable[[str], None] | None = None,
    traps: bool = True,
) -> SampleSummary:
    """Writes a sample inbox and its truth into `home`, which is made where it does not exist.

    `days` up to `end` (default: yesterday in the company's zone) of every source, the orders of the 400 days
    before them, `scale` times the usual amount. The same arguments give the same bytes and file times.
    `progress` hears a sentence before each long step. Without `traps` the same company's files are plain: each report
    in one form, none cut, doubled, late, in pieces or of no use. Raises BadSettings where `days` is under 14, or where
    `home` is a company's own: its accounts are not the sample's.
    """
    hear = progress or (lambda _: None)
    if days < 14:
        raise BadSettings(f"a sample of {days} days is too short to hold every kind of export; use --days 14 or more")
    if end is None:
        end = company.sample_settings().business_day(dt.datetime.now(tz=dt.UTC)) - dt.timedelta(days=1)
    history_start = company.history_start(end - dt.timedelta(days=days - 1))
    settings = prepare_home(home, history_start, end)
    files = {}
    with without_garbage_collection():  # nothing of a world is given up before it is written
        world = invent_world(days, scale, seed, end, settings, hear, traps)
        for source, write in _WRITERS.items():
            hear(f"writing the exports of {source}")
            files[source] = write(world, home.inbox)
        hear("working out the truth")
        truth_rows = write_truth(world, home.truth)
    home.sample_as_of.write_text(f"{world.as_of}\n", encoding="utf-8")
    opening = world.moment(world.first, 0)
    moments = [order.created_at for order in world.orders] + [sale.at for sale in world.sales]
    return SampleSummary(
        first=world.first,
        last=world.last,
        history_start=world.history_start,
        as_of=world.as_of,
        persons=len(world.persons),
        events=len(world.events) + len(world.noise),
        orders=sum(moment >= opening for moment in moments),
        orders_before=sum(moment < opening for moment in moments),
        files=files,
        truth_rows=truth_rows,
    )
