"""Everything that happened in the invented world, and when it was exported."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass, field

from raceway.config.accounts import Account
from raceway.config.settings import Settings
from raceway.sample.world.circle import Circle
from raceway.sample.world.experiments import Experiments
from raceway.sample.world.listening import Listening
from raceway.sample.world.lists import Lists
from raceway.sample.world.loyalty import Loyalty
from raceway.sample.world.mailcrm import MailCrm
from raceway.sample.world.outlet import Outlet
from raceway.sample.world.partners import Partners
from raceway.sample.world.search import Search
from raceway.sample.world.service import Service
from raceway.sample.world.social import Social
from raceway.sample.world.things import (
    AdReport,
    Answer,
    Event,
    Initiative,
    Invitation,
    KeywordRow,
    Mailing,
    Person,
    PlanAmount,
    Rate,
    SearchDay,
    ShopOrder,
    Subscriber,
    Target,
    TillSale,
)
from raceway.sample.world.trade import Trade


@dataclass(slots=True)
class World:
    """Everything that happened, and when it was exported."""

    settings: Settings
    accounts: dict[tuple[str, str], Account]
    seed: int
    scale: float
    first: dt.date  # first day of everything but orders
    last: dt.date
    history_start: dt.date  # first day of orders
    persons: list[Person] = field(default_factory=list)
    orders: list[ShopOrder] = field(default_factory=list)
    order_exports: list[dt.datetime] = field(default_factory=list)  # when the shop's orders were exported
    sales: list[TillSale] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    noise: list[Event] = field(default_factory=list)  # bots, staff: in the files, never counted
    ad_reports: list[AdReport] = field(default_factory=list)
    keywords: list[KeywordRow] = field(default_factory=list)
    searches: list[SearchDay] = field(default_factory=list)
    subscribers: list[Subscriber] = field(default_factory=list)
    mailings: list[Mailing] = field(default_factory=list)
    invitations: list[Invitation] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    budgets: list[PlanAmount] = field(default_factory=list)
    costs: list[PlanAmount] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    initiatives: list[Initiative] = field(default_factory=list)
    rates: list[Rate] = field(default_factory=list)
    service: Service = field(default_factory=Service)
    lists: Lists = field(default_factory=Lists)
    partners: Partners = field(default_factory=Partners)
    loyalty: Loyalty = field(default_factory=Loyalty)
    circle: Circle = field(default_factory=Circle)
    mailcrm: MailCrm = field(default_factory=MailCrm)
    trade: Trade = field(default_factory=Trade)
    social: Social = field(default_factory=Social)
    search: Search = field(default_factory=Search)
    outlet: Outlet = field(default_factory=Outlet)
    listening: Listening = field(default_factory=Listening)
    experiments: Experiments = field(default_factory=Experiments)
    traps: bool = True  # whether files are written as ugly as they come: in several forms, cut, doubled, of no use

    @property
    def as_of(self) -> dt.date:
        """The day of the night that loads it: the day after the last."""
        return self.last + dt.timedelta(days=1)

    @property
    def days(self) -> list[dt.date]:
        """The days of everything but orders."""
        return list(_from_to(self.first, self.last))

    @property
    def order_days(self) -> list[dt.date]:
        """The days of orders."""
        return list(_from_to(self.history_start, self.last))

    def moment(self, day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
        """A clock time of a business day, in UTC."""
        local = dt.datetime.combine(day, dt.time(hour, minute), tzinfo=self.settings.zone)
        return local.astimezone(dt.UTC)

    @property
    def closing(self) -> dt.datetime:
        """The end of the last day in the business zone: nothing of letters, answers and visits happens later."""
        return self.moment(self.as_of, 0)

    @property
    def night(self) -> dt.datetime:
        """When the last exports are taken: soon after the last day is over in the business zone."""
        return self.moment(self.as_of, 0, 20)


@functools.cache
def _from_to(first: dt.date, last: dt.date) -> tuple[dt.date, ...]:
    return tuple(first + dt.timedelta(days=n) for n in range((last - first).days + 1))
