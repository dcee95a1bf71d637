"""What the invented world consists of: persons, devices, what they do, and what the platforms report.

Moments are UTC: `datetime` where a day or a clock time matters, whole microseconds since 1970 for site
events. Money is in the account's smallest unit (đồng, US cents), so that nothing is rounded by accident.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Final, Literal

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
DAY: Final = 86_400 * SECOND

Country = Literal["VN", "US", "SG", ""]


@dataclass(slots=True)
class Device:
    """A browser as the site sees it: one ga4 client."""

    client: str  # user_pseudo_id
    country: Country  # "" where the site could not tell
    browser: str
    category: str
    first_touch: int | None  # as the site tells it (user_first_touch_timestamp); None where it does not
    visits: list[tuple[int, int]] = field(default_factory=list)  # first and last moment of each
    bundles: int = 0

    def is_free(self, start: int, end: int, margin: int = 45 * MINUTE) -> bool:
        """Whether a visit from `start` to `end` keeps well apart from the others of this device."""
        return all(end + margin < first or last + margin < start for first, last in self.visits)


@dataclass(slots=True)
class Person:
    """Someone with a name. What of a person's identities the files reveal is known by their traces alone."""

    number: int
    name: str
    country: Country
    email: str
    phone: str
    login: str | None
    till_customer: str | None = None
    devices: list[Device] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Traffic:
    """Where a visit comes from, as its first events tell it, and what that means."""

    channel: str
    ad_source: str | None
    source: str = ""
    medium: str = ""
    campaign: str = ""
    click_id: str = ""  # like "gclid=…"
    referrer: str = ""
    told_by: Literal["address", "fields", "both"] = "address"  # where source, medium and campaign stand

    @property
    def campaign_key(self) -> tuple[str, str, str, str]:
        """What makes it another campaign: source, medium, campaign, click id; all empty where none is told."""
        return (self.source, self.medium, self.campaign, self.click_id)


@dataclass(slots=True)
class Event:
    """One thing that happened on the site."""

    at: int
    name: str
    device: Device
    path: str
    session_id: int  # the source's own session id and number: never decide
    session_number: int
    bundle: int
    user_id: str | None = None
    traffic: Traffic | None = None  # on the first events of a visit
    previous_path: str = ""
    engagement_ms: int = 0
    transaction: str | None = None
    revenue: int | None = None
    is_internal: bool = False
    host: str = ""
    has_consent: bool = True  # to analytics; the same over a whole visit
    search_term: str = ""  # of a search on the site, and how much it found
    search_results: int | None = None
    measurement: tuple[str, float] | None = None  # of a page's speed: id and value so far


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a shop order or a till sale; `price` per piece, in the smallest unit."""

    sku: str
    name: str
    category: str
    price: int
    quantity: int
    discount: int = 0
    is_gift_card: bool = False


@dataclass(slots=True)
class ShopOrder:
    """An order of the online shop and what became of it."""

    created_at: dt.datetime
    person: Person | None
    email: str | None
    phone: str | None
    lines: list[Line]
    discount: int
    shipping: int
    billing_country: Country
    shipping_country: Country
    is_cod: bool
    tags: list[str]
    source_name: str = "web"
    cancelled_at: dt.datetime | None = None
    refused_at: dt.datetime | None = None  # from then on the refusal tag stands in Tags
    refusal_tag: str = ""
    refunds: list[tuple[dt.datetime, int]] = field(default_factory=list)  # moment, running total
    is_test: bool = False
    free_shipping: int = 0  # what a code took off the shipping: part of the discount as the shop writes it
    name: str = ""
    id: str = ""

    @property
    def subtotal(self) -> int:
        """Items less discount, VAT included."""
        return sum(line.price * line.quantity for line in self.lines) - self.discount

    @property
    def total(self) -> int:
        """What the customer pays, VAT included."""
        return self.subtotal + self.shipping

    @property
    def goods(self) -> int:
        """Items that are no gift cards, before the discount, VAT included."""
        return sum(line.price * line.quantity for line in self.lines if not line.is_gift_card)

    @property
    def goods_discount(self) -> int:
        """The discount, as far as there are goods to take it: cards have none."""
        return min(self.discount, self.goods)

    @property
    def taxes_x100(self) -> int:
        """The VAT of 8 % that its goods and its shipping hold, in hundredths of a đồng; a gift card holds none."""
        return ((self.goods - self.goods_discount + self.shipping) * 1600 + 108) // 216

    def changes(self) -> list[dt.datetime]:
        """The moments at which an export of it begins to look different."""
        moments = [self.created_at, *(moment for moment, _ in self.refunds)]
        return moments + [moment for moment in (self.cancelled_at, self.refused_at) if moment is not None]


@dataclass(frozen=True, slots=True)
class TillRefund:
    """Money given back at the till: one line each."""

    at: dt.datetime
    line: Line
    amount: int  # cents, positive


@dataclass(slots=True)
class TillSale:
    """A sale in the store; `lines` is empty where only its refund is known."""

    at: dt.datetime
    transaction: str
    lines: list[Line]
    customer: str | None = None
    reference: str | None = None  # the login
    refunds: list[TillRefund] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class AdRow:
    """A row of an ad platform's daily report."""

    day: dt.date
    campaign: str
    campaign_type: str
    channel: str
    impressions: int
    clicks: int | None
    cost: int  # in the account currency's smallest unit
    purchases_x100: int | None  # as the platform claims them, in hundredths; None where the cell is blank
    ad_set: str = ""
    ad: str = ""
    gender: str = ""
    age: str = ""
    purchase_value: int | None = None  # as `cost`; None where the report has no column for it


