"""The invented world: persons who see ads, visit, buy, come back, give back and answer, day by day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from raceway.sample import company
from raceway.sample.campaigns import invent_campaigns
from raceway.sample.crm import invent_crm
from raceway.sample.experiments import invent_experiments
from raceway.sample.letters import invent_letters, invent_survey
from raceway.sample.listening import invent_listening
from raceway.sample.lists import invent_lists
from raceway.sample.loyalty import invent_loyalty
from raceway.sample.mail_tools import invent_mail_tools
from raceway.sample.model import World
from raceway.sample.outlet import invent_outlet
from raceway.sample.partners import invent_partners
from raceway.sample.plans import invent_plans
from raceway.sample.search import invent_search
from raceway.sample.service import invent_service
from raceway.sample.shop import Population, invent_orders
from raceway.sample.social import invent_social
from raceway.sample.store import invent_sales
from raceway.sample.tiktok import invent_tiktok
from raceway.sample.trade_sales import invent_trade
from raceway.sample.visits import invent_visits
from raceway.settings import Settings


def invent_world(
    days: int,
    scale: float,
    seed: int,
    last: dt.date,
    settings: Settings | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> World:
    """A world of `days` days up to `last`, and the orders of the 400 days before them.

    `scale` 1 gives about 130,000 site events and 6,500 orders in 90 days. The same arguments give the same
    world. `settings` (default: the sample's) say what events mean and where periods begin. `progress` hears
    a sentence before each long step.
    """
    first = last - dt.timedelta(days=days - 1)
    history_start = company.history_start(first)
    accounts = {(a.source, a.account): a for a in company.sample_accounts(history_start)}
    world = World(settings or company.sample_settings(), accounts, seed, scale, first, last, history_start)
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
    invent_letters(world)
    invent_survey(world)
    invent_mail_tools(world)
    invent_crm(world)
    invent_plans(world)
    invent_service(world)
    invent_lists(world)
    invent_partners(world)
    invent_loyalty(world)
    invent_social(world)
    invent_search(world)
    invent_listening(world)
    invent_experiments(world)
    return world
