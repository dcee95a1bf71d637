"""The invented world: persons who see ads, visit, buy, come back, give back and answer, day by day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from raceway.config.settings import Settings
from raceway.sample.invent.campaigns import invent_campaigns
from raceway.sample.invent.circle import invent_circle
from raceway.sample.invent.crm import invent_crm
from raceway.sample.invent.experiments import invent_experiments
from raceway.sample.invent.further_ads import invent_further_ads
from raceway.sample.invent.letters import invent_letters, invent_survey
from raceway.sample.invent.listening import invent_listening
from raceway.sample.invent.lists import invent_lists
from raceway.sample.invent.loyalty import invent_loyalty
from raceway.sample.invent.mail_tools import invent_mail_tools
from raceway.sample.invent.outlet import invent_outlet
from raceway.sample.invent.partners import invent_partners
from raceway.sample.invent.plans import invent_plans
from raceway.sample.invent.search import invent_search
from raceway.sample.invent.service import invent_service
from raceway.sample.invent.shop import Population, invent_orders
from raceway.sample.invent.site_details import invent_site_details
from raceway.sample.invent.social import invent_social
from raceway.sample.invent.store import invent_sales
from raceway.sample.invent.tiktok import invent_tiktok
from raceway.sample.invent.trade import invent_trade
from raceway.sample.invent.visits import invent_visits
from raceway.sample.world import company
from raceway.sample.world.world import World


def invent_world(
    days: int,
    scale: float,
    seed: int,
    last: dt.date,
    settings: Settings | None = None,
    progress: Callable[[str], None] = lambda _: None,
    traps: bool = True,
) -> World:
    """A world of `days` days up to `last`, and the orders of the 400 days before them.

    `scale` 1 gives about 130,000 site events and 6,500 orders in 90 days. The same arguments give the same
    world. `settings` (default: the sample's) say what events mean and where periods begin. `progress` hears
    a sentence before each long step. Without `traps` each ad account tells all its days once, in one form.
    """
    first = last - dt.timedelta(days=days - 1)
    history_start = company.history_start(first)
    accounts = {(a.source, a.account): a for a in company.sample_accounts(history_start)}
    world = World(settings or company.sample_settings(), accounts, seed, scale, first, last, history_start, traps=traps)
    population = Population(world)
    progress("inventing persons and their orders")
    invent_orders(world, population)
    invent_sales(world, population)
    invent_trade(world)
    progress("inventing visits")
    invent_visits(world)
    invent_outlet(world)
    progress("inventing ads, letters, answers and plans")
    invent_campaigns(world)
    invent_tiktok(world)
    invent_further_ads(world)
    invent_letters(world)
    invent_survey(world)
    invent_mail_tools(world)
    invent_crm(world)
    invent_plans(world)
    invent_service(world)
    invent_lists(world)
    invent_partners(world)
    invent_loyalty(world)
    invent_circle(world)
    invent_social(world)
    invent_search(world)
    invent_listening(world)
    invent_experiments(world)
    invent_site_details(world)
    return world