@dataclass(frozen=True, slots=True)
class AdReport:
    """One daily report that an ad platform exported."""

    source: str
    account: str
    exported_at: dt.datetime
    first: dt.date
    last: dt.date
    rows: tuple[AdRow, ...]
    flavour: str  # how its file looks


@dataclass(frozen=True, slots=True)
class KeywordRow:
    """A row of Google's daily keyword report."""

    day: dt.date
    keyword: str
    match_type: str
    campaign: str
    ad_group: str
    impressions: int
    clicks: int
    cost: int
    quality_score: int | None


@dataclass(frozen=True, slots=True)
class SearchDay:
    """A day of organic search: the sum of positions over impressions, in hundredths."""

    day: dt.date
    clicks: int
    impressions: int
    position_sum_x100: int


@dataclass(slots=True)
class Subscriber:
    """An address of the newsletter."""

    email: str
    name: str
    opted_in: dt.datetime | None
    confirmed: dt.datetime | None
    unsubscribed: dt.datetime | None = None
    cleaned: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Mailing:
    """A newsletter as its report stands at the last export; `early_share` is what the first one shows."""

    id: str
    title: str
    subject: str
    sent_at: dt.datetime
    recipients: int
    soft_bounces: int
    hard_bounces: int
    opens: int
    total_opens: int
    clicks: int
    total_clicks: int
    forwards: int
    unsubscribes: int
    complaints: int
    early_share: float
    revenue: int = 0  # đồng that the tool ascribes to it

    @property
    def delivered(self) -> int:
        """Recipients less bounces."""
        return self.recipients - self.soft_bounces - self.hard_bounces


@dataclass(frozen=True, slots=True)
class Invitation:
    """A question sent to a customer: would you recommend us?"""

    id: str
    sent_at: dt.datetime
    email: str
    order_name: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    id: str
    at: dt.datetime
    score: int | None  # None: opened and left
    comment: str
    is_partial: bool
    invitation: str | None
    email: str | None


@dataclass(frozen=True, slots=True)
class PlanAmount:
    """A budget or a cost over its days; `amount` in the smallest unit of `currency`."""

    name: str
    first: dt.date
    last: dt.date
    channel: str
    market: str
    amount: int
    currency: str
    is_acquisition: bool = False
    initiative: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """What a KPI should reach."""

    kpi: str
    period: str
    period_start: dt.date
    channel: str
    market: str
    target: str


@dataclass(frozen=True, slots=True)
class Initiative:
    """A piece of work that should move a KPI."""

    id: str
    name: str
    stage: str
    kpi: str
    owner: str
    planned_start: dt.date
    planned_end: dt.date
    finished_on: dt.date | None
    expected_uplift: str
    budget: int


@dataclass(frozen=True, slots=True)
class Rate:
    """One unit of `currency` in đồng, in hundredths of a đồng, and when it was written down."""

    day: dt.date
    currency: str
    rate_x100: int
    exported_at: dt.datetime


def micros(moment: dt.datetime) -> int:
    """A moment as whole microseconds since 1970, UTC."""
    return (moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)
