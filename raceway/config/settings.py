"""A company's settings: `raceway.toml`, `accounts.csv`, `exclusions.csv`, `holidays.csv`,
`channel_rules.csv`.

Every key is described once, in the model below; `init` writes the commented file from it and `doctor`
shows it. A wrong value is refused with the file, the key and what to write instead.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, model_validator

from raceway.common.faults import BadSettings
from raceway.common.files import kept_until_changed
from raceway.common.home import Home
from raceway.common.texts import clean
from raceway.config.accounts import sentences
from raceway.config.alerts import Alerts, Clock
from raceway.config.limits import Limits
from raceway.config.values import WEEKDAYS, Currency, Model, Name, Weekday, Zone, minor_unit


class Business(Model):
    """The company as a whole."""

    name: str = Field("My company", description="Shown on the report.")
    zone: Zone = Field("Asia/Ho_Chi_Minh", description="Time zone whose days sessions and the night follow (IANA).")
    reporting_currency: Currency = Field("VND", description="Currency of every amount in the mart (ISO 4217).")
    fiscal_year_start_month: int = Field(1, ge=1, le=12, description="Month in which the fiscal year starts (1 to 12).")
    cycle_start: dt.date = Field(dt.date(2024, 1, 1), description="First day of the first 90-day planning cycle.")
    language: Literal["en", "vi"] = Field("en", description="Language of the report: en or vi.")


class Customers(Model):
    """When a customer counts as active."""

    churn_window_days: int = Field(90, ge=1, description="A customer without an order in this many days has churned.")
    cart_window_days: int = Field(7, ge=1, description="Days within which a cart's order counts as that cart's.")


class Support(Model):
    """How fast customers are to be answered."""

    first_reply_minutes: int = Field(
        1440, ge=1, description="Minutes around the clock within which a support ticket's first reply is due; what "
        "sla_attainment_rate measures."
    )  # fmt: skip


class Identity(Model):
    """Which identities tell that two of them are one person's."""

    max_shared: int = Field(
        5, ge=1, description="An address, number, login, customer id or device that is named together with more than "
        "this many different addresses (numbers, logins, customer ids) joins nobody: a shop's phone, a shared computer."
    )  # fmt: skip
    never_join: tuple[str, ...] = Field(
        (), description="Addresses, numbers, logins, customer ids and devices that join nobody, as your files write "
        "them or as their hash."
    )  # fmt: skip


class Attribution(Model):
    """Which touch an order belongs to."""

    model: Literal["first", "last", "last_non_direct", "linear", "position", "time_decay", "data_driven"] = Field(
        "last_non_direct", description="Model behind the attributed measures."
    )
    lookback_days: int = Field(30, ge=1, description="Days before an order in which a touch can earn it.")


class Rates(Model):
    """Exchange rates."""

    max_age_days: int = Field(10, ge=0, description="Oldest rate, in days, that may convert an amount.")


class Targets(Model):
    """From which attainment a target counts as met, and how it is paced while its period runs."""

    on_track: float = Field(1.0, gt=0, description="Attainment from which a KPI is on_track.")
    at_risk: float = Field(0.9, gt=0, description="Attainment from which it is at_risk; below it is off_track.")
    pacing: Literal["linear", "last_year"] = Field(
        "linear",
        description="How much of a count's or amount's target is due while its period runs: linear (by the days that "
        "are over) or last_year (by the share that had come in by that day a year ago; months and quarters).",
    )


class Orders(Model):
    """How orders are read."""

    undelivered_tags: tuple[str, ...] = Field(
        ("cod_refused", "bom hàng"), description="Order tags that mean: refused at the door (cash on delivery)."
    )
    gift_card_names: tuple[str, ...] = Field(
        ("gift card", "thẻ quà tặng"), description="Items whose name contains one of these are gift cards, not sales."
    )


