"""A home's lists: accounts, exclusions, holidays, channel rules, sales channels and VAT rates."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import functools
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from raceway.common.faults import BadSettings
from raceway.common.files import kept_until_changed
from raceway.common.home import PROJECT, Home
from raceway.common.networks import coarse_ip
from raceway.common.texts import clean
from raceway.config.values import Currency, Market, Model, Name, Row, Zone
from raceway.contracts.files import source_names
from raceway.contracts.load import load_contract
from raceway.contracts.words import ExclusionKind


def _vat_basis(value: object) -> object:
    said = str(value).strip().lower()
    words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False, "stated": "stated"}
    if said not in words:
        raise ValueError("write true, false or stated")
    return words[said]


class Account(Model):
    """One ad account, shop, property, list or till of a source: one row of accounts.csv."""

    source: Name = Field(description="The source, as its folder in the inbox is named.")
    account: Name = Field(description="Your short name of the account: the folder below the source's.")
    name: str = Field(description="The account's name for people.")
    brand: str = Field("", description="Brand that it belongs to, where you have several.")
    market: Market = Field(description="ISO country of what states none itself.")
    time_zone: Zone = Field(description="IANA zone of its days, and of times that state none.")
    currency: Currency = Field(description="ISO 4217; a file in another currency is refused.")
    prices_include_vat: Annotated[bool | Literal["stated"], BeforeValidator(_vat_basis)] = Field(
        False, description="Whether its amounts hold VAT. A tax above 0 that an order itself states goes before the "
        "rate; stated: one of 0 does, too."
    )  # fmt: skip
    vat_rate: Decimal = Field(
        Decimal(0), ge=0, lt=1, description="Share of VAT on top of the net price: 0.08 is 8 %. Rates that change with "
        "their dates stand in vat_rates.csv; this one counts before the first of them."
    )  # fmt: skip
    history_start: dt.date | None = Field(
        None, description="First day of its history here; nobody can be told from new in the 180 days after it."
    )
    conversions_are_purchases: bool = Field(False, description="google_ads: whether its conversions are orders.")
    site: str = Field("", description="Host of the site, shop or profile; ties a shop to the site that measures it.")
    counts_sessions: bool = Field(
        True, description="Web analytics: false for the second measure of one site; it still tells who is who."
    )
    # what came later stands behind: a row that a script appends keeps its places
    opened_on: dt.date | None = Field(
        None,
        description="First day of a shop, list or site that opened while you were here: its history is whole, so its "
        "customers can be told from new ones from the first day on.",
    )
    ended_on: dt.date | None = Field(
        None, description="Last day of an account that has ended: nothing of it is due, late or missing after it."
    )
    order_numbers: Literal["", "consecutive"] = Field(
        "", description="consecutive: a shop numbers its orders one by one, so a missing number is told; empty: not."
    )

    @model_validator(mode="after")
    def _has_days_in_order(self) -> Account:
        if self.opened_on is not None and self.history_start is not None and self.history_start > self.opened_on:
            raise ValueError(
                f"history_start {self.history_start} lies after opened_on {self.opened_on}: a history that begins "
                "later is not whole; leave one of them empty"
            )
        if self.opened_on is not None and self.ended_on is not None and self.ended_on < self.opened_on:
            raise ValueError(f"ended_on {self.ended_on} lies before opened_on {self.opened_on}")
        return self

    def is_there(self, day: dt.date) -> bool:
        """Whether the account has opened by `day` and has not ended before it."""
        opened, ended = self.opened_on or dt.date.min, self.ended_on or dt.date.max
        return opened <= day <= ended

    @property
    def zone(self) -> ZoneInfo:
        """The account's time zone."""
        return ZoneInfo(self.time_zone)


Accounts = Mapping[tuple[str, str], Account]
"""Every account of a home, by source and name."""

ACCOUNT_COLUMNS: Final = tuple(Account.model_fields)


class Exclusion(Model):
    """What must not count: one row of exclusions.csv.

    An `ip` leaves out its whole /24 (IPv6: /48), since no more of it lands; a `user_agent` is found anywhere in the
    agent's text, any case; the other kinds are whole values.
    """

    kind: ExclusionKind = Field(description=f"What the value is: {', '.join(get_args(ExclusionKind))}.")
    value: Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)] = Field(
        description="Whose rows do not count."
    )
    reason: str = Field("", description="Why, for people.")

    @model_validator(mode="after")
    def _is_an_ip(self) -> Exclusion:
        if self.kind == "ip":
            coarse_ip(self.value)
        return self


class Holiday(Model):
    """A day or stretch of days with its own shape (Tết, promotions): one row of holidays.csv."""

    starts_on: dt.date = Field(description="First day.")
    ends_on: dt.date = Field(description="Last day.")
    name: str = Field(description="Its name for people.")
    market: Market | Literal[""] = Field("", description="ISO country; empty: every market.")


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


