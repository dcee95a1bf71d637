"""A company's settings: `raceway.toml`, `accounts.csv`, `exclusions.csv`, `holidays.csv`,
`channel_rules.csv`.

Every key is described once, in the model below; `init` writes the commented file from it and `doctor`
shows it. A wrong value is refused with the file, the key and what to write instead.
"""

from __future__ import annotations

import csv
import datetime as dt
import functools
import json
import os
import re
import secrets
import tomllib
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from raceway.contracts import ExclusionKind
from raceway.faults import BadSettings
from raceway.free_text import coarse_ip
from raceway.home import PROJECT, Home

# ISO 4217 minor units that differ from 2, of the currencies marketing exports come in.
_MINOR_UNITS: Final = {"VND": 0, "JPY": 0, "KRW": 0, "CLP": 0, "ISK": 0, "UGX": 0, "XAF": 0, "XOF": 0,
                       "PYG": 0, "BHD": 3, "KWD": 3, "OMR": 3, "JOD": 3, "TND": 3}  # fmt: skip


def minor_unit(currency: str) -> int:
    """Decimal places of a currency's smallest unit (VND 0, USD 2), after ISO 4217."""
    return _MINOR_UNITS.get(currency, 2)


# reading the zone folder takes milliseconds, and accounts.csv asks once per row
_zones = functools.cache(available_timezones)


def _known_zone(value: str) -> str:
    if value not in _zones():
        raise ValueError(f"{value!r} is no IANA time zone; write one like Asia/Ho_Chi_Minh or Europe/Paris")
    return value


Zone = Annotated[str, AfterValidator(_known_zone)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Market = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]*$")]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: Final[tuple[Weekday, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Row = TypeVar("Row", bound=_Model)


class Business(_Model):
    """The company as a whole."""

    name: str = Field("My company", description="Shown on the report.")
    zone: Zone = Field("Asia/Ho_Chi_Minh", description="Time zone whose days sessions and the night follow (IANA).")
    reporting_currency: Currency = Field("VND", description="Currency of every amount in the mart (ISO 4217).")
    fiscal_year_start_month: int = Field(1, ge=1, le=12, description="Month in which the fiscal year starts (1 to 12).")
    cycle_start: dt.date = Field(dt.date(2024, 1, 1), description="First day of the first 90-day planning cycle.")
    language: Literal["en", "vi"] = Field("en", description="Language of the report: en or vi.")


class Customers(_Model):
    """When a customer counts as active."""

    churn_window_days: int = Field(90, ge=1, description="A customer without an order in this many days has churned.")
    cart_window_days: int = Field(7, ge=1, description="Days within which a cart's order counts as that cart's.")


class Identity(_Model):
    """Which identities tell that two of them are one person's."""

    max_shared: int = Field(
        5, ge=1, description="An address, number, login, customer id or device that is named together with more than "
        "this many different addresses (numbers, logins, customer ids) joins nobody: a shop's phone, a shared computer."
    )  # fmt: skip
    never_join: tuple[str, ...] = Field(
        (), description="Addresses, numbers, logins, customer ids and devices that join nobody, as your files write "
        "them or as their hash."
    )  # fmt: skip


class Attribution(_Model):
    """Which touch an order belongs to."""

    model: Literal["first", "last", "last_non_direct", "linear", "position", "time_decay", "data_driven"] = Field(
        "last_non_direct", description="Model behind the attributed measures."
    )
    lookback_days: int = Field(30, ge=1, description="Days before an order in which a touch can earn it.")


class Rates(_Model):
    """Exchange rates."""

    max_age_days: int = Field(10, ge=0, description="Oldest rate, in days, that may convert an amount.")


class Targets(_Model):
    """From which attainment a target counts as met, and how it is paced while its period runs."""

    on_track: float = Field(1.0, gt=0, description="Attainment from which a KPI is on_track.")
    at_risk: float = Field(0.9, gt=0, description="Attainment from which it is at_risk; below it is off_track.")
    pacing: Literal["linear", "last_year"] = Field(
        "linear",
        description="How much of a count's or amount's target is due while its period runs: linear (by the days that "
        "are over) or last_year (by the share that had come in by that day a year ago; months and quarters).",
    )