class Events(Model):
    """Which event names of the website mean what."""

    page_view: tuple[str, ...] = Field(("page_view", "screen_view"), description="A page or screen was seen.")
    product_view: tuple[str, ...] = Field(("view_item",), description="A product's page was seen.")
    cart_add: tuple[str, ...] = Field(("add_to_cart",), description="An item was put into the cart.")
    purchase: tuple[str, ...] = Field(("purchase",), description="An order was placed (links the session to it).")
    signup: tuple[str, ...] = Field(("sign_up",), description="A login was created.")
    newsletter: tuple[str, ...] = Field(
        ("newsletter_signup", "newsletter_subscribe"), description="The newsletter was subscribed on the site."
    )
    content: tuple[str, ...] = Field(
        ("file_download", "video_start", "article_read", "tool_use"),
        description="Content was used: a download, a video play, an article read to the end, a tool.",
    )
    interaction: tuple[str, ...] = Field(
        ("view_search_results", "form_submit", "share"), description="Other interactions: site search, form, share."
    )
    checkout: tuple[str, ...] = Field(("begin_checkout",), description="A checkout was begun.")
    shipping_info: tuple[str, ...] = Field(("add_shipping_info",), description="A checkout was told the delivery.")
    payment_info: tuple[str, ...] = Field(("add_payment_info",), description="A checkout was told the payment.")
    site_search: tuple[str, ...] = Field(
        ("view_search_results", "search"), description="The site's own search was asked."
    )
    key: tuple[str, ...] = Field(
        ("purchase", "sign_up", "newsletter_signup", "newsletter_subscribe", "generate_lead"),
        description="Key events: a session with one of these is never a bounce.",
    )


class Web(Model):
    """The company's web sites."""

    own_hosts: tuple[str, ...] = Field(
        (), description="Hosts (with all below them) that never sent a visitor: further sites of yours, your payment "
        "and sign-in pages. A site in accounts.csv and the list that comes with raceway need no mention."
    )  # fmt: skip


class Seo(Model):
    """Search engine optimisation."""

    authority_vendor: Name = Field(
        "moz", description="Vendor whose score is the domain authority: moz, or one of your domain_scores files."
    )
    primary_domain: str = Field(
        "", description="Domain whose authority counts; empty: the site of the seo account in accounts.csv."
    )


class App(Model):
    """The product or app that customers use."""

    key_features: tuple[str, ...] = Field(
        (), description="Features whose use within 7 days activates a new account; empty: any feature does."
    )


class Required(Model):
    """A source without which a night is late."""

    source: Name
    due: tuple[Weekday, ...] = WEEKDAYS
    lag_days: int = Field(1, ge=0)


class Night(Model):
    """The nightly run."""

    schedule: str = Field("0 5 * * *", description="When the mart is built (cron, in the business zone).")
    cut_off: Clock = Field(
        "06:30", description="Latest time to wait for required sources; then the mart is built without them (HH:MM)."
    )
    required: tuple[Required, ...] = Field(
        (
            Required(source="google_ads"),
            Required(source="meta_ads"),
            Required(source="ga4"),
            Required(source="shopify"),
            Required(source="square"),
            Required(source="search_console", lag_days=3),
        ),
        description="Sources that must be in. due: weekdays on which a file is due; lag_days: how many days "
        "its newest day may lie behind the night; what came sooner on each of 14 nights is due as soon.",
    )


class Retention(Model):
    """How long things are kept."""

    archive_days: int = Field(
        30,
        ge=0,
        description="Days that raw files stay in archive/ and quarantine/ once they lie there; each night removes "
        "older ones, since they hold personal data. Files of the rows that broke a check of a run go, too.",
    )
    versions: int = Field(14, ge=2, description="Published versions that are kept.")
    schedule: str = Field(
        "0 12 * * 0",
        description="When the DAG `upkeep` removes what was kept long enough (cron, in the business zone).",
    )
    log_days: int = Field(
        90, ge=1, description="Days that logs of runs and of Airflow's tasks stay; `upkeep` removes older ones."
    )
    replaced_days: int = Field(
        30,
        ge=1,
        description="Days that a batch stays in landing/ once another stands in its place because its file was read "
        "again; then `upkeep` removes it, unless a kept version was made of it.",
    )
    fact_months: int = Field(
        0,
        ge=0,
        description="Months of facts in race.duckdb before the month of the run, from the next version on; 0: all. The "
        "tables' comments say where it is fewer; parquet/ always holds all.",
    )


