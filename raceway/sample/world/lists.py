"""What the company writes down itself beside plans: terms, campaigns, members of its club, posts, accounts.

Days are days of the company's zone, moments UTC, money in đồng.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Term:
    """A search term of the brand, or of a competitor."""

    term: str
    competitor: str = ""  # empty: the own brand's


@dataclass(frozen=True, slots=True)
class MappedCampaign:
    """A utm_campaign and the platform campaign whose ads carry it."""

    source: str
    account: str
    campaign: str
    utm_campaign: str
    aim: str = ""  # new or existing customers; empty: nobody says


@dataclass(frozen=True, slots=True)
class Article:
    """A row of the product list; `cost` of a piece in the smallest unit of its currency, None where nobody knows."""

    sku: str
    line: str
    category: str
    cost: int | None
    currency: str
    valid_from: dt.date


@dataclass(frozen=True, slots=True)
class MarketSize:
    """What a whole market buys in a month, in the smallest unit of the currency."""

    month: dt.date
    market: str
    category: str  # empty: all
    amount: int
    currency: str
    includes_vat: bool


@dataclass(frozen=True, slots=True)
class Subscription:
    """A trial of the club, or a paid term of it."""

    id: str
    email: str
    phone: str
    is_trial: bool
    started_on: dt.date
    ends_on: dt.date
    paid_on: dt.date | None = None
    renewed_on: dt.date | None = None
    amount_x100: int | None = None  # hundredths of the currency, paid each interval; None: nobody tells
    currency: str = ""
    interval: str = ""


@dataclass(frozen=True, slots=True)
class Endorsement:
    """A post of an influencer; `early_reach` is what the first list knew of it."""

    post: str
    influencer: str
    posted_on: dt.date
    market: str
    reach: int | None
    early_reach: int


@dataclass(frozen=True, slots=True)
class Praise:
    """A customer's praise."""

    id: str
    received_on: dt.date
    market: str
    has_consent: bool


@dataclass(frozen=True, slots=True)
class Login:
    """A customer's account on the site."""

    login: str
    email: str
    created_at: dt.datetime
    completed_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Use:
    """A use of the app, for `tenths` of a second."""

    login: str
    email: str
    at: dt.datetime
    feature: str
    tenths: int


@dataclass(slots=True)
class Lists:
    """All of them."""

    terms: list[Term] = field(default_factory=list)
    campaigns: list[MappedCampaign] = field(default_factory=list)
    articles: list[Article] = field(default_factory=list)
    market_sizes: list[MarketSize] = field(default_factory=list)
    subscriptions: list[Subscription] = field(default_factory=list)
    endorsements: list[Endorsement] = field(default_factory=list)
    testimonials: list[Praise] = field(default_factory=list)
    logins: list[Login] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