class Orders(_Model):
    """How orders are read."""

    undelivered_tags: tuple[str, ...] = Field(
        ("cod_refused", "bom hàng"), description="Order tags that mean: refused at the door (cash on delivery)."
    )
    gift_card_names: tuple[str, ...] = Field(
        ("gift card", "thẻ quà tặng"), description="Items whose name contains one of these are gift cards, not sales."
    )


class Events(_Model):
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
    key: tuple[str, ...] = Field(
        ("purchase", "sign_up", "newsletter_signup", "newsletter_subscribe", "generate_lead"),
        description="Key events: a session with one of these is never a bounce.",
    )


class Seo(_Model):
    """Search engine optimisation."""

    authority_vendor: Name = Field(
        "moz", description="Vendor whose score is the domain authority: moz, or one of your domain_scores files."
    )
    primary_domain: str = Field(
        "", description="Domain whose authority counts; empty: the site of the seo account in accounts.csv."
    )


class App(_Model):
    """The product or app that customers use."""

    key_features: tuple[str, ...] = Field(
        (), description="Features whose use within 7 days activates a new account; empty: any feature does."
    )


class Required(_Model):
    """A source without which a night is late."""

    source: Name
    due: tuple[Weekday, ...] = WEEKDAYS
    lag_days: int = Field(1, ge=0)


def _clock(value: object) -> object:
    return value.strftime("%H:%M") if isinstance(value, dt.time) else value


class Night(_Model):
    """The nightly run."""

    schedule: str = Field("0 5 * * *", description="When the mart is built (cron, in the business zone).")
    cut_off: Annotated[str, BeforeValidator(_clock), StringConstraints(pattern=r"^[0-2]\d:[0-5]\d$")] = Field(
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
        "its newest day may lie behind the night.",
    )


class Retention(_Model):
    """How long things are kept."""

    archive_days: int = Field(
        30,
        ge=0,
        description="Days that raw files stay in archive/ and quarantine/ once they lie there; each night removes "
        "older ones, since they hold personal data.",
    )
    versions: int = Field(14, ge=2, description="Published versions that are kept.")


class Inbox(_Model):
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


class Gate(_Model):
    """Thresholds of the checks."""

    refused_share: float = Field(
        0.5, gt=0, le=1, description="Share of unreadable rows above which a whole file is refused."
    )
    volume_drop: float = Field(0.15, gt=0, le=1, description="Drop of the mart's rows that is worth a warning.")


class Settings(_Model):
    """`raceway.toml`, complete."""

    business: Business = Business()
    customers: Customers = Customers()
    identity: Identity = Identity()
    attribution: Attribution = Attribution()
    rates: Rates = Rates()
    targets: Targets = Targets()
    orders: Orders = Orders()
    events: Events = Events()
    seo: Seo = Seo()
    app: App = App()
    night: Night = Night()
    inbox: Inbox = Inbox()
    retention: Retention = Retention()
    gate: Gate = Gate()

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


class Account(_Model):
    """One ad account, shop, property, list or till of a source: one row of accounts.csv."""

    source: Name
    account: Name
    name: str
    brand: str = ""
    market: Market
    time_zone: Zone
    currency: Currency
    prices_include_vat: bool = False
    vat_rate: Decimal = Field(Decimal(0), ge=0, lt=1)
    history_start: dt.date | None = None
    conversions_are_purchases: bool = False
    site: str = ""
    counts_sessions: bool = True

    @property
    def zone(self) -> ZoneInfo:
        """The account's time zone."""
        return ZoneInfo(self.time_zone)


SESSION_SOURCES: Final = ("ga4", "segment")
"""Sources that measure sites."""

ACCOUNT_COLUMNS: Final = tuple(Account.model_fields)


class Exclusion(_Model):
    """What must not count: one row of exclusions.csv.

    An `ip` leaves out its whole /24 (IPv6: /48), since no more of it lands; a `user_agent` is found anywhere in the
    agent's text, any case; the other kinds are whole values.
    """

    kind: ExclusionKind
    value: Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
    reason: str = ""

    @model_validator(mode="after")
    def _is_an_ip(self) -> Exclusion:
        if self.kind == "ip":
            coarse_ip(self.value)
        return self


class Holiday(_Model):
    """A day or stretch of days with its own shape (Tết, promotions): one row of holidays.csv."""

    starts_on: dt.date
    ends_on: dt.date
    name: str
    market: Market | Literal[""] = ""