class Inbox(Model):
    """Where exports arrive."""

    address: str = Field(
        "",
        pattern=r"^$|^[a-z0-9]+://\S+$",
        description="Empty: the folder inbox/ of this home. Else where it is fetched from: s3://bucket/prefix, gs://, "
        "abfs:// or sftp://; below it <source>/<account>/….",
    )
    conn_id: str = Field(
        "", description="Airflow connection with the credentials; empty: the environment (AWS_ACCESS_KEY_ID …)."
    )
    after: Literal["move", "leave"] = Field(
        "move", description="What becomes of a fetched file there once it is archived here: removed (move) or left."
    )
    rest_seconds: float = Field(
        60, ge=0, description="A file younger than this may still be written: it has to keep its size and time."
    )


class Gate(Model):
    """Thresholds of the checks."""

    refused_share: float = Field(
        0.5, gt=0, le=1, description="Share of unreadable rows above which a whole file is refused."
    )
    rows_taken: float = Field(
        0.2, gt=0, le=1,
        description="Share of the rows of days long closed that a restatement may take; beyond it the batch is held.",
    )  # fmt: skip
    plausible: Literal["hold", "warn", "off"] = Field(
        "hold", description="What becomes of a batch that is implausible beside the days before it: held until a "
        "person accepts it (hold), in effect with a warning (warn), or not looked at (off)."
    )  # fmt: skip
    tolerance: float = Field(
        1.0, ge=0.5, le=5, description="By how much farther from the usual a batch must be before it is warned about "
        "or held for that: 2 asks for twice as many spreads, 0.5 for half."
    )  # fmt: skip
    volume_drop: float = Field(0.15, gt=0, le=1, description="Drop of the mart's rows that is worth a warning.")


class Settings(Model):
    """`raceway.toml`, complete."""

    business: Business = Business()
    customers: Customers = Customers()
    support: Support = Support()
    identity: Identity = Identity()
    attribution: Attribution = Attribution()
    rates: Rates = Rates()
    targets: Targets = Targets()
    orders: Orders = Orders()
    events: Events = Events()
    web: Web = Web()
    seo: Seo = Seo()
    app: App = App()
    night: Night = Night()
    inbox: Inbox = Inbox()
    limits: Limits = Limits()
    retention: Retention = Retention()
    gate: Gate = Gate()
    alerts: Alerts = Alerts()

    @model_validator(mode="after")
    def _thresholds_in_order(self) -> Settings:
        if self.targets.at_risk > self.targets.on_track:
            raise ValueError("targets.at_risk must not be larger than targets.on_track")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The business zone."""
        return ZoneInfo(self.business.zone)

    @property
    def minor_unit(self) -> int:
        """Decimal places of the reporting currency."""
        return minor_unit(self.business.reporting_currency)

    def business_day(self, moment: dt.datetime) -> dt.date:
        """The business day of a moment with a zone."""
        return moment.astimezone(self.zone).date()


def _clean(value: object) -> object:
    """Every text of the settings as texts land, so that a tag or a brand is found however it was typed."""
    if isinstance(value, dict):
        return {key: _clean(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_clean(inner) for inner in value]
    return clean(value) if isinstance(value, str) else value


@kept_until_changed(lambda home: [home.settings])
def load_settings(home: Home) -> Settings:
    """The home's settings, read again where they have changed. Raises BadSettings naming the key and the remedy."""
    try:
        with home.settings.open("rb") as file:
            values = tomllib.load(file)
    except FileNotFoundError:
        raise BadSettings(f"{home.settings}: not there. Make a home with: raceway --home {home.root} init") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise BadSettings(f"{home.settings}: no valid TOML: {fault}") from fault
    try:
        return Settings.model_validate(_clean(values))
    except ValidationError as fault:
        raise BadSettings("\n".join(sentences(home.settings, fault))) from fault
