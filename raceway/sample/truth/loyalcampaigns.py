"""The truth about campaigns that the plan aims at existing customers: what they cost and what their credits earned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from raceway.sample.truth.attribution import Attribution
from raceway.sample.truth.margin import Movement
from raceway.sample.truth.orders import Exchange, Order, six_decimals
from raceway.sample.truth.tally import Tally
from raceway.sample.world.things import AdRow
from raceway.sample.world.world import World


def tally_customer_campaigns(
    world: World,
    tally: Tally,
    exchange: Exchange,
    ads: Iterable[tuple[str, str, AdRow]],
    orders: Iterable[Order],
    movements: Iterable[Movement],
    attribution: Attribution,
) -> None:
    """Adds both measures. `ads` are the rows that bear an account's totals, `orders` those that count."""
    aimed = [campaign for campaign in world.lists.campaigns if campaign.aim == "existing"]
    campaigns = {(campaign.source, campaign.account, campaign.campaign) for campaign in aimed}
    links = {campaign.utm_campaign.lower() for campaign in aimed}
    for source, account, row in ads:
        if (source, account, row.campaign) in campaigns:
            cost = exchange.cost(row.cost, world.accounts[source, account].currency, row.day)
            tally.add("customer_campaign_cost", row.day, cost)
    earned: dict[str, Decimal] = defaultdict(Decimal)
    for move in movements:
        if move.cost is not None:
            earned[move.order.id] += move.net - move.cost
    for order in orders:
        if order.number > 1:
            for credit in attribution.credits(order, world.settings.attribution.model):
                if credit.utm_campaign in links:
                    share = six_decimals(Fraction(earned[order.id]) * credit.millionths / 1_000_000)
                    tally.add("customer_campaign_gross_profit", order.day, share)
