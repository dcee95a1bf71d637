"""The truth about search tools: searches for the brand, and the score of the own domain."""

from __future__ import annotations

import datetime as dt

from raceway.sample.truth.tally import Tally
from raceway.sample.world.periods import LONG_PERIODS, Calendar
from raceway.sample.world.search import DOMAIN
from raceway.sample.world.world import World


def count_search(world: World, tally: Tally) -> None:
    """Adds brand_search_volume and domain_authority to the tally."""
    own = {term.term.lower() for term in world.lists.terms if not term.competitor}
    for volume in world.search.volumes:
        if volume.keyword in own:
            market = world.accounts["seo", volume.account].market
            tally.add("brand_search_volume", volume.month, volume.searches, None, market)
    calendar = Calendar(world.settings.business.fiscal_year_start_month, world.settings.business.cycle_start)
    scores = {r.day: r.score for r in world.search.readings if r.vendor == "moz" and r.domain == DOMAIN}
    for period in LONG_PERIODS if scores else ():
        start = calendar.start(period, min(scores))
        while start <= world.last:
            end = calendar.end(period, start)
            tally.state("domain_authority", period, start, scores[max(day for day in scores if day <= end)], None)
            start = end + dt.timedelta(days=1)