# of a pattern: \S, \D, \pL, \p{Greek} …, whose letters stand for no letter
_ESCAPE: Final = re.compile(r"\\(?:[pP]\{[^}]*\}|[pP]?.)")


def _pattern(value: str) -> str:
    """A regular expression that the warehouse understands and a text in lower case can match."""
    import duckdb  # what reads the other settings needs none

    try:
        with duckdb.connect() as connection:
            connection.execute("select regexp_full_match('', ?)", [value])
    except duckdb.Error as fault:
        raise ValueError(f"not a regular expression: {fault}") from fault
    if not value.startswith("(?i)") and any(letter.isupper() for letter in _ESCAPE.sub("", value)):
        raise ValueError("has capital letters, and what it is held against has none; write it in lower case")
    return value


Pattern = Annotated[str, AfterValidator(_pattern)]


class ChannelRule(_Model):
    """Which channel sessions of a kind have: one row of channel_rules.csv.

    Each condition is a regular expression that must describe the whole text in lower case; one that is left out
    holds for every session. The first row whose conditions all hold decides, before the rules of the program.
    """

    channel: Name
    click_id: Pattern = ""
    category: Pattern = ""
    source: Pattern = ""
    medium: Pattern = ""
    campaign: Pattern = ""
    is_ad: bool = False

    @model_validator(mode="after")
    def _is_a_rule(self) -> ChannelRule:
        if self.channel not in _channels():
            raise ValueError(f"no channel {self.channel}; there are {', '.join(_channels())}")
        if not any((self.click_id, self.category, self.source, self.medium, self.campaign)):
            raise ValueError("a rule without a condition would hold for every session; write .* where that is meant")
        return self


@functools.cache
def _channels() -> tuple[str, ...]:
    """The channels that a number can have."""
    with (PROJECT.dbt_project / "seeds" / "channels.csv").open(encoding="utf-8", newline="") as file:
        return tuple(row["channel"] for row in csv.DictReader(file))


def load_settings(home: Home) -> Settings:
    """The home's settings. Raises BadSettings naming the key and the remedy."""
    try:
        with home.settings.open("rb") as file:
            values = tomllib.load(file)
    except FileNotFoundError:
        raise BadSettings(f"{home.settings}: not there. Make a home with: raceway --home {home.root} init") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise BadSettings(f"{home.settings}: no valid TOML: {fault}") from fault
    try:
        return Settings.model_validate(values)
    except ValidationError as fault:
        raise BadSettings("\n".join(_sentences(home.settings, fault))) from fault


def load_accounts(home: Home) -> dict[tuple[str, str], Account]:
    """All accounts by (source, account). Raises BadSettings naming the row, the column and the remedy."""
    accounts: dict[tuple[str, str], Account] = {}
    for number, account in _rows(home.accounts, Account):
        key = (account.source, account.account)
        if key in accounts:
            raise BadSettings(f"{home.accounts}, row {number}: {key[0]}/{key[1]} stands twice; keep one of the rows")
        accounts[key] = account
    _refuse_two_counts(home.accounts, accounts.values())
    return accounts


def _refuse_two_counts(path: Path, accounts: Iterable[Account]) -> None:
    """Raises BadSettings where two accounts would both count the sessions of one site."""
    counting: dict[str, Account] = {}
    for account in accounts:
        site = account.site.strip().lower()
        if account.source not in SESSION_SOURCES or not site or not account.counts_sessions:
            continue
        other = counting.setdefault(site, account)
        if other is not account:
            raise BadSettings(
                f"{path}: {other.source}/{other.account} and {account.source}/{account.account} both count the "
                f"sessions of {account.site}; write counts_sessions false for one of them "
                "(its events still tell who is who)"
            )


def load_exclusions(home: Home) -> list[Exclusion]:
    """The rows of exclusions.csv; none where the file is missing."""
    return [row for _, row in _rows(home.exclusions, Exclusion)] if home.exclusions.exists() else []


def load_holidays(home: Home) -> list[Holiday]:
    """The rows of holidays.csv; none where the file is missing."""
    return [row for _, row in _rows(home.holidays, Holiday)] if home.holidays.exists() else []


def load_channel_rules(home: Home) -> list[ChannelRule]:
    """The rows of channel_rules.csv in their order; none where the file is missing."""
    return [row for _, row in _rows(home.channel_rules, ChannelRule)] if home.channel_rules.exists() else []