class VatRate(Model):
    """A rate of VAT from a day on: one row of vat_rates.csv.

    An empty cell stands for all. Of the rows that fit an item, one that names the account goes before one that names a
    market, that before one that names neither; of these one that names the product line before one that does not; of
    these the one with the latest day on or before the order's. A refund has the rate of its order.
    """

    source: Name | Literal[""] = Field("", description="Source of the account; empty: every source.")
    account: Name | Literal[""] = Field("", description="Account of that source; empty: every account.")
    market: Market | Literal[""] = Field(
        "", description="ISO country of the order, else of the account; empty: every market."
    )
    product_line: str = Field(
        "", description="Product line as the plan's list of products names it, any case; empty: every article."
    )
    valid_from: dt.date = Field(description="First day of orders that have the rate.")
    rate: Decimal = Field(ge=0, lt=1, description="Share of VAT on top of the net price: 0.08 is 8 %.")

    @model_validator(mode="after")
    def _names_a_whole_account(self) -> VatRate:
        if self.account and not self.source:
            raise ValueError(f"account {self.account} without its source; write the source, too")
        return self


class SalesChannel(Model):
    """Where a shop system or till sold what it names so: one row of sales_channels.csv, before those of the program."""

    sales_channel: Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)] = Field(
        description="The whole name as the source's files write it, any case."
    )
    sales_place: Literal["online", "offline"] = Field(
        description="offline: over a counter, in a shop, by telephone; else online."
    )
    marketplace: Literal["", "shopee", "lazada", "tiktok_shop", "other"] = Field(
        "", description="The marketplace that it is: shopee, lazada, tiktok_shop, or other; empty: none."
    )


class TicketTopic(Model):
    """What a support ticket with a tag is about: one row of ticket_topics.csv, before those of the program. Of several
    tags of one ticket the first row that names one decides."""

    tag: Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)] = Field(
        description="The tag as the source's files write it, any case; blanks count as `_`."
    )
    topic: Name = Field(description="What such tickets are about: delivery, return …, or a word of your own.")


class ChannelRule(Model):
    """Which channel sessions of a kind have: one row of channel_rules.csv.

    Each condition is a regular expression that must describe the whole text in lower case; one that is left out
    holds for every session. The first row whose conditions all hold decides, before the rules of the program.
    """

    channel: Name = Field(description="Channel that such sessions have.")
    click_id: Pattern = Field("", description="Name of the click id: gclid, fbclid, msclkid …")
    category: Pattern = Field("", description="Category of the source: search, social, video, mail, marketplace.")
    source: Pattern = Field("", description="utm_source, or the referrer's host.")
    medium: Pattern = Field("", description="utm_medium.")
    campaign: Pattern = Field("", description="utm_campaign.")
    is_ad: bool = Field(False, description="Whether the session counts as brought by an ad platform.")

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


@kept_until_changed(lambda home: [home.accounts])
def load_accounts(home: Home) -> Accounts:
    """All accounts by (source, account), read again where they have changed.

    Raises BadSettings naming the row, the column and the remedy.
    """
    accounts: dict[tuple[str, str], Account] = {}
    if home.accounts.is_file() and not _text_of(home.accounts).strip():
        raise BadSettings(
            f"{home.accounts}: empty; its first line names the columns {','.join(ACCOUNT_COLUMNS)}. Copy it back from "
            "a backup"
        )
    for number, account in typed_rows(home.accounts, Account):
        key = (account.source, account.account)
        if key in accounts:
            raise BadSettings(f"{home.accounts}, row {number}: {key[0]}/{key[1]} stands twice; keep one of the rows")
        accounts[key] = account
    _refuse_two_counts(home, accounts.values())
    return MappingProxyType(accounts)


def _refuse_two_counts(home: Home, accounts: Iterable[Account]) -> None:
    """Raises BadSettings where two accounts would both count the sessions of one site."""
    counting: dict[str, list[Account]] = {}
    for account in accounts:
        site = re.sub(r"^([a-z]+://)?(www\.)?", "", account.site.strip().lower()).rstrip("/")
        if site and account.counts_sessions:
            counting.setdefault(site, []).append(account)
    known = set(source_names(home))
    for others in counting.values():
        # shops, profiles and properties of a site count no sessions: only what the contract says to measure sites does
        measuring = [
            account
            for account in others
            if len(others) > 1 and account.source in known and load_contract(account.source, home).meta.measures_sites
        ]
        if len(measuring) > 1:
            other, account, *_ = measuring
            raise BadSettings(
                f"{home.accounts}: {other.source}/{other.account} and {account.source}/{account.account} both count "
                f"the sessions of {account.site}; write counts_sessions false for one of them "
                "(its events still tell who is who)"
            )


def load_exclusions(home: Home) -> list[Exclusion]:
    """The rows of exclusions.csv; none where the file is missing."""
    return [row for _, row in typed_rows(home.exclusions, Exclusion)] if home.exclusions.exists() else []