def _rows(path: Path, model: type[Row]) -> list[tuple[int, Row]]:
    """The typed rows of a small settings file with their row numbers (the header is row 1)."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [line for line in file if not line.startswith("#")]
    except FileNotFoundError:
        raise BadSettings(f"{path}: not there; its columns are {','.join(model.model_fields)}") from None
    except UnicodeDecodeError as fault:
        raise BadSettings(f"{path}: not UTF-8 ({fault}); save it as CSV UTF-8") from fault
    rows: list[tuple[int, Row]] = []
    for number, cells in enumerate(csv.DictReader(lines), start=2):
        if None in cells:
            raise BadSettings(f"{path}, row {number}: more cells than the header has columns; quote commas")
        given = {name: value.strip() for name, value in cells.items() if value is not None and value.strip()}
        try:
            rows.append((number, model.model_validate(given)))
        except ValidationError as fault:
            raise BadSettings("\n".join(_sentences(path, fault, row=number))) from fault
    return rows


def _sentences(path: Path, fault: ValidationError, row: int | None = None) -> list[str]:
    where = f"{path}" if row is None else f"{path}, row {row}"
    return [
        f"{where}: {'.'.join(str(part) for part in error['loc']) or 'settings'}: {error['msg']}"
        + (f" (found {error['input']!r})" if not isinstance(error["input"], dict) else "")
        for error in fault.errors()
    ]


def settings_toml(settings: Settings | None = None) -> str:
    """The commented text of raceway.toml for `settings` (default: all defaults)."""
    settings = settings or Settings()
    lines = ["# Settings of this raceway home. Every key has its default; see `raceway doctor`.", ""]
    for section_name, section_field in Settings.model_fields.items():
        section = getattr(settings, section_name)
        lines += [f"# {(section_field.annotation.__doc__ or '').strip()}", f"[{section_name}]"]
        for key, field in type(section).model_fields.items():
            lines += [f"# {field.description}", f"{key} = {_toml(getattr(section, key))}"]
        lines.append("")
    return "\n".join(lines)


def _toml(value: Any) -> str:
    if isinstance(value, BaseModel):
        return "{ " + ", ".join(f"{k} = {_toml(v)}" for k, v in value) + " }"
    if isinstance(value, tuple):
        inner = [_toml(item) for item in value]
        if any(isinstance(item, BaseModel) for item in value):
            return "[\n" + "".join(f"  {item},\n" for item in inner) + "]"
        return "[" + ", ".join(inner) + "]"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    return json.dumps(str(value), ensure_ascii=False)


def init_home(
    root: Path,
    settings: Settings | None = None,
    accounts: list[Account] | None = None,
    exclusions: list[Exclusion] | None = None,
    holidays: list[Holiday] | None = None,
) -> Home:
    """Makes a home: commented settings, the csv files with their headers, folders, the hashing key.

    Raises BadSettings where `root` is a home already: nothing is ever overwritten.
    """
    home = Home(root.expanduser().absolute())
    if home.exists():
        raise BadSettings(f"{home.root}: is a raceway home already; nothing was changed")
    for folder in (home.inbox, home.archive, home.landing, home.quarantine, home.published, home.sources,
                   home.secrets, home.airflow, home.runs):  # fmt: skip
        folder.mkdir(parents=True, exist_ok=True)
    for private in (home.secrets, home.archive, home.quarantine):
        private.chmod(0o700)
    _write_csv(home.accounts, Account, accounts or [])
    _write_csv(home.exclusions, Exclusion, exclusions or [])
    _write_csv(home.holidays, Holiday, holidays or [])
    _write_csv(home.channel_rules, ChannelRule, [])
    if not home.hash_key.exists():
        with open(os.open(home.hash_key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:  # noqa: PTH123  # the mode must hold from the first byte
            file.write(secrets.token_hex(32) + "\n")
    home.settings.write_text(settings_toml(settings), encoding="utf-8")  # last: it makes the folder a home
    return home


def _write_csv(path: Path, model: type[_Model], rows: list[Any]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(model.model_fields)
        for row in rows:
            writer.writerow("" if value is None else str(value).lower() if isinstance(value, bool) else value
                            for value in row.model_dump().values())  # fmt: skip