def load_holidays(home: Home) -> list[Holiday]:
    """The rows of holidays.csv; none where the file is missing."""
    return [row for _, row in typed_rows(home.holidays, Holiday)] if home.holidays.exists() else []


def load_channel_rules(home: Home) -> list[ChannelRule]:
    """The rows of channel_rules.csv in their order; none where the file is missing."""
    return [row for _, row in typed_rows(home.channel_rules, ChannelRule)] if home.channel_rules.exists() else []


def load_vat_rates(home: Home) -> list[VatRate]:
    """The rows of vat_rates.csv; none where the file is missing. Raises BadSettings where two of them contradict."""
    rows = typed_rows(home.vat_rates, VatRate) if home.vat_rates.exists() else []
    seen: dict[tuple[object, ...], int] = {}
    for number, row in rows:
        key = (row.source, row.account, row.market, row.product_line.lower(), row.valid_from)
        if key in seen:
            raise BadSettings(
                f"{home.vat_rates}, rows {seen[key]} and {number}: two rates of one kind of sale from {row.valid_from} "
                "on; keep one of the rows"
            )
        seen[key] = number
    return [row for _, row in rows]


def load_sales_channels(home: Home) -> list[SalesChannel]:
    """The rows of sales_channels.csv, their names as they are compared: NFC and in lower case; none where the file is
    missing. Raises BadSettings where a name stands twice."""
    rows = typed_rows(home.sales_channels, SalesChannel) if home.sales_channels.exists() else []
    found: dict[str, SalesChannel] = {}
    for number, row in rows:
        name = unicodedata.normalize("NFC", row.sales_channel).lower()
        if name in found:
            raise BadSettings(f"{home.sales_channels}, row {number}: {name} stands twice; keep one of the rows")
        found[name] = row.model_copy(update={"sales_channel": name})
    return list(found.values())


def load_ticket_topics(home: Home) -> list[TicketTopic]:
    """The rows of ticket_topics.csv in their order, their tags as they are compared: NFC, in lower case, with `_` for
    blanks; none where the file is missing. Raises BadSettings where a tag stands twice."""
    rows = typed_rows(home.ticket_topics, TicketTopic) if home.ticket_topics.exists() else []
    found: dict[str, TicketTopic] = {}
    for number, row in rows:
        tag = "_".join(unicodedata.normalize("NFC", row.tag).lower().split())
        if tag in found:
            raise BadSettings(f"{home.ticket_topics}, row {number}: {tag} stands twice; keep one of the rows")
        found[tag] = row.model_copy(update={"tag": tag})
    return list(found.values())


def typed_rows(path: Path, model: type[Row]) -> list[tuple[int, Row]]:
    """The typed rows of a small settings file with the numbers of their lines as an editor counts them.

    Raises BadSettings where the file is not there or a row is not as the model wants it.
    """
    try:
        text = _text_of(path)
    except FileNotFoundError:
        raise BadSettings(f"{path}: not there; its columns are {','.join(model.model_fields)}") from None
    except IsADirectoryError:
        raise BadSettings(f"{path}: a folder stands where the list should be; take it away") from None
    numbered = enumerate(io.StringIO(text, newline=""), start=1)
    lines = {number: line for number, line in numbered if not line.startswith("#")}
    rows: list[tuple[int, Row]] = []
    reader, numbers = csv.DictReader(lines.values()), list(lines)
    for cells in reader:
        number = numbers[reader.line_num - 1]
        if None in cells:
            raise BadSettings(f"{path}, row {number}: more cells than the header has columns; quote commas")
        given = {clean(name): clean(value) for name, value in cells.items() if value is not None and clean(value)}
        try:
            rows.append((number, model.model_validate(given)))
        except ValidationError as fault:
            raise BadSettings("\n".join(sentences(path, fault, row=number))) from fault
    return rows


def _text_of(path: Path) -> str:
    """A list's text. Raises BadSettings where it is no UTF-8, naming the row in which that shows."""
    raw = path.read_bytes()
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in raw:
        raise BadSettings(f"{path}: not UTF-8 but UTF-16, or no text at all; save it as CSV UTF-8")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        row = raw[: fault.start].count(b"\n") + 1
        raise BadSettings(f"{path}, row {row}: not UTF-8 ({fault}); save it as CSV UTF-8") from fault


def sentences(path: Path, fault: ValidationError, row: int | None = None) -> list[str]:
    """What pydantic found wrong, one sentence a cell."""
    where, whole = (f"{path}", "settings") if row is None else (f"{path}, row {row}", "the row")
    return [
        f"{where}: {'.'.join(str(part) for part in error['loc']) or whole}: "
        f"{_PLAINLY.get(error['type']) or error['msg'].removeprefix('Value error, ')}"
        + (f" (found {error['input']!r})" if not isinstance(error["input"], dict) else "")
        for error in fault.errors()
    ]


_PLAINLY: Final = {
    "extra_forbidden": "there is no such key or column; mend its name or take it out (docs/reference/settings.md)",
    "missing": "nothing is written there; fill it in",
}
